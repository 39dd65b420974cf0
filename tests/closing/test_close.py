"""What closing does besides arithmetic: skip, re-close, refuse, and leave the last good month alone."""

import hashlib
import sys
from pathlib import Path

import pytest
import yaml
from hand_hospital import hand_hospital, write_hospital

from analysis.closed_period import only_one, open_period, write_period
from analysis.closing import close
from analysis.errors import InputError
from analysis.periods import Period

DATA, OUT = Path("data/hand"), Path("outputs")


def states(results):
    return {r.period.name: r.state for r in results}


def hashes(folder: Path):
    return {f.relative_to(folder): hashlib.sha256(f.read_bytes()).hexdigest() for f in sorted(folder.rglob("*.*"))}


def rewrite(project: Path, **tables):
    """Write the hand hospital anew with some tables changed by a function (None = left out)."""
    rows = hand_hospital()
    for name, change in tables.items():
        rows[name] = change(rows[name])
    write_hospital(project / DATA, rows)


def test_repeated_on_unchanged_inputs_does_nothing(project):
    assert states(close(DATA, [], OUT)) == {"2023-05": "closed", "2023-06": "closed"}
    before = {f: f.stat().st_mtime_ns for f in OUT.rglob("*.parquet")}
    assert states(close(DATA, [], OUT)) == {"2023-05": "unchanged", "2023-06": "unchanged"}
    assert {f: f.stat().st_mtime_ns for f in OUT.rglob("*.parquet")} == before


def test_two_closes_are_byte_identical(project):
    close(DATA, [], OUT)
    close(DATA, [], Path("again"))
    assert len(hashes(OUT)) > 40 and hashes(OUT) == hashes(Path("again"))


def test_row_order_of_the_input_changes_nothing(project):
    close(DATA, [], OUT)
    rewrite(project, **{name: lambda rows: rows[::-1] for name in hand_hospital()})
    close(DATA, [], Path("again"))
    tables = {name: mark for name, mark in hashes(OUT).items() if name.suffix == ".parquet"}
    assert tables == {name: mark for name, mark in hashes(Path("again")).items() if name.suffix == ".parquet"}


def test_a_change_in_june_leaves_may_closed(project):
    close(DATA, [], OUT)
    rewrite(
        project,
        ledger=lambda rows: [
            r | {"amount": 901} if r["amount"] == 900 and r["month"] == "2023-06" else r for r in rows
        ],
    )
    assert states(close(DATA, [], OUT)) == {"2023-05": "unchanged", "2023-06": "closed"}


def test_a_change_in_may_recloses_june_because_work_in_progress_is_carried(project):
    close(DATA, [], OUT)
    rewrite(
        project,
        ledger=lambda rows: [
            r | {"amount": 901} if r["amount"] == 900 and r["month"] == "2023-05" else r for r in rows
        ],
    )
    assert states(close(DATA, [], OUT)) == {"2023-05": "closed", "2023-06": "closed"}


def test_a_changed_parameter_closes_again(project):
    close(DATA, [], OUT)
    file = project / "parameters/payment/hand.yaml"
    file.write_text(yaml.safe_dump(yaml.safe_load(file.read_text()) | {"rate": 5100}), "utf8")
    assert states(close(DATA, [], OUT)) == {"2023-05": "closed", "2023-06": "closed"}


def test_asking_for_june_closes_may_before(project):
    assert states(close(DATA, [Period("2023-06")], OUT)) == {"2023-05": "closed", "2023-06": "closed"}


@pytest.mark.parametrize("month", ["2022-12", "2023-07", "2023"])
def test_unknown_month(project, month):
    with pytest.raises(InputError, match=r"no data for(.|\n)*2023-05 to 2023-06"):
        close(DATA, [Period(month)], OUT)


def test_month_without_ledger(project):
    rewrite(project, ledger=lambda rows: [r for r in rows if r["month"] == "2023-05"])
    with pytest.raises(InputError, match=r"month without ledger: 2023-06(.|\n)*bring the ledger of 2023-06"):
        close(DATA, [], OUT)
    assert open_period(OUT / "hand/2023-05").frame("cases").shape[0] == 1, "May was closed before and stays"


