"""Every table of the contract is there and is what the contract says."""

import pytest

from analysis.contract import Table, contract_tables
from analysis.demo.generator import DemoHospital
from analysis.engine import Engine

TABLES = list(contract_tables().values())
#: Codes of places outside the hospital, or of another kind in the same column.
REFERENCES = [(t, c) for t in TABLES for c in t.columns.values() if c.references]
LISTS = [(t, c) for t in TABLES for c in t.columns.values() if c.values]


def _name(value: object) -> str:
    return getattr(value, "name", "")


@pytest.mark.parametrize("table", TABLES, ids=_name)
def test_schema_and_rows(small: DemoHospital, table: Table):
    rows = small.tables[table.name]
    assert rows.schema.equals(table.arrow_schema())
    assert rows.num_rows > 0
    for column in table.columns.values():
        assert column.optional or rows[column.name].null_count == 0, column.name


@pytest.mark.parametrize("table", TABLES, ids=_name)
def test_key_is_unique(db: Engine, table: Table):
    key = ", ".join(f'"{name}"' for name in table.key)
    assert db.value(f'select count(*) - count(distinct ({key})) from "{table.name}"') == 0


@pytest.mark.parametrize(("table", "column"), REFERENCES, ids=_name)
def test_references_lead_somewhere(db: Engine, table: Table, column):
    target, name = column.references.split(".")
    lost = f'select count(*) from "{table.name}" t anti join "{target}" r on t."{column.name}" = r."{name}"'
    assert db.value(f'{lost} where t."{column.name}" is not null') == 0


@pytest.mark.parametrize(("table", "column"), LISTS, ids=_name)
def test_values_are_of_the_list(small: DemoHospital, table: Table, column):
    found = set(small.tables[table.name][column.name].unique().to_pylist()) - {None}
    assert found <= set(column.allowed())


def test_departments_named_without_a_reference_exist(db: Engine):
    columns = [(t.name, c) for t in TABLES for c in t.columns if c.endswith("department") and t.name != "departments"]
    for table, column in columns:
        lost = f'select count(*) from "{table}" t anti join departments d on t."{column}" = d.department'
        assert db.value(f'{lost} where t."{column}" is not null') == 0, (table, column)


def test_a_department_has_one_clinical_centre_a_setting(db: Engine):
    twice = db.frame("""
        select department from cost_centres where class = 'clinical'
        group by department having count(*) > 1 and (count(*) > 2 or bool_or(setting = 'both'))""")
    assert twice.empty
    assert db.value("select count(*) from cost_centres where setting = 'both'") == 2
    assert db.value("select count(distinct department) from cost_centres where class = 'clinical'") == 30


def test_everything_has_both_names(db: Engine):
    for table in ("hospitals", "departments", "items", "cost_centres", "payment_standards"):
        assert db.value(f"select count(*) from {table} where name is null or name_en is null") == 0
    assert db.value("select count(*) from resolutions where resolution_en is null") == 0


def test_plain_reality(db: Engine):
    """What real data have: refunds, blanks, stays in house, stays no grouper takes, transfers, ICU, deaths."""
    assert db.value("select count(*) from charges where amount < 0 and refund_of is not null") > 0
    assert db.value("select avg((physician_id is null)::int) from charges") == pytest.approx(0.015, abs=0.01)
    assert db.value("select avg((ordered_at is null)::int) from charges") == pytest.approx(0.03, abs=0.005)
    assert db.value("select count(*) from stays where discharged_at is null and charge_total is null") > 0
    assert db.value("select count(*) from transfers where ward_type = 'icu'") > 0
    assert db.value("select count(*) from (select stay_id from transfers group by 1 having count(*) > 1)") > 3
    assert db.value("select count(*) - count(distinct patient_id) from stays") > 10
    assert db.value("select count(*) from orders where status = 'cancelled' and executed_at is null") > 0


def test_a_refund_reverses_its_line(db: Engine):
    wrong = db.value("""
        select count(*) from charges r join charges c on r.refund_of = c.line_id
        where r.amount <> -c.amount or r.stay_id <> c.stay_id or r.item_code <> c.item_code
           or r.charged_at < c.charged_at
           or r.ordering_department <> c.ordering_department""")
    lost = db.value(
        "select count(*) from charges r anti join charges c on r.refund_of = c.line_id where refund_of <> ''"
    )
    assert (wrong, lost) == (0, 0)
