"""Two records of one person made one, and two again."""

import re
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from followups.actions.examinations import AreaCount, Findings, NewArea, record_examination
from patients.actions.assessment import Signs, Weighed, look_for_signs
from patients.actions.merging import merge, undo_merge
from patients.finding.search import find_patients
from patients.merging.moving import _relations_to, rows_by_kind
from patients.merging.records import record_now, records_of
from patients.merging.tables import tables_of_patients
from patients.models import (
    Allergy,
    Case,
    CauseStatement,
    ContraindicationCheck,
    HistoryEntry,
    Medicine,
    Merge,
    Patient,
)
from tests.dumps import dump
from tests.factories.booking import AppointmentFactory
from tests.factories.followups import ExaminationFactory
from tests.factories.patients import (
    CaseFactory,
    DiagnosisFactory,
    PatientFactory,
    SignsFactory,
    SiteRegistrationFactory,
    StopFactory,
)
from tests.factories.practice import SiteFactory
from tests.one_of_everything import one_of_everything

NOW = timezone.now()


@pytest.fixture
def site(db):
    return SiteFactory()


@pytest.fixture
def record(site, clinician):
    return one_of_everything(site, clinician)


@pytest.fixture
def other(site):
    return PatientFactory(family_name="Examplewood", given_names="Ambrosius", site=site)


def merged(by, survivor, absorbed, **keep):
    return merge(by=by, survivor=survivor, absorbed=absorbed, keep=keep, now=NOW)


def owners() -> dict[str, set]:
    """Return whose rows each table has."""
    return {
        model._meta.label: set(model._default_manager.values_list("patient_id", flat=True))
        for model in tables_of_patients(apps)
    }


def test_everything_goes_to_the_survivor_the_signed_and_the_append_only_too(
    record, other, clinician
):
    before = owners()
    filled = {label for label, patients in before.items() if record.patient.pk in patients}
    assert {"treatments.Session", "patients.Consent", "photos.PhotoSet"} <= filled
    merged(clinician, other, record.patient)
    after = owners()
    assert all(other.pk in after[label] for label in filled)
    left = {label for label, patients in after.items() if record.patient.pk in patients}
    assert left == {"patients.SiteRegistration"}, "the survivor is registered there as well"


def test_every_table_of_a_patient_is_in_the_record_that_is_merged(record, other, clinician):
    """A table without a row here would not be known to move."""
    empty = {label for label, patients in owners().items() if not patients}
    assert empty == {"patients.NoKnownAllergies"}


def test_undoing_it_leaves_the_database_as_it_was(record, other, clinician):
    """Private links alone stay closed: nobody knows who was sent which."""
    before = dump()
    row = merged(clinician, other, record.patient, given_names="absorbed", email="absorbed")
    assert dump() != before
    assert undo_merge(by=clinician, merge=row, now=NOW) == []
    after = dump()
    del before["documents_privatelink"], after["documents_privatelink"]
    assert after == before
    assert record.patient.links.exists()
    assert not record.patient.links.open_at(NOW).exists()


DETAILS = st.fixed_dictionaries(
    {
        "given_names": st.sampled_from(["Ada", "Ada Béatrix", "Adah"]),
        "title": st.sampled_from(["", "Ms", "Dr"]),
        "date_of_birth": st.sampled_from([date(1980, 11, 22), date(1980, 12, 22)]),
        "nhs_number": st.sampled_from([None, "9449305552", "9912003888"]),
        "phone": st.sampled_from(["", "+447700900001", "+447700900002"]),
    }
)
CONTENT = st.lists(st.sampled_from(["allergy", "medicine", "history", "site", "case"]), max_size=4)
KEPT = st.dictionaries(
    st.sampled_from(["given_names", "title", "date_of_birth", "nhs_number", "phone"]),
    st.sampled_from(["survivor", "absorbed"]),
)


