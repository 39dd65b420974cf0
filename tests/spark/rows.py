"""Two tables compared row by row, whatever their order: everything exact, floats to nine digits."""

import numpy as np
import pyarrow as pa
import pyarrow.types as kinds

RELATIVE = 1e-9


def assert_same_rows(found: pa.Table, expected: pa.Table) -> None:
    """Raise AssertionError with the column and the first rows that differ."""
    assert found.schema.remove_metadata() == expected.schema.remove_metadata()
    assert found.num_rows == expected.num_rows
    found, expected = _sorted(found), _sorted(expected)
    for name in expected.column_names:
        mine, theirs = found[name], expected[name]
        if kinds.is_floating(theirs.type):
            same = np.isclose(_floats(mine), _floats(theirs), rtol=RELATIVE, atol=0, equal_nan=True)
            same &= mine.is_null().to_numpy() == theirs.is_null().to_numpy()
        else:
            same = np.array([a == b for a, b in zip(mine.to_pylist(), theirs.to_pylist(), strict=True)], bool)
        wrong = np.flatnonzero(~same)[:3]
        rows = [(found.slice(i, 1).to_pylist()[0], expected.slice(i, 1).to_pylist()[0]) for i in wrong]
        assert not rows, f"column {name}: {rows}"


def _floats(column: pa.ChunkedArray) -> np.ndarray:
    return column.to_numpy(zero_copy_only=False).astype(float)


def _sorted(rows: pa.Table) -> pa.Table:
    """By everything that must be equal, then by the floats."""
    names = sorted(rows.column_names, key=lambda name: kinds.is_floating(rows.schema.field(name).type))
    plain = [name for name in names if not kinds.is_nested(rows.schema.field(name).type)]
    return rows.sort_by([(name, "ascending") for name in plain]) if plain else rows
