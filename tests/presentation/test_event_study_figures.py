"""Figures of a change: what is not identified leaves no dot, the quoted estimate is marked, texts are there."""

import re

from analysis.presentation.event_study import Band, estimate_rows, event_study_figure, past_and_present
from analysis.presentation.numbers import Style
from analysis.presentation.palette import ACCENT, BAD

STYLE = Style("en", "CNY")


def dots(svg: str) -> int:
    """Markers drawn (matplotlib writes each as a use of its shape)."""
    return len(re.findall(r"<use ", svg))


def test_months_without_an_estimate_leave_no_dot():
    months = ["2022-11", "2022-12", "2023-01"]
    bands = [Band(0, 1, "pilots", False), Band(2, 2, "not identified", True)]
    known = [(-5.0, -8.0, -2.0), (-1.0, -3.0, 1.0)]
    whole = event_study_figure(months, [*known, (0.5, -1.0, 2.0)], bands, STYLE, "money")
    cut = event_study_figure(months, [*known, None], bands, STYLE, "money")
    assert "not identified" in cut and dots(whole) == dots(cut) + 1


def test_only_an_interval_without_zero_is_coloured():
    months = ["2022-12"]
    sure = event_study_figure(months, [(-5.0, -8.0, -2.0)], [], STYLE, "money")
    unsure = event_study_figure(months, [(-5.0, -8.0, 2.0)], [], STYLE, "money")
    unbounded = event_study_figure(months, [(-5.0, float("nan"), float("nan"))], [], STYLE, "money")
    assert ACCENT in sure and ACCENT not in unsure and ACCENT not in unbounded


def test_rows_name_every_estimate_and_mark_the_doubtful():
    drawn = estimate_rows(["quoted", "naive"], [(-4.0, -5.0, -3.0), (-9.0, -12.0, -6.0)], STYLE, "money",
                          doubtful=frozenset({1}))  # fmt: skip
    assert "quoted" in drawn and "naive" in drawn and BAD in drawn and "\N{MINUS SIGN}9" in drawn


def test_the_past_runs_on_dashed():
    drawn = past_and_present(
        ["1", "2", "3"], [1.0, 1.1, 0.8], [1.0, 1.1, 1.2], 2, ("seen", "expected"), STYLE, "number3"
    )
    assert "seen" in drawn and "expected" in drawn and "dasharray" in drawn
