"""Writing findings down: what is kept when something is wrong, and what is refused."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from followups.models import Examination, Measurement, Review, TargetArea
from tests.factories.followups import (
    ExaminationFactory,
    MeasurementFactory,
    ReviewFactory,
    TargetAreaFactory,
)
from tests.factories.patients import CaseFactory, PatientFactory
from tests.factories.photos import PhotoFactory
from tests.factories.practice import SiteFactory
from tests.factories.treatments import signed_session
from tests.followups.pages import (
    baseline_of,
    form,
    known_area,
    new_area,
    review_page,
    text_of,
    waiting,
)

pytestmark = pytest.mark.django_db


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
