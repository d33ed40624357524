import datetime as dt
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template
from django.utils import timezone

from clinic.base.templatetags import anagen

LONDON = "Europe/London"


@pytest.fixture(autouse=True)
def london():
    with timezone.override(LONDON):
        yield


def utc(*parts):
    return dt.datetime(*parts, tzinfo=dt.UTC)


def render(source, **context):
    return Template("{% load anagen %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (dt.date(2026, 11, 22), "22-Nov-2026"),
        (dt.date(980, 1, 5), "05-Jan-0980"),
        (utc(2026, 7, 1, 23, 30), "02-Jul-2026"),
        (dt.datetime(2026, 7, 1, 23, 30), "01-Jul-2026"),  # noqa: DTZ001
        (None, "Not known"),
        ("", "Not known"),
    ],
)
def test_day_is_written_with_letters_in_the_active_zone(value, words):
    assert anagen.day(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (utc(2026, 11, 22, 14, 32), "22-Nov-2026 14:32"),
        (utc(2026, 7, 1, 23, 30), "02-Jul-2026 00:30"),
        (None, "Not known"),
    ],
)
def test_moment_follows_summer_time(value, words):
    assert anagen.moment(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (utc(2026, 7, 1, 9, 5), "10:05"),
        (dt.time(9, 5), "09:05"),
        (dt.time(0, 0), "00:00"),
        (None, "Not known"),
    ],
)
def test_clock(value, words):
    assert anagen.clock(value) == words


@pytest.mark.parametrize(
    ("born", "words"),
    [
        (dt.date(1980, 11, 22), "46y"),
        (dt.date(1980, 11, 23), "45y"),
        (dt.date(1980, 2, 29), "46y"),
        (dt.date(2026, 11, 22), "0y"),
        (dt.date(2027, 1, 1), "0y"),
        (None, "Not known"),
    ],
)
def test_age_counts_whole_years(time_machine, born, words):
    time_machine.move_to(utc(2026, 11, 22, 12))
    assert anagen.age(born) == words


def test_age_turns_at_midnight_of_the_active_zone(time_machine):
    time_machine.move_to(utc(2026, 7, 1, 23, 30))
    assert anagen.age(dt.date(2000, 7, 2)) == "26y"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("9434765919", "943\u00a0476\u00a05919"),
        ("943 476 5919", "943\u00a0476\u00a05919"),
        (9434765919, "943\u00a0476\u00a05919"),
        ("12345", "12345"),
        ("", "Not known"),
        (None, "Not known"),
    ],
)
def test_nhs_number_in_three_three_four(value, words):
    assert anagen.nhs(value) == words


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "Not known"),
        ("", "Not known"),
        ("  ", "Not known"),
        (0, 0),
        (False, False),
        ("x", "x"),
    ],
)
def test_unknown_is_said(value, shown):
    assert anagen.or_not_known(value) == shown


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (Decimal("1.500"), "ml", "1.5\u202fml"),
        (Decimal("10.00"), "ml", "10\u202fml"),
        (Decimal("100"), "", "100"),
        (Decimal("1E+2"), "ml", "100\u202fml"),
        (0, "ml", "0\u202fml"),
        (0.65, "cm²", "0.65\u202fcm²"),
        (-3.5, "%", "\u22123.5\u202f%"),
        (Decimal("-0.0"), "", "0"),
        (12345.5, "", "12,345.5"),
        (1006, "g", "1006\u202fg"),
        ("", "ml", "Not known"),
        (None, "ml", "Not known"),
        ("trace", "ml", "trace"),
    ],
)
def test_measure_trims_and_keeps_unit(value, unit, words):
    assert anagen.measure(value, unit) == words


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140 Safari/537.36",
            "Chrome on Linux",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537.36 Edg/140", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU like Mac OS X) Version/18 Safari/604", "Safari on iPhone"),
        ("curl/8", "A browser"),
        ("", "A browser"),
    ],
)
def test_browser_in_words(agent, words):
    assert anagen.browser(agent) == words


