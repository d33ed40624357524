"""Two people at the same moment: one consistent end, whoever is faster."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from patients.models import Consent
from tests.factories.patients import CaseFactory, PatientFactory, SignedConsentFactory
from tests.factories.practice import SiteFactory
from tests.factories.staff import ClinicianFactory
from tests.factories.treatments import (
    LotUseFactory,
    MicrograftPreparationFactory,
    PlanFactory,
    SessionFactory,
    ZoneFactory,
)
from treatments.actions.drafts import save_draft
from treatments.actions.signing import sign_session
from treatments.actions.starting import start_session
from treatments.draft import Draft
from treatments.models import Session, Zone

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*actions):
    """Run each action in a thread of its own from one starting line; return what came of each."""
    line = threading.Barrier(len(actions))
    results = [None] * len(actions)

    def run(place, action):
        try:
            line.wait(timeout=10)
            results[place] = action()
        except ValidationError as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert not any(thread.is_alive() for thread in threads)
    return results


def whole_draft():
    case = CaseFactory()
    now = timezone.now()
    session = SessionFactory(
        case=case,
        consent=SignedConsentFactory(case=case),
        started_at=now,
        ended_at=now,
        responsible_doctor=case.clinician,
    )
    MicrograftPreparationFactory(session=session)
    ZoneFactory(session=session)
    LotUseFactory(session=session)
    return session


def zone(volume_ml):
    return {
        "region": "vertex",
        "area_cm2": 40,
        "volume_ml": volume_ml,
        "points": 40,
        "depth_mm": 4,
        "needle": "",
        "syringes": 1,
    }


def rewrite(session, by, volume_ml):
    lot = session.lot_uses.get().lot
    values = ("kind", "product", "lot_number", "expiry_date")
    draft = Draft(zones=[zone(volume_ml)], lots=[{name: getattr(lot, name) for name in values}])
    return save_draft(by=by, session=session, revision=0, draft=draft, now=timezone.now())


def sign(session):
    return sign_session(by=session.operator, session=session, revision=0, now=timezone.now())


@pytest.mark.parametrize("attempt", range(4))
def test_signing_against_saving_ends_with_one_of_them(attempt):
    session = whole_draft()
    signed, saved = at_once(lambda: sign(session), lambda: rewrite(session, session.operator, 3))
    now = Session.objects.get(pk=session.pk)
    volume_ml = Zone.objects.get(session=session).volume_ml
    assert isinstance(signed, ValidationError) != isinstance(saved, ValidationError)
    if now.is_signed:
        assert (now.revision, volume_ml) == (0, 4)
        assert "signed this session" in str(saved)
    else:
        assert (now.revision, volume_ml) == (1, 3)
        assert "after you opened it" in str(signed)


@pytest.mark.parametrize("attempt", range(4))
def test_signing_against_withdrawing_consent_never_signs_on_a_withdrawn_one(attempt):
    session = whole_draft()
    by = session.operator

    def withdraw():
        with transaction.atomic():
            moment = timezone.now()
            Consent.objects.filter(pk=session.consent_id).update(
                withdrawn_at=moment, withdrawn_by=by, withdrawn_reason="No more."
            )
        return moment

    signed, withdrawn_at = at_once(lambda: sign(session), withdraw)
    now = Session.objects.get(pk=session.pk)
    assert Consent.objects.get(pk=session.consent_id).withdrawn_at == withdrawn_at
    if now.is_signed:
        assert not isinstance(signed, ValidationError)
    else:
        assert "no standing consent" in str(signed).lower()


def test_a_signature_waits_for_a_withdrawal_under_way_and_is_refused():
    session = whole_draft()
    by, begun, waited = session.operator, threading.Event(), []

    def withdraw_slowly():
        with transaction.atomic():
            Consent.objects.filter(pk=session.consent_id).update(
                withdrawn_at=timezone.now(), withdrawn_by=by, withdrawn_reason="No more."
            )
            begun.set()
            waited.append(signing_blocked())

    def sign_meanwhile():
        assert begun.wait(timeout=10)
        return sign(session)

    _, signed = at_once(withdraw_slowly, sign_meanwhile)
    assert waited == [True]
    assert "no standing consent" in str(signed)
    assert not Session.objects.get(pk=session.pk).is_signed


def signing_blocked():
    """Wait until another connection waits for a lock; say whether that came about."""
    deadline = timezone.now() + timedelta(seconds=8)
    while timezone.now() < deadline:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return True
    return False


def test_two_editors_at_once_leave_one_whole_draft():
    session = whole_draft()
    others = [ClinicianFactory(), ClinicianFactory()]
    results = at_once(
        lambda: rewrite(session, others[0], 1), lambda: rewrite(session, others[1], 2)
    )
    refused = [result for result in results if isinstance(result, ValidationError)]
    assert len(refused) == 1
    now = Session.objects.get(pk=session.pk)
    winner = others.index(now.saved_by)
    assert now.revision == 1
    assert Zone.objects.get(session=session).volume_ml == winner + 1


def test_two_who_start_at_once_get_one_draft():
    site = SiteFactory()
    case = CaseFactory(patient=PatientFactory(site=site))
    PlanFactory(case=case)
    people = [ClinicianFactory(), ClinicianFactory()]

    def start(by):
        return start_session(
            by=by, case=case, technique="micrograft", site=site, now=timezone.now()
        )

    first, second = at_once(lambda: start(people[0]), lambda: start(people[1]))
    assert first.pk == second.pk
    assert Session.objects.count() == 1


def test_two_drafts_with_the_same_new_lots_both_end():
    sessions = [whole_draft(), whole_draft()]
    lots = [
        {
            "kind": "device",
            "product": "Disruptor",
            "lot_number": number,
            "expiry_date": timezone.localdate() + timedelta(days=90),
        }
        for number in ("A", "B")
    ]

    def use(session, rows):
        draft = Draft(zones=[zone(1)], lots=rows)
        now = timezone.now()
        return save_draft(by=session.operator, session=session, revision=0, draft=draft, now=now)

    results = at_once(
        lambda: use(sessions[0], lots), lambda: use(sessions[1], list(reversed(lots)))
    )
    for result in results:
        if isinstance(result, ValidationError):
            assert "already on record" in str(result)
    saved = [result for result in results if not isinstance(result, ValidationError)]
    assert saved
    assert all(len(session.lot_uses.all()) == 2 for session in saved)
