"""A hospital's PostgreSQL as a source: a real server, other names and types, wrong passwords, nothing written."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml
from postgres_server import PASSWORD, Server

from analysis.errors import InputError
from analysis.sources.importer import import_source
from analysis.sources.report import ImportReport

CARD = {"name": "试点医院", "name_en": "Pilot hospital", "closing": "pilot"}
SCHEMA = """
create schema his;
create type his.xb as enum ('男', '女', '未说明');
create table his.住院登记 (
    住院号 bigint primary key, 患者编号 uuid, 科室 char(8), 入院 timestamptz, 出院 text, 性别 his.xb, 计划 boolean,
    总费用 numeric(14,4), 付费 varchar(20));
insert into his.住院登记 values
    (1, '00000000-0000-0000-0000-000000000001', 'XNK', '2023-05-31 20:30:00+00', '2023年6月9日 10:00', '男', true,
     52340.5000, '01'),
    (2, null, 'XNK', '2023-06-03 01:00:00+00', '9/6/2023', '女', false, 0.1000, '99'),
    (3, null, 'PWK', '2023-06-10 09:00:00+08', '8/6/2023', '未说明', null, null, null);
create table his.sfmx (
    lsh serial primary key, zyh bigint, jfsj timestamptz, xmbm varchar(10), sl numeric, dj double precision,
    je numeric(18,2), tf boolean);
insert into his.sfmx (zyh, jfsj, xmbm, sl, dj, je, tf) values
    (1, '2023-05-31 16:30:00+00', '001', 1.5, 0.1, 0.15, false),
    (1, '2023-06-30 15:59:59+00', '002', 12345678901234.5678, 19.99, -19.99, true),
    (9, '2023-06-02 00:00:00+00', '001', 1, 1, 1, false),
    (null, 'infinity', '001', 1, 1, 1, null);
"""
STAYS = """select 住院号 as stay_id, 患者编号 as patient_id, 'H1' as hospital_id, 科室 as department,
    入院 as admitted_at, 出院 as discharged_at, 性别 as sex, 计划 as planned, 总费用 as charge_total, 付费 as payer,
    _file, _row from stays"""
LINES = """select lsh as line_id, 'H1' as hospital_id, zyh as stay_id, jfsj as charged_at, xmbm as item_code,
    sl as quantity, dj as unit_price, je as amount, _file, _row from lines"""
TABLES: dict[str, Any] = {
    "stays": {
        "select": STAYS,
        "formats": {"discharged_at": "%d/%m/%Y"},
        "values": {
            "sex": {"map": {"男": "M", "女": "F"}, "other": "U"},
            "payer": {"map": {"01": "employee"}, "unmapped": "empty"},
        },
    },
    "charges": {"select": LINES},
}
QUERIES = {
    "stays": {"select": "select * from his.住院登记 order by 住院号;"},
    "lines": {"select": "select * from his.sfmx -- all of them\norder by lsh"},
}


@pytest.fixture(scope="module")
def his(postgres: Server) -> str:
    """Address of a database as a HIS has it."""
    postgres.run("create database his")
    for statement in SCHEMA.split(";"):
        if statement.strip():
            postgres.run(statement, database="his")
    return postgres.url("his")


@pytest.fixture
def bring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., ImportReport]:
    def go(address: str | None, tables: Any = None, queries: Any = None, **database: str) -> ImportReport:
        access = {"url_from": "HOSPITAL_DB_URL", "time_zone": "Asia/Shanghai"} | database
        spec = {"hospital": CARD, "databases": {"his": {k: v for k, v in access.items() if v}}}
        spec |= {"queries": queries or QUERIES, "tables": tables or TABLES}
        path = tmp_path / "spec.yaml"
        path.write_text(yaml.safe_dump(spec, allow_unicode=True, sort_keys=False), "utf8")
        if address is not None:
            monkeypatch.setenv("HOSPITAL_DB_URL", address)
        return import_source(path, tmp_path / "data")

    return go


def rows(tmp_path: Path, table: str) -> list[dict]:
    return pq.read_table(tmp_path / "data" / f"{table}.parquet").to_pylist()


def refused(tmp_path: Path, table: str) -> list[tuple]:
    found = pq.read_table(tmp_path / "data" / "quarantine" / f"{table}.parquet").to_pylist()
    return [(row["source_file"], row["source_row"], row["reasons"]) for row in found]


def test_every_row_of_the_database_is_accounted_for(bring, his, tmp_path):
    report = bring(his)
    counts = {t.table: (t.read, t.imported, t.quarantined) for t in report.tables}
    assert counts == {"stays": (3, 2, 1), "charges": (4, 2, 2)}
    assert [(file.path, file.rows) for file in report.files] == [("his.stays", 3), ("his.lines", 4)]
    assert refused(tmp_path, "stays") == [
        ("his.stays", 3, "discharged 8/6/2023 before admitted 2023-06-10 09:00:00"),
    ]
    assert refused(tmp_path, "charges") == [
        ("his.lines", 3, "orphan: stay_id 9 is not in stays"),
        ("his.lines", 4, "column charged_at: text 'infinity' is not a time"),
    ]


def test_types_of_the_database_become_the_contracts(bring, his, tmp_path):
    """Numerics to the last digit, times by the hospital's clock, char without padding, enum, uuid and bool as text."""
    bring(his)
    first, second = rows(tmp_path, "stays")
    assert first["admitted_at"] == datetime(2023, 6, 1, 4, 30) and first["discharged_at"] == datetime(2023, 6, 9, 10)
    assert first["patient_id"] == "00000000-0000-0000-0000-000000000001" and first["department"] == "XNK"
    assert (first["sex"], first["planned"], first["charge_total"]) == ("M", True, Decimal("52340.50"))
    assert second["discharged_at"] == datetime(2023, 6, 9) and second["charge_total"] == Decimal("0.10")
    (may,) = rows(tmp_path, "charges/2023-06")[:1]
    assert may["charged_at"] == datetime(2023, 6, 1, 0, 30) and may["item_code"] == "001"
    assert (may["quantity"], may["unit_price"], may["amount"]) == (Decimal("1.5"), Decimal("0.1"), Decimal("0.15"))
    last = rows(tmp_path, "charges/2023-06")[1]
    assert last["charged_at"] == datetime(2023, 6, 30, 23, 59, 59)
    assert last["quantity"] == Decimal("12345678901234.5678")


