"""What was asked and answered: never overwritten, and never asked is not "no"."""

import html
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from patients import facts
from patients.actions import earlier_treatments, history, statements
from patients.actions.statements import Given, StatedMeanwhileError
from patients.banner import patient_context
from patients.models import (
    BloodResult,
    BloodSample,
    ConditionStatement,
    EarlierTreatment,
    HairStatement,
    MedicinesReview,
    PregnancyStatement,
    RelativeStatement,
)
from tests.factories.patients import PatientFactory
from tests.factories.practice import SiteFactory
from tests.factories.staff import ClinicianFactory
from tests.races import one_after_the_other

NOW = timezone.now()


@pytest.fixture
def patient(db):
    return PatientFactory(site=SiteFactory(), sex="female")


@pytest.fixture
def room(client_of, clinician):
    return client_of(clinician)


def at(name, patient, *more) -> str:
    return reverse(f"patients:{name}", args=[patient.pk, *more])


def shown(room, patient) -> str:
    return html.unescape(room.get(at("history", patient)).content.decode())


def part_of(page: str, name: str) -> str:
    """Return what the page says of a part in its index."""
    return page.split(f'<a href="#{name}"')[1].split("</a>")[0]


def answer(answer="yes", note="", since=None, seen=None) -> Given:
    told = {"answer": answer, "note": note, "since_date": since, "since_precision": "day"}
    return Given(told, seen)


def state(by, patient, now=NOW, **given) -> list[ConditionStatement]:
    return statements.state_conditions(by=by, patient=patient, given=given, now=now)


# -- conditions --------------------------------------------------------------------------------


def test_what_nobody_asked_is_no_answer_and_not_known_is_one(patient, clinician):
    state(clinician, patient, diabetes=answer("no"), thyroid=answer("not_known"))
    told = facts.conditions_of(patient.pk)
    assert {item: row.answer for item, row in told.items()} == {
        "diabetes": "no",
        "thyroid": "not_known",
    }
    assert facts.conditions_present(patient.pk) == {}


def test_the_newest_answer_stands_and_the_earlier_one_stays(room, patient, clinician):
    (first,) = state(clinician, patient, diabetes=answer("no"))
    later = NOW + timedelta(minutes=1)
    state(clinician, patient, now=later, diabetes=answer("yes", "Metformin", seen=first.pk))
    assert facts.conditions_of(patient.pk)["diabetes"].note == "Metformin"
    assert ConditionStatement.objects.count() == 2
    assert "Earlier answers (1)" in shown(room, patient)


def test_an_answer_left_alone_is_not_recorded_again(patient, clinician):
    (first,) = state(clinician, patient, diabetes=answer("no"))
    rows = state(clinician, patient, diabetes=answer("no", seen=first.pk), keloid=answer("no"))
    assert [row.item for row in rows] == ["keloid"]
    with pytest.raises(ValidationError, match="Nothing was changed"):
        state(clinician, patient, diabetes=answer("no", seen=first.pk))


def test_an_answer_given_meanwhile_is_not_overwritten_and_nothing_else_is_saved(patient, clinician):
    other = ClinicianFactory(given_name="Dana", family_name="Faster")
    (first,) = state(clinician, patient, diabetes=answer("no"))
    (newer,) = state(other, patient, diabetes=answer("yes", seen=first.pk))
    with pytest.raises(StatedMeanwhileError, match="Dana Faster recorded this meanwhile"):
        state(clinician, patient, diabetes=answer("not_known", seen=first.pk), hiv=answer("no"))
    assert ConditionStatement.objects.count() == 2
    state(clinician, patient, diabetes=answer("not_known", seen=newer.pk), hiv=answer("no"))


def test_what_another_answered_stands_where_this_person_left_it_alone(patient, clinician):
    (first,) = state(clinician, patient, diabetes=answer("no"))
    state(clinician, patient, diabetes=answer("yes", seen=first.pk))
    state(clinician, patient, diabetes=answer("no", seen=first.pk), hiv=answer("no"))
    assert facts.conditions_of(patient.pk)["diabetes"].answer == "yes"


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_do_not_overwrite_one_another():
    patient, one, other = PatientFactory(), ClinicianFactory(), ClinicianFactory()
    _, refused = one_after_the_other(
        lambda: state(one, patient, diabetes=answer("yes")),
        lambda: state(other, patient, diabetes=answer("no")),
    )
    assert isinstance(refused, StatedMeanwhileError)
    assert ConditionStatement.objects.get().answer == "yes"


