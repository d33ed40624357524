"""Blood results: the unit decides, and a slip is asked about, never mended in silence."""

import html
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from clinic.audit.models import Event
from patients import facts
from patients.actions import bloods
from patients.analytes import SCALES, in_usual_unit, is_plausible, suggested_unit
from patients.models import BloodResult, BloodSample
from tests.factories.patients import PatientFactory
from tests.factories.practice import SiteFactory

NOW = timezone.now()
TODAY = timezone.localdate()
PAIRS = [(analyte, scale) for analyte, scales in SCALES.items() for scale in scales]


@pytest.fixture
def patient(db):
    return PatientFactory(site=SiteFactory())


@pytest.fixture
def room(client_of, clinician):
    return client_of(clinician)


def of(analyte, value="", unit="", **more) -> dict:
    measured = {"value": Decimal(value), "unit": unit} if value else {}
    return {"analyte": analyte, **measured, **more}


def record(by, patient, *results, taken=TODAY) -> BloodSample:
    return bloods.record_bloods(
        by=by, patient=patient, taken_date=taken, laboratory="", results=results, now=NOW
    )


def send(room, patient, **fields):
    sent = {f"bloods-{name}": value for name, value in {"taken_date": TODAY, **fields}.items()}
    return room.post(reverse("patients:add_bloods", args=[patient.pk]), sent)


# -- units -------------------------------------------------------------------------------------


@given(pair=st.sampled_from(PAIRS), share=st.decimals(0, 1, places=3))
def test_a_conversion_is_exact_and_keeps_what_is_plausible(pair, share):
    analyte, scale = pair
    value = scale.lowest + (scale.highest - scale.lowest) * share
    usual = in_usual_unit(analyte, value, scale.unit)
    if scale.to_usual is None:
        assert usual is None
    else:
        assert usual / scale.to_usual == value
        assert is_plausible(analyte, usual, SCALES[analyte][0].unit)


@given(analyte=st.sampled_from(list(SCALES)), value=st.decimals(0, 3_000_000, places=3))
def test_no_value_is_plausible_in_two_units_of_different_size_where_one_is_suggested(
    analyte, value
):
    if suggested_unit(analyte):
        sizes = {s.to_usual for s in SCALES[analyte] if is_plausible(analyte, value, s.unit)}
        assert len(sizes) <= 1


@pytest.mark.parametrize(
    ("result", "words", "converted"),
    [
        (of("haemoglobin", "13.5", "g/dL"), "13.5\u202fg/dL", "135\u202fg/L"),
        (of("haemoglobin", "135", "g/L"), "135\u202fg/L", ""),
        (of("platelets", "150000", "/uL"), "150,000\u202f/µL", "150\u202f×10⁹/L"),
        (of("vitamin_d", "30", "ng/mL"), "30\u202fng/mL", ""),
        (of("tsh", "0.01", "mIU/L", comparator="<"), "<0.01\u202fmIU/L", ""),
    ],
)
def test_a_result_stands_as_the_laboratory_wrote_it_with_its_conversion_beside(
    result, words, converted
):
    row = BloodResult(**result)
    assert (row.in_words, row.converted) == (words, converted)


# -- the laboratory's range --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("comparator", "value", "low", "high", "flag"),
    [
        ("", "119", "120", "165", "low"),
        ("", "120", "120", "165", "within"),
        ("", "165", "120", "165", "within"),
        ("", "165.1", "120", "165", "high"),
        ("", "100", None, None, ""),
        ("", "100", None, "90", "high"),
        ("<", "120", "120", None, "low"),
        ("<", "200", "120", "165", ""),
        (">", "165", None, "165", "high"),
        (">", "100", "120", "165", ""),
    ],
)
def test_a_flag_follows_from_the_stated_range_alone(comparator, value, low, high, flag):
    row = BloodResult(
        **of("haemoglobin", value, "g/L"),
        comparator=comparator,
        reference_low=low and Decimal(low),
        reference_high=high and Decimal(high),
    )
    assert row.flag == flag


@given(
    value=st.decimals(30, 250, places=1),
    low=st.decimals(30, 250, places=1),
    high=st.decimals(30, 250, places=1),
)
def test_a_value_is_low_high_or_within_and_never_two_of_these(value, low, high):
    low, high = min(low, high), max(low, high)
    row = BloodResult(
        **of("haemoglobin", str(value), "g/L"), reference_low=low, reference_high=high
    )
    expected = "low" if value < low else "high" if value > high else "within"
    assert row.flag == expected


