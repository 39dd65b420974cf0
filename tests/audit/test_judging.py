"""Every template on a handful of lines worked by hand: what is found, with which lines and how much money."""

import pytest
from small_audit import YEAR, at, found, line, rows, rule, stay, told

from analysis.audit.judging import Span

PANELS = rule("pair", panels=True, window="six_hours")


def test_a_part_beside_its_panel_is_found_with_the_panel_as_evidence():
    given = rows([line(1, "panel", "5 08:00", amount=100), line(2, "part", "5 14:00"), line(3, "part", "5 14:01")])
    assert told([PANELS], given) == [("T.rule", "hit", 10, "l01 l02")]


@pytest.mark.parametrize(("window", "hits"), [("hour", 0), ("day", 0), ("six_hours", 1), ("visit", 1), (1.0, 1)])
def test_windows_reach_over_midnight_but_for_the_calendar_day(window, hits):
    given = rows([line(1, "panel", "31 23:00"), line(2, "part", "6-01 01:00")], [stay(end="6-03")])
    assert len(told([rule("pair", items=["part"], others=["panel"], window=window)], given)) == hits


def test_other_sides_are_other_questions():
    given = rows([line(1, "panel", "5", body_side="left"), line(2, "part", "5", body_side="right")])
    assert told([PANELS], given) == []


def test_a_refunded_line_is_gone_and_a_partial_refund_reduces_the_money():
    part = line(2, "part", "5", quantity=2, amount=20)
    back = line(3, "part", "6", refund_of="l02", quantity=-1, amount=-10)
    assert told([PANELS], rows([line(1, "panel", "5"), part, back])) == [("T.rule", "hit", 10, "l01 l02")]
    whole = back | {"quantity": -2, "amount": -20}
    assert told([PANELS], rows([line(1, "panel", "5"), part, whole])) == []
    no_panel = line(4, "panel", "6", refund_of="l01", quantity=-1, amount=-10)
    assert told([PANELS], rows([line(1, "panel", "5"), part, no_panel])) == []


def test_a_refund_after_the_month_of_discharge_changes_no_closed_month():
    back = line(3, "part", "6-02", refund_of="l02", quantity=-1, amount=-10)
    assert len(told([PANELS], rows([line(1, "panel", "5"), line(2, "part", "5"), back]))) == 1


def test_frequency_charges_the_excess_only():
    lines = [line(n, "test", f"5 {n:02d}:00", quantity=2, amount=20) for n in (1, 2)] + [line(3, "test", "6")]
    assert told([rule("frequency", items=["test"], window="day", limit=3)], rows(lines)) == [
        ("T.rule", "hit", 10, "l02")
    ]
    assert told([rule("frequency", items=["test"], window="visit", limit=3)], rows(lines)) == [
        ("T.rule", "hit", 20, "l02 l03")
    ]


def test_frequency_of_days_looks_at_any_span_and_forgives_what_was_not_allowed():
    lines = [line(n, "test", f"{n} 08:00") for n in range(1, 9)]
    week = rule("frequency", items=["test"], window=7.0, limit=1)
    with_lines = {row[3] for row in told([week], rows(lines))}
    assert with_lines == {f"l{n:02d}" for n in range(2, 8)}  # the eighth is a week after the first


def test_a_test_is_repeated_over_stays_but_not_after_its_interval():
    stays = [stay("s1", "1", "5 10:00"), stay("s2", "6", "20")]
    lines = [
        line(1, "test", "4 08:00"),
        line(2, "test", "6 07:59", stay_id="s2"),
        line(3, "test", "8 08:00", stay_id="s2"),
    ]
    retest = rule("retest", items=["test"], limit=48)
    assert told([retest], rows(lines, stays)) == [("T.rule", "hit", 10, "l01 l02")]
    assert told([retest], rows(lines, [stays[0], stays[1] | {"patient_id": "p2"}])) == []


def test_count_charges_what_came_after_the_limit():
    lines = [line(1, "test", "5"), line(2, "scan", "6"), line(3, "drug", "7", amount=30), line(4, "test", "8")]
    counting = rule("count", items=["test", "scan", "drug"], limit=2)
    assert told([counting], rows(lines)) == [("T.rule", "hit", 30, "l01 l02 l03 l04")]
    assert told([counting], rows(lines[:2])) == []


def test_course_of_days_and_therapy_before():
    lines = [line(n, "drug", f"{n}") for n in (1, 2, 3)] + [line(4, "test", "2 07:00")]
    assert told([rule("course", items=["drug"], limit=2)], rows(lines)) == [("T.rule", "hit", 10, "l03")]
    assert told([rule("course", items=["drug"], others=["test"])], rows(lines)) == [("T.rule", "hit", 10, "l01")]


