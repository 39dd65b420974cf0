"""Numbers as a reader sees them: one format a kind, never more digits than they carry meaning.

Values come in their natural unit (money in the currency, shares as fractions). A string in a numeric column (such as
`<10`) is shown as it is; an empty value as a dash.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from analysis.vocabulary import Language

Kind = Literal[
    "text",
    "text_right",
    "count",
    "money",
    "money2",
    "money_large",
    "number1",
    "number3",
    "percent0",
    "percent1",
    "percent2",
    "change",
    "points",
    "mark",
    "trend",
    "by_row",
]

_LARGE = 1e5
MINUS = "−"
EMPTY = "–"

#: kind -> (multiplier, decimals, suffix, signed)
_FORMATS: dict[str, tuple[float, int, str, bool]] = {
    "count": (1, 0, "", False),
    "money": (1, 0, "", False),
    "money2": (1, 2, "", False),
    "number1": (1, 1, "", False),
    "number3": (1, 3, "", False),
    "percent0": (100, 0, "%", False),
    "percent1": (100, 1, "%", False),
    "percent2": (100, 2, "%", False),
    "change": (100, 1, "%", True),
    "points": (100, 1, "", True),
}

#: The same kinds as Excel writes them.
EXCEL_FORMATS: dict[str, str] = {
    "count": "#,##0",
    "money": "#,##0",
    "money2": "#,##0.00",
    "money_large": "#,##0",
    "number1": "#,##0.0",
    "number3": "0.000",
    "percent0": "0%",
    "percent1": "0.0%",
    "percent2": "0.00%",
    "change": "+0.0%;-0.0%;0.0%",
    "points": "+0.0%;-0.0%;0.0%",
}

_CURRENCY_NAMES = {"CNY": "元", "USD": "美元", "EUR": "欧元"}


@dataclass(frozen=True)
class Style:
    """In which language and currency numbers are written."""

    language: Language = "zh"
    currency: str = "CNY"

    @property
    def unit(self) -> str:
        """Name of the currency."""
        return _CURRENCY_NAMES.get(self.currency, self.currency) if self.language == "zh" else self.currency

    @property
    def large(self) -> tuple[float, str]:
        """Size and name of the unit for large sums: ten thousands, for other currencies in English thousands."""
        if self.language == "zh":
            return 1e4, "万" + self.unit
        return (1e4, "CNY 10k") if self.currency == "CNY" else (1e3, f"{self.currency} thousand")

    def write(self, value: Any, kind: Kind) -> str:
        """One value as text; `kind` says how."""
        if isinstance(value, str):
            return value
        if is_empty(value):
            return EMPTY
        if kind == "money_large":
            return _fixed(float(value) / self.large[0], 1)
        if kind not in _FORMATS:
            return str(value)
        multiplier, decimals, suffix, signed = _FORMATS[kind]
        text = _fixed(float(value) * multiplier, decimals, signed)
        if kind == "points":
            suffix = " 百分点" if self.language == "zh" else " pts"
        return text + suffix

    def ends(self, low: Any, high: Any, kind: Kind) -> str:
        """Ends of an interval in a cell, without a break within; empty where there is none."""
        if is_empty(low) or is_empty(high):
            return ""
        to = "至" if self.language == "zh" else "to"
        return f"{self.write(low, kind)} {to} {self.write(high, kind)}".replace(" ", "\u00a0")

    def unit_of(self, kind: Kind) -> str:
        """Unit of a kind of money; empty for other kinds."""
        return {"money": self.unit, "money2": self.unit, "money_large": self.large[1]}.get(kind, "")

    def with_unit(self, text: str, kind: Kind) -> str:
        """A heading or label with its unit behind it."""
        unit = self.unit_of(kind)
        if not unit:
            return text
        return f"{text}（{unit}）" if self.language == "zh" else f"{text} ({unit})"

    def money(self, value: float, signed: bool = False) -> str:
        """Money for a sentence: `12.3 万元` above 100,000, else `8,450 元`; `CNY 123,000` (three digits) in English."""
        if self.language == "zh":
            if abs(value) >= _LARGE:
                return f"{_fixed(value / 1e4, 1, signed)} 万{self.unit}"
            return f"{_fixed(value, 0, signed)} {self.unit}"
        return f"{self.currency} {_fixed(_three_digits(value) if abs(value) >= _LARGE else value, 0, signed)}"

    def difference_kind(self, kind: Kind) -> Kind:
        """How the difference of two values of a kind is told: shares in percentage points, the rest relatively."""
        return "points" if kind.startswith("percent") else "change"


def sum_kind(values: Iterable[Any]) -> Kind:
    """How a column or chart of sums is written: in the large unit where one of them reaches 100,000."""
    known = [abs(float(value)) for value in values if not is_empty(value) and not isinstance(value, str)]
    return "money_large" if max(known, default=0) >= _LARGE else "money"


def rounded(value: float, kind: Kind) -> float:
    """The value as it is written: rounded in its unit."""
    multiplier, decimals, _, _ = _FORMATS[kind]
    return round(value * multiplier, decimals)


def is_empty(value: Any) -> bool:
    """None, NaN, NaT or NA."""
    if value is None:
        return True
    try:
        return math.isnan(value)
    except TypeError:
        return str(value) in {"NaT", "<NA>"}


def difference(now: Any, then: Any, kind: Kind) -> float | None:
    """now - then for shares, now / then - 1 for the rest; empty where one side is empty or the base is not positive."""
    if is_empty(now) or is_empty(then) or isinstance(now, str) or isinstance(then, str):
        return None
    if kind.startswith("percent"):
        return float(now) - float(then)
    return float(now) / float(then) - 1 if float(then) > 0 else None


def _three_digits(value: float) -> float:
    digits = 2 - math.floor(math.log10(abs(value)))
    return round(value, digits)


def _fixed(value: float, decimals: int, signed: bool = False) -> str:
    rounded = round(value, decimals) + 0.0
    text = f"{abs(rounded):,.{decimals}f}"
    if rounded < 0:
        return MINUS + text
    return f"+{text}" if signed and rounded > 0 else text
