"""Every row ends in the contract table or in quarantine with its reason, file and row. Worked by hand."""

import json
from datetime import datetime
from decimal import Decimal

import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.errors import InputError
from analysis.hospital import open_hospital

STAYS = "select id as stay_id, 'H1' as hospital_id, admitted as admitted_at, discharged as discharged_at, _file, _row"
GOOD = "id,admitted,discharged\nS1,2023-06-01,2023-06-04\nS2,2023/6/2 8:30,20230605\n"


def rows(tmp_path, table: str) -> list[dict]:
    return pq.read_table(tmp_path / "data" / f"{table}.parquet").to_pylist()


def refused(tmp_path, table: str = "stays") -> list[tuple]:
    found = pq.read_table(tmp_path / "data" / "quarantine" / f"{table}.parquet").to_pylist()
    return [(row["source_file"], row["source_row"], row["reasons"]) for row in found]


def test_good_rows_become_the_contract_table(run, tmp_path):
    report = run({"stays": GOOD}, {"stays": f"{STAYS} from stays"})
    assert (report.table("stays").read, report.table("stays").imported, report.table("stays").quarantined) == (2, 2, 0)
    assert "every row accounted for: 2 read = 2 imported + 0 quarantined" in report.text()
    first, second = rows(tmp_path, "stays")
    assert first["stay_id"] == "S1" and first["discharged_at"] == datetime(2023, 6, 4) and first["age"] is None
    assert second["admitted_at"] == datetime(2023, 6, 2, 8, 30) and second["discharged_at"] == datetime(2023, 6, 5)
    assert open_hospital(tmp_path / "data").card.name_en == "Pilot hospital"
    assert not (tmp_path / "data" / "quarantine").exists()


def test_stay_that_ends_before_it_begins_is_quarantined(run, tmp_path):
    run({"stays": GOOD + "S3,2023-06-05,2023-06-04\n"}, {"stays": f"{STAYS} from stays"})
    assert refused(tmp_path) == [("stays.csv", 4, "discharged 2023-06-04 before admitted 2023-06-05")]


def test_a_source_that_knows_only_days_may_discharge_on_the_day_of_admission(run):
    text = GOOD + "S3,2023-06-05 10:00,2023-06-05\n"
    assert run({"stays": text}, {"stays": f"{STAYS} from stays"}).table("stays").quarantined == 1
    report = run({"stays": text}, {"stays": f"{STAYS} from stays"}, hospital={"date_precision": "day"})
    assert report.table("stays").quarantined == 0


def test_key_empty_and_several_reasons_at_once(run, tmp_path):
    run({"stays": GOOD + ",soon,2023-06-04\n"}, {"stays": f"{STAYS} from stays"})
    assert refused(tmp_path) == [
        ("stays.csv", 4, "key stay_id is empty; column admitted_at: text 'soon' is not a time")
    ]


def test_duplicates_keep_the_first_row(run, tmp_path):
    twice = GOOD + "S1,2023-06-01,2023-06-04\nS2,2023-06-02 08:30,2023-06-09\n"
    report = run({"stays": twice}, {"stays": f"{STAYS} from stays"})
    assert refused(tmp_path) == [
        ("stays.csv", 4, "duplicate row: stay_id S1 stands in stays.csv row 2"),
        ("stays.csv", 5, "duplicate key: stay_id S2 stands in stays.csv row 3"),
    ]
    assert report.table("stays").reasons == {"duplicate key": 1, "duplicate row": 1}
    assert rows(tmp_path, "stays")[1]["discharged_at"] == datetime(2023, 6, 5)


def test_a_refused_row_does_not_make_a_good_one_a_duplicate(run, tmp_path):
    text = "id,admitted,discharged\nS1,nonsense,\nS1,2023-06-01,2023-06-04\n"
    report = run({"stays": text}, {"stays": f"{STAYS} from stays"})
    assert report.table("stays").imported == 1 and len(refused(tmp_path)) == 1


