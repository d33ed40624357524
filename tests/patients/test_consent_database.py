"""What the database itself refuses about consents, raw SQL included."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from clinic.practice.models import Technique
from patients.consent.wording import digest
from patients.models import Consent, ConsentTemplate
from tests.factories.patients import (
    CaseFactory,
    ConsentFactory,
    ConsentTemplateFactory,
    DiscussedConsentFactory,
    PatientFactory,
    PatientSignedConsentFactory,
    SignedConsentFactory,
)
from tests.patients.consents import case_of, fresh, text

pytestmark = pytest.mark.django_db


def refused(statement: str, *parameters: object, why: str = "") -> None:
    """Run a statement in a savepoint and require that the database refuses it, and why."""
    error = pytest.raises(IntegrityError, match=why)
    with error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement, parameters or None)


SIGN = """
    UPDATE patients_consent SET signed_at = {at}, signed_by_id = information_given_by_id,
           signed_name = 'Invented', signed_text = 'words', signed_text_sha256 = {digest}
     WHERE id = %s
"""
RIGHT = f"'{digest('words')}'"


def sign(at: str = "reflect_until", digest: str = RIGHT) -> str:
    return SIGN.format(at=at, digest=digest)


def test_raw_sql_can_sign_what_is_whole():
    consent = DiscussedConsentFactory()
    with connection.cursor() as cursor:
        cursor.execute(sign(), [consent.pk])
    assert fresh(consent).awaits_clinician


def test_an_early_signature_has_a_reason():
    consent = DiscussedConsentFactory()
    early = "reflect_until - interval '1 microsecond'"
    refused(sign(early), consent.pk, why="patients_consent_reflected")
    for blank in ("", " \n\t"):
        Consent.objects.update(early_reason=blank)
        refused(sign(early), consent.pk, why="patients_consent_reflected")
    Consent.objects.update(early_reason="Travels once.")
    with connection.cursor() as cursor:
        cursor.execute(sign(early), [consent.pk])


def test_the_information_comes_before_the_signature():
    consent = DiscussedConsentFactory(early_reason="Because.")
    before = "information_given_at - interval '1 second'"
    refused(sign(before), consent.pk, why="discussed_first|informed_first")


@pytest.mark.parametrize("days", [0, 1])
@pytest.mark.parametrize(
    "change",
    [
        "information_given_at = information_given_at - interval '1 day'",
        "reflect_until = reflect_until + interval '1 day'",
        "information_given_by_id = gen_random_uuid()",
        "template_id = (SELECT id FROM patients_consenttemplate WHERE title = 'Another')",
        "case_id = (SELECT id FROM patients_case WHERE outcome = 'lost')",
    ],
)
def test_what_the_patient_was_told_and_when_never_changes_before_the_signature(days, change):
    consent = ConsentFactory(template__reflection_days=days)
    ConsentTemplateFactory(title="Another", version=2, reflection_days=0)
    CaseFactory(
        patient=consent.patient,
        outcome="lost",
        closed_at=timezone.now(),
        closed_by=consent.case.clinician,
    )
    refused(f"UPDATE patients_consent SET {change}", why="never changes")


def test_the_time_to_reflect_is_as_long_as_the_text_says():
    week = ConsentTemplateFactory(reflection_days=7)
    told = timezone.now()
    for short in (timedelta(), timedelta(days=6), timedelta(days=7, hours=-2, seconds=-1)):
        with pytest.raises(IntegrityError, match="time to reflect"), transaction.atomic():
            ConsentFactory(template=week, information_given_at=told, reflect_until=told + short)
    # The clocks went forward in between: the same time of day, seven days later.
    ConsentFactory(
        template=week, information_given_at=told, reflect_until=told + timedelta(days=7, hours=-1)
    )


def test_a_signature_has_a_taker_a_name_and_an_honest_digest():
    consent = DiscussedConsentFactory()
    refused(sign(digest=f"'{digest('other words')}'"), consent.pk, why="signed_whole")
    refused(sign(digest="''"), consent.pk, why="signed_whole")
    refused("UPDATE patients_consent SET signed_at = now()", why="signed_paired")
    refused("UPDATE patients_consent SET signed_by_id = information_given_by_id", why="paired")
    refused(sign().replace("'Invented'", "'  '"), consent.pk, why="signed_whole")


@given(words=st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_database_and_application_agree_on_the_digest_of_any_text(words):
    with connection.cursor() as cursor:
        cursor.execute("SELECT encode(sha256(convert_to(%s, 'UTF8')), 'hex')", [words])
        assert cursor.fetchone() == (digest(words),)


@pytest.mark.parametrize(
    "change",
    [
        "signed_at = signed_at + interval '1 day'",
        "signed_at = NULL, signed_by_id = NULL",
        "signed_name = 'Somebody Else'",
        "name_reason = 'Changed her mind'",
        "signed_text = signed_text || '.'",
        "signature_png = ''",
        "photo_scopes = '{website}'",
        "early_reason = 'afterwards'",
        "questions = 'afterwards'",
        "reflect_until = reflect_until + interval '1 day'",
        "information_given_at = information_given_at - interval '1 day'",
        "signed_text_sha256 = repeat('0', 64)",
    ],
)
def test_a_signed_consent_cannot_be_changed(change):
    SignedConsentFactory(signature_png="data:image/png;base64,AAAA")
    refused(f"UPDATE patients_consent SET {change}", why="is signed")


def test_a_signed_consent_cannot_be_given_another_text_case_or_patient_or_be_deleted():
    signed, other = SignedConsentFactory(), ConsentFactory()
    for column in ("template_id", "case_id", "patient_id"):
        change = f"UPDATE patients_consent SET {column} = %s WHERE id = %s"
        refused(change, getattr(other, column), signed.pk, why="is signed")
    refused("DELETE FROM patients_consent WHERE id = %s", signed.pk, why="is signed")
    refused("TRUNCATE patients_consent CASCADE", why="never changed or removed")


WITHDRAW = """
    UPDATE patients_consent SET withdrawn_at = {at}, withdrawn_by_id = information_given_by_id
