"""The patient, their history, their case and their consents."""

from patients.models.bloods import BloodResult, BloodSample
from patients.models.case import Case, Reopening
from patients.models.consent import Consent, PhotoScope
from patients.models.consent_changes import ConsentQuestion, PhotoNarrowing
from patients.models.consent_template import ConsentTemplate, Language
from patients.models.contraindications import ContraindicationCheck, ContraindicationRule
from patients.models.diagnosis import Diagnosis
from patients.models.earlier_treatments import EarlierTreatment
from patients.models.exchange import ImportRow, ImportSource, PatientImport
from patients.models.history import Allergy, HistoryEntry, Medicine, NoKnownAllergies
from patients.models.mistakes import FindingWithdrawal
from patients.models.name_word import NameWord
from patients.models.pairs import LikelyPair, TwoPeople
from patients.models.pathway import (
    CauseStatement,
    PathwayStop,
    SignsStatement,
    StopReview,
)
from patients.models.patient import Merge, OtherNumber, Patient, SiteRegistration
from patients.models.planning import PlannedWithout
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
    "CauseStatement",
    "ConditionStatement",
    "Consent",
    "ConsentQuestion",
    "ConsentTemplate",
    "ContraindicationCheck",
    "ContraindicationRule",
    "Diagnosis",
    "EarlierTreatment",
    "FindingWithdrawal",
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
    "PathwayStop",
    "Patient",
    "PatientImport",
    "PhotoNarrowing",
    "PhotoScope",
    "PlannedWithout",
    "PregnancyStatement",
    "RelativeStatement",
    "Reopening",
    "SignsStatement",
    "SiteRegistration",
    "Statement",
    "StopReview",
    "TwoPeople",
]
