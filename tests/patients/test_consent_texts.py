"""The texts: shipped ones plain, honest, complete; how one is taken apart, how it is published."""

import hashlib
import re

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from clinic.practice.models import Technique
from patients.actions.consent_templates import install_shipped_templates, publish_template
from patients.consent.statements import STATEMENTS
from patients.consent.texts import SHIPPED
from patients.consent.wording import blocks, consequences, digest, text_to_sign
from patients.models import ConsentTemplate, PhotoScope
from tests.factories.patients import ConsentTemplateFactory
from tests.patients.consents import LATER, NOW, sentences
from tests.patients.consents import text as published_text

BY_SLUG = {text.technique or text.purpose: text for text in SHIPPED}
TREATMENTS = [BY_SLUG["micrograft"], BY_SLUG["prp"]]


def syllables(word: str) -> int:
    groups = len(re.findall(r"[aeiouy]+", word))
    silent_e = word.endswith("e") and not word.endswith(("le", "ee")) and groups > 1
    silent_ed = word.endswith("ed") and not word.endswith(("ted", "ded")) and groups > 1
    return max(1, groups - (1 if silent_e or silent_ed else 0))


def reading_age_years(text: str) -> float:
    """Flesch–Kincaid grade plus five; each heading, entry and sentence ends a sentence."""
    sentences = [part for part in re.split(r"[.!?:;]\s|[.!?:]?\n+", text) if re.search(r"\w", part)]
    words = re.findall(r"[a-z']+", text.lower())
    grade = 0.39 * len(words) / len(sentences)
    return grade + 11.8 * sum(map(syllables, words)) / len(words) - 15.59 + 5


def test_there_is_one_text_for_each_technique_and_for_each_other_purpose():
    assert set(BY_SLUG) == {*Technique.values, "photographs", "marketing", "research", "gp"}
    assert [text.reflection_days for text in SHIPPED] == [14, 7, 0, 0, 0, 0]
    assert [text.valid_months for text in SHIPPED] == [12, 12, None, None, None, None]


def test_the_risks_and_choices_to_tick_are_those_that_the_text_names():
    for text in TREATMENTS:
        told = text.body.lower()
        for entry in (*text.risks, *text.alternatives):
            first = entry.lower().split(",")[0].removeprefix("a ").removeprefix("that ")
            assert any(word in told for word in (first, first.split()[0][:5])), entry
        assert all(len(entry) <= 200 for entry in (*text.risks, *text.alternatives))


@pytest.mark.parametrize("text", SHIPPED, ids=lambda text: text.title)
def test_a_child_of_eleven_can_read_it(text):
    assert reading_age_years(text.body) < 11
    longest = max(len(sentence.split()) for sentence in re.split(r"[.!?]\s|\n", text.body))
    assert longest <= 32


def test_the_measure_of_reading_age_tells_hard_from_easy():
    easy = "The cat sat on the mat. It was a big cat. It had a red hat."
    hard = (
        "Notwithstanding considerable methodological heterogeneity, contemporary systematic "
        "evaluations demonstrate statistically significant improvements following administration."
    )
    assert reading_age_years(easy) < 8
    assert reading_age_years(hard) > 18


@pytest.mark.parametrize("text", SHIPPED, ids=lambda text: text.title)
def test_it_promises_nothing(text):
    body = text.body.lower()
    for word in ("guarantee", "will grow", "permanent", "proven", "cure", "best", "risk-free"):
        assert word not in body
    assert not re.search(r"(?<!not )(?<!cannot )\bpromise", body)


@pytest.mark.parametrize("text", TREATMENTS, ids=lambda text: text.title)
def test_a_treatment_text_has_risks_limits_alternatives_and_the_way_out(text):
    assert "We cannot promise that it will work for you." in text.body
    assert "No treatment." in text.body
    assert "You do not have to say yes." in text.body
    assert f"{text.reflection_days} days between this text and your signature" in text.body
    assert "About 1 in 160 people faints" in text.body
    assert "Do not stop a medicine that a doctor gave you." in text.body
    assert "We have no good numbers for these" in text.body
    for choice in ("Minoxidil", "Finasteride", "Dutasteride", "hair transplant", "wig"):
        assert choice in text.body


def test_the_micrograft_text_gives_the_figures_of_the_literature():
    body = BY_SLUG["micrograft"].body
    for figure in (
        "Bleeding: about 9 in 1,000.",
        "An infection: about 2 in 1,000.",
        "1,294 skin samples",
        "almost three times as likely",
        "27 people",
        "about 23 more hairs in each square centimetre",
        "in 6 of these people",
        "140 people",
        "about 5 to 7 hairs in each square centimetre after 1 to 6 months",
    ):
        assert figure in body


