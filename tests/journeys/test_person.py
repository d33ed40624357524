"""The people of the journeys have eyes: each kind of fault is noticed."""

import pytest

FAULTS = {
    "px wide on a screen of 390 px": (
        "const wide = document.createElement('div'); wide.className = 'drawing';"
        "wide.style.width = '900px'; wide.style.height = '1px'; document.body.append(wide)"
    ),
    "axe image-alt": "document.querySelector('main').append(document.createElement('img'))",
    "console: Something broke": "console.error('Something broke')",
    "style-src": "document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">Red</p>')",
    "script error: Lost": "setTimeout(() => { throw new Error('Lost') }, 0)",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_a_page_is_noticed(fault, person, phone_profile):
    somebody = person("somebody", **phone_profile)
    somebody.opens("/accounts/login/")
    somebody.page.evaluate(f"() => {{ {FAULTS[fault]} }}")
    somebody.page.wait_for_timeout(50)
    with pytest.raises(AssertionError, match=fault):
        somebody.looks_at_the_page()
