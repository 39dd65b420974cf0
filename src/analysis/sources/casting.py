"""SQL that turns the text of a cell into a contract type, or into null where the text is no such thing.

Each expression reads a column of text `x`. Numbers may have thousands separators (1,234.50), full-width digits
(１，２３４) and an exponent; money, quantities and prices are rounded half away from zero to the contract's decimals.
Times may be written 2023-06-01, 2023/6/1, 2023.6.1, 2023年6月1日 or 20230601, with or without 8:30, 08:30:00; from a
sheet also as its serial number; other ways of writing them are named in the spec (date_formats.py).
"""

from analysis.contract import ColumnType
from analysis.sources.date_formats import formatted_sql

#: What a reason calls each type: "text 'abc' is not ...".
NOUNS: dict[ColumnType, str] = {
    "code": "a code",
    "text": "a text",
    "month": "a month",
    "integer": "a whole number",
    "number": "a number",
    "quantity": "a quantity",
    "money": "an amount of money",
    "price": "a price",
    "date": "a date",
    "timestamp": "a time",
    "flag": "yes or no",
}

_DECIMALS: dict[ColumnType, str] = {
    "quantity": "decimal(18,4)",
    "money": "decimal(18,2)",
    "price": "decimal(18,6)",
}
_NUMBER = r"[+-]?((\d+|\d{1,3}(,\d{3})+)(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?"
_CLOCK = r"([ T]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?)?"
_YES = "('true', 't', 'yes', 'y', '1', '是', '有')"
_NO = "('false', 'f', 'no', 'n', '0', '否', '无')"


def cast_sql(kind: ColumnType, x: str, serials: bool = False, formats: tuple[str, ...] = ()) -> str:
    """The expression for one column.

    `serials`: its file is a sheet, where a bare number can be a day; `formats`: how its days and times are written.
    """
    if kind in ("code", "text"):
        return x
    if kind == "flag":
        return f"case when lower({x}) in {_YES} then true when lower({x}) in {_NO} then false end"
    if kind == "month":
        return f"strftime({_named(x, formats, _first_of_month(x, serials))}, '%Y-%m')"
    if kind == "timestamp":
        return _named(x, formats, _time(x, serials))
    if kind == "date":
        return f"cast({_named(x, formats, _time(x, serials))} as date)"
    if kind == "integer":
        exact = f"try_cast({_plain(x)} as decimal(38,10))"
        return f"case when {exact} = round({exact}) then try_cast({exact} as bigint) end"
    if kind == "number":
        value = f"try_cast({_plain(x)} as double)"
        return f"case when isfinite({value}) then {value} end"
    return f"try_cast({_plain(x)} as {_DECIMALS[kind]})"


def rounded_sql(kind: ColumnType, x: str) -> str | None:
    """True where the text has more decimals than the type keeps; None for types that are never rounded."""
    if kind not in _DECIMALS:
        return None
    return f"try_cast({_plain(x)} as decimal(38,12)) <> try_cast({_plain(x)} as {_DECIMALS[kind]})"


def _plain(x: str) -> str:
    x = _narrow(x)
    return f"case when regexp_full_match({x}, '{_NUMBER}') then replace({x}, ',', '') end"


def _narrow(x: str) -> str:
    """Full-width digits and signs, as Chinese keyboards write them, in the usual width."""
    return f"translate({x}, '０１２３４５６７８９．，－＋', '0123456789.,-+')"


def _time(x: str, serials: bool) -> str:
    compact = rf"regexp_replace({x}, '^(\d{{4}})(\d{{2}})(\d{{2}})(\d{{2}})(\d{{2}})(\d{{2}})$', '\1-\2-\3 \4:\5:\6')"
    cases = [
        (
            rf"\d{{4}}([-/.])\d{{1,2}}[-/.]\d{{1,2}}{_CLOCK}|\d{{4}}年\d{{1,2}}月\d{{1,2}}日{_CLOCK}",
            rf"try_cast(regexp_replace({x}, '^(\d{{4}})\D(\d{{1,2}})\D(\d{{1,2}})日?', '\1-\2-\3') as timestamp)",
        ),
        (
            rf"\d{{8}}{_CLOCK}",
            rf"try_cast(regexp_replace({x}, '^(\d{{4}})(\d{{2}})(\d{{2}})', '\1-\2-\3') as timestamp)",
        ),
        (r"\d{14}", f"try_cast({compact} as timestamp)"),
    ]
    if serials:
        seconds = f"to_seconds(round(try_cast({x} as double) * 86400))"
        cases.append((r"\d{5}(\.\d+)?", f"timestamp '1899-12-30' + {seconds}"))
    when = " ".join(f"when regexp_full_match({x}, '{pattern}') then {value}" for pattern, value in cases)
    return f"case {when} end"


def _first_of_month(x: str, serials: bool) -> str:
    written = rf"regexp_full_match({x}, '\d{{4}}-?\d{{2}}|\d{{4}}[-/.年]\d{{1,2}}月?')"
    day = rf"regexp_replace({x}, '^(\d{{4}})\D?(\d{{1,2}})月?$', '\1-\2-01')"
    return f"case when {written} then try_cast({day} as timestamp) else {_time(x, serials)} end"


def _named(x: str, formats: tuple[str, ...], usual: str) -> str:
    return formatted_sql(x, formats, usual) if formats else usual
