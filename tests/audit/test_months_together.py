"""Months judged one after the other find what one run over all of them finds, whatever lies across their borders."""

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from small_audit import ITEMS, folder, rows, rule

from analysis.audit.judging import Span
from analysis.audit.monthly import audit_period, audit_span
from analysis.engine import Engine
from analysis.hospital import open_hospital
from analysis.periods import Period, parse_range

START, END = datetime(2023, 1, 1), datetime(2023, 7, 1)
MONTHS = parse_range("2023-01..2023-06")
RULES = [
    rule("pair", "T.panels", panels=True, window="six_hours", subsumes=["T.list"]),
    rule("pair", "T.visit", items=["scan"], others=["test"], window="visit", result="suspicious"),
    rule("retest", "T.retest", items=["test"], limit=24 * 40),
    rule("frequency", "T.span", items=["drug"], window=7.0, limit=1),
    rule("frequency", "T.day", items=["drug"], window="day", limit=1),
    rule("count", "T.count", items=["test", "scan", "film", "drug"], limit=2),
    rule("course", "T.course", items=["drug"], limit=2),
    rule("course", "T.prior", items=["film"], others=["drug"]),
    rule("duplicate", "T.twice"),
    rule("execution", "T.never"),
    rule("list", "T.list", items=["part"], unless=[{"items": ["scan"], "items_within": 30}]),
    rule("indication", "T.indication", items=["film"], indications=[{"items": ["operation"]}]),
    rule("stay_pattern", "T.split", pattern="split", limit=3),
    rule("stay_pattern", "T.overlap", pattern="overlapping"),
    rule("stay_pattern", "T.empty", pattern="empty_bed", limit=1),
]


def hospital(seed: int) -> dict:
    """Stays and lines around the midnights of month ends, with refunds and late bookings."""
    draw = np.random.default_rng(seed)
    stays, lines = [], []
    borders = [period.end for period in MONTHS]
    for number in range(40):
        near = borders[draw.integers(5)] + timedelta(hours=int(draw.integers(-400, 200)))
        ends = near + timedelta(hours=int(draw.integers(1, 700)))
        stays.append({"stay_id": f"s{number:02d}", "patient_id": f"p{draw.integers(12):02d}", "hospital_id": "H"})
        stays[-1] |= {"admitted_at": near, "discharged_at": ends if ends < END or draw.random() < 0.5 else None}
        stays[-1] |= {"drg_code": "AA11", "planned": True, "age": 40, "sex": "F", "department": "D"}
        for _ in range(int(draw.integers(2, 14))):
            lines.append(_line(draw, stays[-1], len(lines), ends))
    refunds = [_refund(draw, row, n) for n, row in enumerate(lines) if draw.random() < 0.15]
    every = [row for row in lines + refunds if row["charged_at"] < END]
    known = {row["line_id"] for row in every}
    return rows([row for row in every if row.get("refund_of", row["line_id"]) in known], stays)


def _line(draw: np.random.Generator, stay: dict, number: int, ends: datetime) -> dict:
    hours = (ends - stay["admitted_at"]).total_seconds() / 3600
    late = 800 if draw.random() < 0.05 else 0
    when = stay["admitted_at"] + timedelta(hours=float(np.floor(draw.random() * hours)) + late)
    row = {
        "line_id": f"l{number:04d}",
        "hospital_id": "H",
        "stay_id": stay["stay_id"],
        "charged_at": when,
        "amount": 20,
    }
    row |= {
        "item_code": str(draw.choice(ITEMS)),
        "quantity": 2,
        "order_id": None if draw.random() < 0.5 else f"o{number}",
    }
    return row | {"ordered_at": when - timedelta(hours=1), "ordering_department": "D", "physician_id": "dr"}


def _refund(draw: np.random.Generator, row: dict, number: int) -> dict:
    part = int(draw.integers(1, 3))
    when = row["charged_at"] + timedelta(hours=int(draw.integers(0, 500)))
    return row | {
        "line_id": f"r{number:04d}",
        "refund_of": row["line_id"],
        "charged_at": when,
        "quantity": -part,
        "amount": -10 * part,
    }


def _both(engine: Engine) -> tuple[set, set]:
    return tuple(
        set(engine.frame(f"select * from {name} order by all").astype("str").itertuples(index=False, name=None))
        for name in ("findings", "finding_lines")
    )  # type: ignore[return-value]


@pytest.mark.parametrize("seed", range(4))
def test_months_together_find_what_one_run_finds(tmp_path: Path, seed: int):
    opened = open_hospital(folder(tmp_path / "h", hospital(seed)))
    findings, lines = set(), set()
    with Engine() as engine:
        opened.attach(engine)
        audit_span(engine, opened, Span(START, END), RULES)
        whole = _both(engine)
        for period in MONTHS:
            audit_period(engine, opened, period, RULES)
            month = _both(engine)
            assert not findings & month[0]
            findings |= month[0]
            lines |= month[1]
    assert findings == whole[0]
    assert lines == whole[1]
    assert len({row[1] for row in findings}) >= 12  # rules that speak


def test_a_closed_month_does_not_know_the_next_one(tmp_path: Path):
    """What is charged, given back or begun in June leaves the findings of May as they are."""
    given = hospital(1)
    before = given | {"charges": [row for row in given["charges"] if row["charged_at"] < MONTHS[4].end]}
    found = []
    for name, some in (("whole", given), ("cut", before)):
        opened = open_hospital(folder(tmp_path / name, some))
        with Engine() as engine:
            opened.attach(engine)
            audit_period(engine, opened, Period("2023-05"), RULES)
            found.append(_both(engine))
    assert found[0] == found[1]
    assert found[0][0]