# -- what the database refuses -----------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        of("haemoglobin", "13.5", "g/L"),  # not plausible, and nobody was asked
        of("haemoglobin", "135", "mIU/L"),
        of("haemoglobin", "135"),
        {"analyte": "haemoglobin", "unit": "g/L"},
        of("haemoglobin", "135", "g/L", finding="reactive"),
        of("haemoglobin", "135", "g/L", reference_low=Decimal(165), reference_high=Decimal(120)),
        {"analyte": "hiv"},
        of("hiv", "1", "g/L", finding="reactive"),
        {"analyte": "other", "text": "Positive"},
        {"analyte": "other", "other_name": "ANA"},
        of("platelets", "250", "10^9/L", withdrawn_reason="No reason"),
    ],
)
def test_the_database_refuses_what_no_laboratory_reports(patient, clinician, values):
    by = {"recorded_at": NOW, "recorded_by": clinician}
    sample = BloodSample.objects.create(patient=patient, taken_date=TODAY, **by)
    with pytest.raises(IntegrityError), transaction.atomic():
        BloodResult.objects.create(patient=patient, sample=sample, **by, **values)


def test_a_result_is_of_a_sample_of_its_own_patient(patient, clinician):
    sample = record(clinician, patient, of("platelets", "250", "10^9/L"))
    by = {"recorded_at": NOW, "recorded_by": clinician}
    with pytest.raises(IntegrityError, match="is not that of its"), transaction.atomic():
        BloodResult.objects.create(
            patient=PatientFactory(), sample=sample, **by, **of("hiv", finding="reactive")
        )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE patients_bloodresult SET value = 300",
        "UPDATE patients_bloodresult SET unit = '10^3/uL'",
        "UPDATE patients_bloodsample SET taken_date = taken_date - 1",
        "DELETE FROM patients_bloodresult",
        "DELETE FROM patients_bloodsample",
    ],
)
def test_a_result_is_neither_changed_nor_deleted(patient, clinician, statement):
    record(clinician, patient, of("platelets", "250", "10^9/L"))
    with pytest.raises(IntegrityError, match="refused"), transaction.atomic():
        connection.cursor().execute(statement)


# -- withdrawing, and what stands --------------------------------------------------------------


def test_a_withdrawn_result_stays_with_the_reason_and_no_longer_counts(patient, clinician):
    record(clinician, patient, of("platelets", "250", "10^9/L"), taken=TODAY - timedelta(days=9))
    sample = record(clinician, patient, of("platelets", "90000", "/uL"))
    last = facts.last_measured(patient.pk, "platelets")
    assert (last.value_in_usual_unit, last.taken_date) == (Decimal(90), TODAY)
    result = sample.results.get()
    bloods.withdraw_blood_result(by=clinician, result=result, reason="Another's report", now=NOW)
    last = facts.last_measured(patient.pk, "platelets")
    assert (last.value_in_usual_unit, last.taken_date) == (Decimal(250), TODAY - timedelta(days=9))
    result.refresh_from_db()
    assert result.withdrawn_reason == "Another's report"
    with pytest.raises(ValidationError, match="withdrawn already"):
        bloods.withdraw_blood_result(by=clinician, result=result, reason="Again", now=NOW)
    assert facts.last_measured(patient.pk, "ferritin") is None
    sentences = [event.sentence for event in Event.objects.order_by("-id")[:1]]
    assert sentences[0].startswith("withdrew the blood result Platelets of ")


def test_the_same_result_of_a_day_is_not_recorded_twice(patient, clinician):
    record(clinician, patient, of("platelets", "250", "10^9/L"))
    with pytest.raises(ValidationError, match="recorded already"):
        record(clinician, patient, of("hiv", finding="reactive"), of("platelets", "250", "10^9/L"))
    assert BloodResult.objects.count() == 1
    record(clinician, patient, of("platelets", "251", "10^9/L"))


# -- the form ----------------------------------------------------------------------------------


