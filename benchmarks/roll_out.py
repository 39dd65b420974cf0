"""`python -m benchmarks.roll_out --seeds 511 512 --stays 8000`: the roll-out's effect said, and true.

Makes two years of the demonstration hospital with and without the roll-out; the same stays in both give the truth.
Estimates by the settings of parameters/studies/changes/roll_out.yaml, from what the hospital with the roll-out shows.
"""

import argparse

import pandas as pd
import pyarrow as pa

from analysis.demo.assembly import pieces
from analysis.demo.parameters import demo_parameters
from analysis.demo.world import build_world
from analysis.engine import Engine
from analysis.evaluation.change_settings import read_change
from analysis.evaluation.effects_in_units import effect_of
from analysis.evaluation.panels import adjusted_panel, pooled, raw_panel
from analysis.evaluation.prices import price_gaps
from analysis.periods import parse_range
from analysis.settings import parameters_folder
from analysis.studies.did_it_work_outcomes import OUTCOMES, cells_of

FIRST, LAST = "2021-01", "2022-12"
MONTHS = [period.name for period in parse_range(f"{FIRST}..{LAST}")]
STUDY = read_change(parameters_folder(), "roll_out")
BEFORE = [month for month in MONTHS if month <= STUDY.last_before.name]
AFTER = [month for month in MONTHS if month >= STUDY.starts]
MEASURED = ("charge", "drug_share", "consumable_share")
_LINES = """
select c.stay_id, c.item_code as item, cast(sum(c.quantity) as double) as quantity,
  cast(sum(c.amount) as double) as amount, any_value(i.kind) as kind
from charges c join items i on i.item_code = c.item_code where c.stay_id is not null group by all
"""
_STAYS = """
with sums as (
  select stay_id, sum(amount) as charge, sum(amount) filter (where kind = 'drug') as drug,
    sum(amount) filter (where kind = 'consumable') as consumable
  from lines group by stay_id
)
select strftime(s.discharged_at, '%Y-%m') as period, s.stay_id, s.department, s.drg_code,
  coalesce(s.severity, '*') as severity, t.charge, coalesce(t.drug, 0) as drug, coalesce(t.consumable, 0) as consumable
from stays s join sums t on t.stay_id = s.stay_id
where s.discharged_at is not null and s.drg_code is not null and strftime(s.discharged_at, '%Y-%m') <= $last
order by all
"""


def hospital(seed: int, stays: int, without: tuple[str, ...] = ()) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cases discharged in the two years, and what was charged of the items that constant prices name."""
    with Engine() as engine:
        lines, found = [], []
        for name, rows in pieces(build_world(demo_parameters(), seed, without, stays, FIRST, LAST)):
            if name == "items":
                engine.put(name, rows)
            elif name == "charges":
                engine.put(name, rows)
                lines.append(engine.arrow(_LINES))
            elif name == "stays":
                found.append(rows)
        engine.put("lines", pa.concat_tables(lines))
        engine.put("stays", pa.concat_tables(found))
        cases = engine.frame(_STAYS, last=LAST)
        named = STUDY.constant_prices.items if STUDY.constant_prices else []
        implants = engine.frame("select * from lines where list_contains($items, item)", items=named)
    return cases, implants.merge(cases[["stay_id", "period"]], on="stay_id")


def at_prices_after(cases: pd.DataFrame, implants: pd.DataFrame) -> pd.DataFrame:
    """Cases with the named items at the prices of the months after."""
    gaps = price_gaps(implants, AFTER).groupby(implants["stay_id"]).sum()
    gap = cases["stay_id"].map(gaps).fillna(0.0)
    return cases.assign(charge=cases["charge"] + gap, consumable=cases["consumable"] + gap)


def measured(seed: int, stays: int) -> pd.DataFrame:
    """One row an outcome: said with its interval, true, and what before and after says."""
    cases, implants = hospital(seed, stays)
    without, _ = hospital(seed, stays, ("roll_out",))
    mine = cases[cases["department"].isin(STUDY.treated) & cases["period"].isin(AFTER)]
    both = mine.merge(without[["stay_id", "charge", "drug", "consumable"]], on="stay_id", suffixes=("", "_0"))
    level = at_prices_after(cases, implants)
    rows = []
    for name in MEASURED:
        outcome = OUTCOMES[name]
        panel = adjusted_panel(cells_of(level, outcome), outcome.scale, BEFORE)
        said = effect_of(panel, outcome.scale, STUDY.treated, BEFORE, AFTER).estimate
        base = both[outcome.base] if outcome.base else pd.Series(1.0, both.index)
        base_0 = both[f"{outcome.base}_0"] if outcome.base else base
        true = both[outcome.amount].sum() / base.sum() - both[f"{outcome.amount}_0"].sum() / base_0.sum()
        series = pooled(raw_panel(cells_of(cases, outcome)), STUDY.treated)
        plain = series[AFTER].mean() - series[BEFORE].mean()
        rows.append((seed, name, said.effect, said.low, said.high, true, said.low <= true <= said.high, plain))
    return pd.DataFrame(rows, columns=["seed", "outcome", "said", "low", "high", "true", "held", "before_after"])


def main() -> None:
    """Print every seed as it comes, then the means by outcome."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[511])
    parser.add_argument("--stays", type=int, default=8000)
    asked = parser.parse_args()
    found = []
    for seed in asked.seeds:
        found.append(measured(seed, asked.stays))
        print(found[-1].round(4).to_string(index=False), flush=True)
    rows = pd.concat(found)
    print(rows.groupby("outcome")[["said", "low", "high", "true", "held", "before_after"]].mean().round(4).to_string())


if __name__ == "__main__":
    main()
