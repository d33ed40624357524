"""Protocols, reviews, and what was measured."""

from followups.models.examination import Examination, Measurement, TargetArea
from followups.models.findings import PullTest, Region, Trichoscopy
from followups.models.protocol import Protocol, ProtocolStep
from followups.models.review import ContactAttempt, Review, ReviewStatus

__all__ = [
    "ContactAttempt",
    "Examination",
    "Measurement",
    "Protocol",
    "ProtocolStep",
    "PullTest",
    "Region",
    "Review",
    "ReviewStatus",
    "TargetArea",
    "Trichoscopy",
]
