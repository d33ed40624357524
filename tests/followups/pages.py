"""Reviews that wait, the addresses of their pages, and what a browser would send."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from followups.models import Review
from tests.factories.followups import ReviewFactory
from tests.factories.patients import CaseFactory, PatientFactory, SignedConsentFactory
from tests.factories.treatments import signed_session

COUNTS = ("TOTAL", "INITIAL")
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


def list_of(patient) -> str:
    return reverse("followups:list", args=[patient.pk])


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
        **{f"{part}-{count}_FORMS": "0" for part in ("pulls", "looks") for count in COUNTS},
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
