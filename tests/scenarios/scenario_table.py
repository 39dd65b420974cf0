"""The scenario table, typed, and how its conditions are asked."""

from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from analysis.contract import closed_tables
from analysis.engine import Engine
from analysis.periods import Period

Columns = dict[str, list[str]]


class Scenario(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    asks: str
    needs: Columns
    beside: Columns = {}
    answers: Columns
    engine: Literal["ready", "audit", "rootcause", "costing", "payment", "coding", "pathways", "evaluation"]
    closed: Literal["demo", "stents", "eras", "alliance"] = "demo"
    answered_by: str
    remains: str = ""


def scenarios() -> dict[str, Scenario]:
    raw = yaml.safe_load(Path(__file__).with_name("scenarios.yaml").read_text("utf8"))
    return {name: Scenario.model_validate(entry) for name, entry in raw.items()}


def ask(condition: str, folder: Path, periods: list[Period]) -> bool:
    """Whether a condition is true over the closed months in a folder and over what studies keep there.

    Closed tables are stacked under a column `period`; study tables come from FOLDER/studies/STUDY/TABLE.parquet.
    """
    with Engine() as engine:
        for name, table in closed_tables().items():
            if table.study:
                engine.attach(table, sorted(folder.glob(f"studies/*/{name}.parquet")))
            else:
                engine.stack(table, {p.name: folder / p.name / "tables" / f"{name}.parquet" for p in periods})
        return bool(engine.value(condition))
