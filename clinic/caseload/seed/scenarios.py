"""Who comes first in the demo, and how a clinic of any size is mixed."""

from random import Random

from clinic.caseload.seed.journeys import Goal
from clinic.caseload.stages import Stage
from clinic.practice.models import Technique

_M, _P = Technique.MICROGRAFT, Technique.PRP

# The first twenty patients: every stage, and a busy day today.
DEMO = (
    Goal(Stage.IN_FOLLOW_UP, _M),
    Goal(Stage.IN_TREATMENT, _P, visit_in_days=0),
    Goal(Stage.BOOKED, visit_in_days=0),
    Goal(Stage.CONSENTED, _M, visit_in_days=0),
    Goal(Stage.REFLECTING, _M),
    Goal(Stage.ENQUIRY),
    Goal(Stage.BOOKED, visit_in_days=0),
    Goal(Stage.IN_TREATMENT, _M, visit_in_days=0, has_draft=True),
    Goal(Stage.IN_FOLLOW_UP, _P, misses_reviews=True),
    Goal(Stage.ASSESSED),
    Goal(Stage.BOOKED, visit_in_days=0),
    Goal(Stage.CONSENTED, _P, visit_in_days=0),
    Goal(Stage.BOOKED, visit_in_days=1),
    Goal(Stage.IN_FOLLOW_UP, _M, misses_reviews=True),
    Goal(Stage.DECLINED),
    Goal(Stage.IN_TREATMENT, _P, visit_in_days=0),
    Goal(Stage.BOOKED, visit_in_days=1),
    Goal(Stage.LOST, _P),
    Goal(Stage.MAINTENANCE, _P),
    Goal(Stage.DISCHARGED, _M),
)

# Of a thousand patients: about as many as not go on from the consultation to a treatment.
_MIX = {
    Stage.ENQUIRY: 60,
    Stage.BOOKED: 30,
    Stage.ASSESSED: 40,
    Stage.REFLECTING: 20,
    Stage.CONSENTED: 10,
    Stage.IN_TREATMENT: 30,
    Stage.IN_FOLLOW_UP: 170,
    Stage.MAINTENANCE: 30,
    Stage.DISCHARGED: 220,
    Stage.DECLINED: 340,
    Stage.LOST: 50,
}
PATIENTS_A_DESK = 650


def goal_of(random: Random, serial: int) -> Goal:
    """Return how far the patient of that serial number comes (from 1)."""
    if serial <= len(DEMO):
        return DEMO[serial - 1]
    stage = random.choices(list(_MIX), weights=list(_MIX.values()))[0]
    return Goal(stage, random.choice((_M, _P)))
