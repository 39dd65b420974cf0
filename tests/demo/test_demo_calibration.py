"""The years of BRIEF.md: 2022 before, 2023 after, within sampling error over three seeds (half the default size).

Denials: a few hundred a year before and fewer than a hundred after, of amounts with a standard deviation near 0.6 of
their mean; three standard errors are 16 and 36 % of the sum. Discharges: the lockdown of 2022 took some.
"""

import pytest

from analysis.demo.generator import generate
from analysis.engine import Engine

STAYS = 4000
SHARE = STAYS / 80_000
#: (2022, 2023) and the tolerance: money relative, shares in percentage points.
YEARS = {
    "charge per discharge": (12_000, 10_500, 0.03),
    "self-paid per discharge": (3_800, 3_200, 0.045),
    "denied": (5_800_000 * SHARE, 1_200_000 * SHARE, {2022: 0.16, 2023: 0.36}),
    "drug share": (42, 36, 1),
    "consumable share": (30, 26, 1),
    "materials per 100": (38, 32, 1),
    "fund balance": (-5, 8, 2),
    "satisfaction": (88, 92, 0.5),
    "policy knowledge": (50, 95, 3),
    "fee transparency": (86, 95, 2),
    "discharges": (STAYS, STAYS, 0.05),
    "visits": (300_000 * STAYS / 8000, 300_000 * STAYS / 8000, 0.03),
}
RELATIVE = {"charge per discharge", "self-paid per discharge", "denied", "discharges", "visits"}

FIGURES = {
    "charge per discharge": "select avg(charge_total) from stays where year(discharged_at) = $year",
    "self-paid per discharge": "select avg(self_paid) from stays where year(discharged_at) = $year",
    "discharges": "select count(*) from stays where year(discharged_at) = $year",
    "visits": "select sum(visits) from workload where month like $like",
    "denied": "select sum(amount) from denials where year(denied_on) = $year",
    "drug share": "select 100 * sum(drug_revenue) / sum(revenue) from workload where month like $like",
    "consumable share": "select 100 * sum(consumable_revenue) / sum(revenue) from workload where month like $like",
    "materials per 100": """select 100 * sum(amount) filter (cost_item = 'materials') /
        (select sum(revenue) from workload where month like $like) from ledger where month like $like""",
    "fund balance": """select 100 * (1 - sum(expenditure) / sum(income)) from fund
        where scope = 'quota' and month like $like""",
    "satisfaction": """select avg(satisfaction) from outcomes join stays using (stay_id)
        where year(discharged_at) = $year""",
    "policy knowledge": """select avg(value) from surveys where scope = 'hospital' and question = 'policy_knowledge'
        and month like $like""",
    "fee transparency": """select avg(value) from surveys where scope = 'hospital' and question = 'fee_transparency'
        and month like $like""",
}


@pytest.fixture(scope="module", params=[7, 11, 3])
def years(request):
    """Two years; the autumn of 2021 comes first, because 2022 pays for its denials."""
    kept = ("stays", "workload", "ledger", "denials", "fund", "surveys", "outcomes", "payment_standards", "drivers")
    hospital = generate(request.param, stays_per_year=STAYS, first="2021-10", last="2023-12")
    with Engine() as engine:
        for name in kept:
            engine.put(name, hospital.tables[name])
        yield engine


@pytest.mark.parametrize("figure", YEARS)
def test_figure_of_both_years(years: Engine, figure: str):
    *expected, tolerance = YEARS[figure]
    for year, value in zip((2022, 2023), expected, strict=True):
        found = float(years.value(FIGURES[figure], year=year, like=f"{year}%"))
        allowed = tolerance[year] if isinstance(tolerance, dict) else tolerance
        assert found == pytest.approx(value, **({"rel": allowed} if figure in RELATIVE else {"abs": allowed})), year


