"""Hospitals of a few stays for the tests of adherence, and pathways written in a line."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hand_hospital import Rows, arrow_rows

from analysis.contract import contract_tables
from analysis.engine import Engine
from analysis.pathways.adherence import judge_steps
from analysis.pathways.entry import find_pathway_stays
from analysis.pathways.library import checked
from analysis.pathways.model import Pathway

#: Tables that adherence and variance read.
READ = ("stays", "diagnoses", "procedures", "measurements", "outcomes", "pathway_records", "charges", "events")
START, END = datetime(2023, 6, 1), datetime(2023, 7, 1)


def at(day: int, hour: float = 8) -> datetime:
    """An hour of a day, counted from 1 June 2023."""
    return datetime(2023, 6, 1) + timedelta(days=day - 1, hours=hour)


def pathway(steps: dict[str, dict[str, Any]], entry: dict[str, Any] | None = None, **more: Any) -> Pathway:
    named = {name: {"zh": name, "en": name} | step for name, step in steps.items()}
    raw = {"id": "p", "version": "1", "zh": "路径", "en": "pathway", "basis": {"zh": "测试", "en": "test"}}
    raw |= {"entry": entry or {"drg": ["AA1"]}, "standard": {"days": 10}, "steps": named}
    return checked(raw | more, Path("test.yaml"))


def stay(name: str, begin: int = 1, end: int = 8, **more: Any) -> dict[str, Any]:
    """A stay from 08:00 of a day to 16:00 of another."""
    told = {"stay_id": name, "hospital_id": "H", "department": "D", "drg_code": "AA15"}
    return told | {"admitted_at": at(begin), "discharged_at": at(end, 16)} | more


def charge(stay: str, item: str, when: datetime, quantity: float = 1, **more: Any) -> dict[str, Any]:
    line = f"{stay}{item}{when:%d%H%M}{quantity}{more.get('refund_of', '')}"
    told = {"line_id": line, "hospital_id": "H", "stay_id": stay, "charged_at": when, "item_code": item}
    return told | {"quantity": quantity} | more


def event(stay: str, activity: str, when: datetime, requested: datetime | None = None) -> dict[str, Any]:
    told = {"event_id": f"{stay}{activity}{when}", "stay_id": stay, "activity": activity, "started_at": when}
    return told | {"requested_at": requested}


@contextmanager
def judged(rows: Rows, pathways: Iterable[Pathway], end: datetime = END) -> Iterator[Engine]:
    """An engine with the stays judged that were discharged from June on; tables not given are empty."""
    with Engine() as engine:
        for name in READ:
            engine.put(name, arrow_rows(contract_tables()[name], rows.get(name, [])))
        find_pathway_stays(engine, START, end, {one.id: one for one in pathways})
        judge_steps(engine, datetime(2023, 5, 1), end)
        yield engine


def statuses(engine: Engine, step: str) -> dict[str, str]:
    """Status of a step by stay."""
    rows = engine.frame("select stay_id, status from adherence where step = $step order by stay_id", step=step)
    return dict(zip(rows["stay_id"], rows["status"], strict=True))
