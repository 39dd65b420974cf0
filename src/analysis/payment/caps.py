"""Caps: a DRG's payment standard parted into drugs, consumables, examinations, services and other.

parameters/caps/NAME.yaml says how, by shares or by amounts; where it names no DRG, the standard is parted like the
charges of the year before's normal cases that kept within it, from ten such cases on.
"""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import pyarrow as pa
from pydantic import Field

from analysis.engine import Engine
from analysis.errors import InputError
from analysis.fen import split_to_fen
from analysis.settings import Settings

_SQL = "analysis.payment"
_MIN_CASES = 10
Category = Literal["drug", "consumable", "exam", "service", "other"]
CATEGORIES: tuple[Category, ...] = ("drug", "consumable", "exam", "service", "other")
_SCHEMA = pa.schema(
    [
        ("hospital_id", pa.string()),
        ("drg_code", pa.string()),
        ("category", pa.string()),
        ("cap", pa.decimal128(18, 2)),
        ("counted_in", pa.string()),
    ]
)


class Cap(Settings):
    """How one DRG's standard is parted: `shares` of it that sum to 1, or `amounts` of a case.

    `counted_in`: a category that has no cap of its own, and whose charges count in another one's. What amounts leave of
    the standard goes to the categories not named, by their history; to `other` where all are named.
    """

    note: str = ""
    shares: dict[Category, Annotated[float, Field(ge=0)]] = {}
    amounts: dict[Category, Annotated[Decimal, Field(ge=0, decimal_places=2)]] = {}
    counted_in: dict[Category, Category] = {}


class Caps(Settings):
    """parameters/caps/NAME.yaml: DRG -> how its standard is parted."""

    name: str
    source: str
    note: str = ""
    drgs: dict[str, Cap] = {}


def caps_of_period(engine: Engine, caps: Caps, file: Path) -> None:
    """Make `caps`: hospital_id, drg_code, category, cap (empty where counted in another category), counted_in.

    Reads cases (their mean standard is parted) and past_cases (cases of the calendar year before).

    Raises
    ------
    InputError
        Shares that do not sum to 1, amounts above the standard, a category counted in one that has no cap.
    """
    for drg, cap in caps.drgs.items():
        _check(drg, cap, file)
    engine.make(_SQL, "mean_standards")
    engine.make(_SQL, "charge_shares", min_cases=_MIN_CASES)
    history: dict[tuple[str, str], dict[str, float]] = {}
    for row in engine.frame("select * from charge_shares order by all").itertuples():
        history.setdefault((row.hospital_id, row.drg_code), {})[row.category] = row.share
    rows: list[dict[str, object]] = []
    for row in engine.arrow("select * from mean_standards order by hospital_id, drg_code").to_pylist():
        cap = caps.drgs.get(row["drg_code"])
        past = history.get((row["hospital_id"], row["drg_code"]), {})
        if cap:
            _check_amounts(row["drg_code"], cap, row["standard"], file)
        parts = part_standard(row["standard"], cap, past)
        joint = cap.counted_in if cap else {}
        rows += [row | {"category": c, "cap": parts.get(c), "counted_in": joint.get(c)} for c in CATEGORIES if parts]
    engine.put("caps", pa.Table.from_pylist(rows, schema=_SCHEMA))


def part_standard(standard: Decimal, cap: Cap | None, history: Mapping[str, float]) -> dict[str, Decimal]:
    """Caps of the categories that have one: they sum to `standard` to the fen; none where nothing says how to part it.

    Parameters
    ----------
    standard : of one case, in the currency.
    cap : how the file parts it; None = by history.
    history : shares of the charge structure by category; empty = none known.
    """
    if cap is None or not (cap.shares or cap.amounts):
        joint = cap.counted_in if cap else {}
        shares: dict[str, float] = {}
        for category in CATEGORIES if history else ():
            into = joint.get(category, category)
            shares[into] = shares.get(into, 0.0) + history.get(category, 0.0)
        return _split(standard, shares)
    if cap.shares:
        return _split(standard, {c: cap.shares.get(c, 0.0) for c in CATEGORIES if c not in cap.counted_in})
    rest = standard - sum(cap.amounts.values(), Decimal(0))
    parts = {str(category): amount for category, amount in cap.amounts.items()}
    open_ = [c for c in CATEGORIES if c not in cap.amounts and c not in cap.counted_in]
    shares = {c: history.get(c, 0.0) for c in open_} if any(history.get(c) for c in open_) else {"other": 1.0}
    for category, amount in ({c: Decimal(0) for c in open_} | _split(rest, shares)).items():
        parts[category] = parts.get(category, Decimal(0)) + amount
    return parts


def _split(total: Decimal, shares: Mapping[str, float]) -> dict[str, Decimal]:
    """Parts of a total in proportion to shares, in whole fen; none where the shares sum to zero."""
    if not sum(shares.values()):
        return {}
    named = [category for category in CATEGORIES if category in shares]
    weights = np.array([shares[category] for category in named])
    parts = split_to_fen(np.array([int(total * 100)]), weights, np.zeros(len(named), np.intp))
    return {category: Decimal(int(part)) / 100 for category, part in zip(named, parts, strict=True)}


def _check(drg: str, cap: Cap, file: Path) -> None:
    named = set(cap.shares) | set(cap.amounts)
    problem, mend = "", ""
    if cap.shares and cap.amounts:
        problem, mend = "both shares and amounts", "give one of the two"
    elif cap.shares and abs(sum(cap.shares.values()) - 1) > 1e-6:
        problem, mend = f"shares sum to {sum(cap.shares.values()):.4g}", "shares of a standard must sum to 1"
    elif clash := sorted(set(cap.counted_in) & named):
        problem, mend = f"{clash[0]} has a cap and is counted in another category", "take one of the two out"
    elif lost := sorted(i for i in cap.counted_in.values() if i in cap.counted_in or (named and i not in named)):
        problem, mend = f"a category is counted in {lost[0]}, which has no cap", f"give {lost[0]} a share or an amount"
    if problem:
        raise InputError(f"caps of {drg}: {problem}", where=f"{file}, drgs.{drg}", mend=mend)


def _check_amounts(drg: str, cap: Cap, standard: Decimal, file: Path) -> None:
    total = sum(cap.amounts.values(), Decimal(0))
    if total > standard:
        raise InputError(
            f"caps of {drg}: amounts exceed the payment standard",
            where=f"{file}, drgs.{drg}.amounts",
            rows=[f"amounts sum to {total:,.2f}, the mean standard of the month's cases is {standard:,.2f}"],
            mend="lower the amounts, or give shares, which follow the standard",
        )
