"""Small groups are hidden, and cannot be worked out from what is shown. Examples worked by hand."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis.presentation.disclosure import HIDDEN, LIMIT, SMALL, hidden_cells, hidden_groups, note, protect


def test_one_small_group_takes_the_next_smallest_with_it():
    """40 + 25 + 12 + 4 = 81: with 4 alone hidden, 81 - 77 gives it back; so 12 goes too."""
    assert hidden_groups([40, 25, 12, 4]).tolist() == [False, False, True, True]


def test_two_small_groups_under_ten_together_take_a_third():
    """3 + 4 = 7 is still a group under ten: 15 goes too."""
    assert hidden_groups([15, 3, 40, 4]).tolist() == [True, True, False, True]


def test_two_small_groups_of_ten_together_are_enough():
    assert hidden_groups([50, 5, 6]).tolist() == [False, True, True]


def test_none_at_all_is_shown():
    assert hidden_groups([50, 0, 12]).tolist() == [False, False, False]


def test_table_by_hand():
    frame = pd.DataFrame({"department": list("ABCD"), "cases": [40, 25, 12, 4], "margin": [1.0, 2.0, 3.0, 4.0]})
    safe = protect(frame, "cases", ["margin"])
    assert safe["cases"].tolist() == [40, 25, HIDDEN, SMALL]
    assert safe["margin"].tolist() == [1.0, 2.0, HIDDEN, HIDDEN]
    assert frame["cases"].tolist() == [40, 25, 12, 4], "the caller's frame stays as it was"


def test_cross_table_by_hand():
    """The 3 alone could be worked out from its row and its column.

    Row 1 takes 11 with it. Column 1 then takes 20, column 2 takes 12; each of these stands alone in its row, so row 2
    takes 40 and row 3 takes 25. The third column stays.
    """
    counts = np.array([[3, 11, 30], [20, 40, 50], [25, 12, 60]])
    assert hidden_cells(counts).tolist() == [[True, True, False]] * 3


def test_without_column_totals_only_the_row_widens():
    counts = np.array([[3, 11, 30], [20, 40, 50]])
    assert hidden_cells(counts, columns=False).tolist() == [[True, True, False], [False, False, False]]


@given(arrays(int, st.tuples(st.integers(1, 5), st.integers(1, 5)), elements=st.integers(0, 60)))
def test_no_line_gives_a_hidden_cell_away(counts: np.ndarray):
    """In every row and column: nothing hidden, or two and more cells of ten together, or all there is."""
    hidden = hidden_cells(counts)
    assert hidden[(counts > 0) & (counts < LIMIT)].all()
    for cells, gone in [*zip(counts, hidden, strict=True), *zip(counts.T, hidden.T, strict=True)]:
        everything = not ((cells > 0) & ~gone).any()
        assert not gone.any() or everything or (gone.sum() >= 2 and cells[gone].sum() >= LIMIT)


def test_the_reader_is_told():
    assert note(False, "zh") == ()
    assert SMALL in note(True, "zh")[0] and HIDDEN in note(True, "en")[0]
