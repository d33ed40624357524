"""What is with a patient to sign, when their record is made one with another and two again."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from clinic.consenting import refusals
from clinic.consenting.actions import sending
from clinic.consenting.models import SigningRequest
from clinic.documents.models import PrivateLink
from patients.actions.merging import merge, undo_merge
from patients.models import Consent
from tests.consenting.signing import sign
from tests.factories.consenting import PassedCheckFactory, SigningRequestFactory
from tests.factories.documents import PrivateLinkFactory
from tests.factories.patients import PatientFactory
from tests.factories.practice import SiteFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def site():
    return SiteFactory()


@pytest.fixture
def asked(site):
    return SigningRequestFactory(sent_at=timezone.now() - timedelta(hours=1))


@pytest.fixture
def father(site):
    return PatientFactory(email="father@example.test", site=site)


def merged(by, survivor, absorbed):
    return merge(by=by, survivor=survivor, absorbed=absorbed, keep={}, now=timezone.now())


def test_no_link_that_was_sent_before_opens_the_record_of_both(asked, father, clinician):
    of_father = PrivateLinkFactory(patient=father)
    merged(clinician, father, asked.patient)
    assert not PrivateLink.objects.open_at(timezone.now()).exists()
    of_father.refresh_from_db()
    assert of_father.revoked_by == clinician


def test_what_was_sent_before_is_signed_by_no_new_link_until_it_is_sent_again(
    asked, father, site, clinician
):
    merged(clinician, father, asked.patient)
    request = SigningRequest.objects.get(pk=asked.pk)
    identity = PassedCheckFactory(link=PrivateLinkFactory(patient=father))
    with pytest.raises(ValidationError) as refused:
        sign(request, identity)
    assert refused.value.messages == [refusals.RECORD_CHANGED]
    consent = Consent.objects.get(pk=request.consent_id)
    now = timezone.now()
    again = sending.send_link(by=clinician, consent=consent, site=site, now=now)
    sign(again, PassedCheckFactory(link=again.link))


def test_what_was_sent_and_signed_since_goes_back_with_its_consent(asked, father, site, clinician):
    patient = asked.patient
    row = merged(clinician, father, patient)
    consent = Consent.objects.get(pk=asked.consent_id)
    again = sending.send_link(by=clinician, consent=consent, site=site, now=timezone.now())
    check = PassedCheckFactory(link=again.link)
    sign(again, check)
    later = PrivateLinkFactory(patient=father)
    undo_merge(by=clinician, merge=row, now=timezone.now())
    for each in (again, again.link, check, consent):
        each.refresh_from_db()
        assert each.patient == patient
    later.refresh_from_db()
    assert (later.patient, bool(later.revoked_at)) == (father, True)
    assert not PrivateLink.objects.open_at(timezone.now()).exists()
