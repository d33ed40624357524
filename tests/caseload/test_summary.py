"""The treatment summary: what it tells, what it leaves out, and how the patient hears of it."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image
from pypdf import PdfReader

from clinic.caseload import summary, summary_delivery, summary_words
from clinic.documents import actions as documents
from clinic.documents.access import link_of
from clinic.documents.models import Document, PrivateLink
from clinic.messaging import delivery
from clinic.messaging.models import Message
from clinic.photos.models import Photo, PhotoSet
from clinic.practice.models import Technique
from followups.models import Examination
from patients.models import ConsentTemplate
from tests.factories.booking import AppointmentFactory
from tests.factories.documents import DocumentFactory
from tests.factories.followups import (
    ExaminationFactory,
    MeasurementFactory,
    ReviewFactory,
    TargetAreaFactory,
)
from tests.factories.patients import (
    CaseFactory,
    ConsentTemplateFactory,
    PatientFactory,
    SignedConsentFactory,
)
from tests.factories.photos import PhotoFactory
from tests.factories.practice import SiteFactory
from tests.factories.treatments import PlanFactory, SessionFactory, signed_session
from treatments.models import Addendum

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    site = SiteFactory(name="Henley-in-Arden", phone="+441632960100")
    return CaseFactory(patient=PatientFactory(site=site))


def document_of(case):
    return case.patient.documents.first() or DocumentFactory(case=case)


def text_of(case):
    rendered = summary.render(document_of(case))
    pages = PdfReader(io.BytesIO(rendered.content)).pages
    assert rendered.page_count == len(pages)
    return " ".join(" ".join(page.extract_text() for page in pages).split()).replace("\u202f", " ")


def take_photo(case, *, withdrawn=False):
    buffer = io.BytesIO()
    Image.new("RGB", (80, 60), "teal").save(buffer, "JPEG")
    taken = PhotoSet.objects.create(
        patient=case.patient, case=case, taken_at=timezone.now(), taken_by=case.clinician
    )
    photo = Photo(
        photo_set=taken,
        view="vertex",
        agreed="aloud",
        sha256="0" * 64,
        width_px=80,
        height_px=60,
    )
    photo.original.save("original.jpg", ContentFile(buffer.getvalue()), save=False)
    photo.display.save("display.jpg", ContentFile(buffer.getvalue()), save=False)
    if withdrawn:
        photo.withdrawn_at, photo.withdrawn_by = timezone.now(), case.clinician
    photo.save()


def agree_to_photos(case, *scopes):
    template = ConsentTemplateFactory(
        purpose=ConsentTemplate.Purpose.PHOTOGRAPHS, technique="", title="Photographs"
    )
    return SignedConsentFactory(case=case, template=template, photo_scopes=list(scopes))


def test_a_micrograft_session_is_told_with_every_number_and_unit(case):
    signed_session(case=case)
    text = text_of(case)
    for words in (
        "You had one treatment session with us",
        "We took 4 small samples of skin, each 2 mm across, from the back of your head.",
        "mixed them with 4.5 mL of salt water (saline) and processed them for 2 minutes",
        "This gave 4 mL of fluid to inject.",
        "We injected 4 mL in all into one area of your scalp",
        "40 cm² 4 mL 40 4 mm",
        "Tissue disruptor, lot LOT",
        "Page 1 of 2",
    ):
        assert words in text


def test_a_prp_session_is_told_with_force_and_platelets(case):
    signed_session(Technique.PRP, case=case)
    text = text_of(case)
    for words in (
        "We took 20 mL of your blood and spun it in a centrifuge (10 minutes at 377.3 g).",
        "This gave 4 mL of plasma (PRP).",
        "4 times as many platelets as your blood: 1000 against 250 ×10⁹ in each litre",
    ):
        assert words in text


def test_a_draft_is_never_told(case):
    signed_session(case=case)
    SessionFactory(case=case, number=2, observations="a secret draft")
    assert "session 2" not in text_of(case)


def test_without_a_signed_session_there_is_no_summary(case, clinician):
    SessionFactory(case=case)
    with pytest.raises(ValidationError, match="No session"):
        summary_delivery.ask_for_summary(
            by=clinician, case=case, send_link=False, now=timezone.now()
        )
    document = DocumentFactory(case=case)
    assert not documents.issue(document.pk)
    document.refresh_from_db()
    assert document.failure == summary.NOTHING_SIGNED


def test_a_note_added_after_signing_is_named_and_not_copied(case, clinician):
    signed = signed_session(case=case)
    Addendum.objects.create(
        session=signed, text="It was lot B.", added_at=timezone.now(), added_by=clinician
    )
    text = text_of(case)
    assert "It was lot B." not in text, "a clinical note is not the patient's paper"
    assert "added a note to your record on" in text


def count(case, area, weeks, hairs, after):
    day = after.performed_date + timedelta(weeks=weeks)
    kind = Examination.Kind.BASELINE if weeks < 0 else Examination.Kind.REVIEW
    review = ReviewFactory(after_session=after) if weeks >= 0 else None
    examination = ExaminationFactory(case=case, kind=kind, review=review, examined_date=day)
    MeasurementFactory(examination=examination, target_area=area, hair_count=hairs)


def test_counts_stand_in_weeks_from_the_last_session_with_a_chart(case):
    signed = signed_session(case=case, performed_date=timezone.localdate() - timedelta(weeks=50))
    area = TargetAreaFactory(patient=case.patient, name="Vertex dot")
    count(case, area, -13, 80, signed)
    count(case, area, 23, 98, signed)
    made = summary.collect(document_of(case), now=timezone.now())
    (told,) = made.areas
    assert [row.when for row in told.rows] == ["13 weeks before", "23 weeks after"]
    assert [row.change and row.change.absolute_per_cm2 for row in told.rows] == [
        None,
        Decimal("27.7"),
    ]
    assert [point.label for point in made.charts[0].lines[0].points] == ["123.1", "150.8"]
    text = text_of(case)
    assert "Vertex dot" in text
    assert "98 0.65 150.8 +27.7" in text


def test_one_count_makes_a_table_and_no_chart(case):
    signed = signed_session(case=case)
    count(case, TargetAreaFactory(patient=case.patient), -2, 80, signed)
    made = summary.collect(document_of(case), now=timezone.now())
    assert made.charts == []
    assert "First count" in text_of(case)


def test_photographs_are_shown_with_consent_only(case):
    signed_session(case=case)
    take_photo(case)
    assert "you have not agreed to that" in text_of(case)
    consent = agree_to_photos(case, "clinical")
    assert "Vertex, " in text_of(case)
    consent.withdrawn_at, consent.withdrawn_by = timezone.now(), case.clinician
    consent.withdrawn_reason = "Changed my mind"
    consent.save()
    assert "you have not agreed to that" in text_of(case)


def test_consent_to_another_use_of_photographs_is_not_enough(case):
    signed_session(case=case)
    take_photo(case)
    agree_to_photos(case, "publication")
    assert "you have not agreed to that" in text_of(case)


def test_a_withdrawn_photograph_is_not_shown(case):
    signed_session(case=case)
    agree_to_photos(case, "clinical")
    take_photo(case, withdrawn=True)
    made = summary.collect(document_of(case), now=timezone.now())
    assert made.photos.pictures == {}


def test_a_review_whose_time_is_over_is_no_date_to_come(case):
    signed = signed_session(case=case)
    days_ago = [timezone.localdate() - timedelta(days=days) for days in (90, 75, 60)]
    ReviewFactory(
        after_session=signed,
        window_starts_date=days_ago[0],
        due_date=days_ago[1],
        window_ends_date=days_ago[2],
    )
    text = text_of(case)
    assert f"Was due about {days_ago[1]:%d-%b-%Y}" in text
    assert f"About {days_ago[1]:%d-%b-%Y} Review" not in text


def test_it_says_what_comes_next_and_who_to_call(case):
    signed = signed_session(case=case, site__phone="+441632960111")
    review = ReviewFactory(after_session=signed, label="23 weeks")
    AppointmentFactory(patient=case.patient, service__name="Second session")
    text = text_of(case)
    assert "Second session" in text
    assert f"About {review.due_date:%d-%b-%Y} Review, 23 weeks after Micrograft" in text
    assert "01632 960111" in text
    assert "Call 999" in text


def test_it_says_which_sessions_are_still_to_come_and_that_reviews_move_with_them(case):
    plan = PlanFactory(case=case, technique="micrograft", sessions_planned=3, interval_days=45)
    signed = signed_session(case=case)
    ReviewFactory(after_session=signed, label="23 weeks")
    due = signed.performed_date + timedelta(days=45)
    text = text_of(case)
    assert f"About {due:%d-%b-%Y} Micrograft, session 2 of 3" in text
    assert "After another session their dates move." in text
    SessionFactory(case=case, technique="micrograft", number=2, plan=plan)
    assert "Micrograft, session 2 of 3" in text_of(case)
    plan.sessions_planned = 1
    plan.save()
    assert "session 2 of" not in text_of(case)


def test_it_promises_nothing(case):
    signed_session(case=case)
    text = text_of(case).lower()
    assert "does not say what will come" in text
    for promise in ("will grow", "guarantee", "success", "cure", "expect"):
        assert promise not in text


def test_a_session_replaced_by_a_later_record_is_told_once(case):
    first = signed_session(case=case)
    later = signed_session(case=case, amends=first)
    assert list(summary.signed_sessions(case)) == [later]


def test_half_recorded_figures_leave_no_holes_in_a_sentence(case):
    signed = signed_session(case=case)
    preparation = signed.micrograft
    preparation.punches = preparation.saline_ml = preparation.processing_minutes = None
    preparation.closure = preparation.donor_site = ""
    assert summary_words._of_micrograft(preparation) == ["", "", ""]


def ask_and_issue(case, by, *, send_link):
    document = summary_delivery.ask_for_summary(
        by=by, case=case, send_link=send_link, now=timezone.now()
    )
    assert documents.issue(document.pk)
    document.refresh_from_db()
    return document


def test_the_patient_is_sent_a_link_that_opens(case, clinician, settings, mailoutbox):
    settings.PUBLIC_URL = "https://clinic.example.test"
    signed_session(case=case)
    ask_and_issue(case, clinician, send_link=True)
    (message,) = Message.objects.all()
    assert delivery.send_due() == 1
    (mail,) = mailoutbox
    secret = mail.body.split("https://clinic.example.test/my/")[1].split("/")[0]
    assert link_of(secret, timezone.now()).patient == case.patient
    message.refresh_from_db()
    assert secret not in message.body
    assert case.patient.family_name not in mail.subject + mail.body
    assert message.useless_after == PrivateLink.objects.get().expires_at


def test_without_being_asked_nothing_is_sent(case, clinician):
    signed_session(case=case)
    assert ask_and_issue(case, clinician, send_link=False).status == "issued"
    assert not Message.objects.exists()
    assert not PrivateLink.objects.exists()


def test_a_link_for_a_patient_without_an_address_is_refused_at_once(clinician):
    case = CaseFactory(patient=PatientFactory(email="", phone=""))
    signed_session(case=case)
    with pytest.raises(ValidationError, match="no way to send"):
        summary_delivery.ask_for_summary(
            by=clinician, case=case, send_link=True, now=timezone.now()
        )
    assert not Document.objects.exists()


def test_an_area_that_was_not_in_the_baseline_shows_no_change(case):
    signed = signed_session(case=case, performed_date=timezone.localdate() - timedelta(weeks=50))
    area = TargetAreaFactory(patient=case.patient)
    count(case, area, 23, 80, signed)
    count(case, area, 44, 98, signed)
    (told,) = summary.collect(document_of(case), now=timezone.now()).areas
    assert [row.change for row in told.rows] == [None, None]
    assert "No first count to compare" in text_of(case)


def test_photographs_of_one_day_are_one_visit_and_need_no_smaller_picture(case):
    signed_session(case=case)
    agree_to_photos(case, "clinical")
    now = timezone.now()
    for minutes, view in enumerate(("vertex", "frontal")):
        PhotoFactory(
            photo_set__case=case,
            photo_set__taken_at=now - timedelta(seconds=minutes),
            view=view,
        )
    made = summary.collect(document_of(case), now=now)
    assert len(made.photos.pictures) == 2
    text = text_of(case)
    assert "Vertex, " in text
    assert "Frontal, " in text
    assert "none taken" not in text


def test_the_clinic_stands_on_the_paper_and_in_the_message(case, clinician, settings):
    settings.CLINIC_NAME = "Invented Hair Clinic"
    signed_session(case=case, site__name="Nowhere")
    assert "Invented Hair Clinic, Nowhere" in text_of(case)
    Document.objects.all().update(failed_at=timezone.now(), failure="Not this one.")
    ask_and_issue(case, clinician, send_link=True)
    assert "Invented Hair Clinic" in Message.objects.first().body
