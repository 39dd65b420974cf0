"""Cross tables shown on several pages: what the plan hides, by hand, and that nothing small can be worked out."""

import numpy as np
import pytest
from attack import worked_out
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis.presentation.cross_hiding import CrossPlan, plan_cross


def plan(counts: np.ndarray, unlisted_rows: list[bool] | None = None) -> CrossPlan:
    n_rows, n_columns = counts.shape
    none = np.zeros(n_columns, dtype=bool)
    return plan_cross([counts], np.array(unlisted_rows or [False] * n_rows), none, none)


def sums_of(counts: np.ndarray, made: CrossPlan, unlisted: np.ndarray) -> list[tuple[list[int], float]]:
    """What rows, columns and shown cells tell."""
    at = np.arange(counts.size).reshape(counts.shape)
    sums = [([int(cell)], float(counts.flat[cell])) for cell in at[~made.hidden]]
    groups = [at[row] for row in np.flatnonzero(~unlisted)] + [at[unlisted].ravel()]
    groups += [at[:, column] for column in np.flatnonzero(made.whole)] + [at[:, ~made.whole].ravel()]
    return sums + [(group.tolist(), float(counts.flat[group].sum())) for group in groups]


def test_a_few_cases_elsewhere_leave_the_sum_of_their_group():
    """Column 1: 300 and 3. The 3 would be 303 - 300, so the sum is 300; row 2 hides its 20 beside the 3.

    Column 2 then holds the hidden 20 alone: were its sum whole, 20 and with it 23 - 20 = 3 would follow.
    """
    made = plan(np.array([[300, 40, 50], [3, 20, 60]]))
    assert made.hidden.tolist() == [[False, False, False], [True, True, False]]
    assert made.whole.tolist() == [False, False, True]


def test_small_cells_of_ten_together_stay_in_the_sum():
    """6 and 7 in two rows that hide 12 and 15 of one more column: 13 and 27 are no group under ten."""
    made = plan(np.array([[300, 40], [6, 12], [7, 15]]))
    assert made.hidden.tolist() == [[False, False], [True, True], [True, True]]
    assert made.whole.tolist() == [True, True]


def test_a_row_without_a_page_is_hidden_whole():
    made = plan(np.array([[30, 40], [12, 20], [4, 2]]), [False, True, True])
    assert made.hidden.tolist() == [[False, False], [True, True], [True, True]]


def test_money_of_fewer_cases_than_are_counted_is_protected_too():
    """Row 1 counts 20 cases without income and 3 with it: the money would be that of the 3, so the 50 go too."""
    cases, priced = np.array([[20, 3, 50], [0, 40, 60]]), np.array([[0, 3, 50], [0, 40, 60]])
    none = np.zeros(3, dtype=bool)
    assert plan_cross([cases], none[:2], none, none).hidden[0].tolist() == [True, True, False]
    assert plan_cross([cases, priced], none[:2], none, none).hidden[0].tolist() == [True, True, True]


_SIZES = st.sampled_from([0, 0, 1, 2, 4, 7, 9, 10, 11, 15, 30, 80])


@settings(max_examples=150, deadline=None)
@given(arrays(int, st.tuples(st.integers(2, 6), st.integers(2, 6)), elements=_SIZES), st.integers(0, 3))
def test_no_small_cell_can_be_worked_out(counts: np.ndarray, n_unlisted: int):
    """Rows of ten and more; those under ten, and some more so that they are ten together, have no page."""
    unlisted = counts.sum(axis=1) < 10
    unlisted[:n_unlisted] = True
    if 0 < counts[unlisted].sum() < 10 or (unlisted & (counts.sum(axis=1) > 0)).sum() == 1:
        unlisted[:] = True
    if unlisted.all():
        return
    none = np.zeros(counts.shape[1], dtype=bool)
    made = plan_cross([counts], unlisted, none, none)
    assert not worked_out(counts.ravel(), sums_of(counts, made, unlisted)).any()


@pytest.mark.parametrize("naive", ["each page for itself", "sums whole"])
def test_the_attack_finds_what_a_careless_plan_gives_away(naive: str):
    counts = np.array([[300, 40, 50], [3, 20, 60]])
    hidden = np.array([[False] * 3, [True, True, False]]) if naive == "sums whole" else (counts < 10)
    made = CrossPlan(hidden, np.ones(3, dtype=bool))
    assert worked_out(counts.ravel(), sums_of(counts, made, np.zeros(2, dtype=bool))).tolist() == [False] * 3 + [
        True,
        False,
        False,
    ]
