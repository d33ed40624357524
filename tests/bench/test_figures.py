"""From times to figures."""

import pytest

from clinic.bench import figures, pages


def probe(name: str, figure: str = "", queries: int = 4) -> pages.Probe:
    return {
        "name": name,
        "figure": figure,
        "role": "reception",
        "path": "/",
        "expects": [],
        "queries": queries,
    }


def test_the_median_and_the_95th_of_a_hundred_times():
    seconds = [number / 1000 for number in range(100, 0, -1)]
    assert figures.percentile(seconds, 0.5) == 50
    assert figures.percentile(seconds, 0.95) == 95
    assert figures.percentile([0.002], 0.95) == 2


def test_requests_a_second_are_those_of_one_client():
    assert figures.summary([0.01, 0.03])["rps"] == 50


def test_a_ratio_is_a_median_to_the_median_of_the_floor():
    report = figures.report([0.002, 0.002, 0.9], [(probe("diary"), [0.02, 0.01, 0.03])])
    assert report.floor["p50_ms"] == 2
    assert report.results["diary"] == {
        "p50_ms": 20,
        "p95_ms": 30,
        "rps": 50,
        "queries": 4,
        "ratio": 10,
    }


def test_a_result_has_the_figures_of_its_extras_under_their_names():
    measured = [(probe("search"), [0.004]), (probe("search", "typo", queries=9), [0.01])]
    result = figures.report([0.002], measured).results["search"]
    assert (result["ratio"], result["typo_ratio"]) == (2, 5)
    assert (result["typo_p50_ms"], result["queries"], result["typo_queries"]) == (10, 4, 9)


def test_json_has_the_floor_and_the_results():
    report = figures.report([0.002], [(probe("diary"), [0.01])])
    written = figures.as_json(report)
    assert set(written) == {"floor", "results"}
    assert set(written["floor"]) == {"p50_ms", "p95_ms", "rps"}
    assert set(written["results"]["diary"]) == {"p50_ms", "p95_ms", "rps", "queries", "ratio"}


@pytest.mark.parametrize(
    ("seconds", "queries", "verdict"),
    [(0.024, 12, "12 ✓"), (0.025, 12, "12 ✗"), (0.01, 13, "12 ✓, queries 12 ✗")],
)
def test_the_table_says_whether_each_aim_is_met(seconds, queries, verdict):
    report = figures.report([0.002], [(probe("diary", queries=queries), [seconds])])
    line = next(line for line in figures.table(report).splitlines() if line.startswith("diary"))
    assert line.endswith(verdict)


def test_only_known_pages_can_be_chosen():
    assert pages.chosen([]) == list(pages.AIMS)
    assert pages.chosen(["diary", "chart", "diary"]) == ["diary", "chart"]
    with pytest.raises(SystemExit, match="No page called diray"):
        pages.chosen(["diray"])


@pytest.mark.parametrize(
    ("rows_a_second", "again", "verdict"),
    [
        (278, 300, "278 a second ✓"),
        (277, 300, "278 a second ✗"),
        (300, 277, "278 a second ✗"),
    ],
)
def test_an_import_is_held_against_its_aim(rows_a_second, again, verdict):
    report = figures.report([0.002], [])
    report.imported.update(
        {
            "rows": 50_000,
            "seconds": 179.9,
            "rows_a_second": rows_a_second,
            "again_rows_a_second": again,
            "ratio": 3.2,
        }
    )
    assert verdict in figures.table(report)
