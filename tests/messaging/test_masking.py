"""Secrets of private links are never shown."""

from hypothesis import given
from hypothesis import strategies as st

from clinic.messaging.masking import mask_secrets

secrets = st.text("ABCabcXYZxyz0189_-", min_size=8, max_size=60)
words = st.text("abc äöü .,:?!\n", max_size=80)


@given(words, secrets, words)
def test_the_secret_of_a_link_is_masked_wherever_it_stands(before, secret, after):
    shown = mask_secrets(f"{before}https://anagen.example.test/my/{secret}/{after}")
    assert secret not in shown
    assert shown == f"{before}https://anagen.example.test/my/…/{after}"


@given(words, secrets)
def test_a_link_to_a_page_behind_it_is_masked_too(before, secret):
    assert secret not in mask_secrets(f"{before}/my/{secret}/documents/1/")


@given(st.text(max_size=200).filter(lambda text: "/my/" not in text))
def test_other_texts_stay_as_they_are(text):
    assert mask_secrets(text) == text


@given(words, secrets)
def test_masking_twice_changes_nothing_more(before, secret):
    once = mask_secrets(f"{before}/my/{secret}")
    assert mask_secrets(once) == once
