"""Small words around numbers: periods, lists, plurals. Sentences are built from them and from the figures."""

from collections.abc import Sequence

from analysis.periods import Period
from analysis.vocabulary import Language

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def period_words(period: Period, language: Language) -> str:
    """`2023 年 6 月` / `June 2023`; a year as `2020 年` / `2020`."""
    if period.is_year:
        return f"{period.year} 年" if language == "zh" else str(period.year)
    month = period.start.month
    return f"{period.year} 年 {month} 月" if language == "zh" else f"{_MONTHS[month - 1]} {period.year}"


def span_words(first: Period, last: Period, language: Language) -> str:
    """`2022 年 7 月至 2023 年 6 月` / `July 2022 to June 2023`."""
    if first == last:
        return period_words(last, language)
    between = "至 " if language == "zh" else " to "
    return f"{period_words(first, language)}{between}{period_words(last, language)}"


def listed(words: Sequence[str], language: Language, most: int = 4, unit: str = "项") -> str:
    """`A、B、C` / `A, B and C`; of more than `most`, the first ones and how many there are (in Chinese with `unit`)."""
    words = list(words)
    if len(words) > most:
        head = words[:most]
        if language == "zh":
            return f"{'、'.join(head)}等 {len(words)} {unit}"
        return f"{', '.join(head)} and {len(words) - most} more"
    if language == "zh":
        return "、".join(words)
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def plural(count: int, one: str, many: str = "") -> str:
    """`1 check`, `3 checks` (English only)."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
