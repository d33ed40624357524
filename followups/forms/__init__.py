"""Forms about reviews and examinations. A form never saves."""

from followups.forms.conclusions import CausesForm, SignsForm
from followups.forms.examination import (
    ContactForm,
    CountForm,
    CountRows,
    CountsFormSet,
    ExaminationForm,
)
from followups.forms.findings import (
    PullForm,
    PullRows,
    RegionForm,
    RegionsFormSet,
    TestsForm,
    TrichoscopyForm,
    TrichoscopyRows,
)

__all__ = [
    "CausesForm",
    "ContactForm",
    "CountForm",
    "CountRows",
    "CountsFormSet",
    "ExaminationForm",
    "PullForm",
    "PullRows",
    "RegionForm",
    "RegionsFormSet",
    "SignsForm",
    "TestsForm",
    "TrichoscopyForm",
    "TrichoscopyRows",
]
