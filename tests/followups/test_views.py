"""The pages of reviews: who sees what, what is kept when something is wrong, and what it costs."""

import uuid
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlparse

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import Event
from clinic.booking.actions import book
from followups.models import ContactAttempt, Examination, Measurement, Review, TargetArea
from followups.views import board
from tests.factories.booking import AppointmentFactory
from tests.factories.followups import (
    ExaminationFactory,
    MeasurementFactory,
    ReviewFactory,
    TargetAreaFactory,
)
from tests.factories.patients import CaseFactory, PatientFactory, SignedConsentFactory
from tests.factories.photos import PhotoFactory
from tests.factories.practice import ReviewServiceFactory, RoomFactory, SiteFactory
from tests.factories.staff import ClinicianFactory, ReceptionFactory
from tests.factories.treatments import signed_session

pytestmark = pytest.mark.django_db

OVERDUE = reverse("followups:overdue")


def waiting(site, *, weeks_late: int = 4, patient_site=None, **names) -> Review:
    """Return a review that was due so many weeks ago, of a patient treated at a site."""
    patient = PatientFactory(site=patient_site or site, **names)
    consent = SignedConsentFactory(case=CaseFactory(patient=patient))
    day = timezone.localdate() - timedelta(weeks=23 + weeks_late)
    session = signed_session(
        case=consent.case, patient=patient, consent=consent, site=site, performed_date=day
    )
    return ReviewFactory(
        after_session=session, step__weeks_after_last_session=23, step__label="23 weeks"
    )