def test_a_form_of_answers_saves_those_that_were_given(room, patient):
    sent = {
        "conditions-diabetes_answer": "yes",
        "conditions-diabetes_since": "March 2021",
        "conditions-diabetes_note": "Metformin",
        "conditions-keloid_answer": "no",
        "conditions-keloid_note": "typed, then hidden",
    }
    assert room.post(at("conditions", patient), sent).status_code == 302
    told = facts.conditions_of(patient.pk)
    assert (str(told["diabetes"].since), told["diabetes"].note) == ("Mar 2021", "Metformin")
    assert told["keloid"].note == ""
    page = shown(room, patient)
    assert "1 yes, 24 not asked" in part_of(page, "conditions")
    assert "since Mar 2021" in page


def test_a_wrong_date_comes_back_beside_what_was_typed(room, patient):
    sent = {"conditions-diabetes_answer": "yes", "conditions-diabetes_since": "2999"}
    told = room.post(at("conditions", patient), sent)
    page = told.content.decode()
    assert told.status_code == 422
    assert "This date lies in the future." in page
    assert 'value="2999"' in page


def test_a_second_writer_reads_the_first_and_may_then_save(room, client_of, patient):
    other = client_of(ClinicianFactory(given_name="Dana", family_name="Faster"))
    other.post(at("conditions", patient), {"conditions-diabetes_answer": "no"})
    sent = {"conditions-diabetes_answer": "yes", "conditions-diabetes_note": "kept text"}
    told = room.post(at("conditions", patient), sent)
    page = html.unescape(told.content.decode())
    assert told.status_code == 422
    assert "Dr Dana Faster recorded this meanwhile" in page
    assert "kept text" in page
    newer = ConditionStatement.objects.get()
    assert f'name="conditions-diabetes_seen" value="{newer.pk}"' in page
    again = room.post(at("conditions", patient), sent | {"conditions-diabetes_seen": str(newer.pk)})
    assert again.status_code == 302


