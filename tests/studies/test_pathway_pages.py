"""Pages on pathways: figures as the closed rows have them, small groups hidden, nobody named, decisions asked for."""

import re

import pandas as pd
import pytest
from closed_factory import Small
from report_fixtures import opened

from analysis.pathways.variance import omitted_steps
from analysis.presentation.disclosure import HIDDEN, LIMIT, SMALL
from analysis.presentation.finding import Finding
from analysis.studies import (
    adherence_causes,
    adherence_committee,
    adherence_kept,
    adherence_omitted,
    adherence_orders,
    adherence_waits,
    pathway_revision,
)
from analysis.studies.adherence_book import Followed, follow, step_rates
from analysis.studies.pathway_revision import Quarter
from analysis.studies.pathway_words import asked_words

EXPLORE = (
    adherence_kept.kept_pathways,
    adherence_omitted.left_out_steps,
    adherence_waits.waits,
    adherence_waits.over_standard,
    adherence_causes.whose_variance,
    adherence_orders.drawn,
    adherence_orders.orders,
)
COMMITTEE = (
    adherence_committee.kept,
    adherence_committee.left_out,
    adherence_committee.too_long,
    adherence_committee.whose,
)
REVISION = (
    pathway_revision.covered,
    pathway_revision.left_out,
    pathway_revision.other_time,
    pathway_revision.standards,
)
CHINESE = re.compile(r"[一-鿿]")


@pytest.fixture(scope="module")
def followed(costed: Small) -> Followed:
    return follow(opened(costed, "en"))


@pytest.mark.parametrize("page", (*EXPLORE, *COMMITTEE), ids=lambda page: page.__name__)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_section_speaks_its_language(costed: Small, page, language):
    finding: Finding = page(follow(opened(costed, language)))
    said = " ".join((finding.question, finding.text, *finding.caveats))
    assert finding.table is not None and len(finding.table.rows) > 0
    assert bool(CHINESE.search(said)) == (language == "zh")
    assert "nan" not in said.split() and "None" not in said


def test_rates_from_closed_rows_are_those_of_the_hospital_itself(followed: Followed):
    closed = step_rates(followed, followed.rows).set_index(["pathway", "step"])
    assert followed.live is not None
    alone = omitted_steps(followed.live)
    alone = alone[alone["department"].isna() & (alone["expected"] > 0)].set_index(["pathway", "step"])
    assert len(closed) > 30 and set(closed.index) == set(alone.index)
    for name in ("expected", "omitted", "rate", "ci_low", "ci_high"):
        pd.testing.assert_series_equal(closed[name], alone.loc[closed.index, name], check_dtype=False)
    beside = (alone["excused"] + alone["unknown"]).loc[closed.index]
    assert (closed["stays"] - closed["expected"] == beside).all() and beside.sum() > 0


def test_who_is_excused_stands_apart_from_who_left_a_step_out(followed: Followed):
    rows = adherence_omitted.left_out_steps(followed).table.rows
    beside = rows["excused"] + rows["unknown"]
    assert beside.sum() > 0 and (rows["expected"] + beside == rows["stays"]).all()


def test_a_pathway_is_kept_where_nothing_is_held_against_the_stay(followed: Followed):
    rows = adherence_kept.pathway_rows(followed).set_index("pathway")
    one = followed.rows[followed.rows["pathway"] == "pneumonia"]
    broken = one.loc[one["status"] != "done", "stay_id"].nunique()
    assert rows.loc["pneumonia", "kept"] == pytest.approx(1 - broken / one["stay_id"].nunique())
    assert (rows["kept_low"] <= rows["kept"] + 1e-9).all() and (rows["kept"] <= rows["kept_high"] + 1e-9).all()


def test_waits_are_those_of_half_a_day_and_more(followed: Followed):
    rows = adherence_waits.wait_rows(followed)
    known = followed.rows[followed.rows["waiting_days"] >= 0.5]
    first = rows.iloc[0]
    of = known[(known["pathway"] == first["pathway"]) & (known["step"] == first["step"])]
    assert first["waited"] == pytest.approx(of["waiting_days"].sum()) and first["waited"] == rows["waited"].max()
    assert (rows["stays"] >= LIMIT).all()


def test_classes_of_causes_make_a_whole(followed: Followed):
    rows = adherence_causes.cause_rows(followed)
    assert rows[["disease", "treatment", "system", "unknown"]].sum(axis=1).to_numpy() == pytest.approx(1)
    assert rows["over"].iloc[0] == rows["over"].iloc[1:].sum() == len(followed.over)


@pytest.mark.parametrize("page", COMMITTEE, ids=lambda page: page.__name__)
def test_the_committee_sees_no_small_group_and_nobody_s_number(followed: Followed, page):
    finding = page(followed)
    for name in (column.name for column in finding.table.columns if column.kind == "count"):
        told = finding.table.rows[name]
        assert not [value for value in told if not isinstance(value, str) and 0 < value < LIMIT]
    text = finding.to_html() + str(finding.to_payload())
    stays = set(followed.rows["stay_id"])
    assert not [stay for stay in stays if stay in text]


