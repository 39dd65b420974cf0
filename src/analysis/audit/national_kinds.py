"""What a row of each kind of national workbook says: the fields of its rule, and its texts."""

import re
from dataclasses import dataclass
from typing import Any

from analysis.audit.national_terms import Kind, Terms
from analysis.audit.workbooks import Row, code_text


@dataclass(frozen=True)
class Place:
    file: str
    kind: str
    row: Row

    @property
    def name(self) -> str:
        return self.row.text("name")


class NoRuleError(Exception):
    """Why a row is no rule."""


def _pair(terms: Terms, place: Place) -> dict[str, Any]:
    main, word = code_text(place.row.cells.get("main_code")), place.row.text("word")
    if not main:
        raise NoRuleError("no code of what contains it")
    if word not in terms.windows:
        raise NoRuleError(f"unknown window {word!r}; known: {', '.join(terms.windows)}")
    if main == place.row.code:
        raise NoRuleError("an item that contains itself")
    return {"others": [main], "window": terms.windows[word]}


def _frequency(terms: Terms, place: Place) -> dict[str, Any]:
    unit = place.row.text("unit")
    if unit not in terms.units:
        raise NoRuleError(f"unit {unit!r} names no period; known: {', '.join(terms.units)}")
    return {"window": terms.units[unit], "limit": _count(place.row, "limit")}


def _period(terms: Terms, place: Place) -> dict[str, Any]:
    return {"window": _count(place.row, "period"), "limit": _count(place.row, "limit")}


def _attribute(terms: Terms, place: Place) -> dict[str, Any]:
    said = place.row.text("word")
    word = said if said in terms.allowed else next((w for w in terms.allowed if w in place.row.text("text")), "")
    if said and said not in terms.allowed:
        raise NoRuleError(f"unknown word {said!r}; known: {', '.join(terms.allowed)}")
    if not word:
        raise NoRuleError("the text names no limit that is known")
    return {"indications": [terms.allowed[word].when], "allowed": terms.allowed[word].en, "word": word}


def _course(terms: Terms, place: Place) -> dict[str, Any]:
    days = days_in(place.row.text("word")) or days_in(place.row.text("text"))
    if not days:
        raise NoRuleError("no number of days")
    return {"limit": max(days)}


#: Kind -> fields of the rule that its row decides; `allowed` and `word` are for its texts.
FIELDS = {
    "pair": _pair,
    "frequency": _frequency,
    "period": _period,
    "course": _course,
    **dict.fromkeys(("sex", "age", "insurance", "level", "setting"), _attribute),
}


def days_in(text: str) -> list[float]:
    """Numbers of days in a text that limits a course; intervals are none."""
    text = re.sub(r"间隔时间不短于\d+天", "", text).replace("一年", "365天")
    return [float(days) for days in re.findall(r"(\d+)\s*天", text)]


def _count(row: Row, name: str) -> float:
    number = re.search(r"\d+(?:\.\d+)?", row.text(name))
    if not number or float(number[0]) <= 0:
        raise NoRuleError(f"no number: {row.text(name)!r}")
    return float(number[0])


def texts_of(kind: Kind, place: Place, extra: dict[str, Any]) -> dict[str, dict[str, str]]:
    row = place.row
    values = {name: row.text(name) for name in ("word", "text", "limit", "unit", "period")}
    values |= {"name": place.name, "main": row.text("main_name"), "allowed": ""}
    values |= {key: f"{extra[key]:g}" for key in ("limit",) if key in extra}
    values |= {key: extra[key] for key in ("allowed", "word") if key in extra}
    return {
        name: {language: text.format(**values).rstrip("：; ") for language, text in getattr(kind, name).items()}
        for name in ("title", "basis")
    }


def slug(*codes: str) -> str:
    return "_".join(re.sub(r"[^a-z0-9]+", "_", code.lower()) for code in codes)