def test_driver_that_sums_to_zero(project):
    rewrite(project, drivers=lambda rows: [r | {"quantity": 0} if r["driver"] == "orders" else r for r in rows])
    with pytest.raises(InputError, match=r"cost of L cannot be allocated: driver orders(.|\n)*hospital H, 2023-05"):
        close(DATA, [], OUT)


def test_ledger_centre_not_in_the_master_is_shown_unallocated(project):
    stray = {
        "hospital_id": "H",
        "month": "2023-05",
        "cost_centre": "X",
        "cost_item": "other",
        "funding": "own",
        "amount": 77,
    }
    rewrite(project, ledger=lambda rows: [*rows, stray])
    close(DATA, [], OUT)
    shown = open_period(OUT / "hand/2023-05").frame("unallocated")
    shown = shown[shown["level"] == "centre"]
    assert shown[["cost_centre", "amount", "reason"]].values.tolist() == [["X", 77, "unknown_centre"]]


def test_centre_of_both_settings_is_parted_by_revenue(project):
    """The ward serves both settings with revenue 220 and 660: outpatient gets three quarters of 1,118.75."""
    clinic = {
        "hospital_id": "H",
        "month": "2023-05",
        "cost_centre": "W",
        "setting": "outpatient",
        "visits": 9,
        "revenue": 660,
        "drug_revenue": 0,
        "consumable_revenue": 0,
        "exam_revenue": 0,
    }
    rewrite(
        project,
        cost_centres=lambda rows: [
            r | {"setting": "both"} if r["cost_centre"] == "W" else r for r in rows if r["cost_centre"] != "C"
        ],
        ledger=lambda rows: [r for r in rows if r["cost_centre"] != "C"],
        workload=lambda rows: [*rows, clinic],
    )
    close(DATA, [Period("2023-05")], OUT)
    costs = open_period(OUT / "hand/2023-05").frame("centre_costs").set_index(["setting", "cost_item"])["full_cost"]
    total = costs["inpatient", "personnel"] + costs["outpatient", "personnel"]
    assert costs["outpatient", "personnel"] == pytest.approx(0.75 * total, abs=0.01)


def test_unknown_parameter_names_file_and_key(project):
    (project / "parameters/closing/hand.yaml").write_text("payment: [hand]\ncostings: x\n", "utf8")
    with pytest.raises(
        InputError, match=r"closing/hand.yaml(.|\n)*costings: Extra inputs(.|\n)*keys of this file: engine"
    ):
        close(DATA, [], OUT)


def test_no_pack_for_the_month(project):
    file = project / "parameters/payment/hand.yaml"
    file.write_text(yaml.safe_dump(yaml.safe_load(file.read_text()) | {"valid_to": "2023-05"}), "utf8")
    with pytest.raises(InputError, match="0 rate packs are valid in 2023-06"):
        close(DATA, [], OUT)


def test_spark_that_is_not_installed_says_how_to_install_it(project, monkeypatch):
    (project / "parameters/closing/hand.yaml").write_text("payment: [hand]\nengine: spark\n", "utf8")
    monkeypatch.delitem(sys.modules, "analysis.spark_engine", raising=False)
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(InputError, match=r"needs the package pyspark(.|\n)*make spark(.|\n)*\[spark\]"):
        close(DATA, [], OUT)


def test_a_close_cut_off_between_the_two_renames_is_mended(project):
    close(DATA, [], OUT)
    month = OUT / "hand/2023-05"
    (month / "tables").rename(month / ".tables.retired")
    assert open_period(month).frame("cases").shape[0] == 1


def test_a_failing_write_leaves_the_last_good_month(project, monkeypatch):
    close(DATA, [], OUT)
    good = hashes(OUT / "hand/2023-05")
    monkeypatch.setattr(
        "analysis.closed_period.write_parquet", lambda rows, path: (_ for _ in ()).throw(OSError("disk full"))
    )
    with pytest.raises(OSError, match="disk full"):
        write_period(OUT / "hand", Period("2023-05"), {"cases": None}, {})
    assert hashes(OUT / "hand/2023-05") == good


def test_a_changed_source_card_closes_again(project):
    close(DATA, [], OUT)
    write_hospital(project / DATA, hand_hospital(), name="改名医院")
    assert set(states(close(DATA, [], OUT)).values()) == {"closed"}


