"""A report opened: one hospital's closed periods up to one, the language, and the spans it compares."""

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.closed_period import ClosedPeriods, open_period
from analysis.contract import period_tables
from analysis.costing.scheme import CostingScheme
from analysis.engine import Engine, sql_text
from analysis.periods import Period
from analysis.presentation.numbers import Style
from analysis.presentation.wording import period_words, plural, span_words
from analysis.vocabulary import Language

SQL = "analysis.studies"
#: Under this MIME type the opened report tells the page its header.
REPORT_MIME = "application/vnd.drg-workbench.report+json"
#: What a costing scheme says where it leaves something open, and where a period was closed without one.
_OPEN_SCHEME = {
    name: field.get_default() for name, field in CostingScheme.model_fields.items() if not field.is_required()
}


@dataclass(frozen=True)
class Span:
    """Periods taken together. `whole`: none of those it should hold is missing."""

    periods: tuple[Period, ...]
    whole: bool

    @property
    def bounds(self) -> dict[str, str]:
        """Parameters of the SQL: first and last period."""
        return {"first": self.periods[0].name, "last": self.periods[-1].name}

    def words(self, language: Language) -> str:
        return span_words(self.periods[0], self.periods[-1], language)


@dataclass(frozen=True, eq=False)
class Report:
    """A hospital's closed periods up to `period`, ready to be asked."""

    folder: Path
    data: Path
    period: Period
    periods: tuple[Period, ...]
    hospital: str
    language: Language
    card: dict[str, Any]
    engine: Engine
    department: str = ""

    @property
    def style(self) -> Style:
        return Style(self.language, self.card["hospital"]["currency"])

    def say(self, zh: str, en: str) -> str:
        """The one of two wordings that the report's language asks for."""
        return zh if self.language == "zh" else en

    @property
    def heads(self) -> dict[str, str]:
        """Headings that speak of the year where years are closed, of peers where their mean stands in for a payment."""
        heads = {"span": "so_far"} if self.compared[0] == self.this_year else {}
        if self.period.is_year:
            heads = {"now": "now_year", "month": "now_year", "span": "now_year", "previous": "year_before"}
        if self.by_peers:
            heads |= {name: f"{name}_peers" for name in ("income", "margin")}
            heads |= {"payment_per_case": "per_case_peers", "margin_per_case": "margin_per_case_peers"}
        return heads

    @property
    def by_peers(self) -> bool:
        """The mean of peers stands in for a payment."""
        return self.card.get("pack", {}).get("basis") == "peer_mean"

    @property
    def scheme(self) -> dict[str, Any]:
        """The costing scheme that the period was closed with."""
        return scheme_of(self.card)

    @property
    def case_method(self) -> str:
        """The costing method whose cost the closed cases carry."""
        return str(self.scheme["case_method"])

    def sql(self, name: str, **parameters: Any) -> pd.DataFrame:
        """Rows of studies/sql/NAME.sql for this hospital; parameters $hospital, $period and those given."""
        values = {"hospital": self.hospital, "period": self.period.name, **parameters}
        return self.engine.frame(sql_text(SQL, name), **values)

    def span(self, first: Period, last: Period) -> Span | None:
        """The closed periods from first to last; None where there is none."""
        wanted = [first]
        while wanted[-1] < last:
            wanted.append(wanted[-1].next)
        there = tuple(period for period in wanted if period in self.periods)
        return Span(there, len(there) == len(wanted)) if there else None

    @property
    def this_year(self) -> Span:
        """From January to the period (a year: itself)."""
        span = self.span(_january(self.period), self.period)
        assert span is not None
        return span

    @property
    def last_year(self) -> Span | None:
        """The same months of the year before; None unless all are closed."""
        before = self.year_before(self.period)
        span = self.span(_january(before), before)
        return span if span and span.whole else None

    @property
    def twelve(self) -> Span:
        """The last twelve months, or as many as are closed (a year: itself)."""
        span = self.span(self.period if self.period.is_year else self.period.shift(-11), self.period)
        assert span is not None
        return span

    @property
    def lately(self) -> str:
        """How the last twelve months are spoken of, which may be fewer where few are closed."""
        months = len(self.twelve.periods)
        if self.period.is_year:
            return self.say("全年", "in the year")
        return self.say(f"近 {months} 个月", "in twelve months" if months == 12 else f"in {plural(months, 'month')}")

    @property
    def compared(self) -> tuple[Span, Span | None]:
        """What is set against last year: twelve months against the twelve before, else the year so far."""
        if self.period.is_year:
            return self.twelve, self.last_year
        before = self.span(self.period.shift(-23), self.period.shift(-12))
        if before and before.whole and self.twelve.whole:
            return self.twelve, before
        return (self.this_year, self.last_year) if self.last_year else (self.twelve, None)

    @property
    def followed_up(self) -> Period | None:
        """The last period after whose end 30 days have passed by the end of the report's period."""
        return followed_up(self.periods)

    def year_before(self, period: Period) -> Period:
        return period.shift(-1 if period.is_year else -12)

    @property
    def trend(self) -> tuple[Period, ...]:
        """Thirteen months up to the period, closed or not (a year: the years closed)."""
        if self.period.is_year:
            return self.periods
        return tuple(self.period.shift(by) for by in range(-12, 1))

    def name(self, kind: str, code: str | None) -> str:
        """Name of a hospital, department, DRG or item in the report's language; the code where it has none."""
        return self.names(kind).get(str(code), str(code))

    def names(self, kind: str) -> dict[str, str]:
        """All names of a kind by code."""
        rows = self.sql("names_of", kind=kind)
        text = rows["name_en"].fillna(rows["name"]) if self.language == "en" else rows["name"]
        return dict(zip(rows["code"], text, strict=True))

    def named(self, kind: str, codes: Iterable[Any]) -> list[str]:
        """Name of each code in turn; the code where it has none."""
        names = self.names(kind)
        return [names.get(code, code) for code in codes]

    def titled(self, kind: str, codes: Iterable[Any]) -> list[str]:
        """Code and name of each code in turn."""
        names = self.names(kind)
        return [f"{code} {names.get(code, '')}".strip() for code in codes]

    @property
    def title(self) -> str:
        """Name of the hospital."""
        return self.name("hospital", self.hospital)

    @property
    def provisional(self) -> bool:
        return bool(self.card.get("provisional"))

    @property
    def closed(self) -> ClosedPeriods:
        """The closed tables of the period, for an analyst's own questions."""
        return open_period(self.folder / self.period.name)

    def contents(self) -> pd.DataFrame:
        """The closed tables of the period: name, what it is called, what a row is."""
        closed, tables = self.closed, period_tables().items()
        rows = [(name, table.label(self.language), table.grain, len(closed.frame(name))) for name, table in tables]
        return pd.DataFrame(rows, columns=["table", *self.say("名称 一行是 行数", "name grain rows").split()])

    def meaning(self, table: str) -> pd.DataFrame:
        """The columns of a closed table: heading, unit and what they mean."""
        columns = period_tables()[table].columns.values()
        rows = [(column.name, column.label(self.language), column.unit, column.meaning) for column in columns]
        return pd.DataFrame(rows, columns=["column", *self.say("名称 单位 含义", "heading unit meaning").split()])

    def head(self) -> dict[str, Any]:
        """What stands at the top of a page, and what the page was made from."""
        return {
            "hospital": self.title,
            "department": self.name("department", self.department) if self.department else "",
            "period": period_words(self.period, self.language),
            "language": self.language,
            "provisional": self.provisional,
            "note": self.card.get("settings", {}).get("note", {}).get(self.language, ""),
            "run_id": self.card["run_id"],
        }

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        head = self.head()
        state = self.say("预结", "provisional") if self.provisional else ""
        words = " · ".join(
            part for part in (head["hospital"], head["department"], head["period"], state, head["note"]) if part
        )
        return {"text/plain": words, "text/html": f"<p>{html.escape(words)}</p>", REPORT_MIME: head}


def scheme_of(card: dict[str, Any]) -> dict[str, Any]:
    """The costing scheme of a closed.json, what it leaves open filled in."""
    return _OPEN_SCHEME | card.get("scheme", {})


def followed_up(periods: Sequence[Period]) -> Period | None:
    """The last period after whose end 30 days have passed by the end of the last one."""
    return next((p for p in reversed(periods) if (periods[-1].end - p.end).days >= 30), None)


def _january(period: Period) -> Period:
    return period if period.is_year else Period(f"{period.year}-01")
