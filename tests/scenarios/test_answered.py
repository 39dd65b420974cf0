"""Every scenario is answered on the closed demonstration hospital, or fails exactly because its engine is to come."""

from pathlib import Path

import pytest
from scenario_table import Scenario, ask, scenarios

from analysis.closed_period import closed_periods
from analysis.engine import Engine
from analysis.hospital import open_hospital


class NotAnswered(AssertionError):  # noqa: N818
    """The closed tables do not hold the answer."""


def _each() -> list:
    to_come = {
        name: pytest.mark.xfail(strict=True, raises=NotAnswered, reason=f"the {scenario.engine} engine is to come")
        for name, scenario in scenarios().items()
        if scenario.engine != "ready"
    }
    return [
        pytest.param(name, scenario, id=name, marks=to_come.get(name, ())) for name, scenario in scenarios().items()
    ]


@pytest.mark.parametrize(("name", "scenario"), _each())
def test_scenario_is_answered(name: str, scenario: Scenario, request: pytest.FixtureRequest):
    folder: Path = request.getfixturevalue(f"closed_{scenario.closed}")
    if not ask(scenario.answered_by, folder, closed_periods(folder)):
        raise NotAnswered(f"{name}: {scenario.asks}")


#: What the demonstration hospital leaves out, and why; a source may bring it.
LEFT_OUT = {
    "payment_standards.payment": "its region pays weight x rate",
    "stays.cost_total": "it has a ledger of its own; the alliance's source brings cost",
    "stays.length_of_stay": "it knows the times; the alliance's source brings days",
    "charges.visit_id": "its outpatients come without charge lines",
    "denials.visit_id": "its outpatients come without denials",
    "charges.value": "its results stand in measurements",
    "stays.age_days": "it has no newborns",
}


def test_the_demonstration_hospital_brings_what_scenarios_need(closed_demo: Path):
    data = open_hospital(closed_demo.parents[1] / "data" / closed_demo.name)
    needed = {(table, column) for s in scenarios().values() for table, names in s.needs.items() for column in names}
    with Engine() as engine:
        data.attach(engine)
        empty = {f"{t}.{c}" for t, c in sorted(needed) if not engine.value(f'select count("{c}") from "{t}"')}
    assert empty == set(LEFT_OUT)
