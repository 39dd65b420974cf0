"""Every scenario names tables and columns that exist, and a condition that can be asked and can be false."""

from pathlib import Path

import pytest
from scenario_table import Columns, Scenario, ask, scenarios

from analysis.closed_period import write_period
from analysis.contract import Table, closed_tables, contract_tables
from analysis.periods import Period

SCENARIOS = scenarios()
EACH = pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)


@pytest.fixture(scope="module")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one closed month in which nothing happened."""
    folder = tmp_path_factory.mktemp("outputs") / "nothing"
    empty = {name: table.arrow_schema().empty_table() for name, table in closed_tables().items() if not table.study}
    write_period(folder, Period("2023-06"), empty, {"period": "2023-06"})
    return folder


def _absent(columns: Columns, tables: dict[str, Table]) -> list[str]:
    return [
        f"{table}.{column}"
        for table, names in columns.items()
        for column in names
        if table not in tables or column not in tables[table].columns
    ]


def test_every_scenario_of_the_brief_is_here():
    last = {"A": 11, "B": 6, "C": 8, "D": 5, "E": 5, "F": 9}
    assert list(SCENARIOS) == [f"{part}{number}" for part, count in last.items() for number in range(1, count + 1)]


@EACH
def test_what_it_needs_is_in_the_contract(scenario: Scenario):
    assert scenario.needs
    assert _absent(scenario.needs, contract_tables()) == []
    assert _absent(scenario.beside, contract_tables()) == []


@EACH
def test_what_answers_it_is_in_the_closed_period(scenario: Scenario):
    assert scenario.answers
    assert _absent(scenario.answers, closed_tables()) == []


@EACH
def test_its_condition_asks_only_tables_it_names(scenario: Scenario):
    asked = {name for name in closed_tables() if f" {name} " in f" {scenario.answered_by} ".replace("\n", " ")}
    assert asked <= set(scenario.answers) | {"names"}


@EACH
def test_its_condition_is_false_where_nothing_happened(scenario: Scenario, nothing: Path):
    assert ask(scenario.answered_by, nothing, [Period("2023-06")]) is False
