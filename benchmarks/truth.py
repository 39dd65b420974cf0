"""`python -m benchmarks.truth --seeds 101 202 303`: costs by every method against the demonstration hospital's truth.

Prints the tables of docs/benchmarks.md, section "Costs against the truth".
"""

import argparse
import tempfile
from pathlib import Path

import pandas as pd

from analysis.closed_period import period_tables
from analysis.closing import close
from analysis.contract import contract_tables
from analysis.demo.folder import make_demo
from analysis.demo.truth import COSTS, write_truth
from analysis.engine import Engine
from analysis.hospital import open_hospital
from analysis.periods import parse_range
from benchmarks.measured import machine

#: Services of an item in a centre, and cases of a group, from which a figure of the year is looked at.
SERVICES, CASES = 30, 10
#: The months that are closed: before the roll-out reaches everyone, who then uses less material than recipes say.
FIRST, LAST = "2022-01", "2022-12"
#: What is compared of a service: TDABC's direct and full unit cost, bottom-up's with the idle time.
KINDS = ("direct", "full", "worked")


def against_truth(folder: Path, seed: int, stays: int, first: str = FIRST, last: str = LAST) -> Engine:
    """Make a hospital with its truth, close it, and put the one beside the other: tables of benchmarks/sql."""
    data, outputs, months = folder / f"h{seed}", folder / "outputs", parse_range(f"{first}..{last}")
    make_demo(data, seed, (), stays, first, last)
    write_truth(data, [COSTS])
    close(data, months, outputs)
    engine = Engine()
    for name in ("services", "case_costs", "cases", "centre_capacity"):
        files = {month.name: outputs / data.name / month.name / "tables" / f"{name}.parquet" for month in months}
        engine.stack(period_tables()[name], files)
    for name in ("charges", "items", "cost_centres"):
        engine.attach(contract_tables()[name], open_hospital(data).files(name))
    for name in ("unit_costs", "stay_costs"):
        engine.scan(f"true_{name}", [data / "truth" / f"{name}.parquet"])
    for name in ("service_figures", "stay_services", "implied_figures", "stay_figures"):
        engine.make("benchmarks", name)
    return engine


def services(engine: Engine) -> pd.DataFrame:
    """Found / true - 1 of every item in a centre: columns direct, full (TDABC), worked (bottom-up, with idle time).

    Indexed by cost_centre and item_code, beside them `volume` and the true and found sums of the year.
    """
    key = ["cost_centre", "item_code"]
    by_time = engine.frame("select * from service_figures").set_index(key)
    implied = engine.frame("select * from implied_figures").set_index(key).drop(columns="volume")
    found = by_time.join(implied, how="left")
    return found.assign(**{kind: found[f"found_{kind}"] / found[f"true_{kind}"] - 1 for kind in KINDS})


def weighted(found: pd.DataFrame, kind: str) -> float:
    """Found / true - 1 of all services together."""
    return found[f"found_{kind}"].sum() / found[f"true_{kind}"].sum() - 1


def utilisation(engine: Engine) -> pd.Series:
    """Minutes worked / practical minutes of every centre over all months, outpatients' estimated."""
    return engine.frame(
        """select cost_centre, sum(used_minutes + estimated_minutes) / sum(practical_minutes) as used
        from centre_capacity where class = 'technology' or used_minutes is not null
        group by cost_centre order by cost_centre"""
    ).set_index("cost_centre")["used"]


def groups(engine: Engine) -> pd.DataFrame:
    """Mean cost and margin a case of every DRG with enough cases: method, drg_code, cases, found, true, income."""
    return engine.frame(
        """select method, drg_code, count(*) as cases, avg(found_cost) as found_cost, avg(true_cost) as true_cost,
          avg(income - found_cost) as found_margin, avg(income - true_cost) as true_margin
        from stay_figures group by method, drg_code having count(*) >= $cases order by method, drg_code""",
        cases=CASES,
    )


def ranks(found: pd.DataFrame) -> pd.DataFrame:
    """Of every method: Spearman's correlation of DRG margins a case with the truth, its misses, wrong signs."""
    rows = []
    for method, part in found.groupby("method"):
        off = part["found_cost"] / part["true_cost"] - 1
        rows.append(
            {
                "method": method,
                "groups": len(part),
                "spearman": part["found_margin"].corr(part["true_margin"], method="spearman"),
                "mean_miss": off.abs().mean(),
                "largest_miss": off.abs().max(),
                "wrong_sign": int(((part["found_margin"] > 0) != (part["true_margin"] > 0)).sum()),
            }
        )
    return pd.DataFrame(rows).set_index("method")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=[101, 202, 303])
    parser.add_argument("--stays", type=int, default=2400, help="a year")
    parser.add_argument("--from", dest="first", default=FIRST, help="first month")
    parser.add_argument("--to", dest="last", default=LAST, help="last month")
    given = parser.parse_args()
    print(machine())
    for seed in given.seeds:
        asked = seed, given.stays, given.first, given.last
        with tempfile.TemporaryDirectory() as scratch, against_truth(Path(scratch), *asked) as engine:
            found, drgs, used = services(engine), groups(engine), utilisation(engine)
        print(f"\n## seed {seed}\n")
        print(_by_centre(found).join(used).to_string(float_format="{:+.3f}".format))
        print(ranks(drgs).to_string(float_format="{:.3f}".format))
        print(_largest(drgs).to_string(float_format="{:,.2f}".format))


def _by_centre(found: pd.DataFrame) -> pd.DataFrame:
    often = found[found["volume"] >= SERVICES]
    rows = {}
    for centre, part in found.groupby(level="cost_centre"):
        items = often[often.index.get_level_values("cost_centre") == centre]
        rows[centre] = {kind: weighted(part, kind) for kind in KINDS}
        rows[centre] |= {f"{kind} worst": items[kind].abs().max() for kind in KINDS}
    rows["all"] = {kind: weighted(found, kind) for kind in KINDS}
    return pd.DataFrame(rows).T


def _largest(drgs: pd.DataFrame) -> pd.DataFrame:
    wide = drgs.pivot(index="drg_code", columns="method", values="found_cost")
    wide = wide.join(drgs.groupby("drg_code")[["true_cost", "true_margin", "cases"]].first())
    off = wide["top_down"] / wide["true_cost"] - 1
    return wide.assign(off=off).sort_values("off").iloc[[*range(6), *range(-6, 0)]]


if __name__ == "__main__":
    main()
