"""Databases by SQLAlchemy address, for real with SQLite: streamed, read only, wrong addresses told."""

import sqlite3
import sys
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from analysis.errors import InputError
from analysis.sources import querying
from analysis.sources.importer import import_source
from analysis.sources.report import ImportReport
from analysis.sources.sqlalchemy_rows import _text

CARD = {"name": "试点医院", "name_en": "Pilot hospital", "closing": "pilot"}
STAYS = """select 住院号 as stay_id, 'H1' as hospital_id, 出院 as discharged_at, 总费用 as charge_total, _file, _row
    from stays"""
QUERY = "select * from 住院 order by 住院号"


@pytest.fixture
def his(tmp_path: Path) -> Path:
    path = tmp_path / "his.db"
    with sqlite3.connect(path) as database:
        database.execute("create table 住院 (住院号 integer primary key, 出院 text, 总费用 real, 备注 text)")
        rows = [(i, f"2023-06-{1 + i % 28:02d} 09:30:00", i + 0.1, "%s :x") for i in range(25_000)]
        database.executemany("insert into 住院 values (?, ?, ?, ?)", rows)
        database.execute("insert into 住院 values (99999, 'soon', null, null)")
    database.close()
    return path


@pytest.fixture
def bring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., ImportReport]:
    def go(address: str, select: str = QUERY, **spec: Any) -> ImportReport:
        database = {"url_from": "HOSPITAL_DB_URL"}
        content = {
            "hospital": CARD,
            "databases": {"his": database},
            "queries": {"stays": {"select": select}},
            "tables": {"stays": {"select": STAYS}},
        }
        path = tmp_path / "spec.yaml"
        path.write_text(yaml.safe_dump(content | spec, allow_unicode=True, sort_keys=False), "utf8")
        monkeypatch.setenv("HOSPITAL_DB_URL", address)
        return import_source(path, tmp_path / "data")

    return go


def failure(call: Callable, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(InputError) as caught:
        call(*args, **kwargs)
    return str(caught.value)


def test_rows_of_sqlite_pass_the_same_checks(bring, his, tmp_path):
    report = bring(f"sqlite:///{his}")
    count = report.table("stays")
    assert (count.read, count.imported, count.quarantined) == (25_001, 25_000, 1)
    assert report.files[0].path == "his.stays" and report.notes == ()
    table = pq.read_table(tmp_path / "data" / "stays.parquet").sort_by("discharged_at").to_pylist()
    assert table[0]["discharged_at"] == datetime(2023, 6, 1, 9, 30)
    assert sum(row["charge_total"] for row in table) == sum(Decimal(i) + Decimal("0.1") for i in range(25_000))


def test_signs_that_drivers_take_for_parameters_stay_as_they_are(bring, his):
    select = "select * from 住院 where 备注 like '%s :x' or 备注 like '%(y)s' or 备注 = '?'"
    assert bring(f"sqlite:///{his}", select).table("stays").read == 25_000


def test_rows_come_in_chunks(bring, his, monkeypatch):
    """No batch is larger than a chunk, so no table is ever a Python list."""
    sizes = []
    original = querying.clean

    def watched(batch: pa.Table, missing: tuple[str, ...]) -> pa.Table:
        sizes.append(len(batch))
        return original(batch, missing)

    monkeypatch.setattr(querying, "clean", watched)
    bring(f"sqlite:///{his}")
    assert sizes == [0, 10_000, 10_000, 5_001]


@pytest.mark.parametrize(
    ("select", "words"),
    [
        ("with x as (select 1) insert into 住院 (住院号) select 100001", "the query would write"),
        ("insert into 住院 (住院号) values (100001)", "the query would write"),
        ("drop table 住院", "the query would write"),
        ("pragma query_only = off", "the query would write"),
        ("select * from 住院记录", "the database has no such table"),
        ("select 住院 from 住院", "the table has no such column"),
        ("select 1 as a, 2 as a", "two columns called a"),
        ("select x'00ff' as a", "column a holds bytes"),
        ("select * from 住院 where 1 = 0", "the query gives no rows"),
    ],
)
def test_a_query_that_is_not_run(bring, his, select, words):
    told = failure(bring, f"sqlite:///{his}", select)
    assert words in told and "queries.stays.select" in told
    with sqlite3.connect(his) as database:
        assert database.execute("select count(*) from 住院").fetchone() == (25_001,)


def test_a_database_file_that_is_not_there_is_not_made(bring, tmp_path):
    told = failure(bring, f"sqlite:///{tmp_path}/none.db")
    assert "the file of the database is not there" in told and not (tmp_path / "none.db").exists()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("mysql+pymysql://reader:wrong-secret@127.0.0.1:1/his", "pip install pymysql"),
        ("mysql://reader:wrong-secret@127.0.0.1:1/his", "mysql+pymysql://user@host/database"),
        ("mssql+pyodbc://reader:wrong-secret@127.0.0.1:1/his?driver=X", "pip install pyodbc"),
        ("oracle+oracledb://reader:wrong-secret@127.0.0.1:1/his", "pip install oracledb"),
        ("nosuchsql://reader:wrong-secret@127.0.0.1:1/his", "'nosuchsql' is no kind of database"),
    ],
)
def test_a_driver_that_is_not_installed_is_named(bring, monkeypatch, address, words):
    for package in ("pymysql", "MySQLdb", "pyodbc", "oracledb"):
        monkeypatch.setitem(sys.modules, package, None)
    told = failure(bring, address)
    assert words in told and "databases.his" in told and "wrong-secret" not in told


