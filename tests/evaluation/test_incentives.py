"""Incentive rules worked by hand, their refusal of provisional margins, chance in them, and what they invite."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import InputError
from analysis.evaluation.gain_sharing import share_gain
from analysis.evaluation.gaming import chosen, gaming
from analysis.evaluation.incentive_noise import at_break_even, noise, redrawn
from analysis.evaluation.incentive_rules import HARMS, SUMS, books, composite_scores, pay, prepared
from analysis.evaluation.incentive_settings import Behaviour, Incentives, Rule
from analysis.settings import parameters_folder, read_settings

SHIPPED = read_settings(parameters_folder() / "incentives/demo.yaml", Incentives)


def book(*months: dict, unit: str = "A") -> pd.DataFrame:
    """Months of one unit: income 1,000 and cost 1,000 in each unless said."""
    rows = []
    for number, said in enumerate(months, 1):
        row = dict.fromkeys([*SUMS, "denied"], 0.0) | {"cases": 10.0, "bonus": 100.0, "claimed": 700.0}
        row |= {"payment": 1000.0, "costed_payment": 1000.0, "cost": 1000.0}
        rows.append({"unit": unit, "month": f"2022-{number:02d}"} | row | said)
    return pd.DataFrame(rows)


def paid(rule: Rule, rows: pd.DataFrame) -> tuple[float, float, float]:
    made = pay(rule, rows, SHIPPED).iloc[0]
    return made["raw"], made["amount"], made["lead"]


def test_excess_is_deducted_and_half_of_a_surplus_returned():
    """Months of +30, -10 and +4: 15 - 10 + 2 = 7 of a bonus of 300, within its fifth of 60."""
    rows = book({"payment_margin": 30.0}, {"payment_margin": -10.0}, {"payment_margin": 4.0})
    assert paid(SHIPPED.rules["cap_and_surplus"], rows) == (7, 7, 0)


def test_floor_and_cap_hold_over_the_year():
    """A month of -500 would take 500 of a year's bonus of 200: 40 is the most; one of +500 would give 250: 40."""
    for margin, raw, amount in ((-500.0, -500, -40), (500.0, 250, 40)):
        rows = book({"payment_margin": margin}, {})
        assert paid(SHIPPED.rules["cap_and_surplus"], rows)[:2] == (raw, amount)


@pytest.mark.parametrize(("cost", "amount"), [(960, 0), (950, 5), (900, 10)])
def test_a_tenth_of_the_saving_from_five_percent_below_the_standard(cost: float, amount: float):
    """950 of 1,000 is 5 % below: a tenth of 50, three tenths of it to the lead; 4 % below earns nothing."""
    assert paid(SHIPPED.rules["below_standard"], book({"cost": float(cost)})) == pytest.approx(
        (amount, amount, 0.3 * amount)
    )


def test_surplus_of_the_year_is_shared_not_of_its_months():
    """+80 and -30: 15 % of 50 = 7.5, 40 % of it to the lead; +20 and -30 is a deficit: nothing, and nothing taken."""
    rule = SHIPPED.rules["surplus_share"]
    assert paid(rule, book({"cost": 920.0}, {"cost": 1030.0})) == pytest.approx((7.5, 7.5, 3.0))
    assert paid(rule, book({"cost": 980.0}, {"cost": 1030.0})) == (0, 0, 0)


def test_denials_above_five_percent_cost_a_tenth_of_the_month():
    """35 of 700 is 5 %, not above; 36 is: 10 of that month's 100."""
    assert paid(SHIPPED.rules["denials"], book({"denied": 35.0}, {"denied": 36.0})) == (-10, -10, 0)


def test_composite_by_hand():
    """Observed as expected and cost 5 % below income: quality 50 points; cost (1.15 - 0.95) / 0.3 = 2/3 of 100.
    Score 0.6 x 50 + 0.4 x 66.7 = 56.7; bonus 100 x 0.2 x 6.7 / 50 = 2.67."""
    rows = book({"cost": 950.0})
    score = composite_scores(rows, SHIPPED.composite).iloc[0]
    assert score["quality"] == pytest.approx(50) and score["cost"] == pytest.approx(200 / 3)
    assert paid(SHIPPED.rules["composite"], rows)[1] == pytest.approx(100 * 0.2 * (30 + 80 / 3 - 50) / 50)