def test_orphans_and_what_hangs_on_a_refused_stay(run, tmp_path):
    """S3 is refused itself, S9 was never there: the diagnoses of both are orphans."""
    select = "select s as stay_id, n as position, c as code, 'icd10' as system, _file, _row from diagnoses"
    report = run(
        {"stays": GOOD + "S3,2023-06-05,2023-06-04\n", "diagnoses": "s,n,c\nS1,1,I21\nS3,1,I10\nS9,1,J18\n"},
        {"diagnoses": select, "stays": f"{STAYS} from stays"},
    )
    assert report.table("diagnoses").imported == 1
    assert refused(tmp_path, "diagnoses") == [
        ("diagnoses.csv", 3, "orphan: stay_id S3 is not in stays"),
        ("diagnoses.csv", 4, "orphan: stay_id S9 is not in stays"),
    ]
    assert report.table("diagnoses").reasons == {"orphan: stay_id not in stays": 2}


CHARGES = """select l as line_id, 'H1' as hospital_id, t as charged_at, 'A' as item_code,
    q as quantity, p as unit_price, a as amount, _file, _row from charges"""


def test_lines_are_split_by_month_and_money_is_rounded_half_up(run, tmp_path):
    text = """l,t,q,p,a
1,2023-05-31 23:59:59,2,"1,234.50","2,469.005"
2,2023-06-01,-1,10,-10.005
3,2023年6月2日,abc,1,1
"""
    report = run({"stays": GOOD, "charges": text}, {"stays": f"{STAYS} from stays", "charges": CHARGES})
    count = report.table("charges")
    assert (count.read, count.imported, count.quarantined) == (3, 2, 1)
    assert count.rounded == {"amount": 2} and "2 values of amount rounded half up" in report.text()
    assert refused(tmp_path, "charges") == [("charges.csv", 4, "column quantity: text 'abc' is not a quantity")]
    may, june = (rows(tmp_path, f"charges/2023-0{month}") for month in (5, 6))
    assert may[0]["amount"] == Decimal("2469.01") and may[0]["unit_price"] == Decimal("1234.500000")
    assert june[0]["amount"] == Decimal("-10.01") and june[0]["quantity"] == Decimal("-1.0000")


def test_value_map_unmapped_and_other(run, tmp_path):
    text = "id,g,p\nS1,男,医保\nS2,女,自费\nS3,?,自费\nS4,,自费\n"
    select = "select id as stay_id, 'H1' as hospital_id, g as sex, p as payer, _file, _row from stays"
    values = {"sex": {"map": {"男": "M", "女": "F"}}, "payer": {"map": {"医保": "employee"}, "other": "other"}}
    run({"stays": text}, {"stays": {"select": select, "values": values}})
    found = [(row["stay_id"], row["sex"], row["payer"]) for row in rows(tmp_path, "stays")]
    assert found == [("S1", "M", "employee"), ("S2", "F", "other"), ("S4", None, "other")]
    assert refused(tmp_path) == [("stays.csv", 4, "column sex: value '?' is not in the value map")]


def test_value_outside_its_list(run, tmp_path):
    select = "select id as stay_id, 'H1' as hospital_id, g as sex, _file, _row from stays"
    run({"stays": "id,g\nS1,M\nS2,X\n"}, {"stays": select})
    assert refused(tmp_path) == [("stays.csv", 3, "column sex: value 'X' is not one of F, M, U")]


def test_missing_tokens_are_missing(run, tmp_path):
    text = "id,admitted,discharged\n S1\u3000,\u3000NA ,\nNA,NA,NA\n"
    run({"stays": text}, {"stays": f"{STAYS} from stays"}, missing=["NA"])
    first = rows(tmp_path, "stays")[0]
    assert first["stay_id"] == "S1" and first["admitted_at"] is None
    assert refused(tmp_path) == [("stays.csv", 3, "key stay_id is empty")]


