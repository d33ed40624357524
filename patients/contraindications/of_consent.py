"""What speaks against the treatment that a consent is to. Nothing here writes."""

from datetime import datetime

from patients.contraindications.evaluation import Evaluation, evaluate_for, reasons_kept
from patients.models import Consent


def evaluation_of(consent: Consent, at: datetime) -> Evaluation | None:
    """Return what the rules say now, with the reasons of the talk; None where nothing is treated.

    `at` is in the clinic's zone. A reason stays good for as long as what it was given for.
    """
    if not consent.template.is_for_treatment:
        return None
    found = evaluate_for(consent.patient, consent.template.technique, at)
    return found.with_reasons(reasons_kept(consent.pk))


def obstacle_in(evaluation: Evaluation | None) -> str:
    """Return why a consent cannot be signed, as a sentence for the clinician, or ""."""
    if evaluation is None:
        return ""
    if evaluation.blocking:
        rules = "; ".join(
            f"{each.rule.sentence} ({each.verdict.why})" for each in evaluation.blocking
        )
        return f"The treatment is contraindicated: {rules}."
    if evaluation.lacking_reason:
        rules = "; ".join(
            f"{each.rule.sentence} ({each.verdict.why})" for each in evaluation.lacking_reason
        )
        return f"Record in the talk why it is done all the same: {rules}."
    return ""
