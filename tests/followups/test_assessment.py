"""One form at the baseline and at each review: grade, signs, causes, tests and trichoscopy."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from followups.models import Examination, PullTest, Trichoscopy
from patients.models import CauseStatement, Diagnosis, PathwayStop, SignsStatement
from tests.factories.followups import ExaminationFactory
from tests.factories.patients import CaseFactory, DiagnosisFactory, StopReviewFactory
from tests.factories.practice import SiteFactory
from tests.followups.pages import baseline_of, form, review_page, text_of, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(clinician):
    return CaseFactory(clinician=clinician, patient__sex="male")


def rows(prefix, *filled, known=0):
    data = {f"{prefix}-TOTAL_FORMS": str(len(filled)), f"{prefix}-INITIAL_FORMS": str(known)}
    for place, row in enumerate(filled):
        data |= {f"{prefix}-{place}-{name}": value for name, value in row.items()}
    return data


def whole() -> dict:
    return {
        "diagnosis-condition": "aga_male",
        "diagnosis-pictured": "norwood:III-vertex",
        "signs-none": "on",
        "causes-iron": "ruled_out",
        "causes-iron_note": "Ferritin 80",
        "tests-pull_days_since_wash": "2",
        "tests-wash_hairs_counted": "61",
        "tests-wash_days_since_wash": "5",
        **rows("pulls", {"region": "vertex", "hairs_pulled": "60", "hairs_out": "7"}),
        **rows(
            "looks",
            {
                "region": "vertex",
                "hairs_per_cm2": "180",
                "units_per_cm2": "100",
                "hairs_per_unit": "2.3",
                "terminal_percent": "70",
                "vellus_percent": "30",
                "diameter_diversity_percent": "0",
                "device": "Dermatoscope",
            },
        ),
    }


def test_everything_that_is_found_is_written_down_in_one_go(client_of, clinician, case):
    client = client_of(clinician)
    assert client.post(baseline_of(case.patient), form(**whole())).status_code == 302
    visit = Examination.objects.get()
    assert visit.diagnosis.graded == "Norwood-Hamilton III-vertex"
    assert visit.signs.present == []
    assert CauseStatement.objects.get().note == "Ferritin 80"
    assert str(visit.pull_tests.get()) == "7 of 60 hairs, 11.7 %: positive"
    look = visit.trichoscopies.get()
    assert look.computed_hairs_per_unit == Decimal("1.80")
    assert look.stated_units_differ
    assert look.diameter_diversity_percent == 0
    assert look.mean_shaft_um is None
    text = text_of(client, baseline_of(case.patient))
    for words in ("III-vertex", "Positive", "Stated 2.3", "Not measured", "No warning signs"):
        assert words in text


def test_saving_again_what_stands_adds_nothing_and_a_removed_row_goes(client_of, clinician, case):
    client = client_of(clinician)
    client.post(baseline_of(case.patient), form(**whole()))
    again = {
        **whole(),
        "diagnosis-graded": "norwood:III-vertex",
        "initial-causes-iron": "ruled_out",
        "initial-causes-iron_note": "Ferritin 80",
        "revision": "0",
        **rows("looks", known=0),
    }
    assert client.post(baseline_of(case.patient), form(**again)).status_code == 302
    assert Diagnosis.objects.count() == SignsStatement.objects.count() == 1
    assert CauseStatement.objects.count() == 1
    assert not Trichoscopy.objects.exists()
    assert PullTest.objects.count() == 1


def test_a_review_shows_last_time_and_takes_its_grade_with_one_tick(client_of, clinician):
    review = waiting(SiteFactory(), sex="male")
    case = review.case
    client = client_of(clinician)
    day = review.after_session.performed_date.isoformat()
    client.post(baseline_of(case.patient), form(**whole(), examined_date=day))
    page = text_of(client, review_page(review))
    assert "As last time" in page
    assert "Baseline 180" in page
    last = {"diagnosis-as_last": "on", "diagnosis-last_seen": str(case.diagnoses.get().pk)}
    sent = form(**last, record_early="on")
    assert client.post(review_page(review), sent).status_code == 302
    visit = Examination.objects.get(review=review)
    assert visit.diagnosis.grade == "III-vertex"
    assert visit.diagnosis.found_date == timezone.localdate()
    assert Diagnosis.objects.count() == 2


def test_nobody_repeats_a_grade_that_was_not_on_their_page(client_of, clinician):
    review = waiting(SiteFactory(), sex="male")
    client = client_of(clinician)
    first = review.after_session.performed_date
    seen = DiagnosisFactory(case=review.case, grade="II", found_date=first)
    newer = DiagnosisFactory(case=review.case, grade="V", found_date=first + timedelta(days=9))
    ticked = {"diagnosis-as_last": "on", "diagnosis-last_seen": str(seen.pk), "record_early": "on"}
    response = client.post(review_page(review), form(**ticked))
    assert response.status_code == 422
    page = response.content.decode()
    assert "the last one is Androgenetic alopecia, male pattern, Norwood-Hamilton V" in page
    assert str(newer.pk) in page
    day = {"examined_date": (first + timedelta(days=3)).isoformat()}
    assert client.post(review_page(review), form(**ticked, **day)).status_code == 302
    assert Examination.objects.get().diagnosis.grade == "II"


def test_where_nothing_was_found_before_the_day_nothing_is_repeated(client_of, clinician, case):
    row = DiagnosisFactory(case=case)
    sent = {
        "diagnosis-as_last": "on",
        "diagnosis-last_seen": str(row.pk),
        "examined_date": "2020-01-01",
    }
    response = client_of(clinician).post(baseline_of(case.patient), form(**sent))
    assert response.status_code == 422
    assert "Nothing was found before that day" in response.content.decode()


def test_what_a_review_decided_stands_beside_the_cause_and_the_diagnosis(
    client_of, clinician, case
):
    client = client_of(clinician)
    client.post(baseline_of(case.patient), form(**{"diagnosis-condition": "areata"}))
    stop = PathwayStop.objects.get()
    StopReviewFactory(stop=stop, outcome="ruled_out")
    page = text_of(client, baseline_of(case.patient))
    assert page.count("Ruled out: the pathway goes on") == 2
    history = text_of(client, reverse("patients:history", args=[case.patient_id]))
    assert "Ruled out: the pathway goes on" in history


def test_a_patient_whom_nobody_examined_is_not_said_to_be_open(client_of, clinician, case):
    client = client_of(clinician)
    pathway = reverse("patients:pathway", args=[case.patient_id])
    plan = reverse("treatments:new_plan", args=[case.patient_id])
    assert "Not looked for yet" in text_of(client, pathway)
    assert "Warning signs were not asked" in text_of(client, plan)
    client.post(baseline_of(case.patient), form(**{"signs-none": "on"}))
    assert "The pathway is open" in text_of(client, pathway)
    assert "Not looked for yet" not in text_of(client, pathway)
    assert "Warning signs were not asked" not in text_of(client, plan)


def test_correcting_the_baseline_leaves_the_later_grade_the_present_one(client_of, clinician):
    review = waiting(SiteFactory(), sex="male")
    client = client_of(clinician)
    day = review.after_session.performed_date.isoformat()
    baseline = baseline_of(review.patient)
    client.post(baseline, form(**whole(), examined_date=day))
    later = {"diagnosis-condition": "aga_male", "diagnosis-graded": "norwood:IV"}
    client.post(review_page(review), form(**later, record_early="on"))
    corrected = {**whole(), "diagnosis-pictured": "norwood:II", "revision": "0"}
    client.post(baseline, form(**corrected, examined_date=day))
    assert review.case.diagnoses.first().grade == "IV"
    assert Examination.objects.get(kind="baseline").diagnosis.grade == "II"


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"diagnosis-pictured": "norwood:III"}, "Choose the diagnosis that is graded"),
        (
            {
                "diagnosis-condition": "aga_male",
                "diagnosis-graded": "norwood:II",
                "diagnosis-pictured": "norwood:IV",
            },
            "List and picture differ",
        ),
        (
            {
                "diagnosis-condition": "aga_male",
                "diagnosis-graded": "norwood:II",
                "diagnosis-basp_basic": "M1",
            },
            "Two scales are filled in",
        ),
        ({"diagnosis-condition": "aga_male", "diagnosis-basp_vertex": "V2"}, "basic type, too"),
        ({"diagnosis-condition": "areata", "diagnosis-salt_back": "5"}, "all four areas"),
        ({"signs-none": "on", "signs-present": "pain"}, "Either none, or those"),
        ({"signs-note": "left side"}, "Tick the signs"),
        ({"causes-other": "likely"}, "which other cause"),
        ({"causes-dle_note": "plaques"}, "Say how this cause is seen"),
        (
            rows("pulls", {"region": "", "hairs_pulled": "50", "hairs_out": "1"}),
            "Choose the region",
        ),
        (rows("pulls", {"region": "vertex", "hairs_pulled": "50"}), "how many came out"),
        (
            rows("pulls", {"region": "vertex", "hairs_pulled": "50", "hairs_out": "51"}),
            "No more hairs can come out",
        ),
        (
            rows("looks", {"region": "vertex", "anagen_percent": "90", "telogen_percent": "11"}),
            "more than 100 %",
        ),
        (rows("looks", {"region": "vertex", "mean_shaft_um": "600"}), "between 5 and 200 µm"),
        (
            rows("looks", *[{"region": "vertex", "hairs_per_cm2": "90"}] * 2),
            "same region is in two rows",
        ),
    ],
)
def test_a_slip_comes_back_with_what_was_typed(client_of, clinician, case, sent, words):
    answer = client_of(clinician).post(
        baseline_of(case.patient), form(**sent, note="Typed with care")
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert "Typed with care" in page
    assert not Examination.objects.exists()


def test_basp_and_salt_are_put_together_from_their_parts(client_of, clinician, case):
    client = client_of(clinician)
    parts = {"basic": "M2", "frontal": "F1", "vertex": "V2"}
    basp = {f"diagnosis-basp_{name}": part for name, part in parts.items()}
    client.post(baseline_of(case.patient), form(**basp, **{"diagnosis-condition": "aga_male"}))
    assert Diagnosis.objects.get().graded == "BASP M2F1V2"
    other = CaseFactory(clinician=clinician)
    lost = {"vertex": "50", "back": "0", "left": "25", "right": "0"}
    salt = {f"diagnosis-salt_{area}": share for area, share in lost.items()}
    client.post(baseline_of(other.patient), form(**salt, **{"diagnosis-condition": "areata"}))
    assert other.diagnoses.get().graded == "SALT 24.5 % (S1)"
    assert PathwayStop.objects.standing().get().patient == other.patient
    chart = reverse("caseload:chart", args=[other.patient_id])
    assert "SALT 24.5 %" in text_of(client, chart)
    assert "AGA pathway stopped by what was found" in text_of(client, chart)


def test_a_cause_that_somebody_else_weighed_meanwhile_is_not_taken_back(client_of, clinician, case):
    client = client_of(clinician)
    client.post(baseline_of(case.patient), form(**{"causes-lpp": "likely"}))
    stale = {"causes-lpp": "", "initial-causes-lpp": "", "revision": "0"}
    assert client.post(baseline_of(case.patient), form(**stale, note="More")).status_code == 302
    assert CauseStatement.objects.get().weight == "likely"


@given(pulled=st.integers(10, 200), out=st.integers(0, 200))
def test_a_pull_test_is_positive_above_ten_percent_exactly(pulled, out):
    out = min(out, pulled)
    found = PullTest(region="vertex", hairs_pulled=pulled, hairs_out=out)
    assert found.is_positive == (Decimal(out) / pulled > Decimal("0.1"))
    assert 0 <= found.out_percent <= 100


@pytest.mark.parametrize(
    "wrong",
    [
        {"hairs_per_cm2": 1001},
        {"mean_shaft_um": 4},
        {"terminal_percent": 60, "vellus_percent": 41},
        {"thin_percent": Decimal("100.1")},
    ],
)
def test_the_database_refuses_what_no_scalp_shows(wrong):
    visit = ExaminationFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Trichoscopy.objects.create(examination=visit, region="vertex", **wrong)
    with pytest.raises(IntegrityError, match="out_of_pulled"), transaction.atomic():
        PullTest.objects.create(examination=visit, region="vertex", hairs_pulled=50, hairs_out=51)