def _somebody(details, content, site, by):
    patient = PatientFactory(site=site, **details)
    for place, what in enumerate(content):
        stamp = {"patient": patient, "recorded_at": NOW, "recorded_by": by}
        if what == "allergy":
            Allergy.objects.create(substance=f"Latex {place}", reaction="Rash", **stamp)
        elif what == "medicine":
            Medicine.objects.create(group="other", name="Something", **stamp)
        elif what == "history":
            HistoryEntry.objects.create(topic="hair", text="Since 2019.", **stamp)
        elif what == "site":
            SiteRegistrationFactory(patient=patient)
        else:
            CaseFactory(patient=patient, opened_at=NOW, closed_at=NOW, closed_by=by, outcome="lost")
    return patient


@given(left=DETAILS, right=DETAILS, ours=CONTENT, theirs=CONTENT, keep=KEPT)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None
)
def test_whatever_two_records_hold_undoing_leaves_them_as_they_were(
    site, clinician, left, right, ours, theirs, keep
):
    if left["nhs_number"] == right["nhs_number"]:
        right = right | {"nhs_number": None}
    try:
        with transaction.atomic():
            one = _somebody(left, ours, site, clinician)
            two = _somebody(right, theirs, site, clinician)
            before = dump()
            try:
                row = merged(clinician, one, two, **keep)
            except ValidationError:
                assert dump() == before, "what is refused leaves nothing behind"
            else:
                undo_merge(by=clinician, merge=row, now=NOW)
                assert dump() == before
            raise _TakenBackError
    except _TakenBackError:
        pass


class _TakenBackError(Exception):
    """Takes back what one example made."""


def test_the_chosen_details_stay_and_both_numbers_are_found(other, site, clinician):
    absorbed = PatientFactory(
        site=site, family_name="Examplewood", nhs_number="9449305552", phone="+447700900999"
    )
    row = merged(clinician, other, absorbed, nhs_number="absorbed", phone="survivor")
    kept = Patient.objects.get(pk=other.pk)
    assert (kept.nhs_number, kept.phone) == ("9449305552", other.phone)
    for number in (other.number, absorbed.number):
        found = find_patients(clinician, number, today=NOW.date())
        assert [patient.pk for patient in found.patients] == [other.pk]
    assert record_now(absorbed.pk) == other.pk
    assert records_of(other.pk) == [other.pk, absorbed.pk]
    undo_merge(by=clinician, merge=row, now=NOW)
    assert find_patients(clinician, absorbed.number, today=NOW.date()).patients == [absorbed]
    assert record_now(absorbed.pk) is None


def test_the_merged_record_is_not_found_by_name_nor_opened(other, site, clinician):
    absorbed = PatientFactory(site=site, family_name="Whitcombe")
    assert find_patients(clinician, "whitcombe", today=NOW.date()).patients == [absorbed]
    merged(clinician, other, absorbed)
    assert find_patients(clinician, "whitcombe", today=NOW.date()).patients == []


def test_both_records_say_who_merged_them(other, site, clinician):
    absorbed = PatientFactory(site=site)
    row = merged(clinician, other, absorbed)
    undo_merge(by=clinician, merge=row, now=NOW)
    for patient in (other, absorbed):
        kinds = Event.objects.about_patient(patient.pk).values_list("kind", flat=True)
        assert list(kinds) == [Kind.MERGE_UNDONE, Kind.PATIENTS_MERGED]


def test_a_detail_that_was_changed_since_is_not_overwritten_by_undoing(other, site, clinician):
    absorbed = PatientFactory(site=site, phone="+447700900999", title="Dr")
    row = merged(clinician, other, absorbed, phone="absorbed", title="absorbed")
    Patient.objects.filter(pk=other.pk).update(phone="+447700900111")
    assert undo_merge(by=clinician, merge=row, now=NOW) == ["phone"]
    kept = Patient.objects.get(pk=other.pk)
    assert (kept.phone, kept.title) == ("+447700900111", other.title)


def test_what_was_added_since_goes_back_with_what_it_belongs_to(record, other, clinician):
    row = merged(clinician, other, record.patient)
    case = record.rows["plan_id"].case
    case.refresh_from_db()
    added = DiagnosisFactory(case=case)
    later = NOW + timedelta(days=40)
    visit = AppointmentFactory(
        patient=other, starts_at=later, ends_at=later + timedelta(minutes=30)
    )
    undo_merge(by=clinician, merge=row, now=NOW)
    added.refresh_from_db()
    visit.refresh_from_db()
    assert added.case.patient_id == record.patient.pk
    assert visit.patient_id == other.pk