def test_a_value_left_empty_is_counted_and_told(bring, his, tmp_path):
    report = bring(his)
    assert [row["payer"] for row in rows(tmp_path, "stays")] == ["employee", None]
    assert report.table("stays").emptied["payer"].top == (("99", 1),)
    assert "stays: 1 rows imported with payer empty: not in the value map\n      '99' (1)" in report.text()


def test_the_same_database_gives_the_same_folder(bring, his, tmp_path):
    bring(his)
    before = {path.name: path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file()}
    bring(his)
    assert {path.name: path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file()} == before


def test_the_session_cannot_write(bring, his, postgres):
    """Neither a CTE that writes, nor a function, nor a way out of the read-only transaction."""
    postgres.run(
        "create table if not exists written (a int)",
        "create or replace function write_it() returns int language sql as "
        "'insert into written values (1) returning a'",
        "create or replace function free_it() returns text language sql as "
        "$$ select set_config('transaction_read_only', 'off', false) $$",
        database="his",
    )
    for select in (
        "with x as (insert into written values (1) returning a) select a from x",
        "select write_it() as a",
        "select free_it() as f, write_it() as a",
        "select 1 as a) as b; insert into written values (1); select * from (select 1 as a",
        "insert into written values (1)",
        "drop table written",
    ):
        with pytest.raises(InputError) as caught:
            bring(his, queries=QUERIES | {"lines": {"select": select}})
        assert "queries.lines.select" in str(caught.value), select
    assert postgres.run("select count(*) from written", database="his") == [(0,)]
    with pytest.raises(InputError, match="the query would write") as caught:
        bring(his, queries=QUERIES | {"lines": {"select": "select write_it() as a"}})
    assert "a source is only read" in str(caught.value)


@pytest.mark.parametrize(
    ("select", "words"),
    [
        ("select * from his.sfmxb", ["the database has no such table", "tables there: his.sfmx"]),
        ("select zyhh from his.sfmx", ["the table has no such column", "zyhh"]),
        ("selec 1", ["the query does not run", "syntax error"]),
        ("select lsh, 1 / (lsh - 4) as x from his.sfmx", ["the query does not run", "division by zero"]),
        ("select 1 as a, 2 as a", ["the query gives two columns called a"]),
        ("select 1", ["no name for a column"]),
        ("select lsh as _row from his.sfmx", ["'_row' is no name"]),
        ("select * from his.sfmx where false", ["the query gives no rows", "may_be_empty"]),
        ("select pg_terminate_backend(pg_backend_pid()) as x", ["the query does not run"]),
    ],
)
def test_a_query_that_does_not_run(bring, his, select, words):
    with pytest.raises(InputError) as caught:
        bring(his, queries=QUERIES | {"lines": {"select": select}})
    told = str(caught.value)
    assert all(word in told for word in [*words, "queries.lines.select", "spec.yaml"]), told
    assert PASSWORD not in told and "Traceback" not in told


