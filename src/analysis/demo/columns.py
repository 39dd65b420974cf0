"""Arrow columns from numpy arrays: numbered codes, money in fen, prices, times; `empty` marks missing values."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np
import pyarrow as pa

from analysis.contract import contract_tables

Mask = np.ndarray | None


def numbered(prefix: str, numbers: np.ndarray, width: int) -> pa.Array:
    """Codes such as S0000123."""
    lead = prefix.encode()
    length = len(lead) + width
    digits = np.empty((len(numbers), length), np.uint8)
    digits[:, : len(lead)] = np.frombuffer(lead, np.uint8)
    rest = numbers.astype(np.uint64 if width > 9 else np.uint32)
    for place in range(length - 1, len(lead) - 1, -1):
        following = rest // 10
        digits[:, place] = rest - following * 10 + 48
        rest = following
    ends = np.arange(len(numbers) + 1, dtype=np.int32) * length
    return pa.StringArray.from_buffers(len(numbers), pa.py_buffer(ends), pa.py_buffer(digits))


def lettered(prefix: str, numbers: np.ndarray, width: int) -> pa.Array:
    """Codes in digits and letters (base 32 without I, L, O, U), such as L00A4F2K9Z: long numbers, written short."""
    letters = np.frombuffer(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ", np.uint8)
    lead = prefix.encode()
    length = len(lead) + width
    written = np.empty((len(numbers), length), np.uint8)
    written[:, : len(lead)] = np.frombuffer(lead, np.uint8)
    for place in range(width):
        written[:, length - 1 - place] = letters[(numbers >> (5 * place)) & 31]
    ends = np.arange(len(numbers) + 1, dtype=np.int32) * length
    return pa.StringArray.from_buffers(len(numbers), pa.py_buffer(ends), pa.py_buffer(written))


def chosen(values: Sequence[str | None] | pa.Array, index: np.ndarray, empty: Mask = None) -> pa.Array:
    """values[index] as text; a negative index is empty."""
    words = values if isinstance(values, pa.Array) else pa.array(values, pa.string())
    missing = index < 0 if empty is None else empty | (index < 0)
    return words.take(pa.array(index, pa.int64(), mask=missing))


def constant(value: str, rows: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(np.zeros(rows, np.int8), pa.array([value])).dictionary_decode()


def money(fen: np.ndarray, empty: Mask = None) -> pa.Array:
    """DECIMAL(18,2) from whole fen."""
    return _decimal(fen, 2, empty)


def price(fen: np.ndarray, empty: Mask = None) -> pa.Array:
    """DECIMAL(18,6) from whole fen."""
    return _decimal(fen * 10_000, 6, empty)


def quantity(numbers: np.ndarray, empty: Mask = None) -> pa.Array:
    """DECIMAL(18,4)."""
    return _decimal(np.rint(numbers * 10_000).astype(np.int64), 4, empty)


def _decimal(raw: np.ndarray, scale: int, empty: Mask) -> pa.Array:
    words = np.empty((len(raw), 2), np.int64)
    words[:, 0] = raw
    words[:, 1] = words[:, 0] >> 63
    valid = None if empty is None else pa.py_buffer(np.packbits(~empty, bitorder="little"))
    return pa.Array.from_buffers(pa.decimal128(18, scale), len(raw), [valid, pa.py_buffer(words)])


def times(seconds: np.ndarray, empty: Mask = None) -> pa.Array:
    """Timestamps from seconds since 1970-01-01."""
    return pa.array(seconds.astype(np.int64) * 1_000_000, mask=empty).cast(pa.timestamp("us"))


def dates(days: np.ndarray, empty: Mask = None) -> pa.Array:
    """Dates from days since 1970-01-01."""
    return pa.array(days.astype(np.int32), mask=empty).cast(pa.date32())


def integers(numbers: np.ndarray, empty: Mask = None) -> pa.Array:
    return pa.array(numbers.astype(np.int64), mask=empty)


def numbers(values: np.ndarray, empty: Mask = None) -> pa.Array:
    return pa.array(np.asarray(values, float), mask=empty)


def flags(values: np.ndarray, empty: Mask = None) -> pa.Array:
    return pa.array(values.astype(bool), mask=empty)


def table(name: str, columns: Mapping[str, pa.Array]) -> pa.Table:
    """A contract table: its columns in order; those not given are empty."""
    schema = contract_tables()[name].arrow_schema()
    unknown = set(columns) - set(schema.names)
    if unknown:
        raise KeyError(f"{name} has no column {sorted(unknown)}")
    rows = len(next(iter(columns.values())))
    return pa.table([columns[f.name] if f.name in columns else pa.nulls(rows, f.type) for f in schema], schema=schema)


def rows_table(name: str, rows: Sequence[Mapping[str, object]]) -> pa.Table:
    """A small contract table from rows written out."""
    schema = contract_tables()[name].arrow_schema()
    return pa.Table.from_pylist([dict(row) for row in rows], schema=schema)


def fen(amount: float) -> Decimal:
    """One amount of money from fen."""
    return Decimal(round(amount)).scaleb(-2)


def decimal(amount: float) -> Decimal:
    """One amount of money from yuan."""
    return fen(amount * 100)