def test_several_results_of_one_report_are_saved_together(room, patient):
    answer = send(
        room,
        patient,
        laboratory="Nowhereton Pathology",
        haemoglobin_value="13.5",
        haemoglobin_unit="g/dL",
        haemoglobin_low="12",
        haemoglobin_high="15.5",
        tsh_value="<0.01",
        tsh_unit="mIU/L",
        platelets_unit="10^9/L",  # offered, and nothing typed beside it
        hiv_finding="not_reactive",
        other2_name="ANA",
        other2_text="1:80",
    )
    assert answer.status_code == 302
    assert {str(row).replace("\u202f", " ") for row in patient.blood_results.all()} == {
        "Haemoglobin 13.5 g/dL",
        "TSH <0.01 mIU/L",
        "HIV antigen and antibody Not reactive (negative)",
        "ANA 1:80",
    }
    page = room.get(reverse("patients:history", args=[patient.pk])).content.decode()
    assert "135\u202fg/L" in page, "the conversion stands beside it"
    assert "Nowhereton Pathology" in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "at least one result"),
        ({"taken_date": "", "tsh_value": "2", "tsh_unit": "mIU/L"}, "Write the day on which"),
        ({"taken_date": "2999-01-01", "tsh_value": "2", "tsh_unit": "mIU/L"}, "in the future"),
        ({"vitamin_d_value": "30"}, "Choose the unit that the report gives"),
        ({"tsh_value": "2,5", "tsh_unit": "mIU/L"}, "a point, not a comma"),
        ({"tsh_value": "high", "tsh_unit": "mIU/L"}, "Write a number as the laboratory"),
        ({"tsh_value": "2", "tsh_unit": "g/L"}, "Choose one of those listed"),
        ({"tsh_low": "2"}, "the value that this range belongs to"),
        (
            {"tsh_value": "2", "tsh_unit": "mIU/L", "tsh_low": "4", "tsh_high": "0.4"},
            "ends below where it begins",
        ),
        ({"other1_name": "ANA"}, "Write the result."),
        ({"other1_text": "1:80"}, "Write what was measured."),
    ],
)
def test_what_is_wrong_is_said_beside_what_was_typed(room, patient, fields, said):
    answer = send(room, patient, laboratory="kept text", **fields)
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert said in page
    assert "kept text" in page
    assert not BloodSample.objects.exists()


def test_a_value_that_looks_like_another_unit_is_asked_about_and_recorded_when_meant(room, patient):
    sent = {"haemoglobin_value": "13.5", "haemoglobin_unit": "g/L", "laboratory": "kept text"}
    answer = send(room, patient, **sent)
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "Is the unit g/dL?" in page
    assert "record it: Haemoglobin" not in page, "the summary begins with the question"
    assert "kept text" in page
    assert not BloodResult.objects.exists()
    ticked = sent | {"haemoglobin_is_meant": "on"}
    assert send(room, patient, **ticked).status_code == 422, "it answers no question"
    asked = html.unescape(re.search(r'name="bloods-haemoglobin_asked" value="([^"]+)"', page)[1])
    changed = ticked | {"haemoglobin_asked": asked, "haemoglobin_value": "1.35"}
    assert send(room, patient, **changed).status_code == 422, "another value is another question"
    answer = send(room, patient, **ticked | {"haemoglobin_asked": asked})
    assert answer.status_code == 302
    row = BloodResult.objects.get()
    assert (row.value, row.unit, row.is_confirmed) == (Decimal("13.5"), "g/L", True)


def test_a_result_is_withdrawn_by_its_button_with_a_reason(room, patient, clinician):
    row = record(clinician, patient, of("platelets", "250", "10^9/L")).results.get()
    address = reverse("patients:withdraw_blood", args=[patient.pk, row.pk])
    assert room.post(address).status_code == 422
    assert room.post(address, {"reason": "Typed twice"}).status_code == 302
    page = room.get(reverse("patients:history", args=[patient.pk])).content.decode()
    assert "Typed twice" in page
    assert "None recorded." in page
    other = reverse("patients:withdraw_blood", args=[PatientFactory().pk, row.pk])
    assert room.post(other, {"reason": "x"}).status_code == 404


def test_the_last_reactive_result_is_a_blood_borne_infection_until_a_newer_one(patient, clinician):
    record(clinician, patient, of("hiv", finding="reactive"), taken=date(2020, 1, 1))
    assert facts.blood_borne_infections(patient.pk) == [
        "HIV antigen and antibody Reactive (positive)"
    ]
    record(clinician, patient, of("hiv", finding="not_reactive"), taken=date(2021, 1, 1))
    assert facts.blood_borne_infections(patient.pk) == []