def test_icon_is_silent_unless_labelled():
    assert 'aria-hidden="true"' in anagen.icon("search")
    assert "#search" in anagen.icon("search")
    labelled = anagen.icon("search", label='Find "x"')
    assert 'role="img"' in labelled
    assert "Find &quot;x&quot;" in labelled


def test_every_icon_named_in_python_is_in_the_sprite(settings):
    sprite = (settings.BASE_DIR / "static" / "icons.svg").read_text()
    for name in anagen.KIND_ICONS.values():
        assert f'id="{name}"' in sprite


def test_status_has_colour_icon_and_word_and_escapes():
    html = anagen.status("danger", "<No-show>")
    assert "status-danger" in html
    assert "#danger" in html
    assert "&lt;No-show&gt;" in html
    assert "status-neutral" in anagen.status("purple", "x")


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ("success", "good"),
        ("error", "danger"),
        ("extra warning", "attention"),
        ("info", "information"),
        ("", "information"),
    ],
)
def test_message_kinds(tags, kind):
    assert anagen.message_kind(tags) == kind


class Visit(forms.Form):
    name = forms.CharField(label="Name")
    side = forms.ChoiceField(
        label="Side", choices=[("l", "Left"), ("r", "Right")], widget=forms.RadioSelect
    )
    volume = forms.DecimalField(required=False, widget=forms.NumberInput(attrs={"data-unit": "ml"}))

    def clean(self):
        raise forms.ValidationError("Nothing fits.")


def test_error_summary_links_every_error_to_its_first_control():
    html = render("{% error_summary form %}", form=Visit({}))
    assert 'href="#id_name"' in html
    assert 'href="#id_side_0"' in html
    assert "Nothing fits." in html
    assert "There are 3 problems" in html


def test_error_summary_is_silent_without_errors():
    assert render("{% error_summary form other %}", form=Visit(), other=None).strip() == ""


def test_error_summary_covers_formsets():
    formset = forms.formset_factory(Visit, min_num=1, validate_min=True)(
        {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-volume": "x"}
    )
    assert 'href="#id_form-0-name"' in render("{% error_summary rows %}", rows=formset)


def test_unit_is_read_from_the_widget():
    form = Visit()
    assert anagen.unit(form["volume"]) == "ml"
    assert anagen.unit(form["name"]) == ""


def test_a_label_is_read_out_apart_from_the_word_required():
    html = render("{% load crispy_forms_tags %}{{ form.name|as_crispy_field }}", form=Visit())
    assert "Name <span" in html
    html = render("{% load crispy_forms_tags %}{{ form.side|as_crispy_field }}", form=Visit())
    assert "Side <span" in html


def test_a_date_stands_in_one_line_and_keeps_its_characters():
    at = utc(2026, 11, 22, 14, 32)
    assert render("{{ d|day }}", d=at) == '<span class="date">22-Nov-2026</span>'
    assert render("{{ d|moment }}", d=at) == '<span class="date">22-Nov-2026 14:32</span>'
    assert render("{% autoescape off %}{{ d|day }}{% endautoescape %}", d=at) == "22-Nov-2026"
    assert render('alt="{{ d|day|plain }}"', d=at) == 'alt="22-Nov-2026"'
    assert f"on {anagen.day(at)}" == "on 22-Nov-2026"


def test_the_dates_of_a_sentence_stand_in_one_line_each_and_the_rest_is_escaped():
    sentence = "From 22-Nov-2026 to 01-Dec-2026, <b>not</b> 1-2-2026"
    assert render("{{ words|whole_dates }}", words=sentence) == (
        'From <span class="date">22-Nov-2026</span> to <span class="date">01-Dec-2026</span>, '
        "&lt;b&gt;not&lt;/b&gt; 1-2-2026"
    )
    once = '<span class="date">22-Nov-2026</span>'
    assert render("{{ d|day|whole_dates }}", d=dt.date(2026, 11, 22)) == once
    assert once in render("{% status 'good' words %}", words="Signed 22-Nov-2026")
