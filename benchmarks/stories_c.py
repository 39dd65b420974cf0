"""`python -m benchmarks.stories_c --seed 4101`: why DRGs overspend, beside the hospital where a story did not happen.

Makes a year of the demonstration hospital and the same year without some stories, closes the first, explains the groups
of BRIEF.md C1 to C4 in it, and prints what `explain` says beside the truth: for the same stays, what they had more of
with the story, at what a unit costs. Tables of docs/overspending.md.
"""

import argparse
import tempfile
from pathlib import Path

import pandas as pd

from analysis.closing import close
from analysis.contract import contract_tables
from analysis.demo.generator import write_demo
from analysis.engine import Engine
from analysis.hospital import open_hospital
from analysis.periods import parse_range
from analysis.rootcause.explain import Explanation, explain
from analysis.rootcause.samples import Sample
from benchmarks.measured import machine

#: Before the roll-out began to take the habits away.
FIRST, LAST = "2021-07", "2022-06"
#: Worlds without stories that act on different groups.
WORLDS = {"a": ("contrast_volume", "rehabilitation_shortage"), "b": ("imported_implants", "examination_shortage")}
#: DRG -> the worlds whose stories are about it, and the baselines it is explained against.
ASKED = {
    "FM19": ("ab", ("auto",)), "IC29": ("b", ("auto",)), "IC19": ("b", ("auto",)), "IF39": ("b", ("auto",)),
    "BR19": ("a", ("auto",)), "FE19": ("b", ("auto",)), "HC39": ("a", ("auto",)),
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
    parser.add_argument("--stays", type=int, default=8000, help="a year")
    parser.add_argument("--folder", type=Path, help="where to keep the hospitals; made ones are not made again")
    given = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as scratch:
        _report(given.folder or Path(scratch), given.seed, given.stays)


def _report(folder: Path, seed: int, stays: int) -> None:
    data = folder / "data"
    for world, stories in {"full": (), **WORLDS}.items():
        if not (data / world / "source.yaml").exists():
            write_demo(data / world, seed, stories, stays_per_year=stays, first=FIRST, last=LAST)
    close(data / "full", parse_range(f"{FIRST}..{LAST}"), folder / "outputs")
    for drg, (worlds, baselines) in ASKED.items():
        for baseline in baselines:
            _told(explain(folder / "outputs/full" / LAST, drg, baseline=baseline), drg, data, worlds)


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