@pytest.mark.parametrize(
    "values",
    [
        {"item": "diabetes", "answer": "no", "since_date": "2020-01-01"},
        {"item": "diabetes", "answer": "maybe"},
        {
            "item": "diabetes",
            "answer": "yes",
            "since_date": "2020-01-02",
            "since_precision": "year",
        },
    ],
)
def test_the_database_refuses_a_statement_that_contradicts_itself(patient, clinician, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        ConditionStatement.objects.create(
            patient=patient, stated_at=NOW, stated_by=clinician, **values
        )


@pytest.mark.parametrize(
    "model",
    [ConditionStatement, RelativeStatement, HairStatement, PregnancyStatement, MedicinesReview],
)
def test_no_statement_is_changed_or_deleted(patient, clinician, model):
    values = {
        ConditionStatement: {"item": "hiv", "answer": "no"},
        RelativeStatement: {"item": "mother", "answer": "no"},
        HairStatement: {"course": "sudden"},
        PregnancyStatement: {"pregnancy": "no", "breastfeeding": "no"},
        MedicinesReview: {"takes_none": True},
    }[model]
    model.objects.create(patient=patient, stated_at=NOW, stated_by=clinician, **values)
    table = model._meta.db_table
    for statement in (f"UPDATE {table} SET stated_at = now()", f"DELETE FROM {table}"):
        with pytest.raises(IntegrityError, match="refused"), transaction.atomic():
            connection.cursor().execute(statement)


# -- family, hair, treatments elsewhere --------------------------------------------------------


def test_relatives_are_recorded_with_pattern_and_age(room, patient):
    sent = {
        "relatives-mothers_side_answer": "yes",
        "relatives-mothers_side_pattern": "male",
        "relatives-mothers_side_onset_age_years": "25",
        "relatives-father_answer": "no",
    }
    assert room.post(at("relatives", patient), sent).status_code == 302
    page = shown(room, patient)
    assert "from the age of 25" in page
    assert "1 yes, 4 not asked" in part_of(page, "relatives")
    wrong = sent | {"relatives-mothers_side_onset_age_years": "250"}
    assert room.post(at("relatives", patient), wrong).status_code == 422


def test_the_hair_loss_is_recorded_as_far_as_it_is_known(room, patient):
    assert room.post(at("hair", patient), {}).status_code == 422
    sent = {
        "hairloss-since": "2019",
        "hairloss-course": "sudden",
        "hairloss-triggers": ["illness", "stress"],
    }
    assert room.post(at("hair", patient), sent).status_code == 302
    page = shown(room, patient)
    assert "Illness or fever, Stress or loss" in page
    assert "Since 2019, sudden" in part_of(page, "hair-loss")
    wrong = sent | {"hairloss-triggers": ["illness", "none"]}
    told = room.post(at("hair", patient), wrong)
    assert "goes with nothing else" in told.content.decode()
    row = HairStatement.objects.get()
    other = sent | {"hairloss-course": "gradual"}
    told = room.post(at("hair", patient), other)
    page = told.content.decode()
    assert told.status_code == 422, "it was not filled in from the newest"
    assert f'value="{row.pk}"' in page
    assert page.count('name="hairloss-triggers"') > 1
    assert html.unescape(page).count("checked") >= 2, "both boxes stay ticked"


def test_a_treatment_elsewhere_overtakes_the_statement_that_there_was_none(room, patient):
    assert "Not asked" in part_of(shown(room, patient), "elsewhere")
    assert room.post(at("not_treated", patient)).status_code == 302
    assert ">No<" in part_of(shown(room, patient), "elsewhere").replace("\n", "").replace(" ", "")
    sent = {"earlier-kind": "fue", "earlier-treated": "2017", "earlier-sessions": "1"}
    assert room.post(at("add_elsewhere", patient), sent).status_code == 302
    assert room.post(at("add_elsewhere", patient), sent).status_code == 422, "typed twice"
    assert room.post(at("not_treated", patient)).status_code == 422
    row = EarlierTreatment.objects.get()
    withdraw = at("withdraw_elsewhere", patient, row.pk)
    assert room.post(withdraw, {"reason": ""}).status_code == 422
    assert room.post(withdraw, {"reason": "It was his brother"}).status_code == 302
    page = shown(room, patient)
    assert "It was his brother" in page
    assert "Not asked" in part_of(page, "elsewhere"), "somebody has to ask again"


def test_an_entry_elsewhere_keeps_what_was_told(patient, clinician):
    row = earlier_treatments.record_earlier_treatment(
        by=clinician, patient=patient, now=NOW, kind="prp", sessions=3
    )
    for statement in (
        "UPDATE patients_earliertreatment SET sessions = 4",
        "DELETE FROM patients_earliertreatment",
    ):
        with pytest.raises(IntegrityError, match="refused"), transaction.atomic():
            connection.cursor().execute(statement)
    earlier_treatments.withdraw_earlier_treatment(
        by=clinician, treatment=row, reason="Mixed up", now=NOW
    )
    kinds = list(Event.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == [Kind.EARLIER_RECORDED, Kind.EARLIER_REMOVED]


# -- medicines gone through --------------------------------------------------------------------


def medicine(by, patient, name="Apixaban", now=NOW, **more):
    return history.record_medicine(
        by=by,
        patient=patient,
        group="anticoagulant",
        name=name,
        dose="",
        started_date=None,
        now=now,
        **more,
    )


def test_the_medicines_are_reviewed_by_one_button_for_the_list_that_was_read(
    room, patient, clinician
):
    first = medicine(clinician, patient)
    assert "never reviewed" in part_of(shown(room, patient), "medicines")
    medicine(clinician, patient, "Ibuprofen")
    told = room.post(at("review_medicines", patient), {"seen": str(first.pk)})
    assert told.status_code == 422
    assert "The list was changed meanwhile" in told.content.decode()
    assert room.post(at("review_medicines", patient), {"seen": "nonsense"}).status_code == 422
    keys = " ".join(str(row.pk) for row in patient.medicines.all())
    assert room.post(at("review_medicines", patient), {"seen": keys}).status_code == 302
    assert "2 taken, reviewed" in part_of(shown(room, patient), "medicines")


def test_no_medicines_is_a_statement_that_a_medicine_overtakes(room, patient, clinician):
    assert "Not asked" in part_of(shown(room, patient), "medicines")
    assert room.post(at("no_medicines", patient)).status_code == 302
    assert "None taken" in part_of(shown(room, patient), "medicines")
    row = medicine(clinician, patient, now=timezone.now())
    assert room.post(at("no_medicines", patient)).status_code == 422
    withdraw = at("withdraw_medicine", patient, row.pk)
    assert room.post(withdraw).status_code == 422
    assert room.post(withdraw, {"reason": "Another patient"}).status_code == 302
    page = shown(room, patient)
    assert "None on the list" in part_of(page, "medicines"), "somebody has to ask again"
    assert "Another patient" in page
    assert patient_context(patient)["alerts"] == []


def test_a_medicine_keeps_route_reason_and_dates_as_they_are_known(room, patient):
    sent = {
        "medicine-group": "finasteride",
        "medicine-route": "mouth",
        "medicine-started": "March 2021",
    }
    assert room.post(at("add_medicine", patient), sent).status_code == 302
    row = patient.medicines.get()
    stop = {f"stop-{row.pk}-stopped": "2023", f"stop-{row.pk}-stop_reason": "Low mood"}
    assert room.post(at("stop_medicine", patient, row.pk), stop).status_code == 302
    page = shown(room, patient)
    assert "Mar 2021 to 2023" in " ".join(page.split())
    assert "stopped: Low mood" in page
    row.refresh_from_db()
    assert (row.route, str(row.started), str(row.stopped)) == ("mouth", "Mar 2021", "2023")
    assert row.stop_recorded_by is not None


def test_an_allergy_says_how_certain_and_how_bad_it_is(room, patient):
    sent = {
        "allergy-substance": "Latex",
        "allergy-certainty": "confirmed",
        "allergy-severity": "anaphylaxis",
    }
    assert room.post(at("add_allergy", patient), sent).status_code == 302
    page = shown(room, patient)
    assert "Confirmed by tests or a doctor" in page
    assert "Life-threatening (anaphylaxis)" in page


# -- pregnancy, and what stands in the banner --------------------------------------------------


def expecting(by, patient, when=NOW, pregnancy="yes", breastfeeding="no") -> PregnancyStatement:
    return PregnancyStatement.objects.create(
        patient=patient,
        stated_at=when,
        stated_by=by,
        pregnancy=pregnancy,
        breastfeeding=breastfeeding,
    )


def test_pregnancy_is_asked_anew_and_the_same_answer_is_recorded_again(room, patient):
    sent = {"pregnancy-pregnancy": "no", "pregnancy-breastfeeding": "no"}
    assert room.post(at("pregnancy", patient), {}).status_code == 422
    assert room.post(at("pregnancy", patient), sent).status_code == 302
    seen = {"pregnancy-seen": str(PregnancyStatement.objects.get().pk)}
    assert room.post(at("pregnancy", patient), sent | seen).status_code == 302
    assert PregnancyStatement.objects.count() == 2


def test_a_statement_about_pregnancy_shows_its_age_and_when_to_ask_again(room, patient, clinician):
    expecting(clinician, patient, NOW - timedelta(weeks=10), pregnancy="no")
    page = shown(room, patient)
    assert "10 weeks ago" in page
    assert "Ask again</span></span>" not in page
    other = PatientFactory(site=patient.registrations.get().site, sex="female")
    expecting(clinician, other, NOW - timedelta(weeks=13), pregnancy="no")
    assert "Ask again</span></span>" in shown(room, other)


def test_the_banner_says_what_is_dangerous_and_the_desk_is_told_no_infection(patient, clinician):
    (asked, *_) = state(
        clinician,
        patient,
        bleeding_disorder=answer("yes"),
        hepatitis_c=answer("yes"),
        diabetes=answer("yes"),
    )
    expecting(clinician, patient)
    by = {"patient": patient, "recorded_at": NOW, "recorded_by": clinician}
    sample = BloodSample.objects.create(taken_date=NOW.date(), **by)
    BloodResult.objects.create(sample=sample, analyte="hiv", finding="reactive", **by)
    context = patient_context(patient)
    assert context["alerts"][:2] == [
        "Bleeding or clotting disorder",
        "Blood-borne infection: Hepatitis C, HIV antigen and antibody reactive",
    ]
    assert context["alerts"][2].startswith("Pregnant, stated ")
    assert context["short_alerts"] == ["Bleeding disorder", "Pregnant"]
    state(
        clinician,
        patient,
        now=NOW + timedelta(minutes=1),
        bleeding_disorder=answer("no", seen=asked.pk),
    )
    assert "Bleeding or clotting disorder" not in patient_context(patient)["alerts"]


def test_only_the_last_answer_about_a_pregnancy_counts_and_an_old_one_is_asked_about(
    patient, clinician
):
    expecting(clinician, patient, NOW - timedelta(weeks=50))
    context = patient_context(patient)
    assert context["alerts"][0].startswith("Was pregnant on ")
    assert context["alerts"][0].endswith(": ask again")
    assert context["short_alerts"] == []
    expecting(clinician, patient, NOW, pregnancy="no", breastfeeding="yes")
    assert patient_context(patient)["alerts"][0].startswith("Breastfeeding, stated ")
    expecting(clinician, patient, NOW + timedelta(minutes=1), pregnancy="no")
    assert patient_context(patient)["alerts"] == []


def test_the_full_page_takes_as_many_queries_as_the_empty_one(
    room, patient, clinician, django_assert_max_num_queries
):
    given = {item: answer("yes") for item in ("diabetes", "thyroid", "keloid", "hiv")}
    state(clinician, patient, **given)
    expecting(clinician, patient)
    for number in range(4):
        medicine(clinician, patient, f"M{number}")
        earlier_treatments.record_earlier_treatment(
            by=clinician, patient=patient, now=NOW, kind="prp", sessions=number + 1
        )
        by = {"patient": patient, "recorded_at": NOW, "recorded_by": clinician}
        sample = BloodSample.objects.create(taken_date=NOW.date() - timedelta(days=number), **by)
        BloodResult.objects.create(sample=sample, analyte="hiv", finding="reactive", **by)
    room.get(at("history", patient))
    with django_assert_max_num_queries(21):
        room.get(at("history", patient))
