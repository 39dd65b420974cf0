"""Every scenario is answered on the closed demonstration hospital, or fails exactly because its engine is to come."""

from pathlib import Path

import pytest
from scenario_table import Scenario, ask, scenarios

from analysis.closed_period import closed_periods


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
