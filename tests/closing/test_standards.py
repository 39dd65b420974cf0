"""Standard costs, caps, budgets and items of closed months: what comes from the year before, and what is refused."""

from datetime import datetime
from pathlib import Path

import pytest
import yaml
from hand_hospital import hand_hospital, write_hospital

from analysis.closed_period import open_period
from analysis.closing import close
from analysis.errors import InputError

DATA, OUT = Path("data/two"), Path("outputs")
CAPS = {"name": "hand", "source": "by hand", "drgs": {"AA15": {"amounts": {"drug": 600}}}}
STANDARDS = {"name": "hand", "source": "by hand", "pathways": {"AA15": {"items": {"drug": 3}}}}


def two_years() -> dict[str, list[dict]]:
    """Twelve stays of one night in December 2022 and one in January 2023; ward and office cost as in the hand hospital.

    Every stay is charged one drug (60) and care 440; the thirteenth, in January, two drugs. Standard 0.2 x 5,000.
    """
    rows = hand_hospital()
    rows["payment_standards"].append(rows["payment_standards"][0] | {"year": 2022})
    first = rows["stays"][0]
    rows["stays"], rows["charges"] = [], []
    for i in range(13):
        day = datetime(2023, 1, 10, 9) if i == 12 else datetime(2022, 12, 10 + i, 9)
        drugs, stay = (2 if i == 12 else 1), f"s{i}"
        rows["stays"].append(first | {"stay_id": stay, "patient_id": stay, "admitted_at": day, "charge_total": 500,
                                      "discharged_at": day.replace(day=day.day + 1)})  # fmt: skip
        for item, quantity, amount in (("drug", drugs, 60 * drugs), ("care", 1, 500 - 60 * drugs)):
            rows["charges"].append({"line_id": f"{stay}{item}", "hospital_id": "H", "stay_id": stay, "charged_at": day,
                                    "item_code": item, "quantity": quantity, "amount": amount,
                                    "ordering_department": "D"})  # fmt: skip
    months = ("2022-12", "2023-01")
    for name in ("ledger", "drivers"):
        may = [row for row in rows[name] if row["month"] == "2023-05"]
        rows[name] = [row | {"month": month} for month in months for row in may]
    rows["workload"] = [rows["workload"][0] | {"month": month} for month in months]
    rows["denials"] = []
    budget = {"hospital_id": "H", "month": "2023-01", "cost_item": "drugs"}
    rows["budgets"] = [
        budget | {"scope": "hospital", "subject": "H", "amount": 280},
        budget | {"scope": "department", "subject": "D", "amount": 350},
        budget | {"scope": "drg", "subject": "AA15", "amount": 100},
    ]
    return rows


@pytest.fixture
def project(project: Path) -> Path:
    pack = Path("parameters/payment/hand.yaml")
    pack.write_text(yaml.safe_dump(yaml.safe_load(pack.read_text("utf8")) | {"valid_from": "2022-01"}), "utf8")
    write_hospital(DATA, two_years())
    return project


def set_files(**files: dict) -> None:
    closing = yaml.safe_load(Path("parameters/closing/hand.yaml").read_text("utf8"))
    for folder, content in files.items():
        file = Path("parameters") / folder / "hand.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(yaml.safe_dump(content), "utf8")
        closing[folder] = "hand"
    Path("parameters/closing/hand.yaml").write_text(yaml.safe_dump(closing), "utf8")


def test_the_standard_is_the_mean_of_the_year_before(project: Path):
    """December: personnel 1,118.75 and drugs 300 over twelve alike: 93.23 and 25.00 a case. None in December itself."""
    close(DATA, [], OUT)
    first, second = (open_period(OUT / f"two/{month}") for month in ("2022-12", "2023-01"))
    assert first.frame("standard_costs").empty and first.frame("drgs")["standard_cost"].isna().all()
    rows = second.sql("select cost_item, basis, cases, amount from standard_costs where amount > 0 order by 1")
    assert rows.values.tolist() == [["drugs", "history", 12, 25.0], ["personnel", "history", 12, 93.23]]
    drg = second.frame("drgs").iloc[0]
    assert drg["standard_cost"] == 118.23
    assert (drg["fixed_cost"], drg["variable_cost"], drg["contribution_total"]) == (1118.75, 300, 700)


def test_caps_by_default_are_the_charges_of_the_year_before(project: Path):
    """Drug 60 : care 440 of the standard 1,000 = 120 and 880. January's stay: drugs 120, not above; care 380."""
    close(DATA, [], OUT)
    rows = open_period(OUT / "two/2023-01").frame("drg_categories").set_index("category")
    assert rows["cap"].to_dict() == {"consumable": 0, "drug": 120, "exam": 0, "other": 0, "service": 880}
    assert rows["over_cap"].sum() == 0 and rows["charge"].to_dict()["drug"] == 120
    assert open_period(OUT / "two/2022-12").frame("drg_categories")["cap"].isna().all()