def text_of(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_shows_whom_to_call_the_longest_waiting_first(client_of, reception):
    site = SiteFactory()
    waiting(site, weeks_late=1, family_name="Recently")
    waiting(site, weeks_late=9, family_name="Longsince", phone="+447700900123")
    text = text_of(client_of(reception), f"{OVERDUE}?site={site.slug}")
    assert text.index("LONGSINCE") < text.index("RECENTLY")
    assert "07700 900123" in text
    assert "9 weeks late" in text
    assert "Scalpel" in text


def test_only_what_has_begun_and_is_neither_held_nor_booked_is_listed(client_of, reception):
    site = SiteFactory()
    waiting(site, weeks_late=-3, family_name="Tooearly")
    waiting(site, weeks_late=-2, family_name="Justbegun")
    held = waiting(site, family_name="Washeld")
    booked = waiting(site, family_name="Isbooked")
    cancelled = waiting(site, family_name="Wascancelled")
    Review.objects.filter(pk=held.pk).update(held_at=timezone.now())
    for review, when in ((booked, None), (cancelled, timezone.now())):
        appointment = AppointmentFactory(
            patient=review.patient,
            cancelled_at=when,
            cancelled_by=reception if when else None,
        )
        Review.objects.filter(pk=review.pk).update(appointment=appointment)
    text = text_of(client_of(reception), f"{OVERDUE}?site={site.slug}")
    assert "JUSTBEGUN" in text
    assert "WASCANCELLED" in text
    for absent in ("TOOEARLY", "WASHELD", "ISBOOKED"):
        assert absent not in text


def test_the_list_opens_at_the_site_where_one_works(client_of):
    here, there = SiteFactory(name="Aaa"), SiteFactory(name="Bbb")
    waiting(here, family_name="Ourpatient")
    waiting(there, family_name="Theirpatient")
    client = client_of(ReceptionFactory())
    assert "THEIRPATIENT" not in text_of(client, OVERDUE)
    assert "THEIRPATIENT" in text_of(client, f"{OVERDUE}?site={there.slug}")
    everywhere = text_of(client, f"{OVERDUE}?site=all")
    assert "OURPATIENT" in everywhere
    assert "THEIRPATIENT" in everywhere


@pytest.mark.parametrize("asked", ["", "?site=all", "?site=there", "?site=nowhere"])
def test_nobody_sees_patients_of_a_site_where_they_do_not_work(client_of, asked):
    here, there = SiteFactory(), SiteFactory(slug="there")
    waiting(there, family_name="Theirpatient")
    waiting(here, patient_site=there, family_name="Movedaway")
    text = text_of(client_of(ReceptionFactory(sites=[here])), OVERDUE + asked)
    assert "THEIRPATIENT" not in text
    assert "MOVEDAWAY" not in text


def test_the_list_costs_the_same_for_one_review_and_for_three(
    client_of, reception, django_assert_max_num_queries
):
    site = SiteFactory()
    client = client_of(reception)
    first = waiting(site)
    ContactAttempt.objects.create(
        review=first,
        outcome="no_answer",
        attempted_at=timezone.now(),
        attempted_by=reception,
    )
    with django_assert_max_num_queries(12) as one:
        client.get(OVERDUE)
    waiting(site)
    third = waiting(site)
    AppointmentFactory(patient=third.patient)
    with django_assert_max_num_queries(len(one)):
        client.get(OVERDUE)


def test_the_list_is_read_page_by_page(client_of, reception, monkeypatch):
    monkeypatch.setattr(board, "ROWS_A_PAGE", 2)
    site = SiteFactory()
    for late in (3, 2, 1):
        waiting(site, weeks_late=late, family_name=f"Late{late}")
    client = client_of(reception)
    assert "LATE1" not in text_of(client, OVERDUE)
    assert "LATE1" in text_of(client, f"{OVERDUE}?page=2")


def test_counting_stops_where_nobody_reads_on(client_of, reception, monkeypatch):
    monkeypatch.setattr(board, "MOST_COUNTED", 2)
    site = SiteFactory()
    for late in (3, 2, 1):
        waiting(site, weeks_late=late)
    assert "More than 2 reviews" in " ".join(text_of(client_of(reception), OVERDUE).split())


def test_an_empty_list_says_when_somebody_will_stand_there(client_of, reception):
    SiteFactory()
    assert "Nobody is waiting for a review" in text_of(client_of(reception), OVERDUE)


def test_a_visit_that_was_never_written_up_is_on_the_list_and_says_so(client_of, reception):
    site = SiteFactory()
    review = waiting(site)
    seen = AppointmentFactory(patient=review.patient, starts_at=timezone.now() - timedelta(days=3))
    Review.objects.filter(pk=review.pk).update(appointment=seen)
    assert "Seen, not written up" in text_of(client_of(reception), OVERDUE)


def test_book_leads_to_the_diary_with_patient_review_service_and_site(client_of, reception):
    service = ReviewServiceFactory()
    review = waiting(SiteFactory())
    text = text_of(client_of(reception), OVERDUE)
    start = text.index(reverse("booking:new"))
    address = text[start : text.index('"', start)].replace("&amp;", "&")
    query = parse_qs(urlparse(address).query)
    assert date.fromisoformat(query.pop("date")[0]) >= timezone.localdate()
    assert query == {
        "patient": [str(review.patient_id)],
        "review": [str(review.pk)],
        "service": [service.slug],
        "site": [review.after_session.site.slug],
    }


def test_a_booking_made_from_the_list_takes_the_review_off_it(client_of, reception):
    site = SiteFactory()
    review = waiting(site, family_name="Getsbooked")
    room = RoomFactory(site=site)
    starts_at = (timezone.now() + timedelta(days=2)).replace(hour=11, minute=0, second=0)
    book(
        by=reception,
        patient=review.patient,
        service=ReviewServiceFactory(),
        site=site,
        practitioner=ClinicianFactory(),
        room=room,
        starts_at=starts_at.replace(microsecond=0),
        now=timezone.now(),
        context={"review": str(review.pk)},
    )
    review.refresh_from_db()
    assert review.appointment is not None
    assert "GETSBOOKED" not in text_of(client_of(reception), OVERDUE)


def test_a_call_is_recorded_from_the_row(client_of, reception):
    review = waiting(SiteFactory())
    client = client_of(reception)
    response = client.post(
        reverse("followups:contact", args=[review.pk]),
        {"outcome": "no_answer", "next": f"{OVERDUE}?page=1"},
    )
    assert response.url == f"{OVERDUE}?page=1"
    assert ContactAttempt.objects.get().attempted_by == reception
    assert "No answer" in text_of(client, OVERDUE)


def test_after_a_call_nobody_is_led_out_of_the_house(client_of, reception):
    review = waiting(SiteFactory())
    response = client_of(reception).post(
        reverse("followups:contact", args=[review.pk]),
        {"outcome": "no_answer", "next": "https://example.test/"},
    )
    assert response.url == OVERDUE


def test_who_does_not_want_the_review_is_not_called_again(client_of, reception):
    review = waiting(SiteFactory(), family_name="Nothanks")
    client = client_of(reception)
    address = reverse("followups:contact", args=[review.pk])
    client.post(address, {"outcome": "declined", "note": "Moved abroad"})
    assert "Noted for NOTHANKS" in text_of(client, OVERDUE)
    assert "NOTHANKS" not in text_of(client, OVERDUE)
    assert "NOTHANKS" in text_of(client, f"{OVERDUE}?declined")
    assert "Moved abroad" in text_of(client, address)


def test_a_call_without_an_outcome_keeps_the_note(client_of, reception):
    review = waiting(SiteFactory())
    response = client_of(reception).post(
        reverse("followups:contact", args=[review.pk]), {"note": "Rang at noon"}
    )
    assert response.status_code == 422
    assert "Rang at noon" in response.content.decode()
    assert not ContactAttempt.objects.exists()


# ---- one patient's reviews ----------------------------------------------------------------------


def list_of(patient) -> str:
    return reverse("followups:list", args=[patient.pk])


def test_the_plan_shows_each_review_with_its_window_and_status(client_of, clinician):
    review = waiting(SiteFactory())
    text = text_of(client_of(clinician), list_of(review.patient))
    assert "23 weeks" in text
    assert "Overdue" in text
    assert reverse("followups:review", args=[review.patient_id, review.pk]) in text


def test_reception_sees_the_plan_but_nothing_that_was_measured(client_of, reception, clinician):
    review = waiting(SiteFactory())
    examination = ExaminationFactory(case=review.case)
    MeasurementFactory(examination=examination)
    assert "Change against the baseline" in text_of(client_of(clinician), list_of(review.patient))
    text = text_of(client_of(reception), list_of(review.patient))
    assert "23 weeks" in text
    assert "Change against the baseline" not in text
    assert "Baseline" not in text
    assert reverse("followups:review", args=[review.patient_id, review.pk]) not in text


def test_sessions_without_a_plan_are_pointed_out(client_of, clinician):
    session = signed_session()
    assert "Micrograft has no follow-up plan" in text_of(
        client_of(clinician), list_of(session.patient)
    )


def test_looking_at_the_plan_is_recorded(client_of, clinician):
    case = CaseFactory()
    client_of(clinician).get(list_of(case.patient))
    assert Event.objects.get(kind="patients.viewed").sentence == "opened the reviews"


def test_the_plan_costs_the_same_for_one_review_and_for_three(
    client_of, clinician, django_assert_max_num_queries
):
    review = waiting(SiteFactory())
    client = client_of(clinician)
    with django_assert_max_num_queries(14) as one:
        client.get(list_of(review.patient))
    for _ in range(2):
        ReviewFactory(after_session=review.after_session)
    with django_assert_max_num_queries(len(one)):
        client.get(list_of(review.patient))


# ---- writing down -------------------------------------------------------------------------------


def baseline_of(patient) -> str:
    return reverse("followups:baseline", args=[patient.pk])


def review_page(review) -> str:
    return reverse("followups:review", args=[review.patient_id, review.pk])


def form(*rows: dict, known: int = 0, **more) -> dict:
    data = {
        "examined_date": timezone.localdate().isoformat(),
        "note": "",
        "areas-TOTAL_FORMS": str(len(rows)),
        "areas-INITIAL_FORMS": str(known),
    }
    for place, row in enumerate(rows):
        data |= {f"areas-{place}-{name}": value for name, value in row.items()}
    return {**data, **more}


def new_area(**more) -> dict:
    return {
        "name": "Vertex",
        "side": "midline",
        "landmark": "Tattoo dot",
        "hair_count": "80",
        "counted_area_cm2": "0.65",
        "reported_density_per_cm2": "",
        "device": "",
        **more,
    }


def known_area(area, **more) -> dict:
    return {
        "target_area": str(area.pk),
        "hair_count": "98",
        "counted_area_cm2": "0.65",
        **more,
    }


def test_a_baseline_is_written_down_with_a_new_area(client_of, clinician):
    case = CaseFactory()
    client = client_of(clinician)
    response = client.post(baseline_of(case.patient), form(new_area(), note="Thin at the vertex"))
    assert response.status_code == 302
    text = text_of(client, response.url)
    assert "123.1" in text
    assert "Thin at the vertex" in text


def test_the_page_says_which_circle_the_usual_area_is(client_of, clinician):
    text = text_of(client_of(clinician), baseline_of(CaseFactory().patient))
    assert "0.65" in text
    assert "4.549 mm" in " ".join(text.split())


def test_at_a_review_the_baseline_stands_beside_the_fields(client_of, clinician):
    review = waiting(SiteFactory())
    area = TargetAreaFactory(patient=review.patient, name="Crown spot")
    day = review.after_session.performed_date
    MeasurementFactory(
        examination=ExaminationFactory(case=review.case, examined_date=day), target_area=area
    )
    client = client_of(clinician)
    text = " ".join(text_of(client, review_page(review)).split())
    assert "Crown spot" in text
    assert "80 hairs in 0.65" in text
    response = client.post(review_page(review), form(known_area(area), known=1, satisfaction="8"))
    assert response.status_code == 302
    review.refresh_from_db()
    assert review.held_at is not None
    text = " ".join(text_of(client, review_page(review)).split())
    assert "+27.7" in text
    assert "+22.5" in text
    assert "8 of 10" in text


def test_an_area_that_was_not_counted_is_missing_and_not_nought(client_of, clinician):
    review = waiting(SiteFactory())
    area = TargetAreaFactory(patient=review.patient)
    row = known_area(area, hair_count="")
    response = client_of(clinician).post(
        review_page(review), form(row, known=1, note="Camera failed")
    )
    assert response.status_code == 302
    assert not Measurement.objects.exists()


def test_nought_hairs_are_a_count(client_of, clinician):
    response = client_of(clinician).post(
        baseline_of(CaseFactory().patient), form(new_area(hair_count="0"))
    )
    assert response.status_code == 302
    row = Measurement.objects.get()
    assert (row.hair_count, row.density_per_cm2) == (0, Decimal("0.0"))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"counted_area_cm2": ""}, "A density needs the area"),
        ({"counted_area_cm2": "0"}, "between 0.05 and 25 cm²."),
        ({"counted_area_cm2": "-0.65"}, "between 0.05 and 25 cm²."),
        ({"counted_area_cm2": "26"}, "between 0.05 and 25 cm²."),
        ({"hair_count": "-1"}, "between 0 and 20000 hairs."),
        ({"hair_count": "20001"}, "between 0 and 20000 hairs."),
        ({"hair_count": "eighty"}, "whole number"),
        ({"hair_count": ""}, "Count the hairs, or remove this area"),
        ({"hair_count": "", "reported_density_per_cm2": "110"}, "Count the hairs"),
        ({"reported_density_per_cm2": "-1"}, "between 0 and 1000"),
        ({"reported_density_per_cm2": "1001"}, "between 0 and 1000"),
        ({"counted_area_cm2": "NaN"}, "Write a number"),
        ({"name": ""}, "Name the target area"),
        ({"landmark": ""}, "how to find the spot again"),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_is_kept(client_of, clinician, wrong, words):
    case = CaseFactory()
    data = form(new_area(**wrong), note="Kept for the second try")
    response = client_of(clinician).post(baseline_of(case.patient), data)
    assert response.status_code == 422
    text = response.content.decode()
    assert words in text
    assert "Kept for the second try" in text
    assert not Examination.objects.exists()
    assert not TargetArea.objects.exists()


