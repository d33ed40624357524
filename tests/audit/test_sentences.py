"""What an event says: its kind's sentence, and what is only sometimes so."""

import pytest

from clinic.audit.kinds import ADDED, Kind


@pytest.mark.parametrize("kind", list(ADDED))
def test_what_is_only_sometimes_so_is_said_only_then(kind):
    plain = kind.told({})
    for name, words in ADDED[kind].items():
        assert kind.told({name: False}) == plain
        assert kind.told({name: True}) == plain + words


def test_a_detail_that_is_missing_leaves_its_place():
    assert Kind.PATIENTS_SEARCHED.told({"found": 0}) == "searched for patients by … and found 0"


def test_a_list_to_choose_from_has_the_sentence_without_details():
    assert Kind.CONSENT_SIGNED.plain == "took the signed consent for …"
