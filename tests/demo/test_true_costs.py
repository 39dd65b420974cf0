"""The truth of costs: against a plain reading of the books, and adding up to what was spent."""

from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from analysis.demo.folder import make_demo
from analysis.demo.parameters import demo_parameters
from analysis.demo.truth import true_costs, write_truth
from analysis.demo.world import build_world
from analysis.engine import Engine
from tests.demo.conftest import SIZE


@pytest.fixture(scope="module")
def truth(db: Engine) -> Engine:
    """The engine with the small hospital's tables, true_rates and truth_* beside them."""
    true_costs(db, build_world(demo_parameters(), 11, (), SIZE["stays_per_year"], SIZE["first"], SIZE["last"]))
    return db


def test_time_of_technology_centres_costs_what_the_books_say_but_for_their_noise(truth: Engine):
    """Ledger without material and research, property by area, over practical minutes: noise of 1.5 % a cost item."""
    read = truth.frame(
        """
        with booked as (
            select month, cost_centre, sum(cast(amount as double)) as amount from ledger
            where funding != 'research' and (cost_item != 'materials' or cost_centre = '0499') group by all
        ),
        area as (
            select month, cost_centre, quantity / sum(quantity) over (partition by month) as share
            from drivers where driver = 'area' and cost_centre != '0499'
        )
        select t.month, t.cost_centre, (b.amount + p.amount * a.share) / r.practical_minutes as read, t.direct as true
        from truth_rates t join booked b using (month, cost_centre) join area a using (month, cost_centre)
        join booked p on p.month = t.month and p.cost_centre = '0499'
        join resources r on r.month = t.month and r.cost_centre = t.cost_centre
        where t.cost_centre like '02%'
        """
    )
    assert len(read) == 6 * 8
    assert read["read"].astype(float).to_numpy() == pytest.approx(read["true"].to_numpy(), rel=0.05)
    assert read["read"].astype(float).sum() == pytest.approx(read["true"].sum(), rel=0.01)


def test_bed_days_and_goods_are_those_of_the_tables(truth: Engine):
    found = truth.frame("select sum(bed_days) as days, sum(beds) as beds, sum(goods) as goods from truth_stay_costs")
    told = truth.frame("select sum(bed_days) as days from workload").iloc[0]
    goods = truth.value(
        """select sum(amount) from charges join items using (item_code)
        where kind in ('drug', 'consumable', 'blood') and charged_at >= $first""",
        first=pd.Timestamp("2022-10-01"),
    )
    spent = truth.value("select sum(beds) from true_rates where bed_days > 0")
    assert found["days"][0] == told["days"] > 500
    assert found["beds"][0] == pytest.approx(spent)
    assert found["goods"][0] == pytest.approx(float(goods))


def test_services_with_their_idle_time_add_up_to_what_inpatients_time_costs(truth: Engine):
    spent = truth.value("select sum(t.full / t.outside) from true_rates t join truth_rates r using (month, cost_centre)"
                        " where r.worked is not null")  # fmt: skip
    material = truth.value(
        """select sum(quantity * material * standard) from truth_performed
        join truth_rates using (month, cost_centre) where minutes is not null"""
    )
    services = truth.value("select sum(services) from truth_stay_costs")
    assert services == pytest.approx(spent + material)
    volume = truth.value("select sum(volume * worked_unit_cost) from truth_unit_costs where volume != 0")
    assert volume == pytest.approx(services, rel=1e-6)


def test_the_truth_of_costs_is_written_when_asked_for(tmp_path: Path):
    make_demo(tmp_path / "demo", 11, (), 300, "2022-05", "2022-06")
    written = write_truth(tmp_path / "demo", ["costs"])
    assert [path.name for path in written] == ["unit_costs.parquet", "stay_costs.parquet"]
    units, stays = (pq.read_table(path).to_pandas() for path in written)
    assert not units.duplicated(["month", "cost_centre", "item_code"]).any()
    assert (units["full_unit_cost"] >= units["direct_unit_cost"]).all()
    assert stays["cost"].tolist() == pytest.approx((stays["goods"] + stays["services"] + stays["beds"]).tolist())
    assert set(stays["whole"].dropna()) == {True, False}