def visited(case, by):
    """Examine somebody after a merge: a new spot, one sign that stops, and a cause."""
    findings = Findings(
        examined_date=timezone.localdate(),
        counts=[AreaCount(NewArea("Crown", "midline", "Dot"), 80, Decimal("0.65"))],
        signs=Signs(("patchy",)),
        causes={"tinea": Weighed("considered")},
    )
    return record_examination(by=by, case=case, review=None, findings=findings, now=timezone.now())


def test_a_visit_after_a_mistaken_merge_goes_back_with_its_signs_stop_and_spot(
    other, site, clinician
):
    absorbed = CaseFactory(patient=PatientFactory(site=site)).patient
    mine = look_for_signs(
        by=clinician,
        case=CaseFactory(patient=other, closed_at=NOW, closed_by=clinician, outcome="lost"),
        signs=Signs(("pain",)),
        found_date=timezone.localdate(),
        now=timezone.now(),
    )
    row = merged(clinician, other, absorbed)
    visit = visited(other.cases.open().get(), clinician)
    undo_merge(by=clinician, merge=row, now=timezone.now())
    visit.refresh_from_db()
    assert visit.patient_id == visit.signs.patient_id == absorbed.pk
    assert visit.signs.stop.patient_id == absorbed.pk
    assert visit.measurements.get().target_area.patient_id == absorbed.pk
    assert CauseStatement.objects.get(patient=absorbed).stop == visit.signs.stop
    assert list(other.pathway_stops.all()) == [mine.stop]


def test_what_a_visit_points_to_goes_back_also_where_its_case_is_not_known(other, site, clinician):
    absorbed = CaseFactory(patient=PatientFactory(site=site)).patient
    row = merged(clinician, other, absorbed)
    stop = StopFactory(patient=other, case=None)
    signs = SignsFactory(patient=other, case=None, present=["pain"], stop=stop)
    ExaminationFactory(case=other.cases.get(), patient=other, signs=signs)
    undo_merge(by=clinician, merge=row, now=timezone.now())
    for each in (stop, signs):
        each.refresh_from_db()
        assert each.patient_id == absorbed.pk


def test_a_check_that_was_kept_is_something_that_happened_in_a_case(other, site, clinician):
    absorbed = PatientFactory(site=site)
    for patient in (other, absorbed):
        ContraindicationCheck.objects.create(
            case=CaseFactory(patient=patient),
            patient=patient,
            technique="prp",
            step="plan",
            about_id=uuid4(),
            moment_at=NOW,
            checked_at=NOW,
            checked_by=clinician,
            results=[],
        )
    with pytest.raises(
        ValidationError, match=r"check.* for contraindications.*Close one of them first"
    ):
        merged(clinician, other, absorbed)


def test_of_two_open_cases_the_empty_one_stays_behind(record, other, clinician):
    empty = CaseFactory(patient=other)
    with pytest.raises(ValidationError, match=f"Keep {record.patient.number} instead"):
        merged(clinician, other, record.patient)
    merged(clinician, record.patient, other)
    empty.refresh_from_db()
    assert empty.patient_id == other.pk
    assert record.patient.cases.open().count() == 1


def test_two_open_cases_in_which_something_happened_are_not_made_one(record, other, clinician):
    DiagnosisFactory(case=CaseFactory(patient=other))
    with pytest.raises(ValidationError, match="Close one of them first"):
        merged(clinician, other, record.patient)
    assert not Merge.objects.filter(survivor=other).exists()


