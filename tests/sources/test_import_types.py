"""What a cell may look like, type by type: text -> value, or None where it is no such thing."""

from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from analysis.engine import Engine
from analysis.sources.casting import cast_sql

CASES = [
    ("money", "1234.5", Decimal("1234.50")),
    ("money", "-1,234,567.895", Decimal("-1234567.90")),
    ("money", "1.005", Decimal("1.01")),
    ("money", "1.5e3", Decimal("1500.00")),
    ("money", ".5", Decimal("0.50")),
    ("money", "12,34", None),
    ("money", "5%", None),
    ("money", "￥5", None),
    ("money", "1e30", None),
    ("quantity", "0.33335", Decimal("0.3334")),
    ("price", "0.1234567", Decimal("0.123457")),
    ("integer", "3", 3),
    ("integer", "3.0", 3),
    ("integer", "3.5", None),
    ("integer", "three", None),
    ("number", "1e-05", 0.00001),
    ("number", "nan", None),
    ("number", "1e400", None),
    ("code", "0012", "0012"),
    ("date", "2023-06-01", date(2023, 6, 1)),
    ("date", "2023/6/1", date(2023, 6, 1)),
    ("date", "2023.6.1", date(2023, 6, 1)),
    ("date", "2023年6月1日", date(2023, 6, 1)),
    ("date", "20230601", date(2023, 6, 1)),
    ("date", "2023-06-01 00:00:00", date(2023, 6, 1)),
    ("date", "2023-02-30", None),
    ("date", "6/1/2023", None),
    ("date", "45078", None),
    ("timestamp", "2023-06-01 8:05", datetime(2023, 6, 1, 8, 5)),
    ("timestamp", "2023/6/1 08:05:30.25", datetime(2023, 6, 1, 8, 5, 30, 250000)),
    ("timestamp", "2023-06-01T08:05:30", datetime(2023, 6, 1, 8, 5, 30)),
    ("timestamp", "20230601080530", datetime(2023, 6, 1, 8, 5, 30)),
    ("timestamp", "20230601 08:05", datetime(2023, 6, 1, 8, 5)),
    ("timestamp", "2023-06-01T08:05:30+08:00", None),
    ("timestamp", "2023-06-01 25:00", None),
    ("month", "2023-06", "2023-06"),
    ("month", "202306", "2023-06"),
    ("month", "2023/6", "2023-06"),
    ("month", "2023年6月", "2023-06"),
    ("month", "2023-06-30", "2023-06"),
    ("month", "2023-13", None),
    ("month", "June", None),
    ("flag", "是", True),
    ("flag", "TRUE", True),
    ("flag", "0", False),
    ("flag", "maybe", None),
]


@pytest.fixture(scope="module")
def engine():
    with Engine() as engine:
        yield engine


def cast(engine, kind, text, serials=False):
    engine.put("cells", pa.table({"x": [text]}))
    return engine.value(f"select {cast_sql(kind, 'x', serials)} from cells")


@pytest.mark.parametrize(("kind", "text", "value"), CASES)
def test_cell(engine, kind, text, value):
    assert cast(engine, kind, text) == value


def test_a_bare_number_in_a_sheet_is_a_day(engine):
    assert cast(engine, "date", "45078", serials=True) == date(2023, 6, 1)
    assert cast(engine, "timestamp", "45078.5", serials=True) == datetime(2023, 6, 1, 12)
    assert cast(engine, "month", "45078", serials=True) == "2023-06"
