"""Tables and values of a SELECT on their way to Spark."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from analysis.spark_dialect import spark_sql, tables_read

VALUES = {
    datetime(2023, 6, 1, 12, 30): "CAST('2023-06-01 12:30:00' AS TIMESTAMP)",  # without a zone in the session
    date(2023, 6, 1): "CAST('2023-06-01' AS DATE)",
    'it\'s a \\ "word"': "'it\\'s a \\\\ \"word\"'",
    7: "7",
    0.1: "0.1",
    Decimal("1.20"): "1.20",
    True: "TRUE",
    None: "NULL",
    ("a", "b"): "ARRAY('a', 'b')",
}


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_parameter_becomes_a_literal_of_its_type(value):
    given = list(value) if isinstance(value, tuple) else value
    assert spark_sql("select $x as y from t", {"x": given}) == f"SELECT {VALUES[value]} AS y FROM t"


def test_empty_values_come_last_on_both():
    assert spark_sql("select a from t order by a", {}) == "SELECT a FROM t ORDER BY a NULLS LAST"


def test_a_parameter_that_is_not_given_is_an_error():
    with pytest.raises(KeyError, match="end_at"):
        spark_sql("select $end_at from t", {"start_at": 1})


def test_tables_read_are_found_wherever_they_stand():
    select = """with charges as (select * from items)
        select (select max(a) from ledger) as a, 'from visits' as b from charges c
        join "stays" s on s.stay_id = c.stay_id and exists (select 1 from events e where e.stay_id = s.stay_id)
        union all select a, orders from transfers -- from orders"""
    assert tables_read(select) == {"items", "ledger", "stays", "events", "transfers"}
