"""Local items and national codes that do not meet, worked by hand."""

from collections.abc import Iterator
from datetime import date

import pandas as pd
import pytest

from analysis.audit.crosswalk import crosswalk_report, crosswalk_said
from analysis.audit.rules import Rule
from analysis.engine import Engine

BOTH = {"zh": "中文", "en": "English"}
OPEN = date(2022, 1, 1)


@pytest.fixture
def engine() -> Iterator[Engine]:
    items = [
        ("S1", "suffix", "laboratory", None),
        ("S2", "ended", "laboratory", None),
        ("S3", "of another system", "operation", None),
        ("C1", "charged", "consumable", True),
        ("C2", "not charged", "consumable", False),
    ]
    codes = [
        ("S1", "national_service", "001-7", OPEN, None),
        ("S2", "national_service", "002", OPEN, date(2022, 6, 30)),
        ("S3", "icd9cm3_cn", "51.4100", OPEN, None),
        ("C1", "national_consumable", "C001", OPEN, None),
    ]
    with Engine() as engine:
        columns = ["item_code", "name", "kind", "separately_charged"]
        engine.put("items", pd.DataFrame(items, columns=columns).astype({"separately_charged": "boolean"}))
        frame = pd.DataFrame(codes, columns=["item_code", "system", "code", "valid_from", "valid_to"])
        engine.put("item_codes", frame)
        yield engine


def _rule(name: str, items: list[str], national: bool = True) -> Rule:
    return Rule.model_validate(
        {
            "id": f"national.{name}",
            "title": BOTH,
            "template": "list",
            "items": items,
            "national": national,
            "result": "violation",
            "effective_from": OPEN,
            "basis": BOTH,
            "said": BOTH,
        }
    )


def _gaps(report: pd.DataFrame) -> list[tuple[str, str]]:
    return list(report[["gap", "code"]].itertuples(index=False, name=None))


def test_items_without_a_code_on_a_day(engine: Engine):
    assert _gaps(crosswalk_report(engine, day=date(2022, 6, 30))) == [("item_without_code", "S3")]
    later = crosswalk_report(engine, day=date(2022, 7, 1))
    assert _gaps(later) == [("item_without_code", "S2"), ("item_without_code", "S3")]
    assert _gaps(crosswalk_report(engine)) == _gaps(later)


def test_codes_of_rules_that_no_item_has(engine: Engine):
    rules = [_rule("a", ["001", "002", "009"]), _rule("b", ["009", "001-7"]), _rule("c", ["S3"], national=False)]
    report = crosswalk_report(engine, rules, date(2022, 3, 1))
    assert _gaps(report) == [("code_without_item", "009"), ("item_without_code", "S3")]
    assert report["rules"].tolist()[0] == 2
    assert crosswalk_said(report)[1].startswith("1 national code")


def test_a_suffix_of_another_hospital_is_not_this_one(engine: Engine):
    assert ("code_without_item", "001-8") in _gaps(crosswalk_report(engine, [_rule("a", ["001-8"])]))
