"""A patient with plans and consents, and a draft that only waits for its signature."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.practice.models import Technique
from tests.factories.followups import assessed
from tests.factories.patients import (
    CaseFactory,
    ConsentTemplateFactory,
    PatientFactory,
    SignedConsentFactory,
)
from tests.factories.practice import SiteFactory
from tests.factories.treatments import PlanFactory
from tests.treatments.pages import WHOLE_MICROGRAFT, WHOLE_PRP, page_of, stored, url_of
from treatments.actions.starting import start_session


@pytest.fixture
def site(db):
    return SiteFactory()


@pytest.fixture
def browser(client_of, clinician):
    return client_of(clinician)


@pytest.fixture
def case(site, clinician):
    return assessed(
        CaseFactory(
            patient=PatientFactory(site=site),
            clinician=clinician,
            opened_at=timezone.now() - timedelta(days=30),
        )
    )


@pytest.fixture
def consent_to(case):
    """Return a function that lets the patient consent to a technique."""

    def sign(technique=Technique.MICROGRAFT):
        template = ConsentTemplateFactory(technique=technique)
        return SignedConsentFactory(case=case, template=template)

    return sign


@pytest.fixture
def start(case, clinician, site):
    """Return a function that plans a technique, where needed, and starts a session of it."""

    def begin(technique=Technique.MICROGRAFT, by=None):
        if not case.plans.standing().filter(technique=technique).exists():
            PlanFactory(case=case, technique=technique)
        return start_session(
            by=by or clinician, case=case, technique=technique, site=site, now=timezone.now()
        )

    return begin


@pytest.fixture
def draft(start):
    return start()


@pytest.fixture
def prp_draft(start):
    return start(Technique.PRP)


@pytest.fixture
def whole(client_of, clinician, consent_to, start):
    """Return a function that makes a draft with everything in it, ready to be signed."""

    def fill(technique=Technique.MICROGRAFT, **changes):
        consent_to(technique)
        session = start(technique)
        entries = WHOLE_PRP if technique == Technique.PRP else WHOLE_MICROGRAFT
        yesterday = timezone.localdate(timezone=session.site.zone) - timedelta(days=1)
        # Yesterday, whatever the time is now.
        day = dict.fromkeys(("performed_date", "asked_date"), yesterday.isoformat())
        page = page_of(session, **{**entries, **day, **changes})
        answer = client_of(clinician).post(url_of(session), page)
        assert answer.status_code == 302, answer.context["forms"].errors_by_id()
        return stored(session)

    return fill
