"""The people of the journeys have eyes: each kind of fault is noticed."""

import copy

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


def test_what_passed_is_not_read_again_and_a_fault_makes_it_something_else(person):
    somebody = person("somebody")
    somebody.opens("/accounts/login/")
    known = copy.deepcopy(somebody.passed)
    somebody.opens("/accounts/login/")
    assert somebody.passed == known
    somebody.page.evaluate("document.querySelector('main label').removeAttribute('for')")
    with pytest.raises(AssertionError, match="axe label"):
        somebody.looks_at_the_page()
    assert somebody.passed == known
