"""Everything that is typed on the page of an examination, as one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from followups.actions.examinations import Findings
from followups.forms import (
    CausesForm,
    CountRows,
    CountsFormSet,
    ExaminationForm,
    PullRows,
    RegionsFormSet,
    SignsForm,
    TestsForm,
    TrichoscopyRows,
)
from followups.models import Examination, Trichoscopy
from followups.views.earlier import Earlier
from followups.views.subject import Subject
from patients.forms.diagnosis import DiagnosisForm
from patients.models import CauseStatement

_TESTS = ("pull_days_since_wash", "wash_hairs_counted", "wash_days_since_wash")


@dataclass(frozen=True)
class Entry:
    """The forms of one visit."""

    form: ExaminationForm
    rows: CountsFormSet
    diagnosis: DiagnosisForm
    signs: SignsForm
    causes: CausesForm
    tests: TestsForm
    pulls: RegionsFormSet
    looks: RegionsFormSet

    @property
    def parts(self) -> tuple[Any, ...]:
        """Every form and formset, in the order of the page."""
        return (
            *(self.form, self.diagnosis, self.rows, self.signs),
            *(self.causes, self.tests, self.pulls, self.looks),
        )

    def is_valid(self) -> bool:
        """Whether all of it can be saved; every part shows its errors."""
        return all([part.is_valid() for part in self.parts])  # noqa: C419 every part shows its own

    @property
    def has_errors(self) -> bool:
        """Whether something has to be put right."""
        return any(is_bad(part) for part in self.parts)

    @property
    def findings(self) -> Findings:
        """What the valid forms say was found."""
        tests = self.tests.cleaned_data
        return Findings(
            examined_date=self.form.cleaned_data["examined_date"],
            counts=self.rows.counts,
            graded=self.diagnosis.chosen,
            diagnosis_mistake=self.diagnosis.mistake,
            signs=self.signs.signs,
            signs_mistake=self.signs.mistake,
            causes=self.causes.weighed,
            pulls=self.pulls.found,
            trichoscopies=self.looks.found,
            satisfaction=self.form.cleaned_data.get("satisfaction"),
            note=self.form.cleaned_data["note"],
            **{name: tests[name] for name in _TESTS},
        )

    def put_errors(self, error: ValidationError) -> None:
        """Show what an action refused."""
        for name, texts in getattr(error, "message_dict", {None: error.messages}).items():
            self.form.add_error(name if name in self.form.fields else None, texts)

    @property
    def are_tests_open(self) -> bool:
        """Whether the fold of the pull and wash tests is open: something is in it, or wrong."""
        return is_bad(self.pulls) or is_bad(self.tests) or self._has_tests

    @property
    def _has_tests(self) -> bool:
        typed = any(self.tests[name].value() not in (None, "") for name in _TESTS)
        return typed or has_figures(self.pulls)

    @property
    def are_looks_open(self) -> bool:
        """Whether the fold of the trichoscopy is open."""
        return is_bad(self.looks) or has_figures(self.looks)


def is_bad(part: Any) -> bool:
    """Whether a form or a formset has errors."""
    return bool(part.total_error_count() if hasattr(part, "total_error_count") else part.errors)


def has_figures(rows: RegionsFormSet) -> bool:
    """Whether a figure stands in one of the rows."""
    return any(row[name].value() not in (None, "") for row in rows.forms for name in row.names)


def entry_of(
    subject: Subject, written: Examination | None, earlier: Earlier, data: QueryDict | None
) -> Entry:
    """Return the forms of a visit: as sent, else as written, else empty."""
    form, rows = _visit(subject, written, data)
    return Entry(
        form=form,
        rows=rows,
        diagnosis=DiagnosisForm(
            data,
            sex=subject.patient.sex,
            is_needed=False,
            written=written.diagnosis if written else None,
            last=earlier.diagnosis,
        ),
        signs=SignsForm(data, written=written.signs if written else None),
        causes=CausesForm(data, standing=CauseStatement.objects.newest_of(subject.patient.pk)),
        tests=TestsForm(
            data, initial={name: getattr(written, name) for name in _TESTS} if written else {}
        ),
        pulls=_pulls(written, earlier, data),
        looks=_looks(written, earlier, data),
    )


def _visit(
    subject: Subject, written: Examination | None, data: QueryDict | None
) -> tuple[ExaminationForm, CountsFormSet]:
    form = ExaminationForm(
        data,
        is_review=subject.review is not None,
        window_starts=subject.review.window_starts_date if subject.review and not written else None,
        initial=_initial(written),
    )
    areas = {area.pk: area for area in subject.patient.target_areas.all()}
    counted = {row.target_area_id: row for row in written.measurements.all()} if written else {}
    rows: CountsFormSet = CountRows(  # type: ignore[assignment]
        data,
        prefix="areas",
        initial=[_row_initial(area, counted.get(area.pk)) for area in areas.values()],
        form_kwargs={"areas": areas},
    )
    rows.extra = 0 if areas else 1
    return form, rows


def _initial(written: Examination | None) -> dict[str, Any]:
    if written is None:
        return {"examined_date": timezone.localdate()}
    names = ("examined_date", "satisfaction", "note", "revision")
    return {name: getattr(written, name) for name in names}


def _row_initial(area: Any, row: Any) -> dict[str, Any]:
    if row is None:
        return {"target_area": area.pk, "counted_area_cm2": _plain(area.area_cm2)}
    return {
        "target_area": area.pk,
        "hair_count": row.hair_count,
        "counted_area_cm2": _plain(row.counted_area_cm2),
        "reported_density_per_cm2": row.reported_density_per_cm2,
        "device": row.device,
    }


def _plain(value: Decimal) -> str:
    """Return 0.65 for 0.650, and 10 for 10.000."""
    return f"{value.normalize():f}"


def _pulls(written: Examination | None, earlier: Earlier, data: QueryDict | None) -> RegionsFormSet:
    rows = written.pull_tests.all() if written else ()
    names = ("hairs_pulled", "hairs_out")
    initial = _regions(rows, names, earlier.pulled_regions)
    return _formset(PullRows, "pulls", data, initial, earlier.pull_words)


def _looks(written: Examination | None, earlier: Earlier, data: QueryDict | None) -> RegionsFormSet:
    rows = written.trichoscopies.all() if written else ()
    names = (*Trichoscopy.QUANTITIES, "device", "magnification")
    initial = _regions(rows, names, earlier.seen_regions)
    return _formset(TrichoscopyRows, "looks", data, initial, earlier.look_words)


def _regions(
    rows: Iterable[Any], names: Iterable[str], earlier: Iterable[str]
) -> list[dict[str, Any]]:
    """Return what was written by region, and the regions of earlier visits as empty rows."""
    names = tuple(names)
    initial = [
        {"region": row.region} | {name: getattr(row, name) for name in names} for row in rows
    ]
    there = {row["region"] for row in initial}
    return initial + [{"region": region} for region in earlier if region not in there]


def _formset(
    factory: Any,
    prefix: str,
    data: QueryDict | None,
    initial: list[dict[str, Any]],
    words: Mapping[str, dict[str, str]],
) -> RegionsFormSet:
    # What was sent is compared with nothing: a row that says what stands is a row all the same.
    rows: RegionsFormSet = factory(data, prefix=prefix, initial=None if data else initial)
    rows.extra = 0 if initial else 1
    for row in rows.forms:
        row.past = words.get(str(row["region"].value() or ""), {})
    return rows
