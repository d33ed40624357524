"""Whose name is signed: the patient's own however it is written, or another one with a reason."""

import pytest
from django.core.exceptions import ValidationError

from patients.actions.consents import sign_consent
from patients.consent.names import is_own_name
from tests.factories.patients import PatientFactory
from tests.patients.consents import LATER, ZONE, case_of, discussed, fresh, informed, signed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "name",
    [
        "Ada Okoro-Whitfield",
        "ada jane okoro whitfield",
        "Jay OKORO-WHITFIELD",
        "A. Okoro-Whitfield",
    ],
)
def test_a_patient_signs_their_name_in_many_ways(clinician, name):
    case = case_of(given_names="Áda Jane", family_name="Okoro-Whitfield", preferred_name="Jay")
    consent = discussed(clinician, informed(clinician, case))
    sign_consent(by=clinician, consent=consent, signed_name=name, zone=ZONE, now=LATER)
    assert fresh(consent).name_reason == ""


@pytest.mark.parametrize(
    ("family_name", "given_names", "signed_name"),
    [
        ("O'Brien", "Seán", "Sean OBrien"),
        ("O’Brien", "Sean", "Seán O'Brien"),
        ("OBrien", "Sean", "Sean O Brien"),
        ("Bjørn", "Åse", "Ase Bjorn"),
        ("Wałęsa", "Łucja", "Lucja Walesa"),
        ("李", "小明", "李小明"),
        ("Li", "Xiao Ming", "Li Xiaoming"),
        ("Smith-Mockley", "Ann Bea", "A.B. Smith Mockley"),
        ("Smith-Mockley", "Ann Bea", "AB SmithMockley"),
        ("van der Berg", "Ann", "Ann Van Der Berg"),
        ("Testley", "Testley", "Testley Testley"),
        ("Mockford", "Ann", "Dr Ann Mockford"),
        ("Mockford", "Ann", "Ann B. Mockford"),
    ],
)
def test_a_patients_own_spelling_is_their_name(family_name, given_names, signed_name):
    patient = PatientFactory.build(
        family_name=family_name, given_names=given_names, preferred_name="", title="Dr"
    )
    assert is_own_name(patient, signed_name)


@pytest.mark.parametrize(
    ("family_name", "given_names", "signed_name"),
    [
        ("Smith", "Ann", "Jane Smith for Ann Smith"),
        ("Smith", "Ann", "Ann Smith, by her mother"),
        ("Smith", "Ann", "Mr Smith"),
        ("Nguyen", "Van", "Mother of Van Nguyen"),
        ("Silva", "Ana", "Ana Silva (mother)"),
        ("Lee", "Ann", "Bob A Lee"),
        ("Lee", "Ann", "B. A. Lee"),
        ("García López", "Ana", "Ana García"),
        ("Testley", "Testley", "Testley"),
        ("Smith", "Ann", "Smith"),
        ("Smith", "Ann", "—"),
    ],
)
def test_a_name_with_somebody_elses_words_in_it_is_asked_about(
    family_name, given_names, signed_name
):
    patient = PatientFactory.build(
        family_name=family_name, given_names=given_names, preferred_name="", title="Mr"
    )
    assert not is_own_name(patient, signed_name)


@pytest.mark.parametrize("recorded", ["", "Miss", "Dr"])
@pytest.mark.parametrize("title", ["Mrs", "Ms.", "miss", "Mx", "Dr", "Prof."])
def test_a_title_is_no_other_name_whatever_the_record_says(recorded, title):
    patient = PatientFactory.build(family_name="Mockford", given_names="Ann", title=recorded)
    assert is_own_name(patient, f"{title} Ann Mockford")


@pytest.mark.parametrize(("recorded", "title"), [("Mrs", "Mr"), ("Mr", "Mrs"), ("Mr", "Ms")])
def test_a_title_that_speaks_against_the_recorded_one_is_asked_about(recorded, title):
    patient = PatientFactory.build(family_name="Mockford", given_names="A", title=recorded)
    assert not is_own_name(patient, f"{title} A Mockford")


@pytest.mark.parametrize("recorded", ["", "Dr"])
@pytest.mark.parametrize(
    "name", ["Mr A Mockford", "Mr & Mrs A Mockford", "Mr and Mrs Ann Mockford"]
)
def test_a_title_that_is_not_on_record_needs_the_whole_given_name(recorded, name):
    patient = PatientFactory.build(family_name="Mockford", given_names="Ann", title=recorded)
    assert not is_own_name(patient, name)


def test_a_title_on_record_stands_beside_an_initial():
    patient = PatientFactory.build(family_name="Mockford", given_names="Ann", title="Dr")
    assert is_own_name(patient, "Dr A Mockford")


def test_initials_that_look_like_a_title_are_not_enough():
    patient = PatientFactory.build(family_name="Mockford", given_names="Mary Rose", title="")
    assert not is_own_name(patient, "MR Mockford")
    assert is_own_name(patient, "M. R. Mockford")


@pytest.mark.parametrize(
    ("family_name", "given_names", "signed_name"),
    [
        ("Müller", "Jürgen", "Jurgen Mueller"),
        ("Müller", "Jürgen", "Juergen Muller"),
        ("Müller", "Michael", "M. Mueller"),
        ("Mueller", "Michael", "Michael Müller"),
    ],
)
def test_a_letter_with_two_dots_is_written_in_two_ways(family_name, given_names, signed_name):
    patient = PatientFactory.build(family_name=family_name, given_names=given_names, title="")
    assert is_own_name(patient, signed_name)


def test_two_vowels_are_not_one_where_nobody_writes_dots():
    patient = PatientFactory.build(family_name="Mockford", given_names="Michael", title="")
    assert not is_own_name(patient, "Michal Mockford")


@pytest.mark.parametrize("name", ["Donald Duck", "Okoro", "Ada", "Ada Okora", "X"])
def test_another_name_needs_a_reason(clinician, name):
    consent = discussed(
        clinician, informed(clinician, case_of(given_names="Ada", family_name="Okoro"))
    )

    def sign(**values):
        sign_consent(
            by=clinician, consent=consent, signed_name=name, zone=ZONE, now=LATER, **values
        )

    for reason in ("", "x"):
        with pytest.raises(ValidationError, match="not the name in the record"):
            sign(name_reason=reason)
    assert fresh(consent).signed_at is None
    sign(name_reason="Signs with her maiden name.")
    assert (fresh(consent).signed_name, fresh(consent).name_reason) == (
        name,
        "Signs with her maiden name.",
    )


def test_a_reason_that_was_not_needed_is_not_kept(clinician, case):
    reasons = {"early_reason": "Not needed.", "name_reason": "Not needed."}
    consent = fresh(signed(clinician, informed(clinician, case), **reasons))
    assert (consent.early_reason, consent.name_reason) == ("", "")