"""


def test_a_withdrawal_comes_once_after_the_signature_and_is_final():
    PatientSignedConsentFactory()
    refused("UPDATE patients_consent SET withdrawn_at = now()", why="withdrawn_paired")
    refused("UPDATE patients_consent SET withdrawn_reason = 'x'", why="withdrawn_after_signing")
    earlier = WITHDRAW.format(at="signed_at - interval '1 second'")
    refused(earlier, why="withdrawn_after_signing")
    with connection.cursor() as cursor:
        cursor.execute(WITHDRAW.format(at="signed_at") + ", withdrawn_reason = ''")
    refused(WITHDRAW.format(at="now()"), why="is signed")
    refused("UPDATE patients_consent SET withdrawn_reason = 'later'", why="is signed")
    refused("UPDATE patients_consent SET withdrawn_at = NULL, withdrawn_by_id = NULL", why="signed")


def test_what_is_not_signed_cannot_be_withdrawn():
    ConsentFactory()
    refused(WITHDRAW.format(at="now()"), why="withdrawn_after_signing")


def test_the_same_information_waits_for_one_signature_only():
    consent = ConsentFactory()
    with pytest.raises(IntegrityError, match="informed_once"), transaction.atomic():
        ConsentFactory(case=consent.case, template=consent.template)
    ConsentFactory(template=consent.template)
    SignedConsentFactory(case=consent.case, template=consent.template)


def test_a_consent_belongs_to_a_case_of_its_own_patient():
    with pytest.raises(IntegrityError, match="its own patient"), transaction.atomic():
        ConsentFactory(case=CaseFactory(), patient=PatientFactory())
    consent = ConsentFactory()
    someone_else = PatientFactory()
    refused("UPDATE patients_consent SET patient_id = %s", someone_else.pk, why="its own patient")
    assert fresh(consent).patient_id == consent.case.patient_id


def test_a_consent_is_to_a_published_text():
    draft = ConsentTemplateFactory(published_at=None, published_by=None)
    with pytest.raises(IntegrityError, match="published text"), transaction.atomic():
        ConsentFactory(template=draft)
    ConsentFactory()
    refused("UPDATE patients_consent SET template_id = %s", draft.pk, why="published text")


def test_a_minor_does_not_sign():
    born = timezone.localdate() - timedelta(days=365 * 17)
    consent = DiscussedConsentFactory(case=case_of(date_of_birth=born))
    refused(sign(), consent.pk, why="by an adult")


def test_only_known_uses_of_photographs_and_only_for_photographs():
    photographs = ConsentFactory(template=text("", reflection_days=0))
    change = "UPDATE patients_consent SET photo_scopes = %s WHERE id = %s"
    refused(change, ["billboards"], photographs.pk, why="scopes_known")
    treatment = ConsentFactory(template=text(Technique.PRP))
    refused(change, ["website"], treatment.pk, why="only a consent to photographs")
    with connection.cursor() as cursor:
        cursor.execute(change, [["website"], photographs.pk])


def test_a_drawn_signature_is_a_png_data_url():
    ConsentFactory()
    svg = "UPDATE patients_consent SET signature_png = 'data:image/svg+xml;base64,AAAA'"
    refused(svg, why="signature_form")


# ---- texts ----


@pytest.mark.parametrize(
    "change",
    [
        "body = 'something else'",
        "title = 'something else'",
        "reflection_days = 0",
        "version = 99",
        "published_at = NULL, published_by_id = NULL",
    ],
)
def test_a_published_text_cannot_be_changed(change):
    text()
    refused(f"UPDATE patients_consenttemplate SET {change}", why="is published")
    with pytest.raises(IntegrityError, match="is published"), transaction.atomic():
        ConsentTemplate.objects.update(body="changed in bulk")


def test_a_published_text_cannot_be_deleted_and_a_draft_can():
    published = text()
    refused("DELETE FROM patients_consenttemplate", why="is published")
    draft = ConsentTemplateFactory(published_at=None, published_by=None)
    ConsentTemplate.objects.filter(pk=draft.pk).update(body="better words")
    ConsentTemplate.objects.filter(pk=draft.pk).delete()
    assert list(ConsentTemplate.objects.all()) == [published]


def test_no_setting_switches_the_lock_off():
    text()
    refused(
        "SELECT set_config('pgtrigger.ignore', "
        "'{patients_consenttemplate:locked_when_published}', true);"
        "UPDATE patients_consenttemplate SET body = 'x'",
        why="is published",
    )


def test_a_text_has_words_a_number_of_its_own_and_a_technique_where_it_is_for_one():
    text(version=1)
    for values, why in [
        ({"version": 1}, "version_once"),
        ({"body": " \n"}, "has_words"),
        ({"title": ""}, "has_words"),
        ({"version": 0}, "has_words"),
        ({"technique": ""}, "technique_for_treatment"),
        ({"purpose": "photographs"}, "technique_for_treatment"),
        ({"reflection_days": 366}, "reflection_days_range"),
        ({"published_by": None}, "published_paired"),
    ]:
        with pytest.raises(IntegrityError, match=why), transaction.atomic():
            ConsentTemplateFactory(**values)
