"""Before and during: the same rules on what was known at a moment give what a run over data cut at it gives."""

from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from small_audit import at, folder, line, rows, rule, stay
from test_months_together import RULES, hospital

from analysis.audit.backtest import backtest
from analysis.audit.judging import Span
from analysis.audit.moment import judge_in_house, open_moment
from analysis.audit.monthly import audit_span
from analysis.audit.order_check import NEW, check_order
from analysis.audit.watch import watchlist
from analysis.engine import Engine
from analysis.errors import InputError
from analysis.hospital import open_hospital
from analysis.periods import parse_range

MOMENT = datetime(2023, 4, 2, 12)
ORDERABLE = ("panel", "part", "test", "drug", "film", "scan")


def cut(given: dict, moment: datetime) -> dict:
    """What was known at a moment, of everything; worked row by row, not by the product."""
    stays = [s | {"discharged_at": s["discharged_at"] if s["discharged_at"] and s["discharged_at"] < moment else None}
             for s in given["stays"] if s["admitted_at"] < moment]  # fmt: skip
    lines = [row for row in given["charges"] if row["charged_at"] < moment]
    return given | {"stays": stays, "charges": lines}


def batch(path: Path, given: dict, moment: datetime) -> pd.DataFrame:
    """Findings of all stays in house on cut data, with their lines."""
    opened = open_hospital(folder(path, given))
    with Engine() as engine:
        opened.attach(engine)
        audit_span(engine, opened, Span(moment, moment, in_house=True), RULES)
        return _findings(engine)


def _findings(engine: Engine) -> pd.DataFrame:
    return engine.frame("""select f.finding_id, f.rule_id, f.outcome, f.amount_at_risk, f.explanation_en,
        string_agg(l.line_id, ' ' order by l.line_id) as lines
        from findings f left join finding_lines l on l.finding_id = f.finding_id group by all order by all""")


@pytest.fixture(scope="module", params=[0, 1])
def given(request: pytest.FixtureRequest) -> dict:
    return hospital(request.param)


def test_in_house_is_the_batch_on_data_cut_at_the_moment(tmp_path: Path, given: dict):
    moment = open_moment(open_hospital(folder(tmp_path / "whole", given)), MOMENT, RULES)
    judge_in_house(moment)
    found, expected = _findings(moment.engine), batch(tmp_path / "cut", cut(given, MOMENT), MOMENT)
    moment.close()
    pd.testing.assert_frame_equal(found, expected)
    assert found["rule_id"].nunique() >= 5


def test_an_order_is_judged_as_the_batch_judges_its_line(tmp_path: Path, given: dict):
    moment = open_moment(open_hospital(folder(tmp_path / "whole", given)), MOMENT, RULES)
    known = cut(given, MOMENT)
    there = [s for s in known["stays"] if s["discharged_at"] is None][:4]
    spoken = set()
    for number, (one, item) in enumerate((s, item) for s in there for item in ORDERABLE):
        order = {"line_id": NEW, "order_id": NEW, "hospital_id": "H", "stay_id": one["stay_id"], "item_code": item}
        order |= {"charged_at": MOMENT, "ordered_at": MOMENT, "quantity": 1, "amount": 10, "ordering_department": "D"}
        later = MOMENT + timedelta(microseconds=1)
        whole = batch(tmp_path / f"cut{number}", known | {"charges": [*known["charges"], order]}, later)
        of_orders = ~whole["rule_id"].isin(["T.overlap", "T.split", "T.empty"])  # patterns of stays, not of orders
        expected = whole[whole["lines"].fillna("").str.contains(NEW) & of_orders]
        found = check_order(moment, one["stay_id"], item)
        assert sorted(found["finding_id"]) == sorted(expected["finding_id"])
        spoken |= set(found["rule_id"])
    moment.close()
    assert len(spoken) >= 4


def test_an_order_nobody_can_give_is_refused(tmp_path: Path):
    moment = open_moment(open_hospital(folder(tmp_path / "h", rows([line(1, "test", "5")]))), at("6"), RULES)
    with pytest.raises(InputError, match="not in house"):
        check_order(moment, "s9", "test")
    with pytest.raises(InputError, match="unknown item"):
        check_order(moment, "s1", "nothing")
    moment.close()


def test_checking_an_order_leaves_the_moment_as_it_was(tmp_path: Path, given: dict):
    moment = open_moment(open_hospital(folder(tmp_path / "h", given)), MOMENT, RULES)
    judge_in_house(moment)
    before = _findings(moment.engine)
    stay_id = moment.engine.value("select min(stay_id) from moment_encounters")
    for item in ORDERABLE:
        check_order(moment, stay_id, item)
    judge_in_house(moment)
    pd.testing.assert_frame_equal(_findings(moment.engine), before)
    moment.close()


def test_a_stay_at_nine_tenths_of_its_standard_is_on_the_watchlist(tmp_path: Path):
    stays = [stay("s1", "1", None), stay("s2", "2", None, patient_id="p2"), stay("s3", "2", "4", patient_id="p3")]
    lines = [
        line(1, "test", "3", amount=90),
        line(2, "test", "3", amount=89, stay_id="s2"),
        line(3, "test", "9", amount=500),
    ]
    lines.append(line(4, "test", "3", amount=99, stay_id="s3"))
    moment = open_moment(open_hospital(folder(tmp_path / "h", rows(lines, stays))), at("8"), RULES)
    standards = pd.DataFrame({"hospital_id": ["H"], "drg_code": ["AA11"], "severity": ["*"], "standard": [100.0]})
    watched = watchlist(moment, standards)
    moment.close()
    assert watched[["stay_id", "used", "share", "alert"]].values.tolist() == [
        ["s1", 90, 0.9, True],
        ["s2", 89, 0.89, False],
    ]


def test_a_draft_is_tried_on_past_months(tmp_path: Path):
    stays = [stay("s1", "1", "10"), stay("s2", "6-01", "6-20", patient_id="p2")]
    lines = [
        line(1, "drug", "5"),
        line(2, "drug", "6-05", stay_id="s2"),
        line(3, "drug", "6-06", stay_id="s2", amount=30),
    ]
    opened = open_hospital(folder(tmp_path / "h", rows(lines, stays)))
    draft = rule("list", items=["drug"], status="draft")
    found = backtest(opened, [draft], parse_range("2023-05..2023-07"))
    assert found[["month", "hits", "stays", "amount_at_risk"]].values.tolist() == [
        ["2023-05", 1, 1, 10],
        ["2023-06", 2, 1, 40],
    ]
