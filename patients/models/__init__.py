"""The patient, their history, their case and their consents."""

from patients.models.bloods import BloodResult, BloodSample
from patients.models.case import Case, Diagnosis, Reopening
from patients.models.consent import Consent, PhotoScope
from patients.models.consent_changes import ConsentQuestion, PhotoNarrowing
from patients.models.consent_template import ConsentTemplate, Language
from patients.models.contraindications import ContraindicationCheck, ContraindicationRule
from patients.models.earlier_treatments import EarlierTreatment
from patients.models.exchange import ImportRow, ImportSource, PatientImport
from patients.models.history import Allergy, HistoryEntry, Medicine, NoKnownAllergies
from patients.models.name_word import NameWord
from patients.models.pairs import LikelyPair, TwoPeople
from patients.models.patient import Merge, OtherNumber, Patient, SiteRegistration
from patients.models.statements import (
    Answer,
    ConditionStatement,
    HairStatement,
    MedicinesReview,
    NoEarlierTreatments,
    PregnancyStatement,
    RelativeStatement,
    Statement,
)

__all__ = [
    "Allergy",
    "Answer",
    "BloodResult",
    "BloodSample",
    "Case",
    "ConditionStatement",
    "Consent",
    "ConsentQuestion",
    "ConsentTemplate",
    "ContraindicationCheck",
    "ContraindicationRule",
    "Diagnosis",
    "EarlierTreatment",
    "HairStatement",
    "HistoryEntry",
    "ImportRow",
    "ImportSource",
    "Language",
    "LikelyPair",
    "Medicine",
    "MedicinesReview",
    "Merge",
    "NameWord",
    "NoEarlierTreatments",
    "NoKnownAllergies",
    "OtherNumber",
    "Patient",
    "PatientImport",
    "PhotoNarrowing",
    "PhotoScope",
    "PregnancyStatement",
    "RelativeStatement",
    "Reopening",
    "SiteRegistration",
    "Statement",
    "TwoPeople",
]
