"""`python -m benchmarks.rootcause`: seconds and memory of explaining made-up DRGs, beside a plain pandas pass.

100 DRGs of unequal size, 8,000 cases (a full-size month) against as many of the year before, some 60 elements a case
of 90 there are, physicians of unequal volume. Each figure comes from a process of its own.
"""

import argparse
from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis.rootcause.baselines import Baseline
from analysis.rootcause.cause_rows import cause_tree, node_amounts
from analysis.rootcause.explain_core import causes_of, explain_samples
from analysis.rootcause.item_view import decompose, item_effects
from analysis.rootcause.resampling import cluster_weights
from analysis.rootcause.samples import Sample, with_strata
from analysis.rootcause.settings import RootCause
from benchmarks.measured import Clock, Measured, machine, measure

_CATEGORIES = ("drug", "consumable", "exam", "service")
#: Elements there are, those that share a group with the one before, wards, elements a case.
_ELEMENTS, _TWINS, _WARDS, _USED = 90, 15, 3, 58


def make_sample(seed: int, cases: int, physicians: int, used: int = _USED, elements: int = _ELEMENTS) -> Sample:
    """Cases of one DRG with `used` elements on average, a ward and `rest` each."""
    draw = np.random.default_rng(seed)
    world = np.random.default_rng(12345)
    rate, price = world.beta(2, 1, elements), np.round(world.lognormal(3, 1.5, elements), 2)
    rate = np.minimum(rate * used / rate.sum(), 1.0)
    case, j = np.nonzero(draw.random((cases, elements)) < rate)
    quantity = draw.integers(1, 6, len(case)).astype(float)
    group = np.where(np.arange(elements) < 2 * _TWINS, np.arange(elements) // 2 * 2, np.arange(elements))[j]
    days = draw.integers(2, 12, cases).astype(float)
    items = pd.DataFrame({
        "case": case, "element": np.char.add("E", j.astype(str)), "group": np.char.add("E", group.astype(str)),
        "category": np.array(_CATEGORIES)[group % len(_CATEGORIES)], "quantity": quantity,
        "cost": np.round(quantity * price[j] * draw.uniform(0.95, 1.05, len(case)), 2),
    })  # fmt: skip
    ward = np.char.add("W", draw.integers(0, _WARDS, cases).astype(str))
    stays = pd.DataFrame({"case": np.arange(cases), "element": ward, "group": ward, "category": "stay",
                          "quantity": days, "cost": days * 400})  # fmt: skip
    rest = pd.DataFrame({"case": np.arange(cases), "element": "rest", "group": "rest", "category": "rest",
                         "quantity": 1.0, "cost": np.round(draw.uniform(50, 500, cases), 2)})  # fmt: skip
    rows = pd.concat([items, stays, rest], ignore_index=True).sort_values(["case", "category", "element"])
    cost = np.bincount(rows["case"], rows["cost"], cases).round(2)
    waits = pd.DataFrame({"case": np.flatnonzero(days > 9), "reason": "mri", "days": 1.0})
    return Sample(_cases(draw, cost, days, physicians), rows.reset_index(drop=True), waits)


def _cases(draw: np.random.Generator, cost: np.ndarray, days: np.ndarray, physicians: int) -> pd.DataFrame:
    n, volume = len(cost), draw.dirichlet(np.full(physicians, 2.0))
    age = draw.integers(20, 90, n)
    stays = [f"s{place}" for place in range(n)]
    return pd.DataFrame({
        "stay_id": stays, "period": "2023-06", "patient_id": stays, "hospital_id": "H", "department": "01", "team": "T",
        "physician_id": np.char.add("P", draw.choice(physicians, n, p=volume).astype(str)),
        "severity": draw.choice(["1", "2", "3"], n, p=[0.5, 0.3, 0.2]), "age": age,
        "age_band": np.array(["0-44", "45-59", "60-74", "75+"])[np.digitize(age, [45, 60, 75])], "sex": "F",
        "admission_type": "elective", "variant": draw.choice(["v0", "v1"], n), "payment": np.round(cost.mean(), 2),
        "cost": cost, "length_of_stay": days, "complication": (draw.random(n) < 0.1).astype(float),
        "infection": 0.0, "died": False, "coding_flag": draw.random(n) < 0.03, "stratum": "",
    })  # fmt: skip


def hospital(cases: int, drgs: int, seed: int = 1) -> tuple[dict[str, Sample], dict[str, Sample]]:
    """Actual and past cases of every DRG; sizes from 30 on, a few DRGs hold many."""
    share = np.random.default_rng(seed).dirichlet(np.full(drgs, 0.8))
    sizes = 30 + np.rint(share * max(0, cases - 30 * drgs)).astype(int)
    sides = [
        {
            f"D{k:03d}": make_sample(1000 * side + k, size, int(np.clip(size // 4, 12, 40)))
            for k, size in enumerate(sizes)
        }
        for side in (1, 2)
    ]
    return sides[0], sides[1]


def explain_all(cases: int, drgs: int, draws: int, robust: bool) -> Measured:
    """Every DRG in both views with intervals and q-values; rows are elements of both sides."""
    now, before = hospital(cases, drgs)
    baselines = {
        drg: Baseline("peers", now[drg], None, robust=True) if robust else Baseline("own_past", before[drg], None)
        for drg in now
    }
    clock = Clock()
    found = explain_samples(now, baselines, RootCause(draws=draws), hospital="H", months=dict.fromkeys(now, 1))
    rows = causes_of(found)
    measured = clock.read(elements_of(now, {} if robust else before))
    if not rows["ci_low"].notna().any():
        raise AssertionError("nothing has an interval")
    return measured


def plain_pass(cases: int, drgs: int) -> Measured:
    """What anybody would begin with in pandas: quantity and cost by group and element of both sides, means by DRG."""
    now, before = hospital(cases, drgs)
    clock = Clock()
    for drg in now:
        for side in (now[drg], before[drg]):
            side.elements.groupby(["category", "group", "element"])[["quantity", "cost"]].sum()
            side.cases[["cost", "payment"]].mean()
    return clock.read(elements_of(now, before))


def elements_of(*sides: dict[str, Sample]) -> int:
    return sum(len(sample.elements) for side in sides for sample in side.values())


def one_drg(draws: int, robust: bool, many: bool = False) -> Measured:
    """Item view of one DRG with its draws, from cluster sums on; rows are groups.

    Eighty cases, 15 physicians, up to 60 elements in 40-odd groups; `many`: 2,000 cases, 60 physicians, all elements.
    """
    size = (2000, 60, _USED, _ELEMENTS) if many else (80, 15, 40, 55)
    now, before = with_strata(make_sample(1, *size), make_sample(2, *size), 40 if many else 8)
    baseline = Baseline("peers", now, None, robust=True) if robust else Baseline("own_past", before, None)
    sums, reference = decompose(now, baseline)
    weights = cluster_weights(len(sums.layout.clusters), draws, 1)
    tree = cause_tree(sums.layout)
    node_amounts(item_effects(sums, reference, weights[:10]), tree)
    clock = Clock()
    effects = item_effects(sums, reference, weights)
    measured = clock.read(len(sums.layout.groups))
    node_amounts(effects, tree)
    return measured


def _line(name: str, work: Callable[..., Measured], *arguments: object) -> Measured:
    measured = measure(work, *arguments)
    took = f"{measured.seconds:.2f} s | {measured.processor:.2f} s"
    print(f"| {name} | {measured.rows:,} | {took} | {measured.peak_mib:.0f} MiB |", flush=True)
    return measured


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=8000)
    parser.add_argument("--drgs", type=int, default=100)
    parser.add_argument("--draws", type=int, default=2000)
    given = parser.parse_args()
    print(machine())
    print("\n| what | rows | seconds | processor seconds | peak memory |\n|---|---|---|---|---|")
    for name, robust, many in (("cases", False, False), ("robust", True, False), ("cases, 2,000 of them", False, True)):
        _line(f"item view of one DRG, {given.draws} draws, reference: {name}", one_drg, given.draws, robust, many)
    whole = {}
    for times in (1, 2, 4):
        plain = _line(f"plain pandas pass, {times} x {given.cases} cases", plain_pass, times * given.cases, given.drgs)
        whole[times] = _line(f"all DRGs explained, {times} x {given.cases} cases", explain_all,
                             times * given.cases, given.drgs, given.draws, False)  # fmt: skip
        print(f"| ratio to the plain pass |  | {whole[times].seconds / plain.seconds:.0f} | "
              f"{whole[times].processor / plain.processor:.0f} | |")  # fmt: skip
    _line("all DRGs explained, peer physicians", explain_all, given.cases, given.drgs, given.draws, True)
    print(f"| 2 x, 4 x the cases take |  | {whole[2].seconds / whole[1].seconds:.2f} x, "
          f"{whole[4].seconds / whole[1].seconds:.2f} x | | |")  # fmt: skip


if __name__ == "__main__":
    main()