def test_a_handful_of_cases_does_not_decide_a_score():
    """Two complications where one was expected: (2 + 5) / (1 + 5), not twice as many."""
    rows = book({"observed_complication": 2.0, "expected_complication": 1.0, "cost": 1000.0})
    got = composite_scores(rows, SHIPPED.composite)["quality"].iloc[0]
    assert got == pytest.approx(100 * (0.4 * (1.5 - 7 / 6) + 0.6 * 0.5))


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.floats(-500, 500), st.floats(800, 1200)), min_size=1, max_size=12))
def test_no_rule_pays_beyond_its_limits(months: list[tuple[float, float]]):
    rows = book(*({"payment_margin": margin, "cost": cost} for margin, cost in months))
    for rule in SHIPPED.rules.values():
        if rule.kind != "technique":
            made = pay(rule, rows, SHIPPED).iloc[0]
            assert -0.2 * made["bonus"] - 1e-9 <= made["amount"] <= 0.2 * made["bonus"] + 1e-9
            assert 0 <= made["lead"] <= max(made["amount"], 0) + 1e-9


def case_rows(n: int = 40, **more: object) -> pd.DataFrame:
    """Cases of two units over two months: income 1,000, charge 900, cost 950, every tenth complicated."""
    index = np.arange(n)
    return pd.DataFrame({
        "stay_id": [f"S{i:03d}" for i in index], "department": np.where(index % 2, "A", "B"),
        "period": np.where(index % 4 < 2, "2022-01", "2022-02"), "drg_code": "X", "severity": "1",
        "drg_status": "final", "payment": 1000.0, "charge_total": 900.0, "margin_payment": 100.0, "cost_total": 950.0,
        "cost_complete": True,
        "claimed": 700.0, "length_of_stay": 8, "complication": index % 10 == 0, "readmitted": index % 20 == 1,
        "cured": index % 3 > 0, "improved": index % 3 == 0,
    } | more)  # fmt: skip


NO_DENIALS = pd.DataFrame({"unit": ["A"], "month": ["2022-01"], "denied": [0.0]})
BONUSES = pd.DataFrame({"unit": list("AABB"), "month": ["2022-01", "2022-02"] * 2, "bonus": 5000.0})


def test_nobody_is_paid_from_a_provisional_margin():
    rows = case_rows()
    rows.loc[3, "drg_status"] = "provisional"
    with pytest.raises(InputError, match="1 of 40 cases are provisional: rules pay from settled margins only"):
        prepared(rows)


def test_cases_become_books():
    """Twenty cases a unit, five hundred and so on; expected complications are the mean of the group, 4 / 40."""
    made = books(prepared(case_rows()), NO_DENIALS, BONUSES)
    assert made["cases"].tolist() == [10] * 4 and made["bonus"].sum() == 20000
    assert made["payment_margin"].sum() == pytest.approx(4000) and made["cost"].sum() == pytest.approx(38000)
    assert made["expected_complication"].tolist() == pytest.approx([1] * 4)
    assert made["observed_complication"].sum() == 4


def test_unknown_outcomes_and_incomplete_cost_count_on_neither_side():
    rows = case_rows()
    rows["readmitted"] = rows["readmitted"].astype(object).where(rows.index != 1, None)
    rows.loc[0, "cost_complete"] = False
    made = prepared(rows).set_index("stay_id")
    assert made.loc["S001", ["observed_readmission", "expected_readmission"]].tolist() == [0, 0]
    assert made.loc["S000", ["cost", "costed_payment"]].tolist() == [0, 0] and made.loc["S000", "payment"] == 1000
    assert made.loc["S002", "expected_readmission"] == pytest.approx(1 / 39)