def test_what_comes_of_a_small_group_is_hidden_with_it(followed: Followed):
    rows = adherence_committee.too_long(followed).table.rows
    small = rows[rows["over"].eq(SMALL)]
    assert len(small) > 0 and (small[["share", "extra", "in_time"]] == HIDDEN).all(axis=None)


def test_the_committee_is_told_for_how_many_a_step_waited_for_is_found(followed: Followed):
    rows = adherence_committee.too_long(followed).table.rows
    told, every = rows[rows["over"].ne(SMALL)], adherence_waits.over_rows(followed).set_index("name")
    assert len(told) and told["waiting"].tolist() == every.loc[told["name"], "waiting"].tolist()


def test_a_step_that_got_worse_is_told_wherever_it_stands_in_the_list(followed: Followed):
    """Seldom left out, so far down the list, but never before: the sentence has it."""
    rows = adherence_omitted.omission_rows(followed).assign(q_value=1.0)
    rows.loc[len(rows) - 1, ["before", "rate", "q_value"]] = (0.0, 0.12, 0.01)
    assert f"{rows['name'].iloc[-1]} 0% → 12%" in adherence_omitted.omission_text(followed, rows)


# ── the quarterly revision ────────────────────────────────────────────────────────────────────────
FOUND = pd.DataFrame(
    [
        ["cataract", "", "standard_too_long", "", 3, 1, 1, 2, 97, None, None, None, None],
        ["cerebral_haemorrhage", "rehabilitation", "other_time", "{}", 0.5, 0.97, 0.88, 0.99, 44, 9, None, None, None],
        ["pneumonia", "control_count", "omitted_without_harm", "{}", 0.2, 0.4, 0.3, 0.5, 300, 4, 0.0, -0.04, 0.03],
        ["heart_failure", "ecg", "omitted_with_harm", "{}", 0.2, 0.4, 0.3, 0.5, 90, 1, 0.3, 0.1, 0.5],
        ["heart_failure", "diuretic", "omitted_harm_unclear", "{}", 0.2, 0.4, 0.3, 0.5, 60, 1, None, None, None],
    ],
    columns=[
        "pathway", "step", "finding", "asked", "limit", "observed", "ci_low", "ci_high", "cases", "median_day",
        "harm_difference", "harm_low", "harm_high",
    ],
)  # fmt: skip


@pytest.fixture
def quarter(costed: Small, monkeypatch: pytest.MonkeyPatch) -> Quarter:
    """Three months in which the data contradict five things."""
    quarter = pathway_revision.quarter_of(opened(costed, "en"))
    monkeypatch.setattr(Quarter, "found", FOUND)
    return quarter


def test_what_is_contradicted_asks_for_a_decision(quarter: Quarter):
    rows = pathway_revision.left_out(quarter).table.rows.set_index("step")
    assert rows.loc["control_count", "decide"] == "Keep it required, or make it optional?"
    assert rows.loc["control_count", "harm"] == "+0 (-4 to +3)"
    assert rows.loc["ecg", "decide"] == "How is it made sure of, and who owns that?"
    assert rows.loc["diuretic", "harm"] == "too few"
    assert pathway_revision.left_out(quarter).alarm, "somebody fares worse"
    late = pathway_revision.other_time(quarter).table.rows.iloc[0]
    assert late["asked"] == "within 72 h of admission" and late["decide"].startswith("Change the time asked for")
    standard = pathway_revision.standards(quarter).table.rows.iloc[0]
    assert (standard["name"], standard["asked"], standard["decide"]) == (
        "Cataract operation", "3 days", "A shorter standard?"
    )  # fmt: skip
    assert "contradict 4 of them in 5 places" in pathway_revision.covered(quarter).text


@pytest.mark.parametrize("page", REVISION, ids=lambda page: page.__name__)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_quarter_is_told_of_as_it_is(costed: Small, page, language):
    """The three months that were closed, whatever they contradict."""
    finding: Finding = page(pathway_revision.quarter_of(opened(costed, language)))
    said = " ".join((finding.question, finding.text, *finding.caveats))
    assert bool(CHINESE.search(said)) == (language == "zh") and "nan" not in said


def test_two_months_are_no_quarter(small: Small, bare: Small):
    """Where the data folder is gone or a year is one period, nothing is said to be contradicted."""
    for report in (opened(small, "en"), opened(bare, "en", hospital="101")):
        quarter = pathway_revision.quarter_of(report)
        assert quarter.live is None
        assert [page(quarter).text for page in REVISION] == ["The period holds no such data."] * 4


def test_what_is_asked_for_in_words(followed: Followed):
    library, report = followed.library, followed.report
    assert asked_words(report, library["knee_replacement"], "rehabilitation") == "within 72 h of total knee replacement"
    assert (
        asked_words(report, library["coronary_stenting"], "cardiac_rehabilitation")
        == "1 before the last to the last day"
    )
    assert asked_words(report, library["cataract"], "") == "3 days"