def test_a_device_never_takes_the_place_of_the_count(client_of, clinician):
    review = waiting(SiteFactory())
    area = TargetAreaFactory(patient=review.patient)
    row = known_area(area, hair_count="", reported_density_per_cm2="130")
    response = client_of(clinician).post(review_page(review), form(row, known=1))
    assert response.status_code == 422
    assert "never in its place" in response.content.decode()


def test_a_device_that_disagrees_is_kept_as_it_is_and_pointed_out(client_of, clinician):
    case = CaseFactory()
    client = client_of(clinician)
    row = new_area(hair_count="18", reported_density_per_cm2="23.3", device="Scope")
    client.post(baseline_of(case.patient), form(row))
    text = " ".join(text_of(client, baseline_of(case.patient)).split())
    assert "23.3 per cm², Scope" in text
    assert "27.7" in text
    assert "from our count ÷ area" in text


@pytest.mark.parametrize("satisfaction", ["-1", "11", "very"])
def test_satisfaction_goes_from_nought_to_ten(client_of, clinician, satisfaction):
    review = waiting(SiteFactory())
    response = client_of(clinician).post(
        review_page(review), form(new_area(), satisfaction=satisfaction)
    )
    assert response.status_code == 422
    assert Review.objects.get(pk=review.pk).held_at is None