def test_postgresql_without_its_driver(bring, monkeypatch):
    monkeypatch.setitem(sys.modules, "adbc_driver_postgresql", None)
    told = failure(bring, "postgresql://reader:wrong-secret@127.0.0.1:1/his")
    assert "pip install adbc-driver-postgresql" in told and "wrong-secret" not in told


def test_a_kind_not_tried_with_a_real_server_is_said_so(bring, his, monkeypatch):
    """MySQL's address, SQLite behind it: what is read is noted as read by an untested door."""
    original = querying.sqlalchemy_session

    def stand_in(address: Any, zone: str, where: str) -> Any:
        assert address.scheme == "mysql+pymysql"
        return original(type(address)("sqlite", "sqlite", f"sqlite:///{his}", ()), zone, where)

    monkeypatch.setattr(querying, "sqlalchemy_session", stand_in)
    report = bring("mysql+pymysql://reader:secret@127.0.0.1/his")
    assert "his (mysql) was read through SQLAlchemy, which is untested against a real server" in report.text()
    assert "secret" not in report.text()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"databases": {"his": {"url_from": "postgresql://u:secret@h/d"}}}, "the name of an environment variable"),
        ({"databases": {"his": {"url": "postgresql://u:secret@h/d"}}}, "the password may not stand here"),
        ({"databases": {"his": {"url": "mssql+pyodbc://h/d?PWD=secret"}}}, "the password may not stand here"),
        ({"databases": {"his": {}}}, "give either url or url_from"),
        ({"databases": {"his": {"url_from": "A", "password_from": "B"}}}, "password_from goes with url"),
        ({"databases": {"his": {"url_from": "A", "time_zone": "Beijing"}}}, "'Beijing' is no time zone"),
        ({"databases": {"his": {"url_from": "A"}, "two": {"url_from": "B"}}}, "`database` must name one of his, two"),
        ({"queries": {"stays": {"select": QUERY, "database": "fin"}}}, "'fin' is not one of databases: his"),
        ({"files": {"STAYS": {"path": "a.csv", "format": "csv"}}}, "names two of the files and queries"),
        ({"queries": {}}, "the spec reads nothing"),
        ({"databases": {"his": {"url_from": "NOT_SET_ANYWHERE"}}}, "variable NOT_SET_ANYWHERE is not set"),
    ],
)
def test_wrong_parameters_of_a_database(bring, his, change, words):
    told = failure(bring, f"sqlite:///{his}", **change)
    assert words in told and "secret" not in told


def test_values_as_text():
    def text(value: Any, zone: str = "Asia/Shanghai") -> str | None:
        return _text(value, zone, "c", "here")

    assert text(Decimal("1E+3")) == "1000" and text(0.1) == "0.1" and text(True) == "true" and text(None) is None
    assert text(datetime(2023, 6, 1, 8, 5)) == "2023-06-01 08:05:00"
    assert text(datetime.fromisoformat("2023-06-01T00:05:00+00:00")) == "2023-06-01 08:05:00"
    assert "column c holds times with a time zone" in failure(
        text, datetime.fromisoformat("2023-06-01T00:05:00+00:00"), ""
    )
