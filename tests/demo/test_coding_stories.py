"""Coding stories: only the front page differs, the group follows from it, and what was charged tells the truth."""

from collections.abc import Iterator

import pytest

from analysis.demo.generator import generate
from analysis.demo.parameters import demo_parameters
from analysis.engine import Engine

#: Story -> (true group -> recorded group), the sign of the change in weight.
STORIES = {
    "infarction_as_angina": ({("FM29", "FM19"), ("FR29", "FR39")}, -1),
    "renal_failure_as_hypertension": ({("LR19", "FV29")}, -1),
    "exploration_uncoded": ({("HC19", "HC39")}, -1),
    "respiratory_failure_uncoded": ({("ES21", "ES23"), ("ES21", "ES25")}, -1),
    "respiratory_failure_upcoded": ({("ES25", "ES21")}, 1),
}
TABLES = ("stays", "diagnoses", "procedures", "charges", "outcomes", "payment_standards", "coding_samples", "events")


def _pair(seed: int, stays: int, first: str, last: str) -> Engine:
    engine = Engine()
    for ending, without in (("", ()), ("_without", STORIES)):
        tables = generate(seed, without, stays_per_year=stays, first=first, last=last).tables
        for name in TABLES:
            engine.put(f"{name}{ending}", tables[name])
    return engine


@pytest.fixture(scope="module")
def pair() -> Iterator[Engine]:
    """Three months of 2022, before the roll-out, with and without all coding stories."""
    with _pair(23, 6000, "2022-01", "2022-03") as engine:
        yield engine


def test_every_story_is_here():
    assert set(STORIES) <= set(demo_parameters().stories.names)


@pytest.mark.parametrize("table", ["charges", "events", "outcomes"])
def test_care_is_the_same(pair: Engine, table: str):
    for one, other in ((table, f"{table}_without"), (f"{table}_without", table)):
        assert pair.value(f"select count(*) from (select * from {one} except all select * from {other})") == 0


def test_the_stay_is_the_same_but_for_its_group(pair: Engine):
    same = "* exclude (drg_code, severity)"
    assert (
        pair.value(f"select count(*) from (select {same} from stays except all select {same} from stays_without)") == 0
    )


def _moves(engine: Engine) -> dict[tuple[str, str], int]:
    frame = engine.frame("""
        select o.drg_code as truth, w.drg_code as recorded, count(*) as stays
        from stays w join stays_without o using (stay_id)
        where w.drg_code <> o.drg_code and w.discharged_at is not null group by 1, 2 order by 1, 2""")
    return {(row.truth, row.recorded): row.stays for row in frame.itertuples()}


def test_groups_move_as_planted(pair: Engine):
    moves = _moves(pair)
    allowed = set().union(*(pairs for pairs, _ in STORIES.values()))
    assert set(moves) <= allowed
    for story, (pairs, _) in STORIES.items():
        assert sum(moves.get(one, 0) for one in pairs) > 0, story


def test_weights_fall_and_rise(pair: Engine):
    weight = dict(
        pair.frame("select drg_code, weight from payment_standards where year = 2022").itertuples(
            index=False, name=None
        )
    )
    for pairs, sign in STORIES.values():
        assert all((weight[recorded] - weight[truth]) * sign > 0 for truth, recorded in pairs)
    loss = (weight["FM29"] - weight["FM19"]) * 11_500
    assert 8_000 < loss < 12_000  # "nearly 10,000 CNY" for an infarction coded as angina


def test_the_evidence_is_in_the_charges(pair: Engine):
    """Bile-duct exploration is charged though not coded; respiratory failure is coded without ventilation."""
    charged = pair.value("""
        select count(*) from stays w join stays_without o using (stay_id)
        where o.drg_code = 'HC19' and w.drg_code = 'HC39' and w.discharged_at is not null
          and stay_id not in (select stay_id from charges where item_code = 'S509')""")
    assert charged == 0
    ventilated = pair.value("""
        select count(*) from stays w join stays_without o using (stay_id) join charges using (stay_id)
        where o.drg_code = 'ES25' and w.drg_code = 'ES21' and item_code = 'S015'""")
    assert ventilated == 0


def test_a_reader_of_charges_alone_is_wrong_about_kidneys(pair: Engine):
    """Innocent: hypertension beside kidney disease coded rightly; who takes every such stay for an error is wrong."""
    found = pair.frame("""
        select count(*) as suspected, count(*) filter (where w.drg_code <> o.drg_code) as wrong
        from stays w join stays_without o using (stay_id)
        where w.discharged_at is not null and o.drg_code = 'LR19'
          and stay_id in (select stay_id from diagnoses where code = 'I10.x00' or code = 'I12.000')""").iloc[0]
    assert 0 < found["wrong"] < 0.5 * found["suspected"]


def test_checkers_find_what_was_planted(pair: Engine):
    """Every miscoded stay in the sample has a wrong row, and shares of right rows stay near nine in ten."""
    missed = pair.value("""
        select count(*) from stays w join stays_without o using (stay_id)
        where w.drg_code <> o.drg_code and stay_id in (select stay_id from coding_samples)
          and stay_id not in (select stay_id from coding_samples where not correct)""")
    assert missed == 0
    assert pair.value("select count(*) from coding_samples where code is null or aspect is null") == 0


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(101, 121))
def test_shares_over_seeds(seed: int):
    """Share of miscoded stays among those that could be, within three standard errors of p x physicians."""
    with _pair(seed, 4000, "2022-01", "2022-02") as engine:
        moves = _moves(engine)
        eligible = engine.value(
            "select count(*) from stays_without where drg_code = 'HC19' and discharged_at is not null"
        )
    expected = 0.45 * 0.5
    wrong = moves.get(("HC19", "HC39"), 0)
    error = (eligible * expected * (1 - expected)) ** 0.5
    assert abs(wrong - eligible * expected) <= 3 * error + 0.15 * eligible  # half the physicians are not half the stays