def test_the_later_of_two_equal_lines_is_a_duplicate_unless_another_order_asked_for_it():
    lines = [line(1, "test", "5", order_id="o"), line(2, "test", "5", order_id="o"), line(3, "scan", "5", order_id="a")]
    lines += [line(4, "scan", "5", order_id="b"), line(5, "film", "5", body_side="left", order_id="c")]
    lines.append(line(6, "film", "5", body_side="right", order_id="c"))
    assert told([rule("duplicate")], rows(lines)) == [("T.rule", "hit", 10, "l01 l02")]


def test_of_orders_without_number_the_moment_they_were_given_tells_whether_they_are_one():
    lines = [line(k, "test", "5", order_id=order) for k, order in ((1, None), (2, "o"))]
    again = [("T.rule", "hit", 10, "l01 l02")]
    for ordered, expected in ((lines[0]["ordered_at"], again), (None, again), (at("4 20:00"), [])):
        assert told([rule("duplicate")], rows([lines[0], lines[1] | {"ordered_at": ordered}])) == expected


def test_a_second_operation_in_full_but_not_at_its_discount():
    lines = [line(1, "operation", "5 08:00", amount=10), line(2, "second", "5 09:00", amount=10)]
    second = rule("secondary_operation", items=["operation", "second"], limit=1)
    assert told([second], rows(lines)) == [("T.rule", "hit", 10, "l01 l02")]
    assert told([second], rows([lines[0], lines[1] | {"amount": 5}])) == []


def test_charged_without_any_order_of_the_stay():
    lines = [line(1, "test", "5", order_id=None), line(2, "scan", "5", order_id=None)]
    orders = [{"order_id": "x", "stay_id": "s1", "item_code": "scan", "ordered_at": at("4"), "status": "executed"}]
    assert told([rule("execution")], rows(lines, orders=orders)) == [("T.rule", "hit", 10, "l01")]


APPROVED = {"approval_id": "a", "stay_id": "s1", "item_code": "film", "requested_at": at("3"), "status": "approved"}


@pytest.mark.parametrize(
    ("approval", "way", "outcome"),
    [
        (APPROVED | {"decided_at": at("4")}, "elective", None),
        (APPROVED | {"decided_at": at("5 09:00")}, "elective", "hit"),
        (APPROVED | {"decided_at": at("6 07:00")}, "emergency", None),
        (APPROVED | {"decided_at": at("6 09:00")}, "emergency", "hit"),
        (APPROVED | {"decided_at": at("5 09:00")}, None, "lacking_evidence"),
        (APPROVED, "elective", "lacking_evidence"),
        (APPROVED | {"status": "refused", "decided_at": at("4")}, "elective", "hit"),
        (APPROVED | {"item_code": "scan", "decided_at": at("4")}, "elective", "hit"),
    ],
)
def test_approval_before_use_or_soon_after_in_an_emergency(approval, way, outcome):
    given = rows([line(1, "film", "5 08:00")], [stay(admission_type=way)], approvals=[approval])
    assert [row[1] for row in told([rule("approval", items=["film"], limit=24)], given)] == (
        [outcome] if outcome else []
    )


def test_charged_but_not_coded_and_the_other_way_round():
    coded = [{"stay_id": "s1", "position": 1, "code": "51.4100", "system": "icd9cm3_cn"}]
    charged = rule("uncoded", pattern="charged", items=["operation"], procedures=["51.4"])
    assert told([charged], rows([line(1, "operation", "5")])) == [("T.rule", "hit", 10, "l01")]
    assert told([charged], rows([line(1, "operation", "5")], procedures=coded)) == []
    uncharged = rule("uncoded", pattern="coded", items=["operation"], procedures=["51.4"])
    assert [row[1] for row in told([uncharged], rows([line(1, "test", "5")], procedures=coded))] == ["hit"]
    assert told([uncharged], rows([line(1, "operation", "5")], procedures=coded)) == []


def test_a_stay_split_in_two_is_found_with_the_second_half():
    stays = [stay("s1", "1", "10 10:00"), stay("s2", "11 09:00", "20")]
    given = rows([line(1, "test", "5"), line(2, "test", "12", stay_id="s2"), line(3, "bed", "13", stay_id="s2")], stays)
    split = rule("stay_pattern", pattern="split", limit=1)
    assert told([split], given) == [("T.rule", "hit", 20, "l02 l03")]
    given["stays"] = [stays[0], stays[1] | {"drg_code": "BB11"}]
    assert told([split], given) == []


