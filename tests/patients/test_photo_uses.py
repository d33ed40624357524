"""Some uses of photographs taken back: the rest stands, and nobody gives a use back."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import Event
from patients.actions.photo_uses import take_back_uses
from patients.consent.rules import may_use_photos
from patients.models import PhotoNarrowing
from tests.factories.patients import ConsentTemplateFactory, SignedConsentFactory
from tests.patients.consents import case_of, fresh

pytestmark = pytest.mark.django_db
ALL = ["clinical", "website", "publication"]


@pytest.fixture
def case():
    return case_of()


@pytest.fixture
def consent(case):
    return signed(case, ALL)


def signed(case, uses):
    template = ConsentTemplateFactory(purpose="photographs", technique="", title="Photographs")
    return SignedConsentFactory(case=case, template=template, photo_scopes=uses)


def take_back(consent, *uses, **values):
    return take_back_uses(
        by=consent.signed_by,
        consent=consent,
        uses=list(uses),
        how="phone",
        now=timezone.now(),
        **values,
    )


def allowed(case):
    return [use for use in ALL if may_use_photos(case.patient, use)]


def test_what_is_left_stands_without_a_new_signature_and_the_text_is_as_it_was(case, consent):
    text = consent.signed_text
    assert take_back(consent, "website", reason="A new job.")
    assert allowed(case) == ["clinical", "publication"]
    assert (fresh(consent).signed_text, fresh(consent).photo_scopes) == (text, ALL)
    row = PhotoNarrowing.objects.get()
    assert (row.narrowed_by, row.narrowed_how, row.reason) == (
        consent.signed_by,
        "phone",
        "A new job.",
    )
    event = Event.objects.get(kind="patients.photo_uses_back")
    assert event.sentence.endswith("took back uses of photographs: The clinic's website")


def test_the_last_use_taken_back_is_a_withdrawal(case, consent):
    take_back(consent, "website")
    assert not take_back(consent, "clinical", "publication")
    assert fresh(consent).withdrawn_at
    assert allowed(case) == []


def test_a_use_comes_back_behind_no_older_signature(case):
    older, newer = signed(case, ["website"]), signed(case, ["clinical", "website"])
    take_back(newer, "website")
    assert fresh(older).withdrawn_at
    assert fresh(newer).withdrawn_at is None
    assert allowed(case) == ["clinical"]


def test_the_last_use_of_an_older_signature_ends_no_other_use_of_the_newer(case):
    older, newer = signed(case, ["clinical"]), signed(case, ["clinical", "website"])
    assert not take_back(older, "clinical")
    assert fresh(older).withdrawn_at
    assert fresh(newer).withdrawn_at is None
    assert allowed(case) == ["website"]


def test_no_use_comes_back_behind_a_newer_signature_to_less(case):
    older, newer = signed(case, ["clinical", "website"]), signed(case, ["clinical"])
    assert not take_back(newer, "clinical")
    assert fresh(older).withdrawn_at
    assert allowed(case) == []


@pytest.mark.parametrize("uses", [[], ["billboards"], ["website"]])
def test_only_a_use_that_stands_is_taken_back(consent, uses):
    take_back(consent, "website")
    with pytest.raises(ValidationError):
        take_back(consent, *uses)
    assert PhotoNarrowing.objects.count() == 1


def refused(make):
    with pytest.raises(IntegrityError), transaction.atomic():
        make()


def test_the_database_widens_nothing(consent):
    about = {"patient": consent.patient, "consent": consent, "narrowed_how": "phone"}
    about |= {"narrowed_by": consent.signed_by, "narrowed_at": timezone.now()}
    take_back(consent, "website")
    rows = PhotoNarrowing.objects.all()
    refused(lambda: rows.delete())
    refused(lambda: rows.update(uses=["publication"]))
    refused(lambda: PhotoNarrowing.objects.create(uses=["website"], **about))
    refused(lambda: PhotoNarrowing.objects.create(uses=["clinical", "publication"], **about))
    refused(lambda: PhotoNarrowing.objects.create(uses=[], **about))
    nobody = about | {"narrowed_by": None}
    refused(lambda: PhotoNarrowing.objects.create(uses=["clinical"], **nobody))


def test_reception_records_by_phone_which_use_is_taken_back(client, reception, site):
    case = case_of(site=site)
    consent = signed(case, ALL)
    client.force_login(reception)
    address = reverse("patients:withdraw_consent", args=[case.patient_id, consent.pk])
    assert "What does the patient take back?" in client.get(address).content.decode()
    assert client.post(address, {"how": "phone"}).status_code == 422
    assert client.post(address, {"how": "own_page", "uses": ["website"]}).status_code == 422
    client.post(address, {"how": "phone", "uses": ["website"]})
    assert allowed(case) == ["clinical", "publication"]
    assert fresh(consent).withdrawn_at is None
