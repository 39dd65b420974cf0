"""The SQL that DuckDB and Spark answer alike; what lies outside is told apart by its syntax alone."""

from collections.abc import Callable

import sqlglot
from sqlglot import exp

_WHOLE = exp.DataType.INTEGER_TYPES
#: What gives a whole number already, or an empty value.
_NO_FRACTION = (exp.Round, exp.Floor, exp.Ceil, exp.Null, exp.Count, exp.DateDiff, exp.Predicate, exp.Boolean)
#: Functions over a window that mean nothing without an order.
_ORDERED = (
    exp.RowNumber, exp.Rank, exp.DenseRank, exp.PercentRank, exp.CumeDist, exp.Ntile,
    exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.NthValue,
)  # fmt: skip
_WEEKDAYS = {"dow", "isodow", "dayofweek", "dayofweek_iso", "weekday"}


def departures(select: str) -> list[str]:
    """What a SELECT uses that the two engines answer differently; empty where it keeps to the subset."""
    tree = sqlglot.parse_one(select, dialect="duckdb")
    if not isinstance(tree, exp.Query):
        return ["not one SELECT"]
    return [what for what, differs in _DIFFERENT.items() if any(differs(node) for node in tree.walk())]


def _is_cast(node: exp.Expression | None, *kinds: exp.DataType.Type) -> bool:
    return isinstance(node, exp.Cast) and node.to.this in kinds


def _difference_of_times(node: exp.Expression) -> bool:
    """DuckDB counts boundaries of the unit, Spark full units; of days between dates both count the same."""
    if not isinstance(node, exp.DateDiff):
        return False
    days = node.unit is not None and node.unit.name.lower() == "day"
    return not (days and all(_is_cast(side, exp.DataType.Type.DATE) for side in (node.this, node.expression)))


def _moved_date(node: exp.Expression) -> bool:
    """A date moved by an interval is a timestamp in DuckDB and a date in Spark: one side must say which."""
    if isinstance(node, exp.DateAdd | exp.DateSub):
        return True
    if not isinstance(node, exp.Add | exp.Sub) or not any(isinstance(s, exp.Interval) for s in (node.left, node.right)):
        return False
    moved = node.left if isinstance(node.right, exp.Interval) else node.right
    outer = node.parent.parent if isinstance(node.parent, exp.Paren) else node.parent
    times = (exp.DataType.Type.TIMESTAMP, exp.DataType.Type.TIMESTAMPNTZ)
    return not (isinstance(outer, exp.Cast) or _is_cast(moved, *times))


def _weekday(node: exp.Expression) -> bool:
    named = isinstance(node, exp.Extract) and node.name.lower() in _WEEKDAYS
    part = isinstance(node, exp.Anonymous) and node.expressions and node.expressions[0].name.lower() in _WEEKDAYS
    return named or bool(part) or isinstance(node, exp.DayOfWeek | exp.DayOfWeekIso) or _called(node, "weekday")


def _cut_fraction(node: exp.Expression) -> bool:
    if not _is_cast(node, *_WHOLE):
        return False
    inner = node.this.unnest()
    return not (isinstance(inner, _NO_FRACTION) or (isinstance(inner, exp.Literal) and inner.is_int))


def _unordered_window(node: exp.Expression) -> bool:
    if not isinstance(node, exp.Window) or node.args.get("order") or node.args.get("alias"):
        return False
    function = node.this.this if isinstance(node.this, exp.IgnoreNulls | exp.RespectNulls) else node.this
    return isinstance(function, _ORDERED) or node.args.get("spec") is not None


def _any_row(node: exp.Expression) -> bool:
    return isinstance(node, exp.First | exp.Last | exp.AnyValue) or _called(node, "arbitrary")


def _called(node: exp.Expression, name: str) -> bool:
    return isinstance(node, exp.Anonymous) and node.name.lower() == name


_DIFFERENT: dict[str, Callable[[exp.Expression], bool]] = {
    "date_diff of anything but days between casts to date": _difference_of_times,
    "a date moved by an interval without a cast": _moved_date,
    "day of the week (take date_diff from a Monday, modulo 7)": _weekday,
    "a cast to a whole number without round": _cut_fraction,
    "a quantile (take percent_rank, or median)": lambda node: isinstance(
        node, exp.PercentileCont | exp.PercentileDisc | exp.Quantile | exp.ApproxQuantile | exp.WithinGroup
    ),
    "array_agg with an order (take string_agg)": lambda node: (
        isinstance(node, exp.ArrayAgg) and node.find(exp.Order) is not None
    ),
    "an ASOF join": lambda node: isinstance(node, exp.Join) and node.method.upper() == "ASOF",
    "at as a name": lambda node: isinstance(node, exp.Identifier) and node.name.lower() == "at",
    "a window that depends on order without ORDER BY": _unordered_window,
    "string_agg without ORDER BY": lambda node: (
        isinstance(node, exp.GroupConcat) and not isinstance(node.this.unnest(), exp.Order)
    ),
    "the value of any row (take min, max or max_by)": _any_row,
    "LIMIT without ORDER BY": lambda node: (
        isinstance(node, exp.Query) and node.args.get("limit") is not None and node.args.get("order") is None
    ),
}
