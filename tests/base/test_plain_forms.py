"""What is wrong with an entry is said in plain words, in every form of the product."""

import copy
import importlib
import pkgutil
from decimal import Decimal
from pathlib import Path

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile

import clinic
import followups
import patients
import treatments
from clinic.base.forms import PlainForm

TEMPLATES = Path(__file__).parents[2] / "templates"
PRODUCT = (clinic, followups, patients, treatments)
NONSENSE = [
    *(None, "", "x", "\0", "-1", "999999999", "1.23456789", "0.0000001", "NaN", "y" * 20_000),
    *("123456789012.5", SimpleUploadedFile("empty.jpg", b"")),
    SimpleUploadedFile("n" * 300 + ".jpg", b"x"),
]
DJANGOS = ("Ensure ", "Enter ", "This field", "Select a valid", "“", "The submitted", "No file was")


def every_form() -> list[type[forms.BaseForm]]:
    for package in PRODUCT:
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "forms" in module.name or "views" in module.name:
                importlib.import_module(module.name)
    return [form for form in _below(forms.BaseForm) if _is_ours(form)]


def _below(kind):
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def _is_ours(kind):
    return kind.__module__.split(".")[0] in {package.__name__ for package in PRODUCT}


EVERY_FORM = every_form()
EVERY_FIELD = [
    pytest.param(field, id=f"{form.__module__}.{form.__name__}.{name}")
    for form in EVERY_FORM
    for name, field in form.base_fields.items()
]


def complaints(field, kind=PlainForm) -> set[str]:
    one = type("One", (kind,), {"field": copy.deepcopy(field)})
    found = set()
    for value in NONSENSE:
        file = {"field": value} if isinstance(value, SimpleUploadedFile) else {}
        form = one({} if file else {"field": value}, file)
        found |= set(form.errors.get("field", []))
    return found


def test_the_forms_of_the_product_are_found():
    names = {form.__name__ for form in EVERY_FORM}
    assert {"DetailsForm", "SessionForm", "CountForm", "BookingForm", "SummaryForm"} <= names


@pytest.mark.parametrize("form", EVERY_FORM, ids=lambda form: form.__qualname__)
def test_every_form_speaks_plainly(form):
    assert issubclass(form, PlainForm), "derive it from clinic.base.forms.PlainForm"


@pytest.mark.django_db
@pytest.mark.parametrize("field", EVERY_FIELD)
def test_no_field_answers_in_the_words_of_the_framework(field):
    assert not [words for words in complaints(field) if words.startswith(DJANGOS)]


@pytest.mark.django_db
def test_no_field_lets_the_browser_cut_what_is_pasted():
    fields = {
        f"{form.__module__}.{form.__name__}.{name}": field
        for form in EVERY_FORM
        for name, field in form.base_fields.items()
    }
    form = type("All", (PlainForm,), copy.deepcopy(fields))({})
    assert any("maxlength" in field.widget.attrs for field in form.fields.values())
    assert [name for name in fields if "maxlength" in str(form[name])] == []


def test_no_template_lets_the_browser_cut_what_is_kept():
    cutting = {
        path.relative_to(TEMPLATES).as_posix()
        for path in TEMPLATES.rglob("*.html")
        if "maxlength" in path.read_text()
    }
    assert cutting == {"patients/list.html", "patients/merges.html"}, "only what is looked for"


def test_without_this_the_framework_would_speak():
    assert "Ensure this value is less than or equal to 10." in complaints(
        forms.IntegerField(max_value=10), kind=forms.Form
    )


class Measures(PlainForm):
    satisfaction = forms.IntegerField(
        min_value=0, max_value=10, widget=forms.NumberInput(attrs={"data-unit": "of 10"})
    )
    strength = forms.DecimalField(
        min_value=Decimal("0.1"), max_value=10, widget=forms.NumberInput(attrs={"data-unit": "%"})
    )
    points = forms.IntegerField(min_value=1)
    name = forms.CharField(max_length=3, error_messages={"required": "Write the name."})


def test_bounds_are_told_with_their_unit():
    form = Measures({"satisfaction": "11", "strength": "12", "points": "0", "name": ""})
    assert form.errors == {
        "satisfaction": ["This must be between 0 and 10."],
        "strength": ["This must be between 0.1 and 10 %."],
        "points": ["This must be 1 or more."],
        "name": ["Write the name."],
    }


def test_a_text_that_is_too_long_is_told_by_how_much():
    form = Measures({"satisfaction": "1", "strength": "1", "points": "1", "name": "abcde"})
    assert form.errors["name"] == ["Write at most 3 characters; these are 5."]


def test_a_field_that_comes_later_speaks_plainly_too():
    form = Measures({})
    form.fields["late"] = forms.DateField()
    assert form.errors["late"] == ["This is needed."]


def test_a_text_that_is_too_long_comes_back_whole():
    form = Measures({"name": "abcde"})
    assert 'value="abcde"' in str(form["name"])
    assert form.fields["name"].max_length == 3
