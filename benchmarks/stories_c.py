"""`python -m benchmarks.stories_c --seed 4101`: why DRGs overspend, beside the hospital where a story did not happen.

Makes a year of the demonstration hospital and the same year without some stories, closes the first, explains the groups
of BRIEF.md C1 to C4 in it, and prints what `explain` says beside the truth: for the same stays, what they had more of
with the story, at what a unit costs. Then another year for C8, against the months before. docs/overspending.md.
"""

import argparse
import tempfile
from pathlib import Path

import pandas as pd

from analysis.closed_period import open_periods
from analysis.closing import close
from analysis.contract import contract_tables
from analysis.demo.generator import write_demo
from analysis.engine import Engine
from analysis.hospital import open_hospital
from analysis.periods import parse_range
from analysis.rootcause.baselines import Baseline
from analysis.rootcause.between_physicians import between_physicians
from analysis.rootcause.complications import complication_effect
from analysis.rootcause.explain import Explanation, explain
from analysis.rootcause.explain_core import Explained, explain_samples
from analysis.rootcause.samples import Sample, read_samples
from analysis.rootcause.settings import RootCause
from analysis.settings import read_settings
from benchmarks.measured import machine

#: Before the roll-out began to take the habits away.
FIRST, LAST = "2021-07", "2022-06"
#: Worlds without stories that act on different groups.
WORLDS = {"a": ("contrast_volume", "rehabilitation_shortage"), "b": ("imported_implants", "examination_shortage")}
#: C4: the group of which associations of complications are told.
COMPLICATIONS = "HC39"
#: C8: cheap antibiotics in general surgery from March 2023 on, against the months before.
LATER = ("2022-07", "2023-06", "2023-03")
ANTIBIOTICS, SURGERY = ("GD29", "HC39"), "03"
#: DRG -> the worlds whose stories are about it, and the baselines it is explained against.
ASKED = {
    "FM19": ("ab", ("auto",)), "IC29": ("b", ("auto",)), "IC19": ("b", ("auto",)), "IF39": ("b", ("auto",)),
    "BR19": ("a", ("standard", "auto")), "FE19": ("b", ("standard",)), "HC39": ("a", ("standard",)),
}  # fmt: skip


def extra(sample: Sample, full: Path, without: Path) -> pd.DataFrame:
    """What the sample's stays had more of with the story than without it, by group: quantity and money of a case.

    Goods count at what was charged for them, which is their purchase price; services at what one costs in the sample;
    days at what a day of the sample costs in the wards (element category `stay`).

    Returns
    -------
    One row a group: group, category, quantity, amount (per case of the sample); group `days` for the stay.
    """
    used = sample.elements[sample.elements["quantity"] > 0]
    units = used.groupby(["element", "category"], as_index=False)[["quantity", "cost"]].sum()
    lines, days = _differences(sample.cases["stay_id"], full, without)
    services = units[units["category"].isin(["exam", "service"])].set_index("element")
    at_cost = lines["units"] * lines["element"].map(services["cost"] / services["quantity"])
    lines["amount"] = lines["charged"].where(lines["kind"] != "service", at_cost.fillna(0))
    found = lines.rename(columns={"member_of": "group", "kind": "category", "units": "quantity"})
    found = found.groupby(["group", "category"], as_index=False)[["quantity", "amount"]].sum()
    beds = units[units["category"] == "stay"]
    day = beds["cost"].sum() / beds["quantity"].sum() if len(beds) else 0.0
    found.loc[len(found)] = ["days", "stay", days, days * day]
    n = len(sample.cases)
    found[["quantity", "amount"]] /= n
    return found