def test_lines_with_too_few_or_too_many_cells_are_kept_apart(run, tmp_path):
    text = 'id,admitted,discharged\nS1,2023-06-01\n\nS2,"2023-06-01",2023-06-02,\nS3,2023-06-01,2023-06-02,more\n'
    report = run({"stays": text}, {"stays": f"{STAYS} from stays"})
    assert report.table("stays").imported == 1 and report.files[0].unreadable == 2
    assert refused(tmp_path, "unreadable_lines") == [
        ("stays.csv", 2, "2 cells instead of 3"),
        ("stays.csv", 5, "4 cells instead of 3"),
    ]


def test_quarantine_csv_holds_no_formula(run, tmp_path):
    text = "id,admitted,discharged\nS1,2023-06-01,\n=1+2,@bad,\n-5,bad,\n"
    run({"stays": text}, {"stays": f"{STAYS} from stays"})
    path = tmp_path / "data" / "quarantine" / "stays.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    options = pc.ConvertOptions(column_types={"stay_id": "string"})
    found = pc.read_csv(path, convert_options=options).to_pylist()
    assert [(row["stay_id"], row["admitted_at"]) for row in found] == [("'=1+2", "'@bad"), ("-5", "bad")]


def test_when_every_row_of_a_required_table_is_refused_the_earlier_import_stays(run, tmp_path):
    run({"stays": GOOD}, {"stays": f"{STAYS} from stays"})
    before = (tmp_path / "data" / "import.json").read_text("utf8")
    with pytest.raises(InputError, match="no row of the required table stays") as caught:
        run({"stays": "id,admitted,discharged\nS1,early,late\n"}, {"stays": f"{STAYS} from stays"})
    assert "stays.csv row 2: column admitted_at: text 'early' is not a time" in str(caught.value)
    assert (tmp_path / "data" / "import.json").read_text("utf8") == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [".data.lock", "data", "raw", "spec.yaml"]


def test_import_card_tells_what_it_was_made_from(run, tmp_path):
    run({"stays": GOOD}, {"stays": f"{STAYS} from stays"})
    first = (tmp_path / "data" / "import.json").read_text("utf8")
    card = json.loads(first)
    assert card["files"][0]["rows"] == 2 and len(card["files"][0]["sha256"]) == len(card["spec_sha256"]) == 64
    assert str(tmp_path) not in first
    run({"stays": GOOD}, {"stays": f"{STAYS} from stays"})
    assert (tmp_path / "data" / "import.json").read_text("utf8") == first


KEY = st.sampled_from(["S1", "S2", "S3", "", "S4", "  S1 "])
DAY = st.sampled_from(["2023-06-01", "2023/6/3", "20230530", "2023-02-30", "early", "", "2023年6月2日", "45078"])
MONEY = st.sampled_from(["1.00", "1.005", "1,000.10", "-3", "x", "", "1e3", "=1", "99999999999999999999", '"'])
SEX = st.sampled_from(["男", "女", "M", "", "未知"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(KEY, DAY, DAY, MONEY, SEX), max_size=12))
def test_no_row_is_ever_lost(run, tmp_path, dirty):
    """Whatever the rows: read = imported + quarantined, and the files hold just those numbers."""
    lines = [("S0", "2023-01-01", "2023-01-02", "1.00", "男"), *dirty]
    quoted = "\n".join(",".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in line) for line in lines)
    select = """select id as stay_id, 'H1' as hospital_id, a as admitted_at, d as discharged_at, m as charge_total,
        g as sex, _file, _row from stays"""
    table = {"select": select, "values": {"sex": {"map": {"男": "M", "女": "F"}}}}
    report = run({"stays": f"id,a,d,m,g\n{quoted}\n"}, {"stays": table})
    count = report.table("stays")
    assert count.read == len(lines) == count.imported + count.quarantined
    assert len(rows(tmp_path, "stays")) == count.imported
    kept = tmp_path / "data" / "quarantine" / "stays.parquet"
    assert (len(refused(tmp_path)) if kept.exists() else 0) == count.quarantined
    keys = [row["stay_id"] for row in rows(tmp_path, "stays")]
    assert len(keys) == len(set(keys)) and all(keys)
