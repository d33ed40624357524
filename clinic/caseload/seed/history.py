"""What an invented patient brings: what was asked, told and tested before the first visit ended."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from clinic.caseload.seed.rows import Rows
from clinic.staff.models import User
from patients.analytes import Analyte, Unit
from patients.catalogue import Condition, Course, Elsewhere, Pattern, Relative, Shedding, Trigger
from patients.contraindications.facts import Facts
from patients.models import (
    Allergy,
    BloodResult,
    BloodSample,
    ConditionStatement,
    EarlierTreatment,
    HairStatement,
    HistoryEntry,
    Medicine,
    MedicinesReview,
    NoEarlierTreatments,
    NoKnownAllergies,
    Patient,
    PregnancyStatement,
    RelativeStatement,
)
from patients.partial_dates import Precision

# Asked of most, with how many of a hundred say yes, and what they then add.
_ASKED = (
    (Condition.BLEEDING_DISORDER, 2, "Mild haemophilia A, under a haematologist"),
    (Condition.PLATELET_DISORDER, 1, "ITP as a student, normal since"),
    (Condition.ANAEMIA, 9, "Iron tablets on and off"),
    (Condition.HEPATITIS_B, 1, ""),
    (Condition.HIV, 1, "Under treatment, viral load not detectable"),
    (Condition.AUTOIMMUNE, 5, "Coeliac disease"),
    (Condition.SCALP_DISEASE, 9, "Seborrhoeic dermatitis, itches in winter"),
    (Condition.KELOID, 3, "Over the breastbone"),
    (Condition.DIABETES, 7, "Type 2, diet and metformin"),
    (Condition.THYROID, 10, "Underactive, tablets"),
    (Condition.FAINTING, 6, "Once, giving blood"),
    (Condition.DEPRESSION, 12, "Some years ago, not treated now"),
)
# Some are asked about in some clinics, and left out at others.
_SOMETIMES = (Condition.HYPERTENSION, Condition.HEART, Condition.SUICIDAL)

_MEDICINES = (
    (30, Medicine.Group.MINOXIDIL_TOPICAL, "Minoxidil 5 % foam", "1 mL twice daily", "scalp"),
    (18, Medicine.Group.FINASTERIDE, "Finasteride", "1 mg once a day", "mouth"),
    (6, Medicine.Group.NSAID, "Ibuprofen", "400 mg when needed", "mouth"),
    (4, Medicine.Group.ANTICOAGULANT, "Apixaban", "5 mg twice a day", "mouth"),
    (12, Medicine.Group.OTHER, "Levothyroxine", "75 micrograms once a day", "mouth"),
)
# Analyte, unit, lowest and highest value in tenths, and the laboratory's range.
_PANEL = (
    (Analyte.HAEMOGLOBIN, Unit.G_L, 1080, 1690, "120", "165"),
    (Analyte.PLATELETS, Unit.E9_L, 1420, 4180, "150", "400"),
    (Analyte.WBC, Unit.E9_L, 36, 112, "4", "11"),
    (Analyte.FERRITIN, Unit.UG_L, 90, 2200, "15", "300"),
    (Analyte.TSH, Unit.MIU_L, 4, 52, "0.4", "4"),
    (Analyte.VITAMIN_D, Unit.NMOL_L, 220, 1200, "50", "125"),
)
# What the rules of contraindications read.
_READ_BY_RULES = {
    *(Allergy, BloodResult, BloodSample, ConditionStatement, Medicine, MedicinesReview),
    *(NoKnownAllergies, PregnancyStatement),
}
_LABORATORIES = ("Nowhereton Pathology", "Fictionbury Laboratory")


@dataclass
class History:
    """Writes the history of one patient into the rows of the seed."""

    random: Random
    rows: Rows
    patient_id: str
    by: User
    at: datetime
    day: date
    is_female: bool
    reason: str
    told: list[tuple[type[Any], dict[str, Any]]] = field(default_factory=list)
    """What was written, as far as the rules of contraindications read it: table and columns."""

    def write(self) -> None:
        """Write what most are asked; one in eight comes with next to nothing written down."""
        self._in_words()
        self._allergies()
        self._medicines()
        if self.random.random() < 0.12:
            return
        self._conditions()
        self._relatives()
        self._hair()
        self._elsewhere()
        self._bloods()
        if self.is_female or self.random.random() < 0.5:
            self._pregnancy()

    def _one_of_hundred(self, chance: int) -> bool:
        return self.random.randrange(100) < chance

    def _record(self, model: Any, **values: Any) -> str:
        return self._write(model, "recorded", values)

    def _state(self, model: Any, **values: Any) -> None:
        self._write(model, "stated", values)

    def _write(self, model: Any, how: str, values: dict[str, Any]) -> str:
        columns = {f"{how}_at": self.at, f"{how}_by_id": self.by.pk, **values}
        key = self.rows.add(model, at=self.at, patient_id=self.patient_id, **columns)
        if model in _READ_BY_RULES:
            self.told.append((model, {"id": key, **columns, f"{how}_by": self.by}))
        return key

    def facts(self, sex: str) -> Facts:
        """Return what was written as the rules of contraindications read it.

        Everybody treated here is an adult; the day of birth is invented later.
        """
        return Facts(
            sex=sex,
            date_of_birth=date(1980, 1, 1),
            conditions={row.item: row for row in self._told(ConditionStatement)},
            medicines=tuple(self._told(Medicine)),
            medicines_review=next(iter(self._told(MedicinesReview)), None),
            results=tuple(self._results()),
            allergies=tuple(self._told(Allergy)),
            no_allergies=next(iter(self._told(NoKnownAllergies)), None),
            expecting=next(iter(self._told(PregnancyStatement)), None),
        )

    def _told(self, model: Any) -> list[Any]:
        return [model(**values) for table, values in self.told if table is model]

    def _results(self) -> Iterator[BloodResult]:
        samples = {sample.pk: sample for sample in self._told(BloodSample)}
        for result in self._told(BloodResult):
            result.sample = samples[result.sample_id]
            yield result

    def _year(self, name: str, longest_ago: int) -> dict[str, Any]:
        """Return a year some time ago as the columns of a partial date."""
        year = self.day.year - self.random.randrange(1, longest_ago)
        return {f"{name}_date": date(year, 1, 1), f"{name}_precision": Precision.YEAR}

    def _month(self, name: str, longest_ago: int) -> dict[str, Any]:
        day = self.day - timedelta(days=self.random.randrange(40, longest_ago * 365))
        return {f"{name}_date": day.replace(day=1), f"{name}_precision": Precision.MONTH}

    def _in_words(self) -> None:
        years = self.random.randrange(1, 9)
        text = f"{self.reason} for about {years} years."
        self._record(HistoryEntry, topic=HistoryEntry.Topic.HAIR, text=text)

    def _allergies(self) -> None:
        if self._one_of_hundred(20):
            certainty, severity = Allergy.Certainty.REPORTED, Allergy.Severity.MILD
            named = {"substance": "Penicillin", "reaction": "Rash"}
            self._record(Allergy, certainty=certainty, severity=severity, **named)
        elif self._one_of_hundred(94):
            self._state(NoKnownAllergies)

    def _medicines(self) -> None:
        taken = 0
        for chance, group, name, dose, route in _MEDICINES:
            if self._one_of_hundred(chance):
                since = self._month("started", 4) if taken else self._year("started", 6)
                self._record(Medicine, group=group, name=name, dose=dose, route=route, **since)
                taken += 1
        if self._one_of_hundred(5):
            self._stopped()
        if self._one_of_hundred(80):
            self._state(MedicinesReview, takes_none=not taken)

    def _stopped(self) -> None:
        stopped = self.day - timedelta(days=self.random.randrange(30, 400))
        self._record(
            Medicine,
            group=Medicine.Group.DUTASTERIDE,
            name="Dutasteride",
            dose="0.5 mg once a day",
            route=Medicine.Route.MOUTH,
            stopped_date=stopped,
            stop_reason="Lower mood, better since",
            stop_recorded_at=self.at,
            stop_recorded_by_id=self.by.pk,
        )

    def _conditions(self) -> None:
        for condition, chance, note in _ASKED:
            if self._one_of_hundred(chance):
                since = self._year("since", 20)
                self._state(ConditionStatement, item=condition, answer="yes", note=note, **since)
            else:
                answer = "not_known" if self._one_of_hundred(2) else "no"
                self._state(ConditionStatement, item=condition, answer=answer)
        if self._one_of_hundred(50):
            for condition in _SOMETIMES:
                self._state(ConditionStatement, item=condition, answer="no")

    def _relatives(self) -> None:
        pattern = Pattern.MALE
        for relative in (Relative.FATHER, Relative.MOTHERS_SIDE, Relative.MOTHER):
            if self._one_of_hundred(45):
                age = self.random.randrange(22, 55)
                told = {"answer": "yes", "pattern": pattern, "onset_age_years": age}
                self._state(RelativeStatement, item=relative, **told)
            else:
                self._state(RelativeStatement, item=relative, answer="no")
            pattern = Pattern.FEMALE if relative == Relative.MOTHERS_SIDE else pattern

    def _hair(self) -> None:
        is_sudden = self._one_of_hundred(12)
        self._state(
            HairStatement,
            course=Course.SUDDEN if is_sudden else Course.GRADUAL,
            shedding=self.random.choice(Shedding.values),
            triggers=[Trigger.ILLNESS if is_sudden else Trigger.NONE],
            **self._year("since", 12),
        )

    def _elsewhere(self) -> None:
        if self._one_of_hundred(82):
            self._state(NoEarlierTreatments)
            return
        self._record(
            EarlierTreatment,
            kind=self.random.choice((Elsewhere.FUE, Elsewhere.PRP, Elsewhere.LASER)),
            place="A clinic in Elsewhere-on-Sea",
            sessions=self.random.randrange(1, 5),
            result="Some gain for a year",
            **self._year("treated", 10),
        )

    def _bloods(self) -> None:
        if self._one_of_hundred(45):
            return
        for days_before in (4, 380) if self._one_of_hundred(30) else (4,):
            sample_id = self._record(
                BloodSample,
                taken_date=self.day - timedelta(days=days_before),
                laboratory=self.random.choice(_LABORATORIES),
            )
            for analyte, unit, lowest, highest, low, high in _PANEL:
                self._record(
                    BloodResult,
                    sample_id=sample_id,
                    analyte=analyte,
                    unit=unit,
                    value=Decimal(self.random.randrange(lowest, highest)) / 10,
                    reference_low=Decimal(low),
                    reference_high=Decimal(high),
                )
        self._record(
            BloodResult, sample_id=sample_id, analyte=Analyte.HBSAG, finding="not_reactive"
        )

    def _pregnancy(self) -> None:
        states = PregnancyStatement.State
        answer = states.NO if self.is_female else states.NOT_APPLICABLE
        nursing = states.YES if self.is_female and self._one_of_hundred(2) else answer
        self._state(PregnancyStatement, pregnancy=answer, breastfeeding=nursing)


def write_history(
    random: Random,
    rows: Rows,
    *,
    patient_id: str,
    by: User,
    at: datetime,
    day: date,
    sex: str,
    reason: str,
) -> History:
    """Write what a patient brought to the first visit, on that day, and return it."""
    is_female = sex == Patient.Sex.FEMALE
    history = History(random, rows, patient_id, by, at, day, is_female, reason)
    history.write()
    return history
