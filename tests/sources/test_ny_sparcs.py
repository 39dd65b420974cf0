"""Real data: New York SPARCS 2020, musculoskeletal. Nothing is lost, and sums agree with the raw file to the cent."""

import csv
import gzip
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from analysis.contract import contract_tables
from analysis.sources.importer import import_source

SPEC = Path(__file__).parents[2] / "parameters" / "sources" / "ny_sparcs.yaml"
RAW = Path(__file__).parents[3] / "shared" / "data" / "sparcs" / "ny-2020-musculoskeletal.csv.gz"

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not RAW.exists(), reason="the SPARCS file is not in ../shared/data/sparcs"),
]


@pytest.fixture(scope="module")
def raw():
    with gzip.open(RAW, "rt", encoding="utf8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    out = tmp_path_factory.mktemp("data") / "ny_sparcs"
    report = import_source(SPEC, out)
    return report, {name: pq.read_table(out / f"{name}.parquet").to_pylist() for name in ("hospitals", "stays")}, out


def test_every_row_is_accounted_for(imported):
    report, tables, _ = imported
    stays = report.table("stays")
    assert stays.read == 36_631 == stays.imported + stays.quarantined == report.files[0].rows
    assert len(tables["stays"]) == stays.imported and report.files[0].unreadable == 0
    assert len(tables["hospitals"]) == 169
    assert report.table("payment_standards").imported == 31


def test_money_agrees_to_the_cent(imported, raw):
    _, tables, _ = imported
    for column, source in (("charge_total", "Total.Charges"), ("cost_total", "Total.Costs")):
        assert sum(row[column] for row in tables["stays"]) == sum(Decimal(row[source]) for row in raw)


def test_counts_agree_by_facility_and_code(imported, raw):
    _, tables, _ = imported
    stays = tables["stays"]
    facilities = Counter(row["hospital_id"] for row in stays)
    assert facilities["1169"] == 877
    assert facilities == Counter(row["Permanent.Facility.Id"] for row in raw)
    assert Counter(row["drg_code"] for row in stays) == Counter(row["APR.DRG.Code"].zfill(3) for row in raw)
    assert sum(row["length_of_stay"] for row in stays) == sum(int(row["los"]) for row in raw)
    died = sum(row["disposition"] == "died" for row in stays)
    assert died == 281 == sum(row["death"] == "1" for row in raw)


def test_na_is_missing_and_no_code(imported, raw):
    report, _, out = imported
    known = [row["CCSR.Procedure.Code"] for row in raw if row["CCSR.Procedure.Code"] != "NA"]
    procedures = pq.read_table(out / "procedures.parquet").to_pylist()
    assert len(procedures) == len(known) == 27_769 == report.table("procedures").imported
    for name in contract_tables():
        for path in out.glob(f"{name}.parquet"):
            table = pq.read_table(path)
            assert not any("NA" in table[column].unique().to_pylist() for column in table.column_names), name


def test_hospitals_carry_name_region_and_county(imported):
    _, tables, _ = imported
    facility = next(row for row in tables["hospitals"] if row["hospital_id"] == "1169")
    assert facility["name"] == "Facility 1169" and facility["name_en"] == "Facility 1169 (Bronx)"
    assert facility["region"] == "New York City"