def test_stays_that_overlap():
    stays = [stay("s1", "1", "10"), stay("s2", "9", "20")]
    given = rows([line(1, "test", "5"), line(2, "test", "12", stay_id="s2")], stays)
    assert told([rule("stay_pattern", pattern="overlapping")], given) == [("T.rule", "hit", 10, "l02")]


def test_days_with_a_bed_and_nothing_else():
    lines = [line(n, "bed", f"{n}") for n in range(1, 6)] + [line(9, "test", "1 09:00"), line(10, "test", "2 09:00")]
    lines.append(line(11, "test", "2 10:00", refund_of="l10", quantity=-1, amount=-10))
    empty = rule("stay_pattern", pattern="empty_bed", limit=3)
    assert told([empty], rows(lines)) == [("T.rule", "hit", 40, "l02 l03 l04 l05")]
    assert told([rule("stay_pattern", pattern="empty_bed", limit=4)], rows(lines)) == []
    evening = [one for one in lines if one["line_id"] != "l09"]
    assert told([empty], rows(evening)) == told([empty], rows(lines)), "the day of admission may have but an evening"


ALBUMIN = {"measurement_id": "m1", "stay_id": "s1", "name": "albumin", "value": 35.0, "measured_at": at("2")}
LOW = [{"measured": {"name": "albumin", "within": {"below": 30}}}]


@pytest.mark.parametrize(
    ("values", "outcome"),
    [([ALBUMIN], "hit"), ([ALBUMIN | {"value": 29.9}], None), ([], "lacking_evidence"),
     ([ALBUMIN | {"value": None}], "lacking_evidence"), ([ALBUMIN | {"value": 30.0}], "hit")],
)  # fmt: skip
def test_what_was_not_measured_is_lacking_and_never_a_hit(values, outcome):
    given = rows([line(1, "drug", "5")], measurements=values)
    (row,) = told([rule("indication", items=["drug"], indications=LOW)], given) or [None]
    assert (row and row[1]) == outcome
    assert row is None or (row[2] is None) == (outcome == "lacking_evidence")


def test_unknown_or_false_is_unknown_but_false_and_unknown_is_false():
    old = [{"age": {"below": 40}, "measured": {"name": "albumin", "within": {"below": 30}}}]
    given = rows([line(1, "drug", "5")])
    assert told([rule("indication", items=["drug"], indications=old)], given)[0][1] == "hit"
    assert told([rule("indication", items=["drug"], indications=[*LOW, {"sex": "F"}])], given) == []
    assert (
        told([rule("indication", items=["drug"], indications=[*LOW, {"sex": "M"}])], given)[0][1] == "lacking_evidence"
    )


@pytest.mark.parametrize(
    ("condition", "outcome"),
    [
        ({"age": {"min": 50}}, "hit"), ({"age": {"above": 50}}, None), ({"age": {"max": 50}}, "hit"),
        ({"age": {"below": 50}}, None), ({"sex": "F"}, "hit"), ({"sex": "M"}, None), ({"planned": True}, "hit"),
        ({"planned": False}, None), ({"payer": ["employee"]}, "lacking_evidence"), ({"setting": "inpatient"}, "hit"),
        ({"level": ["tertiary"]}, "hit"), ({"level": ["primary"]}, None), ({"department": ["D"]}, "hit"),
        ({"admission_type": ["emergency"]}, None), ({"drg": ["AA11"]}, "hit"), ({"diagnoses": ["K80"]}, "hit"),
        ({"diagnoses": ["I1"]}, "hit"), ({"diagnoses": ["C"]}, None), ({"principal": ["K80.0"]}, "hit"),
        ({"principal": ["I10"]}, None), ({"every_of": [["I10", "I11"], ["K80"]]}, "hit"),
        ({"every_of": [["I10"], ["E11"]]}, None), ({"procedures": ["51.4"]}, "hit"), ({"procedures": ["52"]}, None),
        ({"items": ["scan"]}, "hit"), ({"items": ["film"]}, None), ({"items": ["scan"], "items_within": 24}, None),
        ({"items": ["scan"], "items_within": 25}, "hit"), ({"age": {"min": 50}, "sex": "M"}, None),
    ],
)  # fmt: skip
def test_each_condition(condition, outcome):
    diagnoses = [{"stay_id": "s1", "position": 1, "code": "K80.001", "system": "icd10"}]
    diagnoses.append({"stay_id": "s1", "position": 2, "code": "I10.x", "system": "icd10"})
    procedures = [{"stay_id": "s1", "position": 1, "code": "51.4100", "system": "icd9cm3_cn"}]
    given = rows([line(1, "drug", "5 08:00"), line(2, "scan", "6 09:00")], diagnoses=diagnoses, procedures=procedures)
    assert [row[1] for row in told([rule("list", items=["drug"], where=[condition])], given)] == (
        [outcome] if outcome else []
    )
    excluded = told([rule("list", items=["drug"], unless=[condition])], given)
    assert [row[1] for row in excluded] == ([] if outcome == "hit" else ["hit"])