def test_departments_that_are_alike_differ_by_chance_only():
    """Twenty units whose cases are drawn alike: most of the spread between them is chance; with one half of them 20 %
    dearer less is."""
    random = np.random.default_rng(3)
    shares = {}
    for name, dearer in (("alike", 0.0), ("apart", 0.2)):
        n = 20 * 60
        unit = np.arange(n) % 20
        cost = 1000 * random.lognormal(0, 0.4, n) * (1 + dearer * (unit < 10))
        rows = case_rows(n, department=[f"U{u:02d}" for u in unit], cost_total=cost, margin_payment=1000 - cost)
        units = [f"U{u:02d}" for u in range(20)]
        bonus = pd.DataFrame({"unit": units * 2, "month": ["2022-01"] * 20 + ["2022-02"] * 20, "bonus": 20000.0})
        cases = prepared(rows)
        made = noise(books(cases, NO_DENIALS, bonus), redrawn(cases, NO_DENIALS, bonus, draws=60), SHIPPED)
        shares[name] = made[made["rule"] == "cap_and_surplus"]["noise"].iloc[0]
    assert shares["alike"] > 0.6 and shares["apart"] < 0.45


def test_a_unit_that_breaks_even_is_still_charged_by_chance():
    """Drawn margins of 1,100 and 900: their mean is nought's place, so +100 pays 50 and -100 takes 100: -25 a year. The
    mean itself, however large, counts for nothing."""
    rows = pd.concat(
        [book({"payment_margin": margin}, unit=f"A {draw}") for draw, margin in enumerate((1100.0, 900.0))]
    )
    drawn = rows.assign(draw=[0, 1], subject="A", bonus=5000.0)
    made = at_break_even(drawn, SHIPPED)
    assert made["cap_and_surplus"] == pytest.approx(-25) and made["surplus_share"] == 0
    assert "denials" not in made.index


def test_a_unit_without_complications_could_have_had_some():
    rows = case_rows(complication=False)
    drawn = redrawn(prepared(rows), NO_DENIALS, BONUSES, draws=50)
    assert drawn["observed_complication"].sum() == 0, "nobody anywhere has any: expected is nought"
    rows.loc[rows["department"] == "B", "complication"] = rows.index[rows["department"] == "B"] % 10 == 0
    drawn = redrawn(prepared(rows), NO_DENIALS, BONUSES, draws=50)
    assert drawn.loc[drawn["subject"] == "A", "observed_complication"].std() > 0


BEHAVIOUR = {
    "zh": "甲", "en": "b", "share": 0.1, "harm": {"zh": "乙", "en": "h"}, "days": 2, "day_cost": 0.5,
    "readmissions": 0.2, "income": 0.1, "cost": 0.1,
}  # fmt: skip


def gain(conduct: str, rule: str, **more: float) -> float:
    """What the behaviour brings both units by the rule, without floor and cap in the way."""
    wide = {"floor": -1.0, "cap": 100.0}
    rules = {rule: SHIPPED.rules[rule].model_copy(update=wide)}
    how = Behaviour.model_validate(BEHAVIOUR | {"conduct": conduct} | more)
    incentives = SHIPPED.model_copy(update={"rules": rules, "behaviours": {"b": how}})
    rows = gaming(prepared(case_rows()), NO_DENIALS, BONUSES, incentives)
    return float(rows["gain"].iloc[0])


def test_gains_by_hand():
    """Of 40 cases four are touched. Margin 100 a case, half of a surplus returned.
    Upcoded by 10 %: 4 x 100 more surplus, 200 paid. Split with 10 % more cost: 4 x (1,000 - 90), 1,820 paid.
    Shifted to the patient: 4 x 90, 180 paid. Home two days early of eight at half a day's cost: saves 4 x 900 x 12.5 %,
    and a fifth comes back, paid and costed again: 4 x (112.5 + 0.2 x 100), 265 paid."""
    assert gain("upcoding", "cap_and_surplus") == pytest.approx(200)
    assert gain("split_stays", "cap_and_surplus") == pytest.approx(1820)
    assert gain("shift_to_patient", "cap_and_surplus") == pytest.approx(180)
    assert gain("early_discharge", "cap_and_surplus") == pytest.approx(265)