def test_the_area_of_another_patient_is_refused(client_of, clinician):
    row = known_area(TargetAreaFactory())
    response = client_of(clinician).post(baseline_of(CaseFactory().patient), form(row, known=1))
    assert response.status_code == 422
    assert "not one of the patient" in response.content.decode()


def test_the_same_area_in_two_rows_is_refused(client_of, clinician):
    case = CaseFactory()
    area = TargetAreaFactory(patient=case.patient)
    rows = (known_area(area), known_area(area, hair_count="99"))
    response = client_of(clinician).post(baseline_of(case.patient), form(*rows, known=2))
    assert response.status_code == 422
    assert "in two rows" in response.content.decode()


def test_a_form_that_was_tampered_with_is_an_error_in_words(client_of, clinician):
    data = {"examined_date": timezone.localdate().isoformat(), "areas-TOTAL_FORMS": "9999999"}
    response = client_of(clinician).post(baseline_of(CaseFactory().patient), data)
    assert response.status_code == 422


def test_a_removed_row_is_not_kept(client_of, clinician):
    rows = (new_area(), new_area(name="Mistake", DELETE="on"))
    response = client_of(clinician).post(baseline_of(CaseFactory().patient), form(*rows))
    assert response.status_code == 302
    assert [area.name for area in TargetArea.objects.all()] == ["Vertex"]