def test_the_prp_text_says_that_prp_has_no_licence_and_that_studies_disagree():
    body = BY_SLUG["prp"].body
    assert "# PRP has no licence" in body
    assert "one named patient" in body
    assert "In a trial with 30 men, PRP did not help." in body


def test_the_photograph_text_explains_each_use_that_can_be_ticked():
    headings = [block.heading for block in blocks(BY_SLUG["photographs"].body) if block.heading]
    assert len([each for each in headings if each.startswith("Choice")]) == len(PhotoScope)
    assert "cannot call back" in BY_SLUG["photographs"].body


def test_a_text_is_taken_apart_into_headings_paragraphs_and_lists():
    found = blocks("# One\nTwo\nthree.\n\nFour\n- a\n- b\n\n- c\n#Five")
    assert [block.heading or block.paragraph or block.entries for block in found] == [
        *("One", "Two three.", "Four"),
        *(["a", "b"], ["c"], "Five"),
    ]
    assert blocks(" \n\n") == []


@given(st.text())
def test_no_word_of_a_text_is_lost_between_the_record_and_the_page(text):
    shown = "".join(
        block.heading + block.paragraph + "".join(block.entries) for block in blocks(text)
    )
    marks = re.compile(r"[\s#-]+")
    assert marks.sub("", shown) == marks.sub("", text)


def test_what_is_signed_is_the_information_the_choice_and_the_statement():
    template = ConsentTemplate(
        purpose="photographs", title="Photographs", version=3, body="# Why\n\nTo compare."
    )
    text = text_to_sign(template, ["website", "clinical"])
    assert text.startswith("Photographs, version 3\n\n# Why\n\nTo compare.\n\n")
    chosen = "- My record, and documents given to me\n- The clinic's website\n"
    assert chosen in text
    assert "Scientific publication" not in text
    for sentence in STATEMENTS[ConsentTemplate.Purpose.PHOTOGRAPHS]:
        assert f"- {sentence}\n" in text
    treatment = ConsentTemplate(purpose="treatment", technique="prp", title="PRP", body="x")
    assert "ticked" not in text_to_sign(treatment)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_the_digest_is_sha_256_over_utf_8(text):
    assert digest(text) == hashlib.sha256(text.encode("utf-8")).hexdigest()


def test_the_consequences_of_a_withdrawal_name_what_is_blocked():
    prp = ConsentTemplate(purpose="treatment", technique="prp")
    assert consequences(prp)[0].startswith("From now on no PRP session can be signed")
    micrograft = ConsentTemplate(purpose="treatment", technique="micrograft")
    assert "Booked micrograft visits" in consequences(micrograft)[1]
    photographs = ConsentTemplate(purpose="photographs")
    assert any("website" in sentence for sentence in consequences(photographs))


# ---- publishing ----


def test_the_shipped_texts_are_installed_once(admin):
    first = install_shipped_templates(by=admin, now=NOW)
    assert [str(template) for template in first] == [
        "Micrograft treatment, version 1",
        "PRP treatment, version 1",
        "Photographs, version 1",
        "News and offers, version 1",
        "Research, version 1",
        "Letters to your GP, version 1",
    ]
    assert install_shipped_templates(by=admin, now=LATER) == []
    assert set(ConsentTemplate.objects.values_list("published_at", flat=True)) == {NOW}
    assert sentences() == [
        "published Micrograft treatment, version 1",
        "published PRP treatment, version 1",
        "published Photographs, version 1",
        "published News and offers, version 1",
        "published Research, version 1",
        "published Letters to your GP, version 1",
    ]
    for template in first:
        template.full_clean(validate_unique=False, validate_constraints=False)


def test_the_clinics_own_words_are_left_alone(admin):
    own = published_text(version=1, title="Our own words")
    assert len(install_shipped_templates(by=admin, now=NOW)) == 5
    assert ConsentTemplate.objects.get(pk=own.pk).title == "Our own words"


def test_a_draft_is_published_once_and_never_again(admin):
    draft = ConsentTemplateFactory(published_at=None, published_by=None, version=5)
    publish_template(by=admin, template=draft, now=NOW)
    published = ConsentTemplate.objects.get()
    assert (published.published_at, published.published_by) == (NOW, admin)
    assert sentences() == ["published Micrograft treatment, version 5"]
    with pytest.raises(ValidationError, match="published already"):
        publish_template(by=admin, template=draft, now=LATER)


def test_a_draft_older_than_the_published_text_is_not_published(admin):
    published_text(version=2)
    draft = published_text(version=1, published_at=None, published_by=None)
    with pytest.raises(ValidationError, match="newer version"):
        publish_template(by=admin, template=draft, now=NOW)
