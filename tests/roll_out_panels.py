"""Generated hospitals for the roll-out: cells of thirty departments, 24 months, with all that can fool a reader.

Departments differ in level, trend and size, months hang together (AR), winter and an epidemic change who comes, the
price of implants falls for one pilot in April 2022, preparation leaks into the pilots from March. The effect of the
roll-out multiplies what each case comes to, by department and month: the truth is known for the very cases that came.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.evaluation.prices import price_gaps
from analysis.periods import parse_range

MONTHS = [period.name for period in parse_range("2021-01..2022-12")]
BEFORE, LEAK, AFTER = MONTHS[:14], MONTHS[14:18], MONTHS[18:]
PILOTS = ("D00", "D01", "D02")
JOINTS, IMPLANT = "joints", "implant"
#: Cases a month; the pilots come first.
SIZES = np.array(
    [60, 65, 40, 50, 20, 60, 18, 10, 20, 20, 15, 18, 24, 14, 30, 10, 28, 30, 14, 6, 5, 5, 10, 18, 26, 10, 18, 22, 9, 18]
)
#: Planned share of a stratum, winter peak, cost of a case.
STRATA = {"planned": (0.8, 0.0, 1.0), "acute": (0.1, 0.25, 1.6), "light": (0.5, 0.1, 0.5)}


@dataclass(frozen=True)
class Made:
    """Cells as charged and at constant prices; the true effect on the pilots July to December: as a share of what they
    would have come to, and per case."""

    charged: pd.DataFrame
    cells: pd.DataFrame
    relative: float
    per_case: float


def make(seed: int, effect: float = 0.18, trend: float = 0.0015, noise: float = 0.03) -> Made:
    random = np.random.default_rng(seed)
    units, months = len(SIZES), len(MONTHS)
    t = np.arange(months)
    level = random.normal(0, 0.08, units)[:, None] + random.normal(0, trend, units)[:, None] * t
    common = 0.003 * t + random.normal(0, 0.02, months)
    log_level = level + common + _ar(random, units, months, 0.6, noise)
    factor = 1 - effect * _strength(random)
    shares = random.dirichlet([4, 4, 4], units)
    parts = [
        _stratum(random, name, (SIZES * shares[:, place])[:, None], log_level, factor)
        for place, name in enumerate(STRATA)
    ]
    joints, lines = _joints(random, log_level[1], factor[1])
    cells = pd.concat([*parts, joints], ignore_index=True)
    charged = cells.drop(columns="without")
    gaps = lines.assign(gap=price_gaps(lines, AFTER)).set_index("period")["gap"]
    extra = np.where(cells["group"] == JOINTS, cells["period"].map(gaps), 0.0)
    pilots = cells["unit"].isin(PILOTS) & cells["period"].isin(AFTER)
    saved = (cells["amount"] - cells["without"])[pilots].sum()
    return Made(charged, _raised(charged, extra), saved / cells["without"][pilots].sum(),
                saved / cells["cases"][pilots].sum())  # fmt: skip


def _raised(cells: pd.DataFrame, extra: np.ndarray) -> pd.DataFrame:
    """Cells with so much more charged, the same a case."""
    factor = 1 + extra / cells["amount"]
    moved = {"amount": factor, "product": factor, "amount2": factor**2}
    return cells.assign(**{name: cells[name] * by for name, by in moved.items()})


def _ar(random: np.random.Generator, units: int, months: int, rho: float, spread: float) -> np.ndarray:
    """Stationary AR(1), one row a unit."""
    shocks = random.normal(0, spread * (1 - rho**2) ** 0.5, (units, months))
    shocks[:, 0] /= (1 - rho**2) ** 0.5
    for month in range(1, months):
        shocks[:, month] += rho * shocks[:, month - 1]
    return shocks


def _strength(random: np.random.Generator) -> np.ndarray:
    """Department x month: 10 % in the pilots from March, 80, 90, 100 % from July; departments take it up unlike."""
    strength = np.zeros((len(SIZES), len(MONTHS)))
    strength[: len(PILOTS), 14:18] = 0.1
    strength[: len(PILOTS), 18:] = (0.8, 0.9, 1, 1, 1, 1)
    return strength * np.exp(random.normal(0, 0.12, len(SIZES)))[:, None]


def _arrivals(size: np.ndarray, planned: float, winter: float) -> np.ndarray:
    """Expected cases: winter peak of acute disease; epidemics put planned cases off, the second brings acute ones."""
    months = np.arange(len(MONTHS))
    season = 1 + winter * np.cos(2 * np.pi * months / 12)
    season[[15, 16]] *= 1 - 0.35 * planned
    season[23] *= 1 - 0.4 * planned + 1.5 * winter
    return size * season


def _stratum(
    random: np.random.Generator, name: str, size: np.ndarray, log_level: np.ndarray, factor: np.ndarray
) -> pd.DataFrame:
    """Cells of one kind of case: amounts are sums of gamma costs (cv 0.7) of as many cases as came."""
    planned, winter, cost = STRATA[name]
    cases = random.poisson(_arrivals(size, planned, winter))
    mean = 10_000 * cost * np.exp(log_level)
    without = random.gamma(np.maximum(cases, 1) / 0.49, mean * 0.49)
    unit, month = np.nonzero(cases)
    amount = without * factor
    names = [f"D{u:02d}" for u in unit]
    return _cells(names, month, name, cases[unit, month], amount[unit, month], without[unit, month], 0.49)


def _cells(units, month, name, cases, amount, without, variance) -> pd.DataFrame:
    """Rows as `adjusted_panel` takes them; `variance` of a case in units of its squared mean."""
    return pd.DataFrame(
        {"unit": units, "period": np.array(MONTHS)[month], "group": name, "stratum": name, "cases": cases,
         "base": cases.astype(float), "base2": cases.astype(float), "amount": amount, "product": amount,
         "amount2": amount**2 / cases * (1 + variance * (cases - 1) / cases), "without": without}
    )  # fmt: skip


def _joints(
    random: np.random.Generator, log_level: np.ndarray, factor: np.ndarray
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Joint replacements of the second pilot: half implants, whose price falls to 45 % in April 2022."""
    cases = np.maximum(random.poisson(_arrivals(np.full(1, 14.0), 0.9, 0.0)), 1)
    price = np.where(np.arange(len(MONTHS)) < 15, 22_000, 9_900)
    care = random.gamma(cases / 0.2, 20_000 * np.exp(log_level) * 0.2)
    lines = pd.DataFrame({"period": MONTHS, "item": IMPLANT, "quantity": cases * factor})
    lines["amount"] = lines["quantity"] * price
    amount = care * factor + lines["amount"].to_numpy()
    months = np.arange(len(MONTHS))
    return _cells([PILOTS[1]] * len(months), months, JOINTS, cases, amount, care + cases * price, 0.05), lines