def test_a_correction_starts_from_what_was_written(client_of, clinician):
    case = CaseFactory()
    client = client_of(clinician)
    client.post(baseline_of(case.patient), form(new_area(), note="First"))
    text = text_of(client, f"{baseline_of(case.patient)}?edit=1")
    assert 'value="80"' in text
    assert 'value="0.65"' in text
    area = TargetArea.objects.get()
    changed = form(known_area(area, hair_count="81"), known=1, revision="0", note="Second")
    assert client.post(baseline_of(case.patient), changed).status_code == 302
    assert Measurement.objects.get().hair_count == 81


def test_the_second_of_two_editors_is_told_and_nothing_is_overwritten(client_of, clinician):
    case = CaseFactory()
    client = client_of(clinician)
    client.post(baseline_of(case.patient), form(new_area(), note="First"))
    client.post(baseline_of(case.patient), form(revision="0", note="Faster"))
    response = client.post(baseline_of(case.patient), form(revision="0", note="Slower"))
    assert response.status_code == 422
    assert "Nothing was overwritten" in response.content.decode()
    assert "Slower" in response.content.decode()
    assert Examination.objects.get().note == "Faster"


def test_without_a_case_the_page_says_what_to_do(client_of, clinician):
    response = client_of(clinician).get(baseline_of(PatientFactory()))
    assert response.status_code == 409
    assert "no open case" in response.content.decode()


# ---- doors --------------------------------------------------------------------------------------


def test_an_admin_reads_but_does_not_write(client_of, admin):
    review = waiting(SiteFactory())
    client = client_of(admin)
    assert "Nothing is written down yet" in text_of(client, review_page(review))
    assert client.post(review_page(review), form(new_area())).status_code == 403
    assert client.post(baseline_of(review.patient), form(new_area())).status_code == 403
    assert client.get(OVERDUE).status_code == 200
    contact = reverse("followups:contact", args=[review.pk])
    assert client.post(contact, {"outcome": "no_answer"}).status_code == 403


