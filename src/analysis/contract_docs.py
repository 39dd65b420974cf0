"""docs/data-contract.md, written from the schemas: `python -m analysis.contract_docs [PATH]`."""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from analysis.contract import SQL_TYPES, Column, Table, closed_tables, contract_tables
from analysis.vocabulary import LANGUAGES, codes, label, vocabulary

_HEAD = """# Data contract

Written by `make docs` from `src/analysis/schemas/*.yaml`; do not edit by hand.

Two sets of tables: what a hospital hands over (`data/NAME/`), and what a closed period holds
(`outputs/NAME/PERIOD/tables/`). One Parquet file a table; tables marked *one file a month* are folders
`TABLE/YYYY-MM.parquet`. In the closed period a cost belongs to the month of service, a case to the month of its
discharge.

Types in Parquet and SQL: {types}. Codes are strings, whatever they look like. Money is in the currency that the
folder's `source.yaml` names. Times are local. **Bold** columns are the key; `?` = may be empty.
"""


def contract_document() -> str:
    """The whole document as Markdown."""
    types = ", ".join(f"{name} {sql}" for name, sql in SQL_TYPES.items())
    return "\n".join(
        [
            _HEAD.format(types=types),
            *_part("What a hospital hands over", "data", contract_tables()),
            *_part("What a closed period holds", "closed", closed_tables()),
            *_values(),
            *_indicators(),
        ]
    )


def _part(title: str, prefix: str, tables: Mapping[str, Table]) -> list[str]:
    lines = [f"## {title}", "", "| table | 中文 | one row is | key |", "|---|---|---|---|"]
    for table in tables.values():
        link = f"[{table.name}](#{prefix}-{table.name})"
        required = " (required)" if table.required else ""
        lines.append(f"| {link}{required} | {table.zh} | {_cell(table.grain)} | {', '.join(table.key)} |")
    for table in tables.values():
        lines += ["", *_table(table, prefix)]
    return [*lines, ""]


def _table(table: Table, prefix: str) -> Iterable[str]:
    yield f'### <a id="{prefix}-{table.name}"></a>{table.name} · {table.zh} · {table.en}'
    yield ""
    month = f" A row belongs to the month of `{table.month_of}`." if table.month_of else ""
    files = " One file a month." if table.partitioned else ""
    study = " Written by studies, not by closing." if table.study else ""
    yield f"One row: {table.grain}.{month}{files}{study}"
    yield ""
    yield "| column | 中文 | type | meaning |"
    yield "|---|---|---|---|"
    for column in table.columns.values():
        yield _column(column, column.name in table.key)


def _column(column: Column, in_key: bool) -> str:
    name = f"**{column.name}**" if in_key else column.name
    kind = column.type + (f", {column.unit}" if column.unit else "") + (" ?" if column.optional else "")
    said = [_cell(column.meaning)]
    if column.values:
        said.append(f"one of [{column.values}](#values-{column.values})")
    if column.references:
        action = "the row is set aside" if column.orphans == "quarantine" else "reported"
        said.append(f"points to `{column.references}` (else {action})")
    return f"| {name} | {column.zh} | {kind} | {'; '.join(said)} |"


def _values() -> list[str]:
    lines = ["## Values", ""]
    for name in vocabulary().lists:
        words = ", ".join(f"`{code}` {' '.join(label(name, code, lang) for lang in LANGUAGES)}" for code in codes(name))
        lines.append(f'- <a id="values-{name}"></a>**{name}**: {words}')
    return [*lines, ""]


def _indicators() -> list[str]:
    lines = [
        '## <a id="values-indicator"></a>Indicators',
        "",
        "| indicator | 中文 | English | unit | better | definition |",
        "|---|---|---|---|---|---|",
    ]
    for name, one in vocabulary().indicators.items():
        lines.append(f"| {name} | {one.zh} | {one.en} | {one.unit} | {one.direction} | {_cell(one.formula)} |")
    return [*lines, ""]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main(path: Path = Path("docs/data-contract.md")) -> Path:
    """Write the document and say where."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_text(contract_document(), "utf8")
    unfinished.replace(path)
    return path


if __name__ == "__main__":
    print(main(*map(Path, sys.argv[1:2])))
