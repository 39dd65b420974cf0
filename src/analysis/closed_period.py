"""Closed periods on disk: written once, whole, and read by every notebook, report and study.

outputs/NAME/2023-06/tables/*.parquet     the tables of schemas/closed_period.yaml
outputs/NAME/2023-06/tables/closed.json   run id, what it was made from, and the sha256 of every table and of itself
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from analysis.contract import period_tables, schemas_id
from analysis.engine import Engine, write_parquet
from analysis.errors import InputError
from analysis.files import last_good, recover, replacing_folder, sha256, write_text
from analysis.files import only_one as one_at_a_time
from analysis.periods import Period, is_period, parse_range

#: Tables that hold one row a code and say the same in every period: reading several periods keeps the last.
_MASTERS = {"names"}
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Unwritten:
    """A period that is being closed: its tables as they will be written, and what its closed.json will say."""

    period: Period
    tables: Mapping[str, pa.Table]
    card: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class ClosedPeriods:
    """One or more closed periods of one hospital (or alliance), read together.

    `frame("cases")` stacks the periods under a column `period`; `sql("select ...")` queries all tables by name.
    `unwritten`: the one among them that is only being closed.
    """

    folder: Path
    periods: tuple[Period, ...]
    unwritten: Unwritten | None = None

    @property
    def period(self) -> Period:
        """The last (or only) period."""
        return self.periods[-1]

    @cached_property
    def card(self) -> Mapping[str, Any]:
        """closed.json of the last period."""
        if self.unwritten and self.unwritten.period == self.period:
            return self.unwritten.card
        return read_card(self.folder, self.period)

    def span(self, first: Period, last: Period) -> "ClosedPeriods":
        """The same hospital over other periods."""
        return _open(self.folder, parse_range(f"{first.name}..{last.name}"), self.unwritten)

    def frame(self, table: str) -> pd.DataFrame:
        """Rows of a table over the periods, with a column `period` in front."""
        return self.sql(f'select * from "{table}" order by all')

    def sql(self, select: str, **parameters: Any) -> pd.DataFrame:
        """Query the closed tables by name; values come in as $parameters. Decimals arrive as floats."""
        engine, attached = self._session
        for name in (set(_WORD.findall(select)) & set(period_tables())) - attached:
            periods = self.periods[-1:] if name in _MASTERS else self.periods
            now = self.unwritten if self.unwritten and self.unwritten.period in periods else None
            written = [p for p in periods if not now or p != now.period]
            files = {p.name: sound_table(self.folder, p, name, self._cards.get(p)) for p in written}
            engine.stack(period_tables()[name], files, {now.period.name: now.tables[name]} if now else {})
            attached.add(name)
        return _plain(engine.arrow(select, **parameters))

    @cached_property
    def _cards(self) -> Mapping[Period, Mapping[str, Any] | None]:
        """closed.json of every period, as it is when the first table is read."""
        return {p: read_card(self.folder, p) for p in self.periods}

    @cached_property
    def _session(self) -> tuple[Engine, set[str]]:
        """The engine and the names of the tables it already sees: tables are opened when a query first names them."""
        return Engine(), set()


def open_period(folder: str | Path) -> ClosedPeriods:
    """Open one closed period, e.g. `open_period("outputs/demo/2023-06")`."""
    folder = Path(folder)
    return _open(folder.parent, [Period(folder.name)])


def open_periods(folder: str | Path, first: str, last: str) -> ClosedPeriods:
    """Open several closed periods, e.g. `open_periods("outputs/demo", "2022-01", "2023-12")`."""
    return _open(Path(folder), parse_range(f"{first}..{last}"))


def closed_periods(folder: str | Path) -> list[Period]:
    """Periods closed in outputs/NAME, in order."""
    names = {path.parent.name for state in ("tables", ".tables.retired") for path in Path(folder).glob(f"*/{state}")}
    periods = sorted(Period(name) for name in names if is_period(name))
    return [period for period in periods if read_card(Path(folder), period)]


def read_card(folder: Path, period: Period) -> dict[str, Any] | None:
    """closed.json of a period; None where it is not closed whole: a table is gone, the card is gone or damaged."""
    tables = _tables(folder, period)
    try:
        card = json.loads((tables / "closed.json").read_text("utf8"))
        whole = card["seal"] == _seal(card) and all((tables / f"{name}.parquet").is_file() for name in card["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return card if whole else None


def sound_table(folder: Path, period: Period, name: str, card: Mapping[str, Any] | None = None) -> Path:
    """File of a closed table, after a look that it is what was closed.

    Parameters
    ----------
    card : closed.json of the period, where it has been read already; it is read again where it does not fit.

    Raises
    ------
    InputError
        The file is damaged, was changed since, or is gone.
    """
    file = _tables(folder, period) / f"{name}.parquet"
    if card and name in card["sha256"] and _is_sound(file, card["sha256"][name]):
        return file
    card = read_card(folder, period)
    if card is None or name not in card["sha256"] or not _is_sound(file, card["sha256"][name]):
        raise InputError(
            f"table {name} of {period.name} is not what was closed: the file is damaged, or was changed since",
            where=str(file),
            mend="run `workbench close` again: it closes the month anew",
        )
    return file


def is_sound(folder: Path, period: Period, card: Mapping[str, Any]) -> bool:
    """True where every table of a closed period is, byte for byte, what was closed."""
    tables = _tables(folder, period)
    return all(_is_sound(tables / f"{name}.parquet", mark) for name, mark in card["sha256"].items())


def put_back(folder: Path, period: Period) -> None:
    """Mend a close of the period that was cut off while it exchanged folders; the caller holds the lock."""
    recover(folder / period.name / "tables")


def only_one(folder: Path) -> AbstractContextManager[None]:
    """Let one process at a time close into outputs/NAME."""
    return one_at_a_time(folder / ".closing.lock", "close of this hospital", folder)


def write_period(folder: Path, period: Period, tables: Mapping[str, pa.Table], card: Mapping[str, Any]) -> None:
    """Write all tables and the card to a temporary folder, then swap it in: the last good close stays until then."""
    with replacing_folder(folder / period.name / "tables") as draft:
        for name, rows in tables.items():
            write_parquet(rows, draft / f"{name}.parquet")
        marks = {name: sha256(draft / f"{name}.parquet") for name in tables}
        sealed = dict(card) | {"sha256": marks}
        text = json.dumps(sealed | {"seal": _seal(sealed)}, ensure_ascii=False, indent=1, sort_keys=True)
        write_text(draft / "closed.json", text + "\n")


def _tables(folder: Path, period: Period) -> Path:
    return last_good(folder / period.name / "tables")


def _is_sound(file: Path, mark: str) -> bool:
    try:
        return sha256(file) == mark
    except OSError:
        return False


def _seal(card: Mapping[str, Any]) -> str:
    """Hash of all the card says but the seal itself."""
    said = {key: value for key, value in card.items() if key != "seal"}
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _open(folder: Path, periods: Iterable[Period], unwritten: Unwritten | None = None) -> ClosedPeriods:
    periods = tuple(periods)
    cards = {p.name: read_card(folder, p) for p in periods if not unwritten or p != unwritten.period}
    absent = [name for name, card in cards.items() if card is None]
    if absent:
        there = [p.name for p in closed_periods(folder)]
        reach = f"; closed there: {there[0]} to {there[-1]}" if there else ""
        raise InputError(
            f"not closed: {', '.join(absent[:6])}", where=str(folder), mend=f"run `workbench close`{reach}"
        )
    other = [name for name, card in cards.items() if card and card["schemas"] != schemas_id()]
    if other:
        raise InputError(
            f"closed by another version of the program: {', '.join(other[:6])}",
            where=str(folder),
            mend="run `workbench close` again: it closes what is out of date",
        )
    return ClosedPeriods(folder, periods, unwritten)


def _plain(rows: pa.Table) -> pd.DataFrame:
    """Arrow to pandas with decimals as floats, for plotting and statistics (sums are made in SQL)."""
    for index, field in enumerate(rows.schema):
        if pa.types.is_decimal(field.type):
            rows = rows.set_column(index, field.name, rows.column(index).cast(pa.float64()))
    return rows.to_pandas()
