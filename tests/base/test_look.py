"""The look's promises that a program can hold: strict templates, known icons, contrast."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from django.test import Client

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
LOOSE = {"emails", "email", "pdf"}  # not shown under the Content-Security-Policy
TEMPLATES = sorted(
    path
    for path in (ROOT / "templates").rglob("*.html")
    if not LOOSE & set(path.relative_to(ROOT / "templates").parts)
)
ICONS = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text()))
DRAWINGS = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "drawings.svg").read_text()))


def name(path):
    return str(path.relative_to(ROOT))


@pytest.fixture(params=TEMPLATES, ids=name)
def source(request):
    return request.param.read_text()


def test_no_inline_style_or_script(source):
    assert not re.search(r"\sstyle\s*=", source), "an inline style: the policy blocks it"
    assert not re.search(r"<style\b", source), "an inline style sheet: the policy blocks it"
    assert not re.search(r"<[^>]*\son[a-z]+\s*=\s*[\"']", source), "an inline handler"
    for tag in re.findall(r"<script\b[^>]*>", source):
        assert "src=" in tag or "application/json" in tag, "an inline script: the policy blocks it"


def test_htmx_copies_no_inline_style_from_what_it_replaces():
    # A text area that somebody made higher carries one; the policy stops its copy.
    head = (ROOT / "templates" / "components" / "head.html").read_text()
    config = json.loads(re.search(r'name="htmx-config"\s+content=\'([^\']+)\'', head).group(1))
    assert config["attributesToSettle"] == ["class", "width", "height"]
    assert config["includeIndicatorStyles"] is False


def test_nothing_comes_from_elsewhere(source):
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", source)


def test_every_icon_and_drawing_exists(source):
    wanted = set(re.findall(r'{%\s*icon\s+"([^"]+)"', source))
    wanted |= set(re.findall(r'{%\s*status\s+"[^"]*"\s+"[^"]*"\s+"([^"]+)"', source))
    wanted |= set(re.findall(r'action_icon="([^"]+)"', source))
    assert wanted <= ICONS
    assert set(re.findall(r'drawing="([^"]+)"', source)) <= DRAWINGS


def test_no_number_leads_to_small_text():
    for sheet in sorted((STATIC / "css").glob("*.css")):
        text = sheet.read_text()
        if sheet.name == "print.css":
            continue
        for size, unit in re.findall(r"font-size:\s*([\d.]+)(rem|px)", text):
            assert float(size) * (16 if unit == "rem" else 1) >= 14, f"{sheet.name}: {size}{unit}"


def test_every_token_that_is_used_is_defined():
    sheets = "\n".join(path.read_text() for path in (STATIC / "css").glob("*.css"))
    defined = set(re.findall(r"(--[a-z][\w-]*)\s*:", sheets))
    used = set(re.findall(r"var\((--[a-z][\w-]*)\)", sheets))
    assert {token for token in used - defined if not token.startswith("--bs-")} == set()


def palette(theme):
    text = (STATIC / "css" / "tokens.css").read_text()
    start = text.index(f'[data-bs-theme="{theme}"] {{')
    return dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6});", text[start : text.index("}", start)]))


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


MEANINGS = ("good", "attention", "danger", "information")
KINDS = ("consultation", "micrograft", "prp", "review", "other")
TEXT_PAIRS = [
    (ink, ground)
    for ink in ("--ink", "--ink-soft", "--accent-ink", "--accent-strong")
    for ground in ("--ground", "--surface", "--sunken", "--raised", "--accent-tint")
]
TEXT_PAIRS += [(f"--{m}-ink", f"--{m}-tint") for m in (*MEANINGS, "neutral")]
TEXT_PAIRS += [(f"--{m}-ink", "--ground") for m in MEANINGS]
TEXT_PAIRS += [("--ink-soft", f"--{m}-tint") for m in MEANINGS]
TEXT_PAIRS += [(ink, f"--tint-{kind}") for ink in ("--ink", "--ink-soft") for kind in KINDS]
TEXT_PAIRS += [("--on-accent", "--accent"), ("--rail-ink", "--rail")]
TEXT_PAIRS += [("--rail-ink-strong", "--rail-on")]
TEXT_PAIRS += [(f"--chart-{n}", "--surface") for n in (1, 2, 3)]
EDGE_PAIRS = [("--line-strong", ground) for ground in ("--surface", "--ground")]
EDGE_PAIRS += [("--focus", "--ground")]
EDGE_PAIRS += [(f"--{m}-edge", "--surface") for m in MEANINGS]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_contrast(theme):
    colours = palette(theme)
    poor = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in TEXT_PAIRS}
    assert {pair: ratio for pair, ratio in poor.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_edges_and_marks_can_be_seen(theme):
    colours = palette(theme)
    poor = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in EDGE_PAIRS}
    assert {pair: ratio for pair, ratio in poor.items() if ratio < 3} == {}


def test_vendored_files_are_unmodified():
    for folder in (STATIC / "vendor", ROOT / "tests" / "vendor"):
        table = (folder / "VERSIONS.md").read_text()
        listed = re.findall(r"^\| `([^`]+)` .* `([0-9a-f]{64})` \|$", table, re.M)
        assert listed
        for file, digest in listed:
            assert hashlib.sha256((folder / file).read_bytes()).hexdigest() == digest, file


def test_the_style_guide_renders():
    answer = Client().get("/styleguide/")
    assert answer.status_code == 200
    assert b"There are 3 problems" in answer.content
    for line in (b"Allergic to lidocaine<", b"Faints at blood draws<"):
        assert line in answer.content, "whoever looks has no role, and sees what the desk sees"


def test_no_date_brings_its_span_into_an_attribute_or_a_title(source):
    source = source.replace("{% block title %}", "<title>").replace("{% endblock title %}", "<")
    # A tag or a variable may hold quotes and brackets of its own: each is one sign here.
    words = iter(re.findall(r"{%.*?%}|{{.*?}}", source, re.DOTALL))
    signs = re.sub(r"{%.*?%}|{{.*?}}", "\0", source, flags=re.DOTALL)
    for part in re.findall(r'="[^"<>]*"|<option[^<]*|<title>[^<]*|[^\0]|\0', signs):
        held = [next(words) for sign in part if sign == "\0"]
        if len(part) > 1:
            for word in held:
                assert not re.search(r"\|(day|moment)\b(?!\|plain)", word)
