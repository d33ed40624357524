"""Consent texts: writing, comparing, publishing; nobody's words are lost or changed."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from patients.actions.consent_templates import (
    ChangedMeanwhileError,
    begin_draft,
    publish_template,
    save_draft,
)
from patients.consent import comparing
from patients.consent.statements import STATEMENTS
from patients.models import ConsentTemplate
from tests.factories.patients import ConsentTemplateFactory, SignedConsentFactory
from tests.factories.staff import ClinicianFactory
from tests.patients.consent_pages import page
from tests.patients.consents import LATER, NOW, sentences, text

pytestmark = pytest.mark.django_db

MICROGRAFT = {"purpose": "treatment", "technique": "micrograft", "language": "en"}


def address(name: str, template: ConsentTemplate) -> str:
    return reverse(f"patients:{name}", args=[template.pk])


def typed(template: ConsentTemplate, **changes) -> dict[str, object]:
    entries = {
        "title": template.title,
        "body": template.body,
        "risks": "\n".join(template.risks),
        "alternatives": "\n".join(template.alternatives),
        "reflection_days": template.reflection_days,
        "valid_months": template.valid_months or "",
        "revision": template.revision,
    }
    return entries | changes


@pytest.fixture
def desk(client_of, admin, site):
    return client_of(admin)


@pytest.fixture
def draft(admin):
    text(version=1, risks=["Bleeding"])
    return begin_draft(by=admin, now=NOW, **MICROGRAFT)


def test_a_draft_begins_as_the_next_version_and_once(admin, draft):
    assert (draft.version, draft.risks, draft.published_at) == (2, ["Bleeding"], None)
    assert begin_draft(by=admin, now=LATER, **MICROGRAFT) == draft
    assert sentences() == ["wrote on micrograft text, version 2"]


def test_the_database_keeps_one_draft_of_a_text(draft):
    with pytest.raises(IntegrityError, match="one_draft"), transaction.atomic():
        ConsentTemplateFactory(version=7, published_at=None, published_by=None)


def test_what_is_typed_saves_itself_and_is_shown_as_patients_read_it(desk, draft):
    sent = typed(draft, body="# Why\n\nBecause <b>.", risks="Bleeding\n\n Pain \n")
    shown = page(desk.post(address("autosave_text", draft), sent))
    assert "Saved " in shown
    assert "<h2>Why</h2>" in shown
    assert 'value="1"' in shown
    draft.refresh_from_db()
    assert (draft.risks, draft.revision) == (["Bleeding", "Pain"], 1)


def test_an_entry_that_cannot_be_right_loses_nothing_of_the_rest(desk, draft):
    sent = typed(draft, body="Better words.", reflection_days="many")
    shown = page(desk.post(address("autosave_text", draft), sent))
    assert "Not saved: look at Time to think. The rest is saved" in shown
    draft.refresh_from_db()
    assert (draft.body, draft.reflection_days) == ("Better words.", 14)


def test_two_who_write_do_not_overwrite_one_another(desk, draft, admin):
    other = ClinicianFactory()
    save_draft(by=other, template=draft, revision=0, values={"body": "Theirs."}, now=LATER)
    shown = page(desk.post(address("autosave_text", draft), typed(draft, body="Mine.")))
    assert f"Not saved: {other} saved this draft" in shown
    shown = page(desk.post(address("edit_text", draft), typed(draft, body="Mine.")), 422)
    assert "Mine." in shown, "what was typed comes back"
    assert ConsentTemplate.objects.get(pk=draft.pk).body == "Theirs."


def test_a_published_text_is_not_written_on_from_an_old_page(desk, draft, admin):
    publish_template(by=admin, template=draft, now=LATER)
    shown = page(desk.post(address("autosave_text", draft), typed(draft, body="Late.")))
    assert "is published already" in shown
    assert desk.get(address("edit_text", draft)).url == address("text", draft)


def test_publishing_says_whom_it_concerns_and_asks_what_becomes_of_older_signatures(desk, draft):
    SignedConsentFactory(template=ConsentTemplate.objects.get(version=1))
    shown = page(desk.get(address("publish_text", draft)))
    assert "1 patient signed an older version" in shown
    approved = {"approved_by": ClinicianFactory().pk, "revision": 0}
    assert "Say what becomes of them." in page(
        desk.post(address("publish_text", draft), approved), 422
    )
    anew = approved | {"earlier_consents": "anew", "earlier_reason": "short"}
    assert "Write why" in page(desk.post(address("publish_text", draft), anew), 422)
    anew["earlier_reason"] = "A risk was missing."
    assert desk.post(address("publish_text", draft), anew).status_code == 302
    draft.refresh_from_db()
    assert (draft.earlier_consents, draft.earlier_reason) == ("anew", "A risk was missing.")
    assert sentences()[-1] == "published micrograft text, version 2; everybody must sign anew"


def test_a_draft_that_changed_under_the_reader_is_not_published(admin, draft):
    save_draft(by=admin, template=draft, revision=0, values={"body": "Other."}, now=LATER)
    with pytest.raises(ChangedMeanwhileError):
        publish_template(by=admin, template=draft, revision=0, now=LATER)
    assert not ConsentTemplate.objects.get(pk=draft.pk).published_at


def test_a_translation_has_the_number_and_the_times_of_what_it_translates(admin):
    original = text(version=3, risks=["Bleeding"], valid_months=12)
    polish = begin_draft(by=admin, now=NOW, **MICROGRAFT | {"language": "pl"})
    assert (polish.version, polish.valid_months) == (original.version, 12)
    assert polish.statements == list(STATEMENTS["treatment"])
    values = {"reflection_days": 1, "risks": []}
    polish = save_draft(by=admin, template=polish, revision=0, values=values, now=NOW)
    assert polish.reflection_days == original.reflection_days
    with pytest.raises(ValidationError, match="has 1 risks, this translation 0"):
        publish_template(by=admin, template=polish, now=LATER)
    save_draft(by=admin, template=polish, revision=1, values={"risks": ["Krew"]}, now=NOW)
    assert publish_template(by=admin, template=polish, now=LATER).published_at == LATER


def test_the_database_wants_a_translation_to_say_what_its_original_says():
    text(version=1)
    for wrong in ({"version": 2}, {"reflection_days": 0}, {"risks": ["More"]}):
        with pytest.raises(IntegrityError, match="a translation says"), transaction.atomic():
            text(**{"version": 1, "language": "pl"} | wrong)


def test_a_draft_is_discarded_and_versions_stay(desk, draft):
    desk.post(address("discard_text", draft), {"revision": 0})
    assert list(ConsentTemplate.objects.values_list("version", flat=True)) == [1]
    assert sentences()[-1] == "discarded the draft of micrograft text, version 2"


def test_the_pages_show_versions_and_word_by_word_what_changed(desk, draft, admin):
    values = {"body": draft.body.replace("Small samples", "Two tiny samples"), "valid_months": 6}
    save_draft(by=admin, template=draft, revision=0, values=values, now=LATER)
    shown = page(desk.get(address("text_changes", draft)))
    assert "Removed: </span>Small<" in shown
    assert "Added: </span>Two tiny<" in shown
    assert "for 6 months" in shown
    assert "Draft of version 2" in page(desk.get(reverse("patients:texts")))
    assert "This is a draft" in page(desk.get(address("text", draft)))


def told(lines) -> list[str]:
    marks = {"same": "", "added": "+", "removed": "-"}
    return [" ".join(f"{marks[p.kind]}{p.words}" for p in line.pieces) for line in lines]


def test_words_that_changed_stand_beside_those_that_stayed():
    before = "# Risks\n\n- Bleeding: 9 in 1,000.\n- Pain.\n\nAsk us."
    after = "# Risks\n\n- Bleeding: 12 in 1,000.\n\nAsk us.\n\nNew paragraph."
    assert told(comparing.lines(before, after)) == [
        "Risks",
        "Bleeding: -9 +12 in 1,000.",
        "-Pain.",
        "Ask us.",
        "+New paragraph.",
    ]
