"""What adherence finds of the stories planted in the demonstration hospital, and of their look-alikes."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from adherence_hospital import READ, pathway

from analysis.demo.generator import generate
from analysis.engine import Engine
from analysis.pathways.adherence import judge_steps
from analysis.pathways.entry import find_pathway_stays
from analysis.pathways.library import read_library
from analysis.pathways.variance import omitted_steps, stays_over_standard

pytestmark = pytest.mark.slow

SIZE = {"stays_per_year": 4000, "first": "2022-07", "last": "2023-06"}
ANTIBIOTICS = dict.fromkeys(("D301", "D302", "D303", "D308"), 3)


def measured(name: str, **bound: float) -> dict[str, dict]:
    return {"measurement": {"name": name} | bound}


PATHWAYS = {
    one.id: one
    for one in (
        pathway(
            {"rehabilitation": {"items": {"S705": 1}, "unless": measured("ejection_fraction", below=40)}},
            {"drg": ["FM19", "FM29", "FR29"]},
            id="heart",
        ),
        pathway(
            {"head_mri": {"items": {"S204": 1}, "most": 1, "unless": measured("nihss", rise=3)}},
            {"drg": ["BR25"]},
            id="stroke",
        ),
        pathway(
            {"antibiotics": {"items": ANTIBIOTICS, "most": 5, "unless": measured("white_cells", above=13.99)}},
            {"drg": ["GD29"]},
            id="appendicitis",
        ),
        pathway(
            {
                "head_ct": {"activity": "head_ct"},
                "rehabilitation": {"activity": "rehabilitation", "resource": "rehabilitation"},
                "surgery": {"activity": "surgery", "need": "optional"},
                "ventilation": {"activity": "ventilation", "need": "optional"},
            },
            {"drg": ["BR19"]},
            id="haemorrhage",
        ),
    )
}  # fmt: skip


@pytest.fixture(scope="module")
def hospital() -> Iterator[Engine]:
    """The hospital of a year, what it would have charged without two habits, and its stays without the shortage."""
    full = generate(5, **SIZE)
    habits = generate(5, ("second_head_mri", "long_antibiotics"), **SIZE)
    served = generate(5, ("rehabilitation_shortage",), **SIZE)
    with Engine() as engine:
        for name in READ:
            engine.put(name, full.tables[name])
        engine.put("charges_without", habits.tables["charges"])
        engine.put("stays_served", served.tables["stays"])
        yield engine


def judge(engine: Engine, first: str, last: str) -> datetime:
    start, end = datetime.fromisoformat(f"{first}-01"), datetime.fromisoformat(f"{last}-01")
    find_pathway_stays(engine, start, end, PATHWAYS)
    judge_steps(engine, datetime(2022, 1, 1), end)
    return end


@pytest.mark.parametrize(("first", "last", "planted"), [("2022-08", "2023-01", 0.40), ("2023-01", "2023-07", 0.15)])
def test_rehabilitation_left_out(hospital, first, last, planted):
    """40 %, later 15 % of those with an ejection fraction of 40 or more; who counts everyone finds more."""
    judge(hospital, first, last)
    found = omitted_steps(hospital)
    row = found[(found["pathway"] == "heart") & found["department"].isna()].iloc[0]
    everyone = hospital.value(
        "select avg(case when doings = 0 then 1 else 0 end) from step_judged where pathway = 'heart'"
    )
    print(
        f"rehabilitation {first}: {row['rate']:.3f} ({row['ci_low']:.3f} to {row['ci_high']:.3f}), all {everyone:.3f}"
    )
    assert row["ci_low"] <= planted <= row["ci_high"]
    assert row["expected"] >= 50 and row["excused"] > 0 and everyone > row["rate"]


GUILTY = """select f.stay_id from ({with_it}) f left join ({without_it}) w on w.stay_id = f.stay_id
    where f.times > {limit} and f.times > coalesce(w.times, 0)"""
TIMES = {
    "head_mri": "select stay_id, count(*) as times from {} "
    "where item_code = 'S204' and refund_of is null group by stay_id",
    "antibiotics": "select stay_id, count(distinct cast(charged_at as date)) as times from {} "
    "where item_code in ('D301', 'D302', 'D303', 'D308') and quantity > 0 group by stay_id",
}


@pytest.mark.parametrize(("step", "limit", "recall"), [("head_mri", 1, 0.85), ("antibiotics", 5, 0.85)])
def test_repeated_beyond_what_is_asked_for(hospital, step, limit, recall):
    """Most of the guilty are found, and more of those found are guilty than of all who exceed the limit."""
    judge(hospital, "2022-07", "2023-07")
    with_it, without_it = (TIMES[step].format(name) for name in ("charges", "charges_without"))
    hospital.create("guilty", GUILTY.format(with_it=with_it, without_it=without_it, limit=limit))
    told = hospital.frame(
        "select j.status = 'repeated' as found, j.doings > $limit as naive, g.stay_id is not null as guilty "
        "from step_judged j left join guilty g on g.stay_id = j.stay_id where j.step = $step",
        step=step,
        limit=limit,
    ).fillna(False)
    found, naive = told[told["found"].astype(bool)], told[told["naive"].astype(bool)]
    print(f"{step}: {found['guilty'].sum()} of {told['guilty'].sum()} guilty among {len(found)}, naive {len(naive)}")
    assert found["guilty"].sum() >= recall * told["guilty"].sum() > 10
    assert found["guilty"].mean() > naive["guilty"].mean()


def test_what_long_haemorrhages_waited_for(hospital):
    """Stays that the shortage of rehabilitation made longer than the standard allows: it is what they waited for."""
    over = stays_over_standard(hospital, judge(hospital, "2022-07", "2023-07"))
    hospital.put("over", over[over["pathway"] == "haemorrhage"])
    told = hospital.frame("""select o.stay_id, o.waiting_step, o.waiting_days,
        date_diff('day', cast(w.discharged_at as date), cast(s.discharged_at as date)) as longer
        from over o join stays s using (stay_id) join stays_served w on w.stay_id = o.stay_id""")
    waited = told[told["longer"] >= 1]
    right = (waited["waiting_step"] == "rehabilitation").mean()
    print(f"waiting: {right:.3f} of {len(waited)}, {len(told)} over the standard")
    assert len(waited) >= 20 and right >= 0.95


#: Habits and shortages that make stays break a pathway; what is left is care as usual.
STORIES = (
    "rehabilitation_shortage", "examination_shortage", "theatre_shortage", "rehabilitation_omitted", "second_head_mri",
    "long_antibiotics",
)  # fmt: skip


def test_the_innocent_keep_the_shipped_pathways():
    """Care as usual leaves a required step out of at most a fifth and does at most a sixth late, and seldom too often.

    Forbidden steps are left aside: self-paid drugs are care as usual here, and a pathway may forbid them all the same.
    Two steps go beyond: the ankle-brachial index, of which a quarter is left out (the gate that the pathway is there
    for), and rehabilitation that starts late after intensive care (the look-alike of the shortage).
    """
    library = read_library(Path(__file__).parents[2] / "parameters/pathways")
    usual = generate(5, STORIES, **(SIZE | {"first": "2022-01"}))
    with Engine() as engine:
        for name in READ:
            engine.put(name, usual.tables[name])
        end = datetime(2023, 7, 1)
        find_pathway_stays(engine, datetime(2022, 2, 1), end, library)
        judge_steps(engine, datetime(2021, 12, 1), end)
        told = engine.frame("""select pathway, step, need, count(status) as expected,
            avg(case when status = 'omitted' then 1 else 0 end) as omitted,
            avg(case when status = 'late' then 1 else 0 end) as late,
            avg(case when status = 'repeated' then 1 else 0 end) as repeated
            from step_judged where status is not null and need <> 'forbidden' group by all order by all""")
    told = told[told["expected"] >= 60].set_index(["pathway", "step"])
    required = told[told["need"] == "required"]
    print(required["omitted"].nlargest(4).round(3).to_dict(), required["late"].nlargest(3).round(3).to_dict())
    assert len(required) > 40
    gate, after_intensive_care = ("diabetic_foot", "abi_test"), ("cerebral_haemorrhage", "rehabilitation")
    assert required["omitted"].drop(gate).max() <= 1 / 5 and required["omitted"][gate] <= 1 / 3
    assert required["late"].drop(after_intensive_care).max() <= 1 / 6 and required["late"][after_intensive_care] <= 0.3
    assert told["repeated"].quantile(0.95) <= 0.1
