"""Everything that is worth an event, in words.

The value names the app and what happened; the label is the sentence shown after the person's
name, with the event's details in braces. What is only sometimes so is a detail that is true, and
`ADDED` has its words: the details themselves stay what their names say.
"""

import re
from collections.abc import Mapping

from django.db import models

_DETAIL = re.compile(r"\{\w+\}")


class Kind(models.TextChoices):
    """What somebody did or looked at."""

    @property
    def plain(self) -> str:
        """The sentence without its details, for a list to choose from."""
        return _DETAIL.sub("…", self.label)

    def told(self, details: Mapping[str, object]) -> str:
        """Return the sentence with an event's details filled in; "…" stands for what is missing."""
        added = (words for name, words in ADDED.get(self, {}).items() if details.get(name) is True)
        return "".join([self.label.format_map(_Details(details)), *added])

    SIGNED_IN = "staff.signed_in", "signed in"
    PERSON_ADDED = "staff.person_added", "made an account for {name}: {roles}"
    SITE_OPENED = "caseload.site_opened", "opened the site {name}"
    SIGN_IN_FAILED = "staff.sign_in_failed", "failed to sign in"
    SECOND_FACTOR_FAILED = "staff.factor_failed", "gave a wrong code of the second factor"
    SIGNED_OUT = "staff.signed_out", "signed out"
    SESSIONS_ENDED = "staff.sessions_ended", "ended {count} of their other sessions"
    PASSWORD_CHANGED = "staff.password_changed", "changed their password"
    PASSWORD_LINK_SENT = (
        "staff.password_link",
        "was sent a link to set a new password",
    )
    PASSWORD_RESET = "staff.password_reset", "set a new password by the link"
    SECOND_FACTOR_ADDED = "staff.factor_added", "added to their second factors: {factor}"
    SECOND_FACTOR_REMOVED = "staff.factor_removed", "removed from their second factors: {factor}"
    RECOVERY_CODE_USED = "staff.recovery_code_used", "used a recovery code; {left} are left"
    PATIENTS_SEARCHED = "patients.searched", "searched for patients by {by_what} and found {found}"
    PATIENT_VIEWED = "patients.viewed", "opened {page}"
    PATIENT_REGISTERED = "patients.registered", "registered patient {number}"
    ANOTHER_PERSON = "patients.another_person", "said that this is another person than {who}"
    PATIENTS_MERGED = "patients.merged", "merged the record {absorbed} into {survivor}"
    MERGE_UNDONE = "patients.merge_undone", "undid the merge of {absorbed} into {survivor}"
    IMPORT_UPLOADED = "patients.import_uploaded", "chose a file of {source} to import"
    IMPORT_STARTED = "patients.import_started", "started the import of {rows} rows of {source}"
    IMPORT_DONE = (
        "patients.import_done",
        "imported from {source}: {new} patients registered, {updated} updated",
    )
    IMPORT_FAILED = "patients.import_failed", "could not import the file of {source}"
    IMPORT_GIVEN_UP = "patients.import_given_up", "gave up the import of {source}"
    PATIENTS_EXPORTED = (
        "patients.exported",
        "exported {count} patients ({site}) as {format}: {columns}",
    )
    PATIENT_EDITED = "patients.edited", "changed {fields}"
    SITE_ADDED = "patients.site_added", "added the patient to {site}"
    HISTORY_RECORDED = "patients.history_recorded", "recorded the {topic} history"
    MEDICINE_RECORDED = "patients.medicine_recorded", "recorded the medicine {name}"
    MEDICINE_STOPPED = "patients.medicine_stopped", "recorded that {name} was stopped"
    ALLERGY_RECORDED = "patients.allergy_recorded", "recorded the allergy {substance}"
    ALLERGY_REMOVED = "patients.allergy_removed", "withdrew the allergy {substance}"
    NO_ALLERGIES_STATED = "patients.no_allergies", "recorded that no allergies are known"
    MEDICINE_REMOVED = "patients.medicine_removed", "withdrew the medicine {name}"
    MEDICINES_REVIEWED = "patients.medicines_reviewed", "went through {count} medicines: no change"
    NO_MEDICINES_STATED = "patients.no_medicines", "recorded that no medicines are taken"
    CONDITIONS_STATED = "patients.conditions_stated", "recorded {count} answers about conditions"
    RELATIVES_STATED = "patients.relatives_stated", "recorded {count} answers about relatives"
    HAIR_STATED = "patients.hair_stated", "recorded how the hair loss began and went on"
    PREGNANCY_STATED = (
        "patients.pregnancy_stated",
        "recorded the answers about pregnancy and breastfeeding",
    )
    BLOOD_RECORDED = "patients.blood_recorded", "recorded {count} blood results of {taken}"
    BLOOD_REMOVED = "patients.blood_removed", "withdrew the blood result {name} of {taken}"
    EARLIER_RECORDED = "patients.earlier_recorded", "recorded {what} elsewhere"
    EARLIER_REMOVED = "patients.earlier_removed", "withdrew the entry of {what} elsewhere"
    NO_EARLIER_STATED = (
        "patients.no_earlier",
        "recorded that the hair was not treated elsewhere",
    )
    CASE_OPENED = "patients.case_opened", "opened the case"
    CASE_CLOSED = (
        "patients.case_closed",
        "closed the case: {outcome}; reviews given up: {reviews_given_up}",
    )
    CASE_REOPENED = (
        "patients.case_reopened",
        "opened the case again that was closed {closed}; reviews planned again: {reviews_resumed}",
    )
    CLINICIAN_SET = "patients.clinician_set", "made {clinician} responsible for the case"
    DIAGNOSIS_MADE = "patients.diagnosis_made", "recorded the diagnosis {diagnosis}"
    CAUSES_WEIGHED = "patients.causes_weighed", "weighed {count} possible causes"
    CAUSES_REDATED = "patients.causes_redated", "moved {count} possible causes to {found}"
    SIGNS_LOOKED_FOR = "patients.signs_looked_for", "looked for warning signs: {found}"
    FINDING_WITHDRAWN = (
        "patients.finding_withdrawn",
        "took off what was entered by mistake: {finding}",
    )
    PATHWAY_STOPPED = "patients.pathway_stopped", "stopped the AGA pathway: {grounds}"
    STOP_REVIEWED = "patients.stop_reviewed", "reviewed what stops the AGA pathway: {outcome}"
    INFORMATION_GIVEN = "patients.information_given", "gave the information for {title}"
    CONSENT_DISCUSSED = "patients.consent_discussed", "recorded the discussion for {title}"
    CONSENT_SIGNED = "patients.consent_signed", "took the signed consent for {title}"
    CONSENT_COUNTERSIGNED = (
        "patients.consent_countersigned",
        "signed as the clinician for {title}",
    )
    CONSENT_WITHDRAWN = "patients.consent_withdrawn", "recorded the withdrawal of {title}"
    CONSENT_SIGNED_BY_LINK = (
        "patients.consent_signed_by_link",
        "signed the consent for {title} by their own link",
    )
    PHOTO_USES_TAKEN_BACK = "patients.photo_uses_back", "took back uses of photographs: {uses}"
    CONSENT_QUESTION_ASKED = "patients.consent_question", "asked a question about {title}"
    CONSENT_LINK_SENT = "consenting.link_sent", "sent the patient a link to sign {title}"
    CONSENT_LINK_REVOKED = "consenting.link_revoked", "took back the link to sign {title}"
    CONSENT_LINK_OPENED = "consenting.opened", "opened {title} by their own link"
    IDENTITY_CODE_SENT = "consenting.code_sent", "asked for a code by {channel}"
    IDENTITY_CODE_TOLD = "consenting.code_told", "made sure who it was, and told a code {how}"
    IDENTITY_CODE_RIGHT = "consenting.code_right", "gave the right code"
    IDENTITY_CODE_WRONG = "consenting.code_wrong", "gave a wrong code"
    CONSENT_TEMPLATE_WRITTEN = (
        "patients.template_written",
        "wrote on {title}, version {version}",
    )
    CONSENT_TEMPLATE_DISCARDED = (
        "patients.template_discarded",
        "discarded the draft of {title}, version {version}",
    )
    CONSENT_TEMPLATE_PUBLISHED = (
        "patients.template_published",
        "published {title}, version {version}",
    )
    RULE_PUBLISHED = "patients.rule_published", "published the rule “{rule}”, version {version}"
    RULE_APPROVED = "patients.rule_approved", "approved the rule “{rule}”, version {version}"
    RULE_DECLINED = "patients.rule_declined", "declined the rule “{rule}”, version {version}"
    RULE_RETIRED = "patients.rule_retired", "retired the rule “{rule}”, version {version}"
    CONTRAINDICATIONS_CHECKED = (
        "patients.contraindications",
        "checked {count} contraindications to {technique} ({step})",
    )
    CONTRAINDICATED = (
        "patients.contraindicated",
        "was held up from {technique} ({step}): {rules}",
    )
    APPOINTMENT_BOOKED = "booking.booked", "booked {service} for {when}"
    APPOINTMENT_MOVED = "booking.moved", "moved {service} from {before} to {when}"
    APPOINTMENT_STATUS = "booking.status", "set {service} of {when} to {status}"
    APPOINTMENT_CANCELLED = "booking.cancelled", "cancelled {service} of {when}"
    MESSAGE_QUEUED = "messaging.queued", "queued the message “{purpose}”"
    MESSAGE_SENT = "messaging.sent", "sent the message “{purpose}”"
    MESSAGE_FAILED = "messaging.failed", "could not send the message “{purpose}”"
    MESSAGE_READDRESSED = "messaging.readdressed", "redirected “{purpose}” to the present address"
    MESSAGE_CANCELLED = "messaging.cancelled", "cancelled the message “{purpose}”"
    PHOTOS_TAKEN = "photos.taken", "added {count} photographs, agreed {agreed}"
    PHOTO_VIEWED = "photos.viewed", "looked at the photograph {view}"
    PHOTO_REMOVED = "photos.removed", "withdrew the photograph {view}"
    PLAN_MADE = "treatments.plan_made", "planned {sessions} {technique} sessions"
    PLANNED_WITHOUT = (
        "treatments.planned_without",
        "gave reasons for planning {technique}: {lacks}",
    )
    PLAN_CHANGED = "treatments.plan_changed", "changed the plan for {technique}"
    PLAN_CANCELLED = "treatments.plan_cancelled", "cancelled the plan for {technique}"
    SESSION_STARTED = "treatments.session_started", "started {technique} session {number}"
    SESSION_SAVED = "treatments.session_saved", "saved the draft of {technique} session {number}"
    SESSION_SIGNED = "treatments.session_signed", "signed {technique} session {number}"
    SESSION_DISCARDED = "treatments.session_discarded", "discarded a draft {technique} session"
    ADDENDUM_ADDED = (
        "treatments.addendum_added",
        "added an addendum to {technique} session {number}",
    )
    BASELINE_RECORDED = "followups.baseline_recorded", "recorded the baseline examination"
    REVIEW_RECORDED = "followups.review_recorded", "recorded the {label} review"
    REVIEWS_PLANNED = "followups.reviews_planned", "planned {count} reviews after {technique}"
    REVIEW_BOOKED = "followups.review_booked", "booked the {label} review"
    EXAMINATION_CHANGED = "followups.examination_changed", "corrected the {label} examination"
    PROTOCOL_INSTALLED = "followups.protocol_installed", "installed the protocol {name}"
    CONTACT_ATTEMPTED = "followups.contact_attempted", "tried to reach the patient: {outcome}"
    DOCUMENT_REQUESTED = "documents.requested", "asked for the document {title}"
    DOCUMENT_ISSUED = "documents.issued", "issued the document {title}"
    DOCUMENT_FAILED = "documents.failed", "could not make the document {title}"
    DOCUMENT_VIEWED = "documents.viewed", "opened the document {title}"
    LINK_CREATED = "documents.link_created", "made a private link, open until {until}"
    LINK_NOT_SENT = "documents.link_not_sent", "could not send a private link to {title}"
    LINK_REVOKED = "documents.link_revoked", "revoked a private link"
    LINK_OPENED = "documents.link_opened", "opened the private link"
    LINK_REFUSED = "documents.link_refused", "gave a wrong date of birth for the private link"
    QUESTIONNAIRE_SENT = "questionnaires.sent", "sent the patient the history questionnaire"
    QUESTIONNAIRE_HANDED = "questionnaires.handed", "handed over the history questionnaire here"
    QUESTIONNAIRE_REVOKED = "questionnaires.revoked", "took the history questionnaire back"
    QUESTIONNAIRE_OPENED = "questionnaires.opened", "opened the history questionnaire"
    QUESTIONNAIRE_ANSWERED = "questionnaires.answered", "answered questions under “{part}”"
    QUESTIONNAIRE_SENT_IN = "questionnaires.sent_in", "sent in {count} answers"
    ANSWER_DECIDED = "questionnaires.decided", "decided on “{question}”: {outcome}"
    QUESTIONNAIRE_READ = "questionnaires.read", "went through the history questionnaire"
    CASELOAD_EXPORTED = "caseload.exported", "exported {what}"


ADDED: dict[Kind, dict[str, str]] = {
    Kind.PATIENT_REGISTERED: {"imported": " from an imported file"},
    Kind.PATIENTS_SEARCHED: {"elsewhere": ", and somebody at another site"},
    Kind.PATIENTS_EXPORTED: {"for_research": "; for research, only who agrees to it"},
    Kind.CONSENT_TEMPLATE_PUBLISHED: {"anew": "; everybody must sign anew"},
    Kind.CONTRAINDICATIONS_CHECKED: {"with_reasons": ", and gave reasons for going on"},
    Kind.CONSENT_SIGNED: {"before_time": ", before the time to reflect was over"},
    Kind.CONSENT_SIGNED_BY_LINK: {"before_time": ", before the time to reflect was over"},
}


class _Details(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "…"
