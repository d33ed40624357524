"""Plans, sessions with everything done in them, and the lots that were used."""

from treatments.models.lot import Lot, LotUse
from treatments.models.micrograft import MicrograftPreparation
from treatments.models.plan import Plan
from treatments.models.prp import PrpPreparation, Spin
from treatments.models.session import Addendum, Anaesthetic, Session, Zone

__all__ = [
    "Addendum",
    "Anaesthetic",
    "Lot",
    "LotUse",
    "MicrograftPreparation",
    "Plan",
    "PrpPreparation",
    "Session",
    "Spin",
    "Zone",
]
