import html
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from patients.actions import history
from patients.models import Diagnosis, Patient
from tests.factories.patients import CaseFactory, DiagnosisFactory, PatientFactory
from tests.factories.practice import SiteFactory
from tests.factories.staff import ClinicianFactory

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def patient(db):
    return PatientFactory(site=SiteFactory())


@pytest.fixture
def room(client_of, clinician):
    return client_of(clinician)


def at(name, patient, *more) -> str:
    return reverse(f"patients:{name}", args=[patient.pk, *more])


def test_the_page_shows_what_is_known_and_records_the_reading(room, clinician, patient):
    now = timezone.now()
    history.record_history(
        by=clinician, patient=patient, topic="hair", text="Crown first.", seen=None, now=now
    )
    history.record_allergy(
        by=clinician, patient=patient, substance="Latex", reaction="wheeze", now=now
    )
    DiagnosisFactory(case=CaseFactory(patient=patient))
    page = room.get(at("history", patient)).content.decode()
    for text in ("Crown first.", "Allergic to Latex (wheeze)", "Norwood-Hamilton III"):
        assert text in page
    assert Event.objects.filter(kind=Kind.PATIENT_VIEWED, patient_id=patient.pk).count() == 1


@pytest.mark.parametrize("how_many", [1, 3])
def test_the_page_takes_as_many_queries_for_three_rows_as_for_one(
    room, clinician, patient, how_many, django_assert_max_num_queries
):
    case = CaseFactory(patient=patient)
    for number in range(how_many):
        history.record_allergy(
            by=clinician, patient=patient, substance=f"S{number}", reaction="", now=timezone.now()
        )
        history.record_medicine(
            by=clinician,
            patient=patient,
            group="other",
            name=f"M{number}",
            dose="",
            started_date=None,
            now=timezone.now(),
        )
        DiagnosisFactory(case=case)
    room.get(at("history", patient))
    # Session, user, sites, patient, audit event in its savepoint, banner and thirteen lists.
    with django_assert_max_num_queries(21):
        room.get(at("history", patient))


def test_each_part_saves_and_leads_back_to_itself(room, patient):
    Patient.objects.filter(pk=patient.pk).update(sex="female")
    saved = [
        (at("record_history", patient, "hair"), {"hair-text": "Crown first."}, "hair"),
        (
            at("add_medicine", patient),
            {"medicine-group": "finasteride", "medicine-dose": "1 mg"},
            "medicines",
        ),
        (at("add_allergy", patient), {"allergy-substance": "Latex"}, "allergies"),
        (
            at("diagnose", patient),
            {
                "diagnosis-condition": "aga_female",
                "diagnosis-graded": "ludwig:II",
            },
            "diagnosis",
        ),
    ]
    for address, data, part in saved:
        answer = room.post(address, data)
        assert answer.status_code == 302, address
        assert answer.url == f"{at('history', patient)}#{part}"
    assert patient.medicines.get().name == "Finasteride"
    assert str(Diagnosis.objects.get()) == "Androgenetic alopecia, female pattern, Ludwig II"