def test_the_same_allergy_with_another_reaction_is_for_a_person_to_settle(other, site, clinician):
    absorbed = PatientFactory(site=site)
    stamp = {"recorded_at": NOW, "recorded_by": clinician}
    Allergy.objects.create(patient=other, substance="Latex", reaction="Rash", **stamp)
    same = Allergy.objects.create(patient=absorbed, substance="Latex", reaction="Rash", **stamp)
    Allergy.objects.create(patient=other, substance="Iodine", reaction="", **stamp)
    worse = Allergy.objects.create(
        patient=absorbed, substance="iodine", reaction="Anaphylaxis", **stamp
    )
    with pytest.raises(ValidationError, match=r"iodine \(Anaphylaxis\)”.*already recorded"):
        merged(clinician, other, absorbed)
    worse.withdrawn_at, worse.withdrawn_by = NOW, clinician
    worse.save()
    merged(clinician, other, absorbed)
    same.refresh_from_db()
    assert same.patient_id == absorbed.pk, "it says nothing new"
    assert other.allergies.count() == 3


def test_visits_at_the_same_time_are_in_the_way(other, site, clinician):
    absorbed = PatientFactory(site=site)
    visit = AppointmentFactory(patient=other)
    AppointmentFactory(patient=absorbed, starts_at=visit.starts_at, ends_at=visit.ends_at)
    with pytest.raises(ValidationError, match="Appointment"):
        merged(clinician, other, absorbed)
    assert not Merge.objects.exists()


def test_a_merged_record_is_not_merged_again_and_merges_are_undone_latest_first(
    other, site, clinician
):
    first, last = PatientFactory(site=site), PatientFactory(site=site)
    row = merged(clinician, other, first)
    with pytest.raises(ValidationError, match="merged meanwhile"):
        merged(clinician, last, first)
    later = merged(clinician, last, other)
    with pytest.raises(ValidationError, match="merged meanwhile"):
        undo_merge(by=clinician, merge=row, now=NOW)
    assert record_now(first.pk) == last.pk
    undo_merge(by=clinician, merge=later, now=NOW)
    undo_merge(by=clinician, merge=row, now=NOW)
    with pytest.raises(ValidationError, match="undone already"):
        undo_merge(by=clinician, merge=row, now=NOW)


# -- details that belong together -----------------------------------------------------------------


def test_an_address_is_chosen_as_a_whole(other, site, clinician):
    absorbed = PatientFactory(
        site=site, address="1 Story Street", town="Neverwich", postcode="B1 1AA", country="GB"
    )
    merged(clinician, other, absorbed, address="absorbed")
    kept = Patient.objects.get(pk=other.pk)
    assert (kept.address, kept.town, kept.postcode) == ("1 Story Street", "Neverwich", "B1 1AA")


def test_a_signature_never_stays_without_a_date_of_birth(record, site, clinician):
    enquirer = PatientFactory(site=site, date_of_birth=None, phone="+447700900999")
    with pytest.raises(ValidationError, match="Keep that date of birth"):
        merged(clinician, enquirer, record.patient)
    row = merged(clinician, enquirer, record.patient, date_of_birth="absorbed")
    assert Patient.objects.get(pk=enquirer.pk).date_of_birth == record.patient.date_of_birth
    with pytest.raises(IntegrityError, match="stays known"), transaction.atomic():
        Patient.objects.filter(pk=enquirer.pk).update(date_of_birth=None)
    undo_merge(by=clinician, merge=row, now=NOW)
    assert Patient.objects.get(pk=enquirer.pk).date_of_birth is None


def test_every_table_of_a_patient_or_a_case_says_what_its_rows_are_called():
    tables = {*tables_of_patients(apps), *(each.related_model for each in _relations_to(Case))}
    told = [word for model in tables for word in model.told_as]
    assert len(tables) > 40
    assert len(told) == len(set(told)), "one and several differ, and no two kinds share a line"
    words_of_tables = re.compile(r"statement|entr(y|ies)|narrowing|pathway|record|planned without")
    assert not [words for words in told if words_of_tables.search(words)]
    assert not [words for words in told if words != words.strip() or not words[0].islower()]


def test_what_a_record_holds_is_told_in_words_of_the_desk(other):
    SignsFactory(stop=StopFactory(patient=other))
    assert rows_by_kind(other)["times that warning signs were looked for"] == 1