def test_a_deleted_table_is_no_closed_month(project):
    close(DATA, [], OUT)
    (OUT / "hand/2023-05/tables/cases.parquet").unlink()
    with pytest.raises(InputError, match="not closed: 2023-05"):
        open_period(OUT / "hand/2023-05")
    assert states(close(DATA, [], OUT)) == {"2023-05": "closed", "2023-06": "unchanged"}


def test_a_month_of_another_version_is_not_read_as_this_one(project, monkeypatch):
    close(DATA, [], OUT)
    monkeypatch.setattr("analysis.closed_period.schemas_id", lambda: "another")
    with pytest.raises(InputError, match="closed by another version of the program: 2023-05"):
        open_period(OUT / "hand/2023-05")


def test_only_one_close_at_a_time(project):
    with only_one(OUT / "hand"), pytest.raises(InputError, match="another close of this hospital is running"):
        close(DATA, [], OUT)
    assert states(close(DATA, [Period("2023-05")], OUT)) == {"2023-05": "closed"}


@pytest.mark.parametrize("table", ["stays", "drivers", "cost_centres", "payment_standards", "items"])
def test_a_key_that_occurs_twice_is_refused_with_the_row(project, table):
    rewrite(project, **{table: lambda rows: [*rows, rows[0]]})
    with pytest.raises(InputError, match=rf"table {table}: a key that is empty or occurs more than once(.|\n)*times 2"):
        close(DATA, [], OUT)


@pytest.mark.parametrize(
    ("table", "change", "message"),
    [
        ("cost_centres", {"class": "aux"}, r"unknown value in class(.|\n)*'aux' in 4 row"),
        ("ledger", {"cost_item": "Drugs"}, r"unknown value in cost_item(.|\n)*allowed: personnel, materials"),
        ("ledger", {"month": "2023-5"}, r"unknown value in month(.|\n)*'2023-5'"),
    ],
)
def test_an_unknown_code_is_refused_with_the_allowed_ones(project, table, change, message):
    def changed(rows):
        return [row | change | ({"cost_centre": f"X{i}"} if table == "ledger" else {}) for i, row in enumerate(rows)]

    rewrite(project, **{table: changed})
    with pytest.raises(InputError, match=message):
        close(DATA, [], OUT)


def test_discharges_alone_close_and_nothing_is_invented(project, tmp_path):
    """Only `stays`: cases with their days and charges; no group has a standard, so no payment and no margin."""
    rows = {"stays": [row | {"hospital_id": "Z"} for row in hand_hospital()["stays"]]}
    write_hospital(tmp_path / "data/bare", rows)
    close(Path("data/bare"), [], OUT)
    cases = open_period(OUT / "bare/2023-06").frame("cases").set_index("stay_id")
    assert cases["length_of_stay"].to_dict() == {"s1": 14, "s3": 4}
    assert cases["outlier"].to_dict() == {"s1": "no_standard", "s3": "ungrouped"}
    assert cases["margin_cost"].isna().all() and cases["cost_total"].isna().all()
    assert "DRG income and payment margin" in set(open_period(OUT / "bare/2023-06").frame("left_out")["what"])


def test_lines_of_an_unknown_stay_are_shown(project):
    stray = hand_hospital()["charges"][0] | {"line_id": "lx", "stay_id": "nobody"}
    rewrite(project, charges=lambda rows: [*rows, stray])
    close(DATA, [Period("2023-05")], OUT)
    checks = open_period(OUT / "hand/2023-05").frame("reconciliation").set_index("check")
    assert checks.loc["orphan_lines", "found"] == 120 and checks.loc["lines_items", "difference"] == 0


def test_a_year_folder_with_a_monthly_ledger_is_refused(project):
    write_hospital(project / DATA, hand_hospital(), date_precision="year")
    with pytest.raises(InputError, match="a monthly ledger in a folder whose dates are known by year only"):
        close(DATA, [], OUT)


def test_a_damaged_file_is_named(project):
    file = project / DATA / "ledger.parquet"
    file.write_bytes(file.read_bytes()[:300])
    with pytest.raises(InputError, match=r"not a readable Parquet file(.|\n)*ledger.parquet"):
        close(DATA, [], OUT)
