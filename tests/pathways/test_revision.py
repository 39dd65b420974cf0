"""The revision of a pathway: three months of sixty stays, in which one thing at a time contradicts it."""

from datetime import datetime

import numpy as np
import pytest
from adherence_hospital import at, event, judged, pathway, stay
from scipy import stats

from analysis.errors import InputError
from analysis.pathways.revision import median_interval, revision

AUTUMN = datetime(2023, 9, 1)
PATHWAY = pathway(
    {"drain": {"activity": "drain"}, "mobilised": {"activity": "mobilised", "day": [1, 2], "most": 9}},
    standard={"days": 7},
)
#: First days of the months, counted from 1 June.
MONTHS = {0: 1, 1: 31, 2: 62}


def quarter(without=0.0, harmed=(0.0, 0.0), day=1, nights=7, months=(0, 1, 2), back=(), size=20) -> dict:
    """`size` stays a month: a part without drain, harm without and with it, mobilised on a day of the stay.

    months : in which all that holds; in the others no drain is left out, mobilised on day 1, 7 nights.
    """
    rows = {"stays": [stay("later", begin=150, end=155, patient_id="x")], "events": [], "outcomes": []}
    for month, begin in MONTHS.items():
        for n in range(size):
            name, holds = f"{month}-{n:02d}", month in months
            left_out = holds and n < size * without
            begun = begin + n % 10
            end = begun + (nights if holds else 7)
            rows["stays"].append(stay(name, begun, end, patient_id=name))
            risk = harmed[0 if left_out else 1]
            place = n if left_out else n - round(size * without)
            of = round(size * without) if left_out else size - round(size * without)
            rows["outcomes"].append({"stay_id": name, "complication": place < risk * of, "died": False})
            rows["events"].append(event(name, "mobilised", at(begun + (day if holds else 1) - 1, 12)))
            if not left_out:
                rows["events"].append(event(name, "drain", at(begun, 12)))
            if name in back:
                rows["stays"].append(stay(f"{name} again", end + 3, end + 9, patient_id=name, drg_code="ZZ"))
    return rows


def found(rows: dict) -> dict[str, dict]:
    with judged(rows, [PATHWAY], AUTUMN) as engine:
        return {row["finding"]: row for row in revision(engine).to_dict("records")}


def test_a_pathway_that_fits_is_left_alone():
    assert found(quarter(without=0.1, harmed=(0.5, 0.0), day=2)) == {}


def test_a_step_left_out_without_harm():
    [(finding, row)] = found(quarter(without=0.4, size=100)).items()
    assert (finding, row["step"], row["cases"], row["months"], row["months_against"]) == (
        "omitted_without_harm", "drain", 300, 3, 3
    )  # fmt: skip
    assert row["observed"] == pytest.approx(0.4) and row["ci_low"] > 0.2
    assert row["harm_difference"] == 0 and row["harm_high"] > 0


def test_a_step_left_out_with_harm():
    row = found(quarter(without=0.4, harmed=(0.5, 0.0)))["omitted_with_harm"]
    assert row["harm_difference"] == pytest.approx(0.5) and row["harm_low"] > 0


def test_harm_that_cannot_be_excluded():
    assert "omitted_harm_unclear" in found(quarter(without=0.4))  # none of 24 may still be one in seven
    assert "omitted_harm_unclear" in found(quarter(without=0.4, harmed=(0.25, 0.1667)))


def test_who_comes_back_unplanned_was_harmed():
    row = found(quarter(without=0.4, back=[f"{m}-{n:02d}" for m in MONTHS for n in range(8)]))["omitted_with_harm"]
    assert row["harm_difference"] == pytest.approx(1)


@pytest.mark.parametrize("months", [(0,), (0, 2)])
def test_what_holds_in_fewer_than_three_months_is_chance_or_past(months):
    assert found(quarter(without=0.8, day=5, nights=12, months=months)) == {}


def test_a_step_done_at_another_time():
    [(finding, row)] = found(quarter(day=4)).items()
    assert (finding, row["step"], row["observed"], row["median_day"]) == ("other_time", "mobilised", 1.0, 4.0)


def test_a_standard_that_does_not_fit():
    [(finding, row)] = found(quarter(nights=10)).items()
    assert (finding, row["limit"], row["observed"]) == ("standard_too_short", 7, 10)
    assert list(found(quarter(nights=4))) == ["standard_too_long"]
    assert found(quarter(nights=10, harmed=(1.0, 1.0))) == {}  # all of them complicated: no standard of theirs


def test_three_months_are_needed():
    with judged({"stays": [stay("s")]}, [PATHWAY]) as engine, pytest.raises(InputError, match="needs 3 months"):
        revision(engine)


@pytest.mark.parametrize("n", [6, 30, 101])
def test_the_interval_of_a_median_covers_it(n):
    """Coverage by ranks is exact: P(l <= binomial(n, 1/2) < n - l + 1) >= 0.95, and one rank narrower would not be."""
    low, _, high = median_interval(np.arange(1, n + 1))
    assert high == n + 1 - low
    covered = stats.binom.cdf(high - 1, n, 0.5) - stats.binom.cdf(low - 1, n, 0.5)
    narrower = stats.binom.cdf(high - 2, n, 0.5) - stats.binom.cdf(low, n, 0.5)
    assert covered >= 0.95 > narrower
