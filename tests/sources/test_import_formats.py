"""Days that do not begin with the year, and values that no map has: what is refused, and how it is told."""

from datetime import date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.engine import Engine
from analysis.errors import InputError
from analysis.sources.casting import cast_sql

US, EU = ("%m/%d/%Y",), ("%d/%m/%Y", "%d/%m/%Y %H:%M")
CASES = [
    ("date", "6/1/2023", US, date(2023, 6, 1)),
    ("date", "6/1/2023", EU, date(2023, 1, 6)),
    ("timestamp", "13/06/2023 8:05", EU, datetime(2023, 6, 13, 8, 5)),
    ("date", "13/6/2023", US, None),
    ("date", "2/30/2023", US, None),
    ("date", "6/1/23", US, None),
    ("date", "6/1/23", ("%m/%d/%y",), date(2023, 6, 1)),
    ("date", "6/1/2023 more", US, None),
    ("date", "2023-06-01", US, date(2023, 6, 1)),
    ("date", "2023年6月1日", US, date(2023, 6, 1)),
    ("date", "2023/1/13", ("%Y/%d/%m",), None),
    ("date", "1-Jun-2023", ("%d-%b-%Y",), date(2023, 6, 1)),
    ("timestamp", "6/1/2023 3:05 PM", ("%m/%d/%Y %I:%M %p",), datetime(2023, 6, 1, 15, 5)),
    ("month", "06/2023", ("%m/%Y",), "2023-06"),
    ("date", "13/6/2023", US + EU, date(2023, 6, 13)),
    ("date", "6/1/2023", US + EU, None),
    ("date", "6/6/2023", US + EU, date(2023, 6, 6)),
    ("date", "it's 6/1/2023", ("it's %m/%d/%Y",), date(2023, 6, 1)),
]
STAYS = "select id as stay_id, 'H1' as hospital_id, out as discharged_at, sex, _file, _row from stays"


@pytest.mark.parametrize(("kind", "text", "formats", "value"), CASES)
def test_cell(kind, text, formats, value):
    with Engine() as engine:
        engine.put("cells", pa.table({"x": [text]}))
        assert engine.value(f"select {cast_sql(kind, 'x', formats=formats)} from cells") == value


def refused(tmp_path) -> list[str]:
    return pq.read_table(tmp_path / "data" / "quarantine" / "stays.parquet")["reasons"].to_pylist()


def test_a_day_that_could_be_a_month_is_refused_and_told_how_to_name_it(run, tmp_path):
    report = run({"stays": "id,out,sex\nS1,2023-06-04,M\nS2,6/1/2023,M\nS3,soon,M\n"}, {"stays": STAYS})
    assert refused(tmp_path) == [
        "column discharged_at: text '6/1/2023' is not a time (day or month first? say so in the spec: "
        "formats: {discharged_at: '%m/%d/%Y'} or '%d/%m/%Y')",
        "column discharged_at: text 'soon' is not a time",
    ]
    assert "2 x column discharged_at: not a time\n      '6/1/2023' (1), 'soon' (1)" in report.text()


def test_formats_named_in_the_spec(run, tmp_path):
    text = "id,out,sex\nS1,6/1/2023,M\nS2,6/13/2023,M\nS3,13/6/2023,M\n"
    run({"stays": text}, {"stays": {"select": STAYS, "formats": {"discharged_at": "%m/%d/%Y"}}})
    found = pq.read_table(tmp_path / "data" / "stays.parquet")["discharged_at"].to_pylist()
    assert found == [datetime(2023, 6, 1), datetime(2023, 6, 13)]
    assert refused(tmp_path) == [
        "column discharged_at: text '13/6/2023' is not a time (formats in the spec: %m/%d/%Y)",
    ]


def test_two_formats_that_disagree_about_a_day(run, tmp_path):
    text = "id,out,sex\nS1,13/6/2023,M\nS2,6/1/2023,M\n"
    run({"stays": text}, {"stays": {"select": STAYS, "formats": {"discharged_at": ["%m/%d/%Y", "%d/%m/%Y"]}}})
    (reason,) = refused(tmp_path)
    assert "'6/1/2023'" in reason and "one of them must fit, and no two may disagree" in reason


@pytest.mark.parametrize(
    ("formats", "words"),
    [
        ({"discharged_at": "%Q/%m/%Y"}, "%Q is not known"),
        ({"discharged_at": "d/m/y"}, "a format has a year"),
        ({"discharged_at": "%d/%m/%Y %I:%M"}, "go together"),
        ({"sex": "%d/%m/%Y"}, "the column is no day, time or month"),
        ({"gone_at": "%d/%m/%Y"}, "tables.stays.formats.gone_at"),
    ],
)
def test_a_format_that_is_none(run, formats, words):
    with pytest.raises(InputError, match="wrong parameter") as caught:
        run({"stays": "id,out,sex\nS1,1/2/2023,M\n"}, {"stays": {"select": STAYS, "formats": formats}})
    assert words in str(caught.value)


VALUES = ["男", "军人", "军人", "军人", "女", "待查", "一", "二", "三", "四", "x" * 60]
TEXT = "id,out,sex\n" + "".join(f"S{i},2023-06-04,{value}\n" for i, value in enumerate(VALUES))
MAP = {"map": {"男": "M", "女": "F"}}


def test_values_that_the_map_has_not_are_named_with_their_numbers(run):
    report = run({"stays": TEXT}, {"stays": {"select": STAYS, "values": {"sex": MAP}}})
    assert report.table("stays").quarantined == 9
    lines = report.text().splitlines()
    at = lines.index("  stays: 9 x column sex: not in the value map")
    assert lines[at + 1] == f"      '军人' (3), '{'x' * 39}…' (1), '一' (1), '三' (1), '二' (1) and 2 other values"
    assert "mend:  add these values to the map in the spec" in report.text()


def test_values_outside_the_list_are_named_too(run):
    report = run({"stays": "id,out,sex\nS1,2023-06-04,M\nS2,2023-06-04,X\n"}, {"stays": STAYS})
    assert "1 x column sex: not one of F, M, U\n      'X' (1)" in report.text()


def test_unmapped_may_be_left_empty_where_the_column_may_be(run, tmp_path):
    values = {"sex": MAP | {"unmapped": "empty"}}
    report = run({"stays": TEXT}, {"stays": {"select": STAYS, "values": values}})
    assert report.table("stays").quarantined == 0 and report.table("stays").emptied["sex"].rows == 9
    found = pq.read_table(tmp_path / "data" / "stays.parquet")["sex"].to_pylist()
    assert found.count(None) == 9 and found.count("M") == found.count("F") == 1
    assert "9 rows imported with sex empty: not in the value map\n      '军人' (3)" in report.text()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"sex": MAP | {"unmapped": "empty", "other": "U"}}, "give either other or unmapped"),
        ({"stay_id": {"map": {"a": "b"}, "unmapped": "empty"}}, "the column may not be empty"),
    ],
)
def test_unmapped_that_cannot_be(run, values, words):
    with pytest.raises(InputError) as caught:
        run({"stays": TEXT}, {"stays": {"select": STAYS, "values": values}})
    assert words in str(caught.value)
