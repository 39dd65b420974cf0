"""A year of charge lines of a PostgreSQL HIS: counts and money as the database itself says, to the fen."""

import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import yaml
from postgres_server import Server

#: Lines of 2023 with refunds, three decimals, times with a zone, flags, and 1 in 1,000 of a stay that is not there.
LINES = """create table 收费明细_{n} as
select i as lsh, case when i % 1000 = 0 then 900000 + i else i % 2000 end as zyh,
    timestamptz '2022-12-31 16:00:00+00' + (i::bigint * 7919 % 31536000) * interval '1 second' as jfsj,
    lpad((i % 500)::text, 4, '0') as xmbm, (case when i % 97 = 0 then -1 else 1 + i % 3 end)::numeric(12,3) as sl,
    (i % 9973)::numeric / 100 as dj,
    ((case when i % 97 = 0 then -1 else 1 + i % 3 end) * (i % 9973)::numeric / 100)::numeric(14,4) as je,
    i % 97 = 0 as tf, 'KS' || i % 30 as kdks, case when i % 11 <> 0 then 'YS' || i % 300 end as ysbm
from generate_series(1, {n}) as t(i)"""
MONTHS = """select to_char(timezone('Asia/Shanghai', jfsj), 'YYYY-MM') as month, count(*) as n,
    sum(round(je, 2))::text as amount
from 收费明细_{n} where zyh < 900000 group by 1 order by 1"""
SPEC = {
    "hospital": {"name": "百万医院", "name_en": "Million", "closing": "pilot"},
    "databases": {"his": {"url_from": "HOSPITAL_DB_URL", "time_zone": "Asia/Shanghai"}},
    "queries": {"stays": {"select": "select generate_series(0, 1999) as zyh"}},
    "tables": {
        "stays": {"select": "select zyh as stay_id, 'H1' as hospital_id, _file, _row from stays"},
        "charges": {
            "select": """select lsh as line_id, 'H1' as hospital_id, zyh as stay_id, jfsj as charged_at,
                xmbm as item_code, sl as quantity, dj as unit_price, je as amount, kdks as ordering_department,
                ysbm as physician_id, _file, _row from lines"""
        },
    },
}
#: Imports in a process of its own, so that its peak is that of the import alone (ru_maxrss would know its parent's).
RUN = """
import sys
from pathlib import Path
from analysis.sources.importer import import_source
report = import_source(Path(sys.argv[1]), Path(sys.argv[2]))
count = report.table("charges")
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(count.read, count.imported, count.quarantined, int(status["VmHWM"].split()[0]) // 1024)
"""


@pytest.mark.parametrize("n", [100_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_a_year_of_lines(postgres: Server, tmp_path: Path, n: int):
    postgres.run(LINES.format(n=n))
    select = {"select": f"select * from 收费明细_{n}"}
    spec = tmp_path / "spec.yaml"
    spec.write_text(yaml.safe_dump(SPEC | {"queries": SPEC["queries"] | {"lines": select}}, allow_unicode=True), "utf8")
    done = subprocess.run(
        [sys.executable, "-c", RUN, spec, tmp_path / "data"],
        env=os.environ | {"HOSPITAL_DB_URL": postgres.url()},
        capture_output=True,
        text=True,
        check=True,
    )
    read, imported, quarantined, peak = map(int, done.stdout.split())
    assert (read, imported, quarantined) == (n, n - n // 1000, n // 1000)
    assert peak < 1500, f"{peak} MiB"
    by_database = {month: (rows, Decimal(amount)) for month, rows, amount in postgres.run(MONTHS.format(n=n))}
    by_folder = {
        path.stem: (len(table := pq.read_table(path, columns=["amount"])), pc.sum(table["amount"]).as_py())
        for path in sorted((tmp_path / "data" / "charges").glob("*.parquet"))
    }
    assert by_folder == by_database and len(by_folder) == 12
