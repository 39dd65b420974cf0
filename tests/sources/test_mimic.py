"""Real data: the MIMIC-IV demo. Every table has as many rows as the raw files say, counted without the importer."""

import csv
import gzip
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.closing import close
from analysis.periods import Period
from analysis.reporting.quality_page import write_quality_page
from analysis.sources.importer import import_source
from analysis.sources.quality import check_hospital

SPEC = Path(__file__).parents[2] / "parameters" / "sources" / "mimic_iv_demo.yaml"
RAW = Path(__file__).parents[3] / "shared" / "data" / "mimic-iv-demo"

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not RAW.exists(), reason="the MIMIC-IV demo is not in ../shared/data/mimic-iv-demo"),
]


def raw(name: str) -> list[dict[str, str]]:
    with gzip.open(RAW / f"{name}.csv.gz", "rt", encoding="utf8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("data") / "mimic"
    import_source(SPEC, out)
    return out


def read(folder: Path, table: str) -> list[dict]:
    single = folder / f"{table}.parquet"
    paths = [single] if single.exists() else sorted((folder / table).glob("*.parquet"))
    return pa.concat_tables([pq.read_table(path) for path in paths]).to_pylist()


def test_nothing_is_set_aside(folder):
    assert not (folder / "quarantine").exists()


def test_stays_visits_and_transfers(folder):
    admissions, transfers = raw("hosp_admissions"), raw("hosp_transfers")
    stays = read(folder, "stays")
    assert {row["stay_id"] for row in stays} == {row["hadm_id"] for row in admissions} and len(stays) == 275
    assert len({row["patient_id"] for row in stays}) == 100 == len(raw("hosp_patients"))
    assert all(row["department"] and row["sex"] in "FM" and 18 <= row["age"] <= 120 for row in stays)
    ended = sum(row["eventtype"] == "discharge" for row in transfers)
    outside = sum(not row["hadm_id"] for row in transfers)
    assert (len(read(folder, "transfers")), len(read(folder, "visits"))) == (1190 - 275 - 54, 54)
    assert (ended, outside, len(transfers)) == (275, 54, 1190)
    died = sum(row["hospital_expire_flag"] == "1" for row in admissions)
    assert sum(row["died"] for row in read(folder, "outcomes")) == died == 15
    assert sum(row["disposition"] == "died" for row in stays) == died


def test_groups_are_those_of_one_grouper(folder):
    groups = {row["hadm_id"]: row["drg_code"] for row in raw("hosp_drgcodes") if row["drg_type"] == "APR"}
    assert {row["stay_id"]: row["drg_code"] for row in read(folder, "stays") if row["drg_code"]} == groups
    assert len(groups) == 221


def test_codes_of_two_revisions_are_kept_apart(folder):
    diagnoses, procedures = raw("hosp_diagnoses_icd"), raw("hosp_procedures_icd")
    systems = {"9": ("icd9cm", "icd9cm3"), "10": ("icd10cm", "icd10pcs")}
    for at, (table, rows) in enumerate((("diagnoses", diagnoses), ("procedures", procedures))):
        expected = Counter(
            (r["hadm_id"], int(r["seq_num"]), r["icd_code"].strip(), systems[r["icd_version"]][at]) for r in rows
        )
        found = read(folder, table)
        assert Counter((r["stay_id"], r["position"], r["code"], r["system"]) for r in found) == expected
        assert all(row["name"] for row in found)
    assert Counter(row["system"] for row in read(folder, "diagnoses")) == {"icd10cm": 2313, "icd9cm": 2193}
    assert Counter(row["system"] for row in read(folder, "procedures")) == {"icd9cm3": 401, "icd10pcs": 321}


def test_lines_without_price_and_laboratory_rows_of_no_stay(folder):
    laboratory = raw("hosp_labevents")
    lines = read(folder, "charges")
    kinds = Counter(row["line_id"].split("-")[0] for row in lines)
    files = {"rx": "hosp_prescriptions", "hcpcs": "hosp_hcpcsevents", "icu": "icu_procedureevents"}
    assert kinds == {"lab": len(laboratory)} | {kind: len(raw(name)) for kind, name in files.items()}
    assert kinds == {"lab": 107_727, "rx": 18_087, "hcpcs": 61, "icu": 1_468}
    assert {(row["amount"], row["unit_price"], row["quantity"]) for row in lines} == {(None, None, 1)}
    outpatient = [row for row in lines if row["stay_id"] is None]
    assert len(outpatient) == 28_420 == sum(not row["hadm_id"] for row in laboratory)
    assert all(row["patient_id"] and row["visit_id"] is None for row in outpatient)
    found = Counter((row["patient_id"], row["stay_id"], row["value"]) for row in lines if row["line_id"][:3] == "lab")
    assert found == Counter(
        (r["subject_id"], r["hadm_id"] or None, float(r["valuenum"]) if r["valuenum"] else None) for r in laboratory
    )


def test_every_line_has_its_item(folder):
    items = Counter(row["item_code"].split("-")[0] for row in read(folder, "items"))
    drugs = {row["formulary_drug_cd"].strip() or row["drug"].strip().lower() for row in raw("hosp_prescriptions")}
    assert items == {"lab": len(raw("hosp_d_labitems")), "rx": len(drugs), "hcpcs": 19, "icu": 82}
    known = {row["item_code"] for row in read(folder, "items")}
    assert {row["item_code"] for row in read(folder, "charges")} <= known
    ndc = {row["code"] for row in read(folder, "item_codes")}
    assert ndc == {row["ndc"] for row in raw("hosp_prescriptions")} - {"", "0"}


def test_check_finds_what_the_source_is_known_for(folder, tmp_path):
    """Years shifted beyond 2099, no charges, no DRG for 54 stays; no orphan, no repeated key, no wrong code."""
    report = check_hospital(folder)
    failed = report.failed().set_index("id")["failing"].to_dict()
    assert failed["times_implausible"] == 275 and failed["stays_ungrouped"] == 54
    assert not [
        name for name in failed if name.split(":")[0] in ("orphan", "repeated_key", "outside_list", "month_gap")
    ]
    page = write_quality_page(report, tmp_path / "quality.html", "en").read_text("utf8")
    assert "Beth Israel" in page and "Implausible year" in page and "107,727" not in page and "127,343" in page


def test_a_year_closes_without_inventing_money(folder, tmp_path):
    (first,) = close(folder, [Period("2110")], tmp_path / "outputs")
    cases = pq.read_table(tmp_path / "outputs" / "mimic" / "2110" / "tables" / "cases.parquet").to_pylist()
    assert first.state == "closed" and cases
    money = ("charge_total", "charge_drug", "cost_total", "payment", "margin_payment", "margin_cost")
    assert all(row[name] is None for row in cases for name in money)
    assert all(row["length_of_stay"] >= 1 for row in cases)