def test_files_come_first_and_a_change_in_them_closes_again(project: Path):
    """Drugs 100 as an amount: the month's stay is above it. A pathway of three drugs at 60 costs 180."""
    caps = {"name": "hand", "source": "", "drgs": {"AA15": {"amounts": {"drug": 100}}}}
    close(DATA, [], OUT)
    set_files(caps=caps, standard_costs=STANDARDS)
    assert [result.state for result in close(DATA, [], OUT)] == ["closed", "closed"]
    month = open_period(OUT / "two/2023-01")
    rows = month.frame("drg_categories").set_index("category")
    assert (
        rows["cap"].to_dict()["drug"] == 100 and rows["cap"].sum() == 1000 and rows["over_cap"].to_dict()["drug"] == 1
    )
    assert month.frame("drgs")["standard_cost"].tolist() == [180.0]
    assert month.sql("select distinct basis from standard_costs")["basis"].tolist() == ["pathway"]
    assert [result.state for result in close(DATA, [], OUT)] == ["unchanged", "unchanged"]


def test_a_payer_outside_drg_is_never_over_a_cap(project: Path):
    """Two stays alike in January, drugs 120 above the cap of 100: one insured, one self-paying, who has no standard."""
    rows = two_years()
    rows["stays"].append(rows["stays"][12] | {"stay_id": "s13", "patient_id": "s13", "payer": "self"})
    lines = [line for line in rows["charges"] if line["stay_id"] == "s12"]
    rows["charges"] += [line | {"stay_id": "s13", "line_id": f"o{line['line_id']}"} for line in lines]
    pack = yaml.safe_load(Path("parameters/payment/hand.yaml").read_text("utf8"))
    Path("parameters/payment/hand.yaml").write_text(yaml.safe_dump(pack | {"outside_drg": ["self"]}), "utf8")
    write_hospital(DATA, rows)
    set_files(caps={"name": "hand", "source": "", "drgs": {"AA15": {"amounts": {"drug": 100}}}})
    close(DATA, [], OUT)
    month = open_period(OUT / "two/2023-01")
    assert month.sql("select count(*) as n from cases where charge_drug > 100")["n"].item() == 2
    assert month.frame("drg_categories").set_index("category")["over_cap"].to_dict()["drug"] == 1


def test_budget_beside_what_was_spent(project: Path):
    """Drugs: the ledger books 300 in the ward; the hospital and the department spent it, the one discharge bore it."""
    close(DATA, [], OUT)
    rows = open_period(OUT / "two/2023-01").frame("budget_use").set_index(["scope", "cost_item"])
    assert rows.loc[("hospital", "drugs"), ["budget", "actual"]].tolist() == [280, 300]
    assert rows.loc[("department", "drugs"), ["budget", "actual"]].tolist() == [350, 300]
    assert rows.loc[("drg", "drugs"), ["budget", "actual"]].tolist() == [100, 300]
    personnel = rows.loc[("hospital", "personnel")]
    assert personnel["actual"] == 1600 and personnel["budget"] != personnel["budget"], "spent and not budgeted"
    assert rows.loc[("department", "personnel"), "actual"] == 1300, "ward and clinic, before anything is allocated"


def test_items_of_a_month_by_ordering_department(project: Path):
    hospital = two_years()
    hospital["items"][0]["substitution_group"] = "tablets"
    write_hospital(DATA, hospital)
    close(DATA, [], OUT)
    december = open_period(OUT / "two/2022-12")
    rows = december.frame("item_totals").set_index("item_code")
    assert rows.loc["drug", ["department", "quantity", "amount", "cost"]].tolist() == ["D", 12, 720, 720]
    assert rows.loc["care", "amount"] == 12 * 440 and rows["cost"].isna().to_dict()["care"]
    assert rows["substitution_group"].dropna().to_dict() == {"drug": "tablets"}
    assert rows["amount"].sum() == december.frame("case_items")["amount"].sum()


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (
            {"caps": CAPS | {"drgs": {"ZZ99": {"shares": {"drug": 1}}}}},
            "ZZ99: neither in payment_standards nor in stays",
        ),
        ({"standard_costs": STANDARDS | {"pathways": {"ZZ99": {"items": {"drug": 1}}}}}, "ZZ99: neither in"),
        ({"standard_costs": STANDARDS | {"pathways": {"AA15": {"items": {"nothing": 1}}}}}, "AA15: item nothing"),
        ({"caps": CAPS | {"drgs": {"AA15": {"shares": {"drug": 0.8}}}}}, "shares sum to 0.8"),
        ({"caps": CAPS | {"drgs": {"AA15": {"shares": {"drugs": 1}}}}}, "drgs.AA15.shares.drugs"),
        ({"caps": CAPS | {"drgs": {"AA15": {"amounts": {"drug": 1001}}}}}, "the mean standard of the month's cases is"),
    ],
)
def test_what_a_file_says_wrongly_is_told_with_file_drg_and_mend(project: Path, files: dict, told: str):
    set_files(**files)
    with pytest.raises(InputError) as caught:
        close(DATA, [], OUT)
    said = str(caught.value)
    assert told in said and "hand.yaml" in said and caught.value.mend
    assert not (OUT / "two/2022-12").exists()