def _differences(stays: pd.Series, full: Path, without: Path) -> tuple[pd.DataFrame, float]:
    """Items of these stays with the story less without it, in base units where they have a content, and days."""
    with Engine() as engine:
        engine.put("mine", pd.DataFrame({"stay_id": stays}))
        for name in ("charges", "stays"):
            engine.attach(contract_tables()[name], open_hospital(full).files(name))
            engine.scan(f"{name}_without", open_hospital(without).files(name))
        engine.attach(contract_tables()["items"], open_hospital(full).files("items"))
        for name in ("story_lines", "story_days"):
            engine.make("benchmarks", name)
        return engine.frame("select * from story_lines"), float(engine.value("select days from story_days"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=4101)
    parser.add_argument("--later-seed", type=int, default=4202, help="of the year for C8")
    parser.add_argument("--stays", type=int, default=8000, help="a year")
    parser.add_argument("--folder", type=Path, help="where to keep the hospitals; made ones are not made again")
    given = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.folder or Path(scratch)
        _report(folder, given.seed, given.stays)
        _false_economy(folder, given.later_seed, given.stays)


def _report(folder: Path, seed: int, stays: int) -> None:
    data = folder / "data"
    for world, stories in {"full": (), **WORLDS}.items():
        _make(data / world, seed, stories, stays, (FIRST, LAST))
    close(data / "full", parse_range(f"{FIRST}..{LAST}"), folder / "outputs")
    for drg, (worlds, baselines) in ASKED.items():
        for baseline in baselines:
            found = explain(folder / "outputs/full" / LAST, drg, baseline=baseline)
            _told(found, drg, data, worlds)
            if drg == COMPLICATIONS:
                _complications(found.sample)


def _complications(sample: Sample) -> None:
    for outcome in ("cost", "length_of_stay"):
        for found in (*complication_effect(sample, outcome), *between_physicians(sample, outcome)):
            print(found)


def _make(folder: Path, seed: int, without: tuple[str, ...], stays: int, span: tuple[str, str]) -> None:
    if not (folder / "source.yaml").exists():
        write_demo(folder, seed, without, stays_per_year=stays, first=span[0], last=span[1])


def _false_economy(folder: Path, seed: int, stays: int) -> None:
    """General surgery's cases since the cheap antibiotics against its own before, beside the year without them."""
    first, last, since = LATER
    data, outputs = folder / "data", folder / "outputs"
    for world, stories in {"full2": (), "c": ("cheap_antibiotics",)}.items():
        _make(data / world, seed, stories, stays, (first, last))
    close(data / "full2", parse_range(f"{first}..{last}"), outputs)
    months = open_periods(outputs / "full2", first, last)
    hospital = str(months.sql("select min(hospital_id) as hospital from cases")["hospital"][0])
    actual, before = {}, {}
    for drg, sample in read_samples(months, ANTIBIOTICS, hospital=hospital).items():
        own, late = (sample.cases["department"] == SURGERY).to_numpy(), (sample.cases["period"] >= since).to_numpy()
        actual[drg], before[drg] = sample.only(own & late), Baseline("own_past", sample.only(own & ~late), None)
    settings = read_settings(Path("parameters/rootcause/demo.yaml"), RootCause)
    for drg, found in explain_samples(
        actual, before, settings, hospital=hospital, months=dict.fromkeys(actual, 4)
    ).items():
        _told_since(found, drg, extra(found.sample, data / "full2", data / "c"))


def _told_since(found: Explained, drg: str, more: pd.DataFrame) -> None:
    cases = found.sample.cases
    assert found.baseline.sample is not None
    for name, part in (("before", found.baseline.sample.cases), ("since", cases)):
        print(
            f"\n## {drg} {name}: {len(part)} cases\n{part[['cost', 'length_of_stay', 'infection']].mean().to_string()}"
        )
    _print_largest(_per_case(found.rows, len(cases)), "amount_per_case", 30)
    print(f"\nwith cheap_antibiotics more than without, a case: {more['amount'].sum():,.0f}")
    print(more.groupby("category")["amount"].sum().to_string(float_format="{:,.0f}".format))
    _print_largest(more, "amount", 8)


def _told(found: Explanation, drg: str, data: Path, worlds: str) -> None:
    cases = found.sample.cases
    against = found.baseline.kind + " (physicians)" * found.baseline.robust
    means = cases[["payment", "cost", "length_of_stay"]].mean()
    print(f"\n## {drg}, {len(cases)} cases, against {against}\n")
    print("paid {:,.0f}, costs {:,.0f}, {:.1f} days".format(*means))
    _print_largest(_per_case(found.causes, len(cases)), "amount_per_case", 34)
    for world in worlds:
        more = extra(found.sample, data / "full", data / world)
        print(f"\nwith {', '.join(WORLDS[world])} more than without, a case: {more['amount'].sum():,.0f}")
        _print_largest(more, "amount", 14)


def _per_case(causes: pd.DataFrame, cases: int) -> pd.DataFrame:
    rows = causes[["view", "level", "cause", "subject", "effect", "amount_per_case", "q_value"]].copy()
    for name in ("ci_low", "ci_high", "preventable"):
        rows[name] = causes[name].astype(float) / cases
    return rows


def _print_largest(rows: pd.DataFrame, by: str, most: int) -> None:
    largest = rows.reindex(rows[by].abs().sort_values(ascending=False, kind="stable").index).head(most)
    print(largest.to_string(index=False, float_format="{:,.2f}".format))


if __name__ == "__main__":
    main()
