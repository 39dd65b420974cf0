"""`workbench check`: how good the data of a contract folder are, as checks with examples and mends, and a score."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import pandas as pd

from analysis.contract import Table, contract_tables
from analysis.engine import Engine
from analysis.errors import InputError
from analysis.hospital import IMPORTED, Hospital, open_hospital
from analysis.settings import SourceCard
from analysis.sources.check_catalogue import Group, catalogue
from analysis.sources.checks import Check, make_checks

#: Weight of a check in the score; a note is shown but not scored.
WEIGHTS = {"error": 3, "warning": 1, "note": 0}
#: A check in which at most this share of rows fails counts half.
MINOR = 0.01
_COLUMNS = ("id", "table", "column", "group", "severity", "zh", "en", "mend_zh", "mend_en")


@dataclass(frozen=True)
class QualityReport:
    """How good a data folder is.

    Attributes
    ----------
    name, card : folder name and source card.
    score : 0 to 100, mean of the groups' scores.
    groups : group, score, checks, failed.
    checks : id, table, column, group, severity, zh, en, mend_zh, mend_en, of, failing, share, examples (list of text);
        failed ones first, errors before warnings before notes.
    tables : table, zh, en, rows, first, last (month or year, else empty), filled (share of all cells).
    completeness : table, column, zh, en, optional, filled (share of rows).
    """

    name: str
    card: SourceCard
    score: float
    groups: pd.DataFrame
    checks: pd.DataFrame
    tables: pd.DataFrame
    completeness: pd.DataFrame

    def failed(self) -> pd.DataFrame:
        """Checks in which at least one row fails."""
        return self.checks[self.checks["failing"] > 0]

    def text(self) -> str:
        """Score and failed checks, for printing."""
        failed = self.failed()
        found = f"{len(failed)} of {len(self.checks)} checks found something"
        lines = [f"{self.card.name_en}: data quality {self.score:.1f} of 100, {found}"]
        for row in failed.itertuples():
            lines.append(f"  {row.severity:7} {row.en}: {row.failing:,} of {row.of:,}")
            lines.append(f"          e.g. {row.examples[0]}" if row.examples else "")
        return "\n".join(line for line in lines if line)


def check_hospital(folder: str | Path, progress: Callable[[str], None] | None = None) -> QualityReport:
    """Check data/NAME: keys, lists, references, times, sums, months.

    The score: each kind of check that had rows to judge earns its weight (error 3, warning 1, note 0) in full where no
    row fails, half where at most 1 % of the rows fail, else nothing; a kind made of many columns is judged by its
    worst. A group's score is earned / possible x 100, the score is the mean of the groups.

    Raises
    ------
    InputError
        No such folder, or its tables do not have the contract's columns.
    """
    hospital = open_hospital(folder)
    for name in hospital.tables:
        hospital.check(hospital.files(name))
    with Engine() as engine:
        hospital.attach(engine)
        tables, completeness = _inventory(engine, hospital, progress)
        there = frozenset(tables.loc[tables["rows"] > 0, "table"])
        results = [_run(engine, check) for check in make_checks(hospital.card, there)]
    checks = _sorted(pd.DataFrame([*results, *_refused(hospital)]))
    groups = _groups(checks)
    score = round(float(groups["score"].mean()), 1)
    return QualityReport(hospital.name, hospital.card, score, groups, checks, tables, completeness)


def _run(engine: Engine, check: Check) -> dict[str, Any]:
    row = engine.arrow(check.select()).to_pylist()[0]
    return _result({name: getattr(check, name) for name in _COLUMNS}, row["of"], row["failing"], row["examples"] or [])


def _result(names: dict[str, Any], of: int, failing: int, examples: list[str]) -> dict[str, Any]:
    return names | {"of": of, "failing": failing, "share": failing / of if of else 0.0, "examples": examples}


def _refused(hospital: Hospital) -> list[dict[str, Any]]:
    """What the import refused, from import.json where the folder has one."""
    path = hospital.folder / IMPORTED
    if not path.exists():
        return []
    try:
        hospital.check([path])
        return _told_by(json.loads(path.read_text("utf8")))
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            "the report of the import is damaged", where=str(path), rows=[repr(error)[:200]], mend="import again"
        ) from error


def _told_by(card: dict[str, Any]) -> list[dict[str, Any]]:
    """Refused rows and unreadable lines as checks."""
    results = []
    for count in card["tables"]:
        table = contract_tables()[count["table"]]
        names = _worded("refused_on_import", table.name, (table.zh, table.en))
        reasons = [f"{rows} x {kind}" for kind, rows in count["reasons"].items()]
        results.append(_result(names, count["read"], count["quarantined"], reasons[:3]))
    for file in card["files"]:
        names = _worded("unreadable_lines", "", (file["path"], file["path"]), file["path"])
        results.append(_result(names, file["rows"] + file["unreadable"], file["unreadable"], []))
    return results


def _worded(kind: str, table: str, labels: tuple[str, str], subject: str = "") -> dict[str, Any]:
    wording = catalogue().by_schema[kind]
    return {
        "id": f"{kind}:{subject or table}",
        "table": table,
        "column": "",
        "group": wording.group,
        "severity": wording.severity,
        "zh": wording.zh.format(table=labels[0]),
        "en": wording.en.format(table=labels[1]),
        "mend_zh": wording.mend_zh,
        "mend_en": wording.mend_en,
    }


def _sorted(checks: pd.DataFrame) -> pd.DataFrame:
    """Checks that had rows to judge; failed ones first, graver ones first, larger shares first."""
    judged = checks[checks["of"] > 0]
    order = judged.assign(
        passed=judged["failing"] == 0, rank=judged["severity"].map(list(WEIGHTS).index), less=-judged["share"]
    )
    return judged.loc[order.sort_values(["passed", "rank", "less", "id"]).index].reset_index(drop=True)


def _groups(checks: pd.DataFrame) -> pd.DataFrame:
    """Score of each group: weights earned / weights possible x 100 over its kinds of checks."""
    credit = (checks["failing"] == 0) + 0.5 * ((checks["failing"] > 0) & (checks["share"] <= MINOR))
    scored = checks.assign(kind=checks["id"].str.split(":").str[0], credit=credit, failed=checks["failing"] > 0)
    scored = scored[scored["severity"] != "note"]
    kinds = scored.groupby(["group", "kind", "severity"], as_index=False).agg(credit=("credit", "min"))
    kinds["weight"] = kinds["severity"].map(WEIGHTS)
    kinds["earned"] = kinds["weight"] * kinds["credit"]
    sums = kinds.groupby("group")[["earned", "weight"]].sum()
    counts = scored.groupby("group").agg(checks=("id", "size"), failed=("failed", "sum"))
    counts["score"] = (100 * sums["earned"] / sums["weight"]).round(1)
    order = [group for group in get_args(Group) if group in counts.index]
    return counts.loc[order].reset_index()[["group", "score", "checks", "failed"]]


def _inventory(
    engine: Engine, hospital: Hospital, progress: Callable[[str], None] | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows, months and filled cells of every table that is there, and the filled share of each column."""
    tables, columns = [], []
    for name, table in contract_tables().items():
        if name not in hospital.tables:
            continue
        if progress:
            progress(name)
        counts = engine.arrow(_count_sql(table)).to_pylist()[0]
        rows = counts["_rows"]
        shares = {column: counts[column] / rows if rows else 0.0 for column in table.columns}
        columns += [
            {"table": name, "column": c.name, "zh": c.zh, "en": c.en, "optional": c.optional, "filled": shares[c.name]}
            for c in table.columns.values()
        ]
        filled = sum(shares.values()) / len(shares)
        length = 4 if hospital.card.date_precision == "year" else 7
        span = {end: (counts[f"_{end}"] or "")[:length] for end in ("first", "last")}
        tables.append({"table": name, "zh": table.zh, "en": table.en, "rows": rows, **span, "filled": filled})
    return pd.DataFrame(tables), pd.DataFrame(columns)


def _count_sql(table: Table) -> str:
    counts = ", ".join(f'count("{column}") as "{column}"' for column in table.columns)
    month = table.month_of or ("discharged_at" if table.name == "stays" else "")
    text = month if not month or table.columns[month].type == "month" else f"strftime({month}, '%Y-%m')"
    first, last = (f"min({text})", f"max({text})") if text else ("null", "null")
    return f"select count(*) as _rows, {first} as _first, {last} as _last, {counts} from {table.name}"
