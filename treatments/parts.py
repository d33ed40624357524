"""The parts of a session, in the order of the work."""

from clinic.practice.models import Technique

TIME_OUT = "time_out"
ANAESTHESIA = "anaesthesia"
HARVEST = "harvest"
PROCESSING = "processing"
INFILTRATION = "infiltration"
AFTER = "after"

ORDER = (TIME_OUT, ANAESTHESIA, HARVEST, PROCESSING, INFILTRATION, AFTER)

_TITLES = {
    TIME_OUT: "Time-out",
    ANAESTHESIA: "Anaesthesia",
    HARVEST: "Harvest",
    PROCESSING: "Processing",
    INFILTRATION: "Infiltration",
    AFTER: "After",
}


def title(part: str, technique: str) -> str:
    """Return what a part is called for a technique: blood is drawn, grafts are harvested."""
    if part == HARVEST and technique == Technique.PRP:
        return "Blood draw"
    return _TITLES[part]