def test_reception_opens_no_findings(client_of, reception):
    review = waiting(SiteFactory())
    client = client_of(reception)
    assert client.get(review_page(review)).status_code == 403
    assert client.get(baseline_of(review.patient)).status_code == 403


def test_an_evaluator_opens_nothing_here(client_of, evaluator):
    review = waiting(SiteFactory())
    client = client_of(evaluator)
    for address in (OVERDUE, list_of(review.patient), review_page(review)):
        assert client.get(address).status_code == 403


def test_another_sites_patient_does_not_exist(client_of):
    review = waiting(SiteFactory())
    client = client_of(ClinicianFactory(sites=[SiteFactory()]))
    contact = reverse("followups:contact", args=[review.pk])
    for address in (
        list_of(review.patient),
        review_page(review),
        baseline_of(review.patient),
        contact,
    ):
        assert client.get(address).status_code == 404
    assert client.post(contact, {"outcome": "no_answer"}).status_code == 404
    assert client.post(review_page(review), form(new_area())).status_code == 404


def test_a_review_under_another_patients_address_does_not_exist(client_of, clinician):
    review, other = waiting(SiteFactory()), PatientFactory()
    client = client_of(clinician)
    for pk in (review.pk, uuid.uuid4()):
        address = reverse("followups:review", args=[other.pk, pk])
        assert client.get(address).status_code == 404


def test_a_refusal_is_undone_by_recording_another_outcome(client_of, reception):
    review = waiting(SiteFactory(), family_name="Changedmind")
    client = client_of(reception)
    address = reverse("followups:contact", args=[review.pk])
    client.post(address, {"outcome": "no_answer"})
    client.post(address, {"outcome": "declined"})
    text_of(client, OVERDUE)  # the page that says it was noted
    assert "CHANGEDMIND" not in text_of(client, f"{OVERDUE}?site=all")
    client.post(address, {"outcome": "will_call_back"})
    text_of(client, OVERDUE)
    assert "CHANGEDMIND" in text_of(client, f"{OVERDUE}?site=all")
    assert "CHANGEDMIND" not in text_of(client, f"{OVERDUE}?site=all&declined")


@pytest.mark.parametrize("wanted", ["foo", "//example.test/", "javascript:alert(1)", "patients"])
def test_what_is_no_page_of_ours_leads_back_to_the_list(client_of, reception, wanted):
    review = waiting(SiteFactory())
    address = reverse("followups:contact", args=[review.pk])
    response = client_of(reception).post(address, {"outcome": "no_answer", "next": wanted})
    assert (response.status_code, response.url) == (302, OVERDUE)


def test_photographs_of_one_day_are_one_visit(client_of, clinician):
    case = CaseFactory()
    now = timezone.now()
    vertex = PhotoFactory(photo_set__case=case, photo_set__taken_at=now, view="vertex")
    frontal = PhotoFactory(
        photo_set__case=case, photo_set__taken_at=now - timedelta(seconds=1), view="frontal"
    )
    address = reverse("followups:baseline", args=[case.patient_id])
    text = text_of(client_of(clinician), address)
    for photo in (vertex, frontal):
        assert reverse("photos:photo", args=[photo.pk]) in text
    assert text.count("not taken") == 4


def test_a_review_before_its_window_is_recorded_only_when_it_is_meant(client_of, clinician):
    session = signed_session(case__patient__site=SiteFactory())
    review = ReviewFactory(after_session=session)
    client = client_of(clinician)
    typed = form(note="Seen on the day of treatment", known=0)
    assert "before its window" not in text_of(client, review_page(review))
    response = client.post(review_page(review), typed)
    assert response.status_code == 422
    page = response.content.decode()
    assert "Record it before its window all the same" in page
    assert "Seen on the day of treatment" in page
    assert not Examination.objects.exists()
    assert client.post(review_page(review), {**typed, "record_early": "on"}).status_code == 302
    review.refresh_from_db()
    assert review.held_at is not None
