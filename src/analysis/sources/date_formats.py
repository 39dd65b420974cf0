"""Formats of days and times that a source spec names, such as "%m/%d/%Y": checked, and as SQL.

%Y year of four digits · %y of two (69 to 99 are the last century) · %m month · %d day · %H hour 0-23 · %I hour 1-12
with %p AM or PM · %M minute · %S second · %f fraction · %b Jan · %B January; everything else stands for itself.
"""

import re
from typing import Annotated

from pydantic import AfterValidator

from analysis.contract import ColumnType

#: Column types that a format can be named for.
DATED: tuple[ColumnType, ...] = ("date", "timestamp", "month")
_PARTS = "YymdHIMSfpbB"
#: 6/1/2023, 1-6-23: which is the day?
_SWAPPABLE = r"\d{1,2}[-/.]\d{1,2}[-/.](\d{2}|\d{4})(\D.*)?"
_EARLIEST = 1000


def _checked(text: str) -> str:
    parts = re.findall("%(.?)", text)
    wrong = [part for part in parts if part not in _PARTS or not part]
    if wrong:
        raise ValueError(f"{text!r}: %{wrong[0]} is not known; there are {' '.join('%' + part for part in _PARTS)}")
    if not {"Y", "y"} & set(parts) or not {"m", "b", "B"} & set(parts):
        raise ValueError(f"{text!r}: a format has a year (%Y or %y) and a month (%m), such as %d/%m/%Y %H:%M")
    if ("I" in parts) != ("p" in parts):
        raise ValueError(f"{text!r}: %I (hour 1-12) and %p (AM or PM) go together")
    return text


DateFormat = Annotated[str, AfterValidator(_checked)]


def formatted_sql(x: str, formats: tuple[str, ...], usual: str) -> str:
    """The time that a text means by the named formats; null where none fits, or where two fit and disagree.

    A year of two digits is no %Y: 6/1/23 by %m/%d/%Y is null, not the year 23. `usual` (the formats that begin with
    the year) is tried after them, unless one of them begins with the year itself.
    """
    tried = []
    for text in formats:
        time = f"try_strptime({x}, {_quoted(text)})"
        tried.append(f"case when year({time}) >= {_EARLIEST} then {time} end")
    readings = f"list_distinct(list_filter([{', '.join(tried)}], lambda t: t is not null))"
    rest = "" if any(text.startswith(("%Y", "%y")) for text in formats) else f"when len({readings}) = 0 then {usual} "
    return f"case when len({readings}) = 1 then {readings}[1] {rest}end"


def hint_sql(x: str, name: str, formats: tuple[str, ...]) -> str:
    """What the reason against a text that is no day or time adds: the formats tried, or how to name one."""
    if formats:
        several = "; one of them must fit, and no two may disagree" if len(formats) > 1 else ""
        return _quoted(f" (formats in the spec: {', '.join(formats)}{several})")
    told = f" (day or month first? say so in the spec: formats: {{{name}: '%m/%d/%Y'}} or '%d/%m/%Y')"
    return f"case when regexp_full_match({x}, '{_SWAPPABLE}') then {_quoted(told)} else '' end"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
