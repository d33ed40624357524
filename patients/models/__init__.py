"""The patient, their history, their case and their consents."""

from patients.models.case import Case, Diagnosis
from patients.models.consent import Consent, PhotoScope
from patients.models.consent_template import ConsentTemplate, Language
from patients.models.history import Allergy, HistoryEntry, Medicine, NoKnownAllergies
from patients.models.name_word import NameWord
from patients.models.pairs import LikelyPair, TwoPeople
from patients.models.patient import Merge, OtherNumber, Patient, SiteRegistration

__all__ = [
    "Allergy",
    "Case",
    "Consent",
    "ConsentTemplate",
    "Diagnosis",
    "HistoryEntry",
    "Language",
    "LikelyPair",
    "Medicine",
    "Merge",
    "NameWord",
    "NoKnownAllergies",
    "OtherNumber",
    "Patient",
    "PhotoScope",
    "SiteRegistration",
    "TwoPeople",
]
