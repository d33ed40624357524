"""When the journey's visits are, who is met there, and what its steps hand on to each other."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from clinic.caseload.seed.clinic import Clinic
from patients.models import Patient
from tests.journeys.clock import Clock
from tests.journeys.person import Person

LONDON = ZoneInfo("Europe/London")
FIRST_CALL = datetime(2026, 3, 2, 9, 0, tzinfo=LONDON)
REMINDER_IS_DUE = datetime(2026, 3, 4, 10, 1, tzinfo=LONDON)
CONSULTATION = datetime(2026, 3, 6, 9, 50, tzinfo=LONDON)
TREATMENT = datetime(2026, 3, 23, 8, 50, tzinfo=LONDON)
TREATED = datetime(2026, 3, 23, 10, 50, tzinfo=LONDON)
REVIEW = datetime(2026, 8, 31, 9, 0, tzinfo=LONDON)

DOCTOR = "Dr Ottoline Mockridge"
OTHER_DOCTOR = "Dr Barnaby Feignwell"


@dataclass
class Journey:
    """What the steps hand on to each other."""

    clinic: Clinic
    clock: Clock
    person: Callable[..., Person]
    phone_profile: dict[str, object]
    people: dict[str, Person] = field(default_factory=dict)
    patient: Patient = field(init=False)
    chart: str = ""
    link: str = ""

    def at_the_desk(self) -> Person:
        return self._signed_in("flora.deskley@example.test")

    def in_the_consulting_room(self) -> Person:
        clinician = self._signed_in("ottoline.mockridge@example.test")
        clinician.works_at("Henley-in-Arden")
        return clinician

    def in_the_office(self) -> Person:
        return self._signed_in("edith.overton@example.test")

    def _signed_in(self, email: str) -> Person:
        somebody = self.people.setdefault(email, self.person(email))
        somebody.signs_in(email, self.password_of(email))
        return somebody

    def password_of(self, email: str) -> str:
        return next(a.password for a in self.clinic.accounts if a.email == email)
