"""Closed periods on disk: written once, whole, and read by every notebook, report and study.

outputs/NAME/2023-06/tables/*.parquet     the tables of schemas/closed_period.yaml
outputs/NAME/2023-06/tables/closed.json   run id, what it was made from
"""

import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from filelock import FileLock, Timeout

from analysis.contract import period_tables, schemas_id
from analysis.engine import Engine, write_parquet
from analysis.errors import InputError
from analysis.periods import Period, is_period, parse_range

#: Tables that hold one row a code and say the same in every period: reading several periods keeps the last.
_MASTERS = {"names"}
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class ClosedPeriods:
    """One or more closed periods of one hospital (or alliance), read together.

    `frame("cases")` stacks the periods under a column `period`; `sql("select ...")` queries all tables by name.
    """

    folder: Path
    periods: tuple[Period, ...]

    @property
    def period(self) -> Period:
        """The last (or only) period."""
        return self.periods[-1]

    @cached_property
    def card(self) -> Mapping[str, Any]:
        """closed.json of the last period."""
        return read_card(self.folder, self.period)

    def frame(self, table: str) -> pd.DataFrame:
        """Rows of a table over the periods, with a column `period` in front."""
        return self.sql(f'select * from "{table}" order by all')

    def sql(self, select: str, **parameters: Any) -> pd.DataFrame:
        """Query the closed tables by name; values come in as $parameters. Decimals arrive as floats."""
        engine, attached = self._session
        for name in (set(_WORD.findall(select)) & set(period_tables())) - attached:
            periods = self.periods[-1:] if name in _MASTERS else self.periods
            files = {p.name: self.folder / p.name / "tables" / f"{name}.parquet" for p in periods}
            engine.stack(period_tables()[name], files)
            attached.add(name)
        return _plain(engine.arrow(select, **parameters))

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
    names = [card.parent.parent.name for card in Path(folder).glob("*/tables/closed.json")]
    periods = sorted(Period(name) for name in names if is_period(name))
    return [period for period in periods if read_card(Path(folder), period)]


def read_card(folder: Path, period: Period) -> dict[str, Any] | None:
    """closed.json of a period; None where it is not closed whole (a table or the card itself is missing or cut off).

    Mends a close that was cut off while swapping.
    """
    here = folder / period.name
    retired = here / ".tables.retired"
    if retired.exists() and not (here / "tables").exists():
        retired.rename(here / "tables")
    try:
        card = json.loads((here / "tables" / "closed.json").read_text("utf8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    whole = all((here / "tables" / f"{name}.parquet").exists() for name in card["rows"])
    return card if whole else None


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Let one process at a time close into outputs/NAME; the lock ends with the process that holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / ".closing.lock", timeout=0):
            yield
    except Timeout as error:
        raise InputError(
            "another close of this hospital is running", where=str(folder), mend="wait until it has ended"
        ) from error


def write_period(folder: Path, period: Period, tables: Mapping[str, pa.Table], card: Mapping[str, Any]) -> None:
    """Write all tables and the card to a temporary folder, then swap it in: the last good close stays until then."""
    here = folder / period.name
    unfinished, final, retired = here / ".tables.unfinished", here / "tables", here / ".tables.retired"
    shutil.rmtree(unfinished, ignore_errors=True)
    for name, rows in tables.items():
        write_parquet(rows, unfinished / f"{name}.parquet")
    text = json.dumps(dict(card), ensure_ascii=False, indent=1, sort_keys=True)
    (unfinished / "closed.json").write_text(text + "\n", "utf8")
    shutil.rmtree(retired, ignore_errors=True)
    if final.exists():
        final.rename(retired)
    unfinished.rename(final)
    shutil.rmtree(retired, ignore_errors=True)


def _open(folder: Path, periods: Iterable[Period]) -> ClosedPeriods:
    periods = tuple(periods)
    cards = {p.name: read_card(folder, p) for p in periods}
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
    return ClosedPeriods(folder, periods)


def _plain(rows: pa.Table) -> pd.DataFrame:
    """Arrow to pandas with decimals as floats, for plotting and statistics (sums are made in SQL)."""
    for index, field in enumerate(rows.schema):
        if pa.types.is_decimal(field.type):
            rows = rows.set_column(index, field.name, rows.column(index).cast(pa.float64()))
    return rows.to_pandas()