def test_early_discharge_costs_points_for_quality():
    assert gain("early_discharge", "composite", day_cost=0.0) < 0 < gain("upcoding", "composite")


def test_the_dearest_are_turned_away():
    rows = case_rows(cost_total=np.where(np.arange(40) < 4, 3000.0, 900.0), margin_payment=100.0)
    how = Behaviour.model_validate(BEHAVIOUR | {"conduct": "mild_cases"})
    incentives = SHIPPED.model_copy(update={"behaviours": {"b": how}})
    made = gaming(prepared(rows), NO_DENIALS, BONUSES, incentives).set_index("rule")
    assert made.loc["surplus_share", "gain"] == pytest.approx(0.15 * (36 * 100)), (
        "left are 36 cases of 100 surplus each"
    )
    assert made.loc["surplus_share", "affected"] == 4 and made.loc["surplus_share", "winners"] == 2


def test_cost_is_put_off_only_where_a_losing_month_comes_before_one_that_earns():
    """January loses 100 a case, February earns 200: 5 % of a charge of 1,100 moved from ten cases a unit takes 550 off
    the deduction and 275 off the half of the surplus that is returned: 275 a unit."""
    first = case_rows()["period"].eq("2022-01")
    rows = case_rows(margin_payment=np.where(first, -100.0, 200.0))
    rows["charge_total"] = rows["payment"] - rows["margin_payment"]
    cases = prepared(rows)
    how = Behaviour.model_validate(BEHAVIOUR | {"conduct": "postpone_cost", "share": 1.0, "cost": 0.05})
    assert set(cases.loc[chosen(cases, how), "month"]) == {"2022-01"}
    rule = SHIPPED.rules["cap_and_surplus"].model_copy(update={"floor": -1.0, "cap": 1.0})
    rules = {"r": rule, "s": SHIPPED.rules["surplus_share"]}
    incentives = SHIPPED.model_copy(update={"rules": rules, "behaviours": {"b": how}})
    made = gaming(cases, NO_DENIALS, BONUSES, incentives).set_index("rule")
    assert made.loc["r", "gain"] == pytest.approx(2 * 275)
    assert made.loc["s", "gain"] == pytest.approx(0), "the year as a whole stays the same"


def test_what_is_touched_is_spread_evenly():
    cases = prepared(case_rows(200))
    how = Behaviour.model_validate(BEHAVIOUR | {"conduct": "upcoding"})
    touched = chosen(cases, how)
    assert touched.sum() == 20 and pd.Series(touched).groupby(cases["unit"]).sum().tolist() == [10, 10]


def test_sharing_a_technique_s_gain():
    """Cataract day surgery: 870 saved a case, 2,300 cases: 2,001,000 a year, 400,200 shared, half of it to the lead.
    Draws from 0 to 1,740: beyond doubt is 2.5 % of the way."""
    made = share_gain(-np.linspace(0, 1740, 1001), 2300).set_index("part")
    assert made["estimate"].tolist() == pytest.approx([2_001_000, 400_200, 200_100, 1_600_800])
    assert made.loc["gain", "beyond_doubt"] == pytest.approx(0.025 * 1740 * 2300)


def test_a_loss_is_not_shared_out():
    made = share_gain(np.array([100.0, 300.0]), 10).set_index("part")
    assert made["estimate"].tolist() == pytest.approx([-2000, 0, 0, -2000])
    with pytest.raises(InputError, match="parts between 0 and 1"):
        share_gain([1.0], 10, share=1.5)


def test_every_harm_of_the_score_has_its_columns():
    assert set(SHIPPED.composite.weights) == set(HARMS)
    assert all(f"observed_{harm}" in SUMS for harm in HARMS)