def test_a_part_saved_in_place_answers_with_the_page_and_its_banner(room, patient):
    answer = room.post(at("add_allergy", patient), {"allergy-substance": "Latex"}, **HTMX)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'id="patient-banner"' in page
    assert "Allergic to Latex" in page
    assert "The allergy is recorded." in page


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        (
            "add_allergy",
            {"allergy-substance": "", "allergy-reaction": "kept text"},
            "Write what the patient",
        ),
        (
            "add_medicine",
            {"medicine-group": "other", "medicine-dose": "kept text"},
            "Write the name",
        ),
        (
            "add_medicine",
            {
                "medicine-group": "nsaid",
                "medicine-dose": "kept text",
                "medicine-started": "2999-01-01",
            },
            "lies in the future",
        ),
        (
            "diagnose",
            {"diagnosis-condition": "", "diagnosis-note": "kept text"},
            "Choose the diagnosis.",
        ),
        (
            "diagnose",
            {
                "diagnosis-condition": "other",
                "diagnosis-graded": "ludwig:VII",
                "diagnosis-note": "kept text",
            },
            "Choose one of those listed.",
        ),
    ],
)
def test_what_is_wrong_is_said_in_its_part_and_what_was_typed_stays(
    room, patient, name, data, said
):
    answer = room.post(at(name, patient), data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "kept text" in page


@pytest.mark.parametrize(
    ("sex", "condition", "graded", "said"),
    [
        ("male", "aga_female", "", "the record says male"),
        ("female", "aga_male", "norwood:III", "the record says female"),
        ("male", "aga_male", "ludwig:II", "Ludwig is not the scale of androgenetic"),
        ("intersex", "aga_female", "norwood:IV", "Norwood-Hamilton is not the scale"),
        ("male", "aga_female", "norwood:II", "Norwood-Hamilton is not the scale"),
        ("male", "other", "sinclair:2", "Sinclair is unusual: the record says male"),
        ("female", "scarring", "norwood:III", "Norwood-Hamilton is unusual"),
    ],
)
def test_what_does_not_go_together_is_asked_about_and_may_stand(
    room, patient, sex, condition, graded, said
):
    Patient.objects.filter(pk=patient.pk).update(sex=sex)
    sent = {
        "diagnosis-condition": condition,
        "diagnosis-graded": graded,
        "diagnosis-note": "kept text",
    }
    answer = room.post(at("diagnose", patient), sent)
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert said in page
    assert "Record it all the same: " not in page, "the summary begins with the question"
    assert "kept text" in page
    assert not Diagnosis.objects.exists()
    answer = room.post(at("diagnose", patient), sent | {"diagnosis-is_meant": "on"})
    assert answer.status_code == 422, "it says to nothing that it is meant"
    answer = room.post(at("diagnose", patient), sent | meant(page))
    assert answer.status_code == 302
    assert Diagnosis.objects.get().condition == condition


def meant(page: str) -> dict[str, str]:
    """Tick the box that a page shows, and send the question along that was answered."""
    asked = re.search(r'name="diagnosis-asked" value="([^"]+)"', page)
    assert asked, page
    return {"diagnosis-is_meant": "on", "diagnosis-asked": asked[1]}


def test_record_it_all_the_same_holds_only_for_what_was_asked(room, patient):
    Patient.objects.filter(pk=patient.pk).update(sex="male")
    sent = {"diagnosis-condition": "aga_male", "diagnosis-graded": "ludwig:I"}
    asked = html.unescape(room.post(at("diagnose", patient), sent).content.decode())
    changed = {"diagnosis-condition": "aga_female", "diagnosis-graded": "norwood:III"}
    answer = room.post(at("diagnose", patient), changed | meant(asked))
    again = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "Androgenetic alopecia, female pattern is unusual" in again
    assert not Diagnosis.objects.exists()
    box = re.search(r'<input[^>]*name="diagnosis-is_meant"[^>]*>', again)
    assert "checked" not in box[0], "another question is asked afresh"
    assert room.post(at("diagnose", patient), changed | meant(again)).status_code == 302


@pytest.mark.parametrize(
    ("sex", "condition", "graded"),
    [
        ("male", "aga_male", "norwood:III"),
        ("female", "aga_female", "sinclair:2"),
        ("female", "traction", ""),
        ("not_known", "aga_female", "ludwig:I"),
        ("intersex", "aga_male", "norwood:V"),
    ],
)
def test_what_goes_together_is_not_asked_about(room, patient, sex, condition, graded):
    Patient.objects.filter(pk=patient.pk).update(sex=sex)
    page = room.get(at("history", patient)).content.decode()
    assert "Record it all the same" not in page
    sent = {"diagnosis-condition": condition, "diagnosis-graded": graded}
    assert room.post(at("diagnose", patient), sent).status_code == 302


@pytest.mark.parametrize(("sex", "first"), [("female", "Ludwig"), ("male", "Norwood-Hamilton")])
def test_the_scale_that_fits_stands_first(room, patient, sex, first):
    Patient.objects.filter(pk=patient.pk).update(sex=sex)
    assert "<optgroup" not in room.get(at("history", patient)).content.decode()
    page = room.get(at("history", patient), {"form": "diagnosis"}).content.decode()
    assert page.split('<optgroup label="')[1].startswith(f'{first}"')


def test_empty_history_is_not_recorded(room, patient):
    answer = room.post(at("record_history", patient, "hair"), {"hair-text": "  "})
    assert answer.status_code == 422
    assert not patient.history_entries.exists()


def test_a_second_writer_reads_the_first_and_may_then_save_both(room, client_of, patient):
    other = client_of(ClinicianFactory(given_name="Dana", family_name="Faster"))
    address = at("record_history", patient, "hair")
    other.post(address, {"hair-text": "Itches."})

    told = room.post(address, {"hair-text": "No scars."})

    page = told.content.decode()
    assert told.status_code == 422
    assert "Dr Dana Faster recorded this meanwhile" in page
    assert "No scars." in page
    latest = patient.history_entries.get()
    again = room.post(address, {"hair-text": "Itches. No scars.", "hair-seen": str(latest.pk)})
    assert again.status_code == 302


def test_an_unknown_topic_is_not_found(room, patient):
    assert room.post(at("record_history", patient, "nonsense"), {}).status_code == 404


def test_no_known_allergies_is_said_by_a_button_and_refused_while_one_stands(room, patient):
    assert room.post(at("no_allergies", patient)).status_code == 302
    assert "No known allergies" in room.get(at("history", patient)).content.decode()
    room.post(at("add_allergy", patient), {"allergy-substance": "Latex"})
    refused = room.post(at("no_allergies", patient))
    assert refused.status_code == 422
    assert "An allergy to Latex is recorded" in refused.content.decode()


def test_a_medicine_is_stopped_and_an_allergy_withdrawn(room, patient):
    room.post(at("add_allergy", patient), {"allergy-substance": "Latex"})
    room.post(at("add_medicine", patient), {"medicine-group": "nsaid"})
    medicine, allergy = patient.medicines.get(), patient.allergies.get()
    field = f"stop-{medicine.pk}-stopped"
    stop = at("stop_medicine", patient, medicine.pk)
    assert room.post(stop, {field: "2999-01-01"}).status_code == 422
    assert room.post(stop, {field: timezone.localdate().isoformat()}).status_code == 302
    withdraw = at("withdraw_allergy", patient, allergy.pk)
    assert room.post(withdraw).status_code == 422, "it takes a reason"
    assert room.post(withdraw, {"reason": "Tested negative"}).status_code == 302
    medicine.refresh_from_db()
    allergy.refresh_from_db()
    assert medicine.stopped_date == timezone.localdate()
    assert allergy.withdrawn_at is not None


def test_rows_of_another_patient_are_not_reached_through_this_one(room, patient):
    other = PatientFactory()
    room.post(at("add_allergy", other), {"allergy-substance": "Latex"})
    room.post(at("add_medicine", other), {"medicine-group": "nsaid"})
    for address in (
        at("withdraw_allergy", patient, other.allergies.get().pk),
        at("stop_medicine", patient, other.medicines.get().pk),
    ):
        assert room.post(address).status_code == 404


POSTS = ["add_medicine", "add_allergy", "no_allergies", "diagnose"]


@pytest.mark.parametrize("name", POSTS)
def test_only_those_who_record_write_here(client_of, reception, admin, patient, name):
    for person in (reception, admin):
        assert client_of(person).post(at(name, patient)).status_code == 403


def test_reception_does_not_read_the_history_and_the_admin_reads_without_forms(
    client_of, reception, admin, patient
):
    assert client_of(reception).get(at("history", patient)).status_code == 403
    page = client_of(admin).get(at("history", patient)).content.decode()
    assert "Not asked" in page
    assert "Save diagnosis" not in page


@pytest.mark.parametrize("name", ["history", *POSTS])
def test_another_sites_patient_does_not_exist(client_of, patient, name):
    limited = client_of(ClinicianFactory(sites=[SiteFactory()]))
    ask = limited.get if name == "history" else limited.post
    assert ask(at(name, patient)).status_code == 404


def test_a_case_is_opened_led_closed_and_opened_again(room, clinician, patient):
    assert room.post(at("open_case", patient)).status_code == 302
    assert room.post(at("open_case", patient), follow=True).status_code == 200
    assert patient.cases.count() == 1
    room.post(at("set_clinician", patient), {"clinician": str(clinician.pk)})
    assert patient.cases.get().clinician == clinician
    assert room.post(at("close_case", patient), {}).status_code == 422
    assert room.post(at("close_case", patient), {"outcome": "discharged"}).status_code == 302
    page = room.get(at("case", patient)).content.decode()
    assert "No case is open" in page
    assert "Discharged" in page
    assert room.post(at("close_case", patient), {"outcome": "lost"}).status_code == 404
    assert room.post(at("open_case", patient)).status_code == 302
    assert patient.cases.count() == 2
