"""Which cells of a cross table several pages may show, when each row stands on its own page and the column sums on
another: no cell under ten may follow from rows, columns and what is shown.

A row hides its small cells and, where their sum would give them away, its next smallest (`hidden`). A column's sum
holds its hidden cells only where nothing follows from that (`whole`); else it is the sum of its shown cells, from which
nothing follows that these do not tell.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.presentation.disclosure import LIMIT, hidden_in_lines

#: A cell whose share in the known sums comes this near to 1 is determined by them.
_DETERMINED = 1 - 1e-6


@dataclass(frozen=True)
class CrossPlan:
    """`hidden`: cells not shown, rows x columns. `whole`: columns whose sum holds their hidden cells."""

    hidden: np.ndarray
    whole: np.ndarray


def plan_cross(
    measures: Sequence[np.ndarray], unlisted_rows: np.ndarray, unlisted_columns: np.ndarray, told_columns: np.ndarray
) -> CrossPlan:
    """What to hide so that no cell of 1 to 9 follows, in any measure.

    Parameters
    ----------
    measures : counts behind the figures shown, each rows x columns (cases; cases with cost): all are protected alike.
    unlisted_rows : rows without a page: their cells are hidden, only the sum of all of them is known.
    unlisted_columns : columns never shown by cell.
    told_columns : those of them whose sum another table tells.
    """
    counts, small = measures[0], np.any([(m > 0) & (m < LIMIT) for m in measures], axis=0)
    hidden = small | ((counts > 0) & (unlisted_rows[:, None] | unlisted_columns))
    for row in np.flatnonzero(small.any(axis=1) & ~unlisted_rows):
        hidden[row] = _row(measures, hidden, row)
    whole = np.all([_safe_sums(np.where(hidden, m, 0)) for m in measures], axis=0)
    whole &= ~unlisted_columns | told_columns
    while True:
        freed = _to_free(measures, hidden, whole, unlisted_rows, whole & ~unlisted_columns)
        more = _to_hide(measures, hidden, whole, unlisted_rows) if freed is None else None
        if freed is not None:
            whole[freed] = False
        elif more is not None:
            hidden[more] = True
        else:
            return CrossPlan(hidden, whole)


def _row(measures: Sequence[np.ndarray], hidden: np.ndarray, row: int) -> np.ndarray:
    """Cells of a row hidden: those of every measure that the others would give away."""
    gone = hidden[[row]]
    before = None
    while before is None or (gone != before).any():
        before = gone.copy()
        for counts in measures:
            line = counts[[row]]
            if ((line > 0) & (line < LIMIT) & gone).any():
                gone = gone | hidden_in_lines(line, gone & (line > 0), [(0, slice(None))])
    return gone[0]


def _safe_sums(rest: np.ndarray) -> np.ndarray:
    """Columns whose hidden cells are none, or ten cases and more together."""
    return (rest.sum(axis=0) == 0) | (rest.sum(axis=0) >= LIMIT)


def _to_free(
    measures: Sequence[np.ndarray], hidden: np.ndarray, whole: np.ndarray, unlisted: np.ndarray, free: np.ndarray
) -> np.ndarray | None:
    """The next columns to sum up without their hidden cells; None where nothing small follows any more."""
    for counts in measures:
        rest = np.where(hidden, counts, 0)
        given = _determined(rest, whole, unlisted) & (rest < LIMIT)
        held = free & (rest > 0).any(axis=0)
        for columns in (held & (rest[given.any(axis=1)] > 0).any(axis=0), held & given.any()):
            if columns.any():
                return columns
        if 0 < rest[:, ~whole].sum() < LIMIT and held.any():
            return np.arange(len(free)) == np.argmin(np.where(held, rest.sum(axis=0), np.inf))
    return None


def _to_hide(
    measures: Sequence[np.ndarray], hidden: np.ndarray, whole: np.ndarray, unlisted: np.ndarray
) -> tuple[int, int] | None:
    """The next cell to hide beside a small one that the sums still determine; None where there is none."""
    for counts in measures:
        rest = np.where(hidden, counts, 0)
        given = _determined(rest, whole, unlisted) & (rest < LIMIT)
        for row in np.flatnonzero(given.any(axis=1) & ~unlisted):
            shown = np.where(hidden[row] | (counts[row] == 0), np.inf, counts[row])
            if np.isfinite(shown).any():
                return int(row), int(np.argmin(shown))
    return None


def _determined(rest: np.ndarray, whole: np.ndarray, unlisted: np.ndarray) -> np.ndarray:
    """Hidden cells that the known sums determine.

    Known are the sum of each row, of the unlisted rows together, of each whole column, and so of the other columns
    together. With B = sums x cells (1 where a cell is part of a sum), a cell is determined if and only if its unit
    vector is a combination of the sums: B' (B B')+ B is 1 at the cell. Hidden cells are all above nothing, so that
    their not being negative determines no more.
    """
    row, column = np.nonzero(rest)
    n_rows, n_columns = rest.shape
    sums = np.zeros((n_rows + n_columns + 2, len(row)))
    sums[np.where(unlisted[row], n_rows, row), np.arange(len(row))] = 1
    sums[n_rows + 1 + np.where(whole[column], column, n_columns), np.arange(len(row))] = 1
    sums = sums[sums.any(axis=1)]
    inverse = np.linalg.pinv(sums @ sums.T, hermitian=True)
    told = np.zeros(rest.shape, dtype=bool)
    told[row, column] = np.einsum("ij,ij->j", sums, inverse @ sums) > _DETERMINED
    return told
