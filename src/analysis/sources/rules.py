"""Why a row cannot enter a contract table: one rule a reason, generated from the table's schema."""

from dataclasses import dataclass

from analysis.contract import Column, Table
from analysis.sources.casting import NOUNS
from analysis.sources.date_formats import DATED, hint_sql
from analysis.sources.spec import TableSpec

#: What no code or name holds: NUL and its like. Tabs and line breaks are text.
_CONTROL = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F]"
#: When something happened, besides the column that gives a row its month: 1900-01-01 and 9999-12-31 mean "not known".
_HAPPENED = {"stays": ("admitted_at", "discharged_at")}


@dataclass(frozen=True)
class Rule:
    """`when` is true for a row that is refused; `kind` names the reason, `text` is the reason with the row's value.

    In the SQL, `"c"` is the typed value of column c, `"text c"` the text it came from, `"code c"` that text after
    its value map. `column`: the column whose values are counted in the report.
    """

    kind: str
    when: str
    text: str
    column: str = ""


def row_rules(table: Table, spec: TableSpec, precision: str, parents: dict[str, str]) -> list[Rule]:
    """Rules that look at one row (duplicates are told apart afterwards).

    Parameters
    ----------
    table : the contract table.
    spec : its value maps and date formats.
    precision : the source's date precision; coarser than the second, only days are compared.
    parents : column -> name of the one-column table that holds the keys a row may point to.
    """
    rules = [rule for column in table.columns.values() for rule in _column_rules(table, column, spec)]
    for column, parent in parents.items():
        target = table.columns[column].references.split(".")[0]
        missing = f'"{column}" is not null and "{column}" not in (select key from "{parent}")'
        text = f"'orphan: {column} ' || \"{column}\" || ' is not in {target}'"
        rules.append(Rule(f"orphan: {column} not in {target}", missing, text))
    if table.name == "stays":
        rules += _stay_rules(precision)
    return rules


def _column_rules(table: Table, column: Column, spec: TableSpec) -> list[Rule]:
    name = column.name
    mapping = spec.values.get(name)
    shown = f"'column {name}: value ''' || \"text {name}\" || '''"
    rules = []
    if not column.optional:
        kind = f"{'key' if name in table.key else 'column'} {name} is empty"
        rules.append(Rule(kind, f'"text {name}" is null', f"'{kind}'"))
    if mapping and mapping.unmapped == "refuse":
        unmapped = f'"text {name}" is not null and "code {name}" is null'
        rules.append(Rule(f"column {name}: not in the value map", unmapped, f"{shown} is not in the value map'", name))
    if column.type in ("code", "text"):
        control = f"regexp_matches(\"text {name}\", '{_CONTROL}')"
        rules.append(Rule(f"column {name}: a control character", control, f"'column {name}: a control character'"))
    else:
        noun = NOUNS[column.type]
        text = f"'column {name}: text ''' || \"code {name}\" || ''' is not {noun}'"
        if column.type in DATED:
            hint = hint_sql(f'"code {name}"', name, spec.formats.get(name, ()))
            text = f"{text} || {hint}"
        bad = f'"code {name}" is not null and "{name}" is null'
        rules.append(Rule(f"column {name}: not {noun}", bad, text, name))
    if name in _HAPPENED.get(table.name, (table.month_of,)) and column.type in ("date", "timestamp"):
        unlikely = f"\"{name}\" < timestamp '1901-01-01' or \"{name}\" >= timestamp '3000-01-01'"
        rules.append(Rule(f"column {name}: no likely year", unlikely, f"{shown} is in no likely year'", name))
    if column.values:
        allowed = ", ".join(f"'{code}'" for code in column.allowed())
        words = ", ".join(column.allowed())
        outside = f'"{name}" not in ({allowed})'
        rules.append(Rule(f"column {name}: not one of {words}", outside, f"{shown} is not one of {words}'", name))
    return rules


def _stay_rules(precision: str) -> list[Rule]:
    left, right = ('"discharged_at"', '"admitted_at"')
    if precision != "second":
        left, right = f"cast({left} as date)", f"cast({right} as date)"
    order = "'discharged ' || \"text discharged_at\" || ' before admitted ' || \"text admitted_at\""
    negative = "'length of stay ' || \"text length_of_stay\" || ' is negative'"
    return [
        Rule("discharged before admitted", f"{left} < {right}", order),
        Rule("length of stay is negative", '"length_of_stay" < 0', negative),
    ]