def test_money_counts_once_and_goes_to_the_violation():
    rules = [rule("list", "T.a", items=["drug"], result="suspicious"), rule("list", "T.b", items=["drug"])]
    given = rows([line(1, "drug", "5")])
    assert told(rules, given) == [("T.a", "hit", 0, "l01"), ("T.b", "hit", 10, "l01")]
    assert "10.00" in found(rules, given)["explanation_zh"].iloc[0]


def test_a_rule_replaces_another_on_its_lines_but_a_shadow_replaces_no_active_one():
    other = rule("list", "T.b", items=["drug", "film"])
    given = rows([line(1, "drug", "5"), line(2, "film", "5")])
    replacing = rule("list", "T.a", items=["drug"], subsumes=["T.b"])
    assert told([replacing, other], given) == [("T.a", "hit", 10, "l01"), ("T.b", "hit", 10, "l02")]
    shadow = replacing.model_copy(update={"status": "shadow"})
    assert told([shadow, other], given) == [("T.a", "hit", 0, "l01"), ("T.b", "hit", 20, "l01 l02")]
    assert found([shadow], given)["result"].tolist() == ["suspicious"]


def test_drafts_and_suspended_rules_do_not_run():
    given = rows([line(1, "drug", "5")])
    for status in ("draft", "suspended"):
        assert told([rule("list", items=["drug"], status=status)], given) == []


def test_the_version_in_force_on_the_day_of_service_judges():
    old = rule("list", items=["drug"], effective_to=at("5").date())
    new = rule("list", items=["drug"], version="2", effective_from=at("6").date(), where=[{"sex": "M"}])
    given = rows([line(1, "drug", "5 23:59"), line(2, "drug", "6 00:00")])
    assert told([old, new], given) == [("T.rule", "hit", 10, "l01")]


def test_national_codes_meet_items_while_they_are_valid():
    code = {"item_code": "drug", "system": "national_service", "code": "123-7", "valid_from": at("5").date()}
    national = rule("list", items=["123"], national=True)
    given = rows(
        [line(1, "drug", "4"), line(2, "drug", "5"), line(3, "drug", "9")],
        item_codes=[code | {"valid_to": at("8").date()}],
    )
    assert told([national], given) == [("T.rule", "hit", 10, "l02")]


@pytest.mark.parametrize(("measured", "stage"), [("4", "before"), ("6", "during"), ("20 11:00", "after")])
def test_the_stage_is_when_the_facts_stood(measured, stage):
    given = rows([line(1, "drug", "5")], measurements=[ALBUMIN | {"measured_at": at(measured)}])
    assert found([rule("indication", items=["drug"], indications=LOW)], given)["stage"].tolist() == [stage]


def test_outpatient_lines_are_judged_in_their_month():
    visit = {"visit_id": "v", "patient_id": "p1", "hospital_id": "H", "visited_at": at("5"), "age": 30, "sex": "M"}
    given = rows(
        [line(1, "panel", "5", stay_id=None, visit_id="v"), line(2, "part", "5", stay_id=None, visit_id="v")],
        visits=[visit],
    )
    assert told([PANELS], given) == [("T.rule", "hit", 10, "l01 l02")]
    june = Span(at("6-01 00:00"), YEAR.end)
    assert told([PANELS], given, june) == []


def test_an_id_is_the_same_whatever_the_order_of_rows():
    lines = [line(1, "panel", "5"), line(2, "part", "5"), line(3, "drug", "5")]
    rules = [PANELS, rule("list", "T.b", items=["drug"])]
    first, again = found(rules, rows(lines)), found(rules[::-1], rows(lines[::-1]))
    assert first["finding_id"].tolist() == again["finding_id"].tolist()
    assert first["finding_id"].str.fullmatch("[0-9a-f]{16}").all()


def test_no_explanation_names_the_patient():
    given = rows([line(1, "panel", "5"), line(2, "part", "5")], [stay(patient_id="PATIENT-1")])
    assert not found([PANELS], given)["explanation_zh"].str.contains("PATIENT-1").any()
