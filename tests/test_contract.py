"""The schemas hang together: keys exist and are never empty, references point somewhere, value lists exist."""

import pytest

from analysis.contract import Table, closed_tables, contract_tables
from analysis.vocabulary import codes, vocabulary

TABLES = [*contract_tables().values(), *closed_tables().values()]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_table_is_consistent(table: Table):
    assert table.key and set(table.key) <= set(table.columns)
    assert not [name for name in table.key if table.columns[name].optional]
    assert not table.month_of or table.month_of in table.columns
    assert not table.partitioned or table.month_of
    for column in table.columns.values():
        assert not column.values or column.allowed()
        if column.references:
            target, name = column.references.split(".")
            assert name in contract_tables()[target].columns


def test_contract_and_closed_names_differ_or_mean_the_same():
    both = set(contract_tables()) & set(closed_tables())
    assert both == {"departments"}, "a contract table and a closed table share a name by accident"


def test_a_code_is_a_code_everywhere():
    """Joins never meet a number on one side and a string on the other."""
    for table in TABLES:
        for column in table.columns.values():
            if column.name.endswith(("_id", "_code", "_centre")) or column.name in {"department", "month", "subject"}:
                assert column.type in {"code", "month"}, f"{table.name}.{column.name}"


def test_money_is_never_a_float():
    for table in TABLES:
        for column in table.columns.values():
            if column.unit == "currency":
                assert column.type in {"money", "price"} or column.name.startswith("ci_")


def test_vocabulary_has_both_languages():
    for words in vocabulary().lists.values():
        assert all(zh and en for zh, en in words.values())
    assert codes("indicator")
