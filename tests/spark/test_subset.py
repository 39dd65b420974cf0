"""Every SQL file keeps to what DuckDB and Spark answer alike."""

import pytest
from sql_files import DUCKDB_ALONE, LINES, label, line_files, selects_in_python, sql_files
from subset import departures

#: Hand-written SELECTs and the one thing in each that the engines answer differently.
OUTSIDE = {
    "select date_diff('day', a, b) from t": "date_diff of",
    "select date_diff('month', cast(a as date), cast(b as date)) from t": "date_diff of",
    "select datediff('hour', a, b) from t": "date_diff of",
    "select cast(a as date) + interval 30 day as b from t": "a date moved",
    "select a - interval 1 month as b from t": "a date moved",
    "select extract(dow from a) from t": "day of the week",
    "select dayofweek(a) from t": "day of the week",
    "select weekday(a) from t": "day of the week",
    "select isodow(a) from t": "day of the week",
    "select extract(isodow from a) from t": "day of the week",
    "select date_part('dow', a) from t": "day of the week",
    "select cast(2.5 as int) from t": "a cast to a whole number",
    "select a::bigint from t": "a cast to a whole number",
    "select cast(a / 2 as integer) from t": "a cast to a whole number",
    "select quantile_cont(a, 0.9) from t": "a quantile",
    "select quantile_disc(a, 0.9) from t": "a quantile",
    "select percentile_cont(0.5) within group (order by a) from t": "a quantile",
    "select array_agg(a order by b) from t": "array_agg with an order",
    "select list(a order by b) from t": "array_agg with an order",
    "select * from t asof join u on t.k = u.k and t.a >= u.a": "an ASOF join",
    "select a as at from t": "at as a name",
    'select a as "at" from t': "at as a name",
    "select row_number() over (partition by a) from t": "a window",
    "select lag(a) over () from t": "a window",
    "select first_value(a ignore nulls) over (partition by b) from t": "a window",
    "select sum(a) over (rows between 1 preceding and current row) from t": "a window",
    "select string_agg(a, ',') from t": "string_agg without",
    "select first(a) from t": "the value of any row",
    "select any_value(a) from t": "the value of any row",
    "select a from t limit 3": "LIMIT without",
    "select a from (select a from t limit 3) order by a": "LIMIT without",
    "create table t as select 1 as a": "not one SELECT",
}
INSIDE = [
    "select date_diff('day', cast(a as date), date '2023-01-01') from t",
    "select cast(cast(a as timestamp) + interval 30 day as date), cast(a + interval 1 day as date) from t",
    "select cast(a as timestamp) - interval 6 hour from t",
    "select extract(hour from a), date_diff('day', date '2001-01-01', cast(a as date)) % 7 as weekday from t",
    "select cast(round(a / 2) as int), cast(null as bigint), cast(count(*) as int), cast(a > b as int), 3::int from t",
    "select percent_rank() over (order by a, b), median(a), max_by(a, b) from t",
    "select sum(a) over (partition by b), row_number() over (order by a) from t",
    "select sum(a) over (order by t range between interval 30 day preceding and current row) from t",
    "select string_agg(a, ',' order by b) from t",
    "select a from t order by a limit 3",
    "with x as (select 1 as a) select * from x where a in (select unnest($list))",
]


@pytest.mark.parametrize("file", sql_files(), ids=label)
def test_a_file_keeps_to_the_subset(file):
    assert departures(file.read_text("utf8")) == []


@pytest.mark.parametrize("select", OUTSIDE)
def test_what_differs_is_recognised(select):
    found = departures(select)
    assert len(found) == 1 and found[0].startswith(OUTSIDE[select])


@pytest.mark.parametrize("select", INSIDE)
def test_what_is_the_same_is_let_through(select):
    assert departures(select) == []


def test_line_tables_and_the_files_that_read_them_are_found():
    assert {"charges", "orders", "visits", "events"} == LINES
    assert "costing/sql/line_items.sql" in map(label, line_files())
    assert {label(file) for file in sql_files()} >= DUCKDB_ALONE
    assert "closing/sql/departments.sql" not in map(label, line_files())  # visits is a column there


def test_line_tables_are_read_by_sql_files_alone():
    """What stands in a Python text instead, the comparison of both engines does not see."""
    assert list(selects_in_python()) == []