def test_an_account_that_may_not_read_a_table(bring, his, postgres):
    postgres.run(
        "create role guest login password 'guest-secret'", "grant usage on schema his to guest", database="his"
    )
    with pytest.raises(InputError, match="the account may not read this") as caught:
        bring(postgres.url("his", password="guest-secret", user="guest"))
    assert "GRANT SELECT" in str(caught.value) and "guest-secret" not in str(caught.value)


def test_a_column_the_database_has_not_is_named_with_those_it_has(bring, his):
    tables = TABLES | {"charges": {"select": LINES.replace("zyh as", "zyhm as")}}
    with pytest.raises(InputError, match="column zyhm is not in the file") as caught:
        bring(his, tables=tables)
    assert "lines: lsh, zyh, jfsj, xmbm, sl, dj, je, tf" in str(caught.value)


def test_times_with_a_zone_need_the_hospitals_clock(bring, his):
    with pytest.raises(InputError, match="column 入院 holds times with a time zone") as caught:
        bring(his, time_zone="")
    assert "time_zone: Asia/Shanghai" in str(caught.value)


def test_wrong_addresses_are_told_without_their_secrets(bring, his, postgres):
    port = str(postgres.port)
    closed = his.replace(f":{port}", ":1")
    for url, what in (
        (postgres.url("his", password="wrong-secret"), "refuses user or password"),
        (postgres.url("his", user="nobody", password="wrong-secret"), "refuses user or password"),
        (postgres.url("hiss"), "has no such database"),
        (closed, "does not answer"),
        (his.replace("127.0.0.1", "no-such-host.invalid"), "not known by this name"),
        (f"postgresql://his_reader:wrong-se@cret@127.0.0.1:{port}/his", "the address of the database cannot be read"),
        (f"postgresql://his_reader:wrong-se#cret@127.0.0.1:{port}/his", "the address of the database cannot be read"),
        (f"postgresql://his_reader:wrong-se/cret@127.0.0.1:{port}/his", "the address of the database cannot be read"),
        (f"postgresql://his_reader:wrong-se%cret@127.0.0.1:{port}/his", "the address of the database cannot be read"),
        (f"host=127.0.0.1 password=wrong-secret port={port}", "the address of the database cannot be read"),
    ):
        with pytest.raises(InputError, match=what) as caught:
            bring(url)
        told = str(caught.value)
        assert "mend:" in told and not [word for word in ("wrong-se", "cret", PASSWORD, url) if word in told], told
        assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_an_address_without_password_and_the_password_apart(bring, his, postgres, monkeypatch, tmp_path):
    url = f"postgresql://his_reader@127.0.0.1:{postgres.port}/his"
    monkeypatch.setenv("HIS_PASSWORD", PASSWORD)
    bring(None, url=url, url_from="", password_from="HIS_PASSWORD")
    assert len(rows(tmp_path, "stays")) == 2
    monkeypatch.setenv("HIS_PASSWORD", "wrong-secret")
    with pytest.raises(InputError, match="refuses user or password") as caught:
        bring(None, url=url, url_from="", password_from="HIS_PASSWORD")
    assert "wrong-secret" not in str(caught.value) and "his_reader@127.0.0.1" in str(caught.value)


def test_text_of_an_old_encoding_arrives(bring, postgres, tmp_path):
    postgres.run("create database old encoding 'EUC_CN' template template0 lc_collate 'C' lc_ctype 'C'")
    postgres.run("create table t as select '住院001' as id, '心血管内科' as ks", database="old")
    select = "select id as stay_id, 'H1' as hospital_id, ks as department, _file, _row from stays"
    queries = {"stays": {"select": "select * from t"}}
    bring(postgres.url("old"), {"stays": {"select": select}}, queries)
    (row,) = rows(tmp_path, "stays")
    assert (row["stay_id"], row["department"]) == ("住院001", "心血管内科")
