"""Common random numbers: without the roll-out the same people come, and only what it acts on differs."""

from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from analysis.demo.generator import DemoHospital, generate, write_demo
from analysis.demo.parameters import demo_parameters
from analysis.demo.world import uniform
from analysis.engine import Engine
from analysis.errors import InputError

#: What a story may not touch.
SAME = {
    "hospitals": "*",
    "departments": "*",
    "physicians": "*",
    "items": "*",
    "item_prices": "*",
    "cost_centres": "*",
    "payment_standards": "*",
    "diagnoses": "* exclude (recorded_at)",
    "stays": """stay_id, patient_id, department, team, physician_id, admitted_at, admission_type, planned, age, sex,
                payer, drg_code, severity""",
    "visits": "* exclude (charge_total, charge_drug, charge_consumable, fund_paid, self_paid)",
    "procedures": "stay_id, code, operator_id, body_side",
}


@pytest.mark.parametrize(("table", "columns"), SAME.items())
def test_the_same_people_and_places(both: Engine, table: str, columns: str):
    for one, other in ((table, f"{table}_without"), (f"{table}_without", table)):
        assert (
            both.value(f"select count(*) from (select {columns} from {one} except all select {columns} from {other})")
            == 0
        )


def test_a_story_takes_away_and_adds_no_line(both: Engine):
    """Lines, orders and events of the hospital with the story are among those without it, but for domestic implants.

    A shorter stay can bring what is charged on its last day into the data: the last month is left out.
    """
    for table, key in (("charges", "line_id"), ("orders", "order_id"), ("events", "event_id")):
        time = {"charges": "charged_at", "orders": "ordered_at", "events": "started_at"}[table]
        implants = "select item_code from items where origin = 'domestic' and high_value"
        more = f"""select count(*) from {table} t anti join {table}_without using ({key})
                   where t.{time} < timestamp '2023-03-01'"""
        if table != "events":
            more += f" and t.item_code not in ({implants})"
        assert both.value(more) == 0, table
    lost = both.value("select count(*) from charges_without anti join charges using (line_id)")
    assert lost > 0.05 * both.value("select count(*) from charges")


def test_before_it_begins_nothing_differs(both: Engine):
    """Departments without a pilot have the very same lines and visits until December 2022."""
    where = "where ordering_department not in ('01', '02', '03', '29', '30') and charged_at < timestamp '2022-12-01'"
    pilots = "stay_id in (select stay_id from stays where department not in ('01', '02', '03'))"
    for one, other in (("charges", "charges_without"), ("charges_without", "charges")):
        both_ways = f"select * from {one} {where} and {pilots} except all select * from {other}"
        assert both.value(f"select count(*) from ({both_ways})") == 0
    visits = "select * from {} where department not in ('01', '02', '03') and visited_at < timestamp '2023-01-01'"
    assert (
        both.value(f"select count(*) from ({visits.format('visits')} except all {visits.format('visits_without')})")
        == 0
    )


def test_it_saves_where_it_is(both: Engine):
    saved = both.frame("""
        with pilots as (select *, department in ('01', '02', '03') as pilot from visits),
             world as (select p.pilot, p.visited_at >= timestamp '2023-01-01' as after, sum(p.charge_drug) as drug,
                              sum(w.charge_drug) as without
                       from pilots p join visits_without w using (visit_id) group by 1, 2)
        select pilot, after, (drug / without)::double as ratio from world""").set_index(["pilot", "after"])["ratio"]
    assert saved[False, False] == 1
    assert 0.6 < saved[True, False] < 0.95
    assert 0.6 < saved[False, True] < 0.95


def test_other_seeds_make_other_hospitals(small: DemoHospital):
    other = generate(12, stays_per_year=300, first="2022-10", last="2023-03")
    assert not other.tables["stays"].equals(small.tables["stays"])
    assert other.tables["items"].equals(small.tables["items"])


def test_two_runs_write_the_same_bytes(tmp_path: Path, small: DemoHospital):
    rows = write_demo(tmp_path / "one", 11, stays_per_year=300, first="2022-10", last="2023-03")
    write_demo(tmp_path / "two", 11, stays_per_year=300, first="2022-10", last="2023-03")
    names = sorted(p.relative_to(tmp_path / "one") for p in (tmp_path / "one").rglob("*.*") if p.is_file())
    assert names == sorted(p.relative_to(tmp_path / "two") for p in (tmp_path / "two").rglob("*.*") if p.is_file())
    assert [n for n in names if (tmp_path / "one" / n).read_bytes() != (tmp_path / "two" / n).read_bytes()] == []
    assert rows == {name: table.num_rows for name, table in small.tables.items()}
    assert pq.read_table(tmp_path / "one" / "stays.parquet").equals(small.tables["stays"])


def test_the_truth_lists_the_stories(tmp_path: Path, small: DemoHospital, small_without: DemoHospital):
    names = small.truth["story"].to_pylist()
    assert names[0] == "roll_out" and "contrast_volume" in names
    assert set(small.truth["active"].to_pylist()) == {True}
    still = [n for n, active in zip(names, small_without.truth["active"].to_pylist(), strict=True) if active]
    assert still and not set(still) & set(demo_parameters().stories.names)
    assert '"pilots_from": "2022-07"' in small.truth["parameters"][0].as_py()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"without": ["magic"]}, "known: roll_out"),
        ({"first": "2023-06", "last": "2023-01"}, "does not run forward"),
        ({"first": "2019-01", "last": "2019-02"}, "no parameters for these months"),
        ({"first": "2021", "last": "2022"}, "no parameters for these months"),
        ({"stays_per_year": 3}, "too small a hospital"),
    ],
)
def test_what_cannot_be_made_is_refused(wrong: dict, says: str):
    with pytest.raises(InputError, match=says):
        generate(7, **wrong)


def test_a_recipe_that_cannot_reach_its_charge_is_refused():
    known = demo_parameters()
    knee = known.drgs["IC29"].model_copy(update={"charge": 9000})
    with pytest.raises(InputError, match="recipe of IC29 cannot reach the charge of its consumables"):
        generate(7, stays_per_year=300, parameters=replace(known, drgs=known.drgs | {"IC29": knee}))


def test_numbers_of_a_thing_do_not_depend_on_its_neighbours():
    import numpy as np

    few, many = uniform(7, "x", np.array([5, 9])), uniform(7, "x", np.arange(20_000))
    assert few.tolist() == many[[5, 9]].tolist()
    assert abs(many.mean() - 0.5) < 0.01 and abs(np.corrcoef(many[1:], many[:-1])[0, 1]) < 0.03