def test_reasons_of_denial(years: Engine):
    found = years.frame(
        "select reason, sum(amount)::double as amount from denials where year(denied_on) = 2022 group by 1"
    )
    found = found.set_index("reason")["amount"] / found["amount"].sum()
    for reason, share in {"over_testing": 0.35, "off_label": 0.28, "coding": 0.22}.items():
        assert found[reason] == pytest.approx(share, abs=3 * (share * (1 - share) / 490) ** 0.5 * 2), reason


OVERSPENT = {"FR29", "IC29", "GD29", "FM19", "BR19", "FE19", "HC39", "KS19"}


def test_overspent_groups_of_2022(years: Engine):
    """Eight of thirty stood above weight x rate, the worst, myocardial infarction, by a quarter.

    A group counts where it is two standard errors above; half a year of the roll-out lowers the three pilots' groups.
    """
    found = years.frame("""
        select drg_code, count(*) as cases, avg(charge_total)::double / (any_value(weight) * 11500) as ratio,
               stddev_samp(charge_total::double) / sqrt(count(*)) / (any_value(weight) * 11500) as error
        from stays join payment_standards p using (drg_code)
        where year(discharged_at) = 2022 and p.year = 2022 group by 1""").set_index("drg_code")
    assert set(found[found["ratio"] - 2 * found["error"] > 1.02].index) <= OVERSPENT
    assert set(found[found["ratio"] + 2 * found["error"] < 1.02].index).isdisjoint(OVERSPENT)
    assert found.loc["FR29", "ratio"] == pytest.approx(1.25, abs=0.05 + 2 * found.loc["FR29", "error"])


def test_some_stays_are_outside_the_groups(years: Engine):
    share = years.value("select avg((drg_code is null)::int) from stays where discharged_at is not null")
    assert share == pytest.approx(0.008, abs=0.004)


def test_case_mix_and_peers(years: Engine):
    found = years.frame("""
        select avg(weight) as cmi, sum(charge_total)::double / sum(benchmark_charge) as own,
               sum(date_diff('day', admitted_at::date, discharged_at::date)) / sum(benchmark_days) as days
        from stays join payment_standards p using (drg_code)
        where year(discharged_at) = 2022 and p.year = 2022""").iloc[0]
    assert 1.0 < found["cmi"] < 1.12
    assert 1.01 < found["own"] < 1.12
    assert 0.95 < found["days"] < 1.1


def test_regional_fund(years: Engine):
    balance = years.frame("""
        select left(month, 4)::int as year, (1 - sum(expenditure) / sum(income))::double as rate,
               sum(income)::double as income
        from fund where scope = 'regional' group by 1 order by 1""").set_index("year")
    assert balance.loc[2020, "rate"] == pytest.approx(0.15, abs=0.002)
    assert balance.loc[2023, "rate"] == pytest.approx(0.07, abs=0.002)
    assert balance.loc[2021, "income"] / balance.loc[2020, "income"] == pytest.approx(1.08, abs=0.001)


def test_the_ledger_is_a_hospitals(years: Engine):
    """Cost near revenue; personnel is what drugs (42 %) and materials (38 %) leave of it."""
    cost = years.frame("""
        with revenue as (select left(month, 4) as year, sum(revenue)::double as revenue from workload group by 1)
        select year, sum(amount)::double / any_value(revenue) as cost,
               sum(amount) filter (cost_item = 'personnel')::double / sum(amount)::double as personnel,
               sum(amount) filter (cost_item = 'depreciation' and funding = 'government')::double
                   / sum(amount) filter (cost_item = 'depreciation')::double as state
        from ledger join revenue on revenue.year = left(month, 4) group by 1""").set_index("year")
    assert cost.loc["2022", "cost"] == pytest.approx(1.03, abs=0.015)
    assert cost.loc["2023", "cost"] == pytest.approx(0.96, abs=0.015)
    assert cost["personnel"].between(0.11, 0.2).all()
    assert cost["state"].round(2).eq(0.28).all()
