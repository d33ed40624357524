"""Somebody at a screen, who does what the words say and notices what is wrong with a page."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect

AXE = Path(__file__).parent.parent / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# A form that is refused comes back with 422, or 409 where somebody or something else is in the way;
# browsers write that down as an error.
REFUSED = re.compile(r"the server responded with a status of (422|409)")
# htmx notes each request that a newer one, or the next page, made superfluous.
SUPERFLUOUS = re.compile(r"^htmx:(sendAbort|afterRequest),")
AT_WORK = ".htmx-request, .htmx-swapping, .htmx-settling"
# Says which element the Content-Security-Policy stopped; the console alone does not.
TELL_VIOLATIONS = """document.addEventListener("securitypolicyviolation", (event) => {
  const where = event.target.outerHTML?.slice(0, 300);
  console.error(`${event.violatedDirective} stopped ${event.blockedURI} in ${where}`);
})"""

# What a page is made of: each kind of element and the kind it stands in, by class and by the names
# of its attributes, with or without words, once or more often. Axe takes longer than all else
# about a page: it reads an address again only when something stands there that no page had yet.
MAKE = """() => {
  const attributes = (element) => [...element.attributes]
    .map(({ name, value }) => (/^(class|type|role|lang)$/.test(name) ? `${name}=${value}` : name));
  const speaks = (element) => [...element.childNodes]
    .some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  const kind = (element) =>
    [element.localName, ...attributes(element), speaks(element) ? "words" : ""].join(" ");
  const times = new Map();
  for (const element of document.querySelectorAll("html, body *")) {
    const made = `${element.parentElement ? kind(element.parentElement) : ""} > ${kind(element)}`;
    times.set(made, times.has(made) ? "often" : "once");
  }
  return [...times].map(([made, often]) => `${made} ${often}`);
}"""


@cache
def axe_at_hand() -> str:
    """The script that lets every page have axe without being sent it: a function that is read
    only where it is called. Sending all of axe to a page takes longer than many of its rules."""
    return f"window.bringAxe = function () {{ {AXE.read_text()}\n}};"


class Person:
    """One browser profile: own cookies, one tab.

    Each page that opens is held against axe and must fit the width of the screen. Whatever the
    console reports as an error is a fault, a violation of the Content-Security-Policy among it.
    """

    # By look and width: the addresses that axe has read, and what stood there, without a fault.
    passed: ClassVar[dict[tuple[str, int], tuple[set[str], set[str]]]] = {}

    def __init__(
        self, context: BrowserContext, *, base_url: str, name: str, look: str = "light"
    ) -> None:
        self.name = name
        self.look = look
        self.base_url = base_url
        self.context = context
        context.add_init_script(TELL_VIOLATIONS)
        context.add_init_script(axe_at_hand())
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self.visited: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self._note(f"script error: {error}"))

    # What a person does.

    def opens(self, address: str) -> None:
        self.page.goto(f"{self.base_url}{address}" if address.startswith("/") else address)
        self.looks_at_the_page()

    def signs_in(self, email: str, password: str) -> None:
        self.context.clear_cookies()
        self.opens("/")
        self.fills("E-mail", email)
        self.fills("Password", password)
        self.presses("Sign in")
        expect(self.page).not_to_have_url(re.compile("/accounts/login/"))

    def works_at(self, site: str) -> None:
        """Choose the site whose day is shown."""
        top = self.page.get_by_role("banner")
        top.locator("summary").first.click()
        self.presses(site, within=top)

    def fills(self, label: str, value: str, *, within: Locator | None = None) -> None:
        field = self.field(label, within=within)
        field.fill(value)
        field.blur()
        self.waits_for_the_page()

    def picks(self, label: str, option: str, *, within: Locator | None = None) -> None:
        self.field(label, within=within).select_option(label=option)
        self.waits_for_the_page()

    def ticks(self, label: str, *, within: Locator | None = None) -> None:
        self.field(label, within=within).check()

    def unfolds(self, summary: str) -> None:
        details = self.page.locator("details").filter(
            has=self.page.locator("summary").filter(has_text=summary)
        )
        if details.first.get_attribute("open") is None:
            details.first.locator("summary").first.click()

    def presses(self, name: str, *, within: Locator | None = None) -> None:
        """Press a button that leads to a page."""
        button = (within or self.page.locator("main, dialog")).get_by_role("button", name=name)
        with self.page.expect_navigation():
            button.first.click()
        self.looks_at_the_page()

    def taps(self, name: str | re.Pattern[str], *, within: Locator | None = None) -> None:
        """Press a button that changes a part of the page."""
        (within or self.page).get_by_role("button", name=name).first.click()
        self.waits_for_the_page()

    def follows(self, name: str | re.Pattern[str], *, within: Locator | None = None) -> None:
        with self.page.expect_navigation():
            (within or self.page).get_by_role("link", name=name).first.click()
        self.looks_at_the_page()

    def waits_for_the_page(self) -> None:
        """Let the page finish what it fetches because of what was just done."""
        self.page.wait_for_function("busy => !document.querySelector(busy)", arg=AT_WORK)

    # What a person sees.

    def field(self, label: str, *, within: Locator | None = None) -> Locator:
        """Return the field whose label begins with these words; "required" may follow."""
        begins = re.compile(rf"^\s*{re.escape(label)}(?!\w)")
        labelled = (within or self.page.locator("main")).get_by_label(begins)
        return labelled.and_(self.page.locator("input, select, textarea")).first

    def reads(self, *texts: str, within: Locator | None = None) -> None:
        for text in texts:
            place = within or self.page.locator("main")
            expect(place).to_contain_text(text, use_inner_text=True)

    def does_not_read(self, text: str) -> None:
        expect(self.page.locator("body")).not_to_contain_text(text, use_inner_text=True)

    def is_on(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(re.compile(heading))

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.base_url)

    # What a person should never see.

    def looks_at_the_page(self) -> None:
        self.page.wait_for_load_state("load")
        self.visited.append(self.path)
        self._fits_the_screen()
        self._passes_axe()
        self.noticed_nothing_wrong()

    def noticed_nothing_wrong(self) -> None:
        assert not self.faults, f"{self.name} on {self.path}:\n" + "\n".join(self.faults)

    def _fits_the_screen(self) -> None:
        # A phone zooms out from a page that is too wide, so its own idea of its width is no help.
        assert self.page.viewport_size
        screen = self.page.viewport_size["width"]
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        if wide > screen:
            self._note(f"{wide} px wide on a screen of {screen} px")

    def _passes_axe(self) -> None:
        assert self.page.viewport_size
        looks = (self.look, self.page.viewport_size["width"])
        addresses, kinds = self.passed.setdefault(looks, (set(), set()))
        address, made = self.path.partition("?")[0], set(self.page.evaluate(MAKE))
        if address in addresses and made <= kinds:
            return
        self.page.evaluate("() => window.bringAxe()")
        found: list[dict[str, Any]] = self.page.evaluate(
            # Preloading serves no rule of these, and takes a third of the time.
            "rules => axe.run(document, "
            "{runOnly: rules, resultTypes: ['violations'], preload: false})"
            ".then(result => result.violations)",
            RULES,
        )
        for violation in found:
            where = [(node["html"][:200], node["failureSummary"]) for node in violation["nodes"]]
            self._note(f"axe {violation['id']}: {json.dumps(where[:3], indent=1)}")
        if not found:
            addresses.add(address)
            kinds.update(made)

    def _hear(self, message: ConsoleMessage) -> None:
        expected = REFUSED.search(message.text) or SUPERFLUOUS.match(message.text)
        if message.type == "error" and not expected:
            self._note(f"console: {message.text} ({message.location.get('url')})")

    def _note(self, fault: str) -> None:
        self.faults.append(fault)
