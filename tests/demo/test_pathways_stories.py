"""Pathways and value (BRIEF.md C4, C8, E, F): what was planted comes out, what looks like it stays, nothing else moves.

Truth is the paired difference of two worlds. Stays are compared as they are drawn (large hospitals, cheap), lines and
registers in a small one.
"""

from dataclasses import fields

import numpy as np
import pandas as pd
import pytest

from analysis.demo import practices, registers
from analysis.demo.parameters import demo_parameters
from analysis.demo.patients import Stays, draw_stays, in_data
from analysis.demo.staff import caseload, draw_physicians
from analysis.demo.world import World, build_world

KNOWN = demo_parameters()
STORIES = {
    "cataract_day_surgery", "eras_gastrectomy", "lumbar_day_three", "long_antibiotics", "mdt_lung_diabetes",
    "mdt_pancreas", "minimally_invasive_discectomy", "robot_knee", "value_contract_foot", "remote_follow_up",
    "heart_failure_group", "cheap_antibiotics",
}  # fmt: skip
LUMBAR = {"lumbar_day_three", "minimally_invasive_discectomy"}
#: Stories that only change lines, and the one that moves every cholecystectomy.
OF_LINES = {"rehabilitation_omitted", "second_head_mri"}
FAMILY = STORIES | OF_LINES | {"surgeon_quality"}
LOOK_ALIKES = {
    "rehabilitation_contraindicated", "mri_after_worsening", "complicated_appendicitis", "diabetes_in_lung_surgery",
    "guideline_antibiotics",
}  # fmt: skip


def drawn(without=(), size: int = 12_000, seed: int = 5, first: str = "2021-01", last: str = "2023-12"):
    """World and its stays as drawn, one row each, by number; `back`: an unplanned admission follows within 30 days."""
    world = build_world(KNOWN, seed, without, size, first, last)
    physicians = draw_physicians(world)
    stays, _ = draw_stays(world, physicians)
    simple = {f.name: getattr(stays, f.name) for f in fields(Stays) if getattr(stays, f.name).ndim == 1}
    table = pd.DataFrame(simple | {"group": np.array(world.drg_codes)[stays.drg]}).set_index("number")
    touched = pd.DataFrame(stays.touched, columns=practices.touches(world), index=table.index)
    table = table.join(touched).sort_values(["person", "admitted"])
    following = table.groupby("person")["admitted"].shift(-1)
    planned = table.groupby("person")["planned"].shift(-1)
    table["back"] = ((following - table["discharged"]) < 31 * 86400) & (planned == False)  # noqa: E712
    table["month"] = [world.all_months[m + 6].name for m in world.month_of(table["admitted"].to_numpy())]
    table["rate"] = physicians.quality[table["physician"]]
    return world, table


@pytest.fixture(scope="module")
def worlds() -> tuple[World, pd.DataFrame, pd.DataFrame]:
    """World, its stays, and those without the family."""
    world, full = drawn()
    return world, full, drawn(FAMILY)[1]


def pairs(worlds, story: str, group: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The stays that this story acts on, as they are and as they would be; of lumbar discs those it acts on alone."""
    _, full, without = worlds
    alone = full[sorted(LUMBAR - {story})].sum(axis=1) == 0
    hit = full[full[story] & alone & (full["group"] == group) & full.index.isin(without.index)]
    return hit, without.loc[hit.index]


def difference(worlds, story: str, group: str, figure: str) -> tuple[float, float]:
    """Mean paired difference and its standard error (of a share: at least that of a tenth)."""
    hit, other = pairs(worlds, story, group)
    each = hit[figure].astype(float) - other[figure]
    return each.mean(), max(each.std(), 0.3) / np.sqrt(len(each))


def test_the_family_can_be_left_out_and_its_look_alikes_cannot():
    assert set(KNOWN.stories.names) >= FAMILY
    assert not set(KNOWN.stories.names) & LOOK_ALIKES
    assert set(KNOWN.stories.all) >= LOOK_ALIKES


HALF_A_YEAR = {"size": 1600, "first": "2023-01", "last": "2023-06"}


@pytest.fixture(scope="module")
def spring() -> pd.DataFrame:
    return drawn(**HALF_A_YEAR)[1]


#: One of each way to act: shorter stays, meetings, readmissions.
QUICK = {"eras_gastrectomy", "mdt_pancreas", "remote_follow_up"}


@pytest.mark.parametrize(
    "story", [s if s in QUICK else pytest.param(s, marks=pytest.mark.slow) for s in sorted(STORIES)]
)
def test_only_the_stays_of_a_story_differ(spring: pd.DataFrame, story: str):
    """Whoever has no stay that the story acts on has the very same stays without it."""
    full, without = spring, drawn([story], **HALF_A_YEAR)[1]
    acted = full[story]
    assert acted.sum() > 0
    theirs = set(full["person"][acted])
    columns = [c for c in without.columns if c != story]
    rest, other = (t[~t["person"].isin(theirs)].sort_index()[columns] for t in (full, without))
    pd.testing.assert_frame_equal(rest, other)
    assert acted[acted].index.isin(without.index).all()


#: Story, group, figure, what it adds (BRIEF.md), and what calibration may be off beside three standard errors.
PLANTED = [
    ("cataract_day_surgery", "CB39", "days", -2.7, 0.2),
    ("eras_gastrectomy", "GB19", "days", -4.0, 0.3),
    ("eras_gastrectomy", "GB19", "complication", -0.07, 0),
    ("lumbar_day_three", "IB39", "back", 0.15, 0),
    ("mdt_lung_diabetes", "EB19", "days", -5.0, 0.5),
    ("mdt_lung_diabetes", "EB19", "complication", -0.10, 0),
    ("mdt_pancreas", "HB19", "days", -6.0, 0.5),
    ("mdt_pancreas", "HB19", "back", -0.12, 0),
    ("minimally_invasive_discectomy", "IB39", "days", -3.0, 0.4),
    ("value_contract_foot", "KS19", "back", -0.08, 0.01),
    ("remote_follow_up", "FR19", "back", -0.13, 0.01),
    ("heart_failure_group", "FR19", "days", -2.0, 0.1),
]


@pytest.mark.parametrize(("story", "group", "figure", "planted", "slack"), PLANTED)
def test_the_planted_figure_is_the_paired_difference(worlds, story, group, figure, planted, slack):
    found, error = difference(worlds, story, group, figure)
    assert abs(found - planted) <= 3 * error + slack


def test_readmission_after_heart_failure_halves_where_it_is_followed_up(worlds):
    hit, other = pairs(worlds, "remote_follow_up", "FR19")
    assert hit["back"].mean() == pytest.approx(0.12, abs=0.04)
    assert other["back"].mean() == pytest.approx(0.24, abs=0.05)


def test_the_contract_department_falls_below_five_percent_and_the_others_do_not(worlds):
    world, full, _ = worlds
    foot = full[(full["group"] == "KS19") & ~full["died"]]
    contract = (foot["department"] == world.department("12")) & (foot["month"] >= "2023-01")
    before = (foot["department"] == world.department("12")) & (foot["month"] < "2023-01")
    assert foot["back"][contract].mean() < 0.07 and foot["back"][before].mean() > 0.09
    assert foot["back"][(foot["department"] != world.department("12")) & (foot["month"] >= "2023-01")].mean() > 0.08


def test_day_three_is_day_three_after_the_operation(worlds):
    hit, other = pairs(worlds, "lumbar_day_three", "IB39")
    assert (hit["base_days"] <= hit["operation_day"] + 3).all()
    assert (other["base_days"] > other["operation_day"] + 3).mean() > 0.5


def test_enhanced_recovery_is_for_the_healthier_so_that_a_naive_comparison_overstates_it(worlds):
    """With against without in the same months: 1 to 3 days more than what it does."""
    _, full, without = worlds
    stomach = full[(full["group"] == "GB19") & (full["month"] >= "2022-01")]
    naive = stomach.groupby("eras_gastrectomy")["days"].mean().diff().iloc[-1]
    truth = difference(worlds, "eras_gastrectomy", "GB19", "days")[0]
    assert -3.5 < naive - truth < -0.3
    same_people = without.loc[without.index.isin(stomach.index)].assign(eras=stomach["eras_gastrectomy"])
    assert same_people.groupby("eras")["age"].mean().diff().iloc[-1] < -2


@pytest.mark.parametrize(("group", "ill"), [("EB19", "diabetes_in_lung_surgery"), ("HB19", None)])
def test_meetings_favour_long_stays_even_where_they_do_nothing(worlds, group: str, ill: str | None):
    """Immortal time: without any effect, stays with a meeting are longer, for they had to last until it."""
    _, full, without = worlds
    assert (without["meeting"] < without["base_days"].clip(1)).all()
    here = without[(without["group"] == group) & (without[ill] if ill else True)]
    bias = here.groupby(here["meeting"] >= 0)["days"].mean().diff().iloc[-1]
    assert 0.3 < bias < 5
    real = full[(full["group"] == group) & (full[ill] if ill else True)]
    naive = real.groupby(real["meeting"] >= 0)["days"].mean().diff().iloc[-1]
    assert naive > difference(worlds, "mdt_lung_diabetes" if ill else "mdt_pancreas", group, "days")[0] + 0.3


def test_forms_of_late_stays_give_the_reason_that_was_there():
    """Nine of ten name what made the stay long; guessing one of the reasons would name disease in three of ten."""
    world = build_world(KNOWN, 5, (), 8000, "2021-01", "2023-12")
    stays = in_data(world, draw_stays(world, draw_physicians(world))[0])
    forms = registers.pathway_records_table(world, stays).to_pandas().set_index("stay_id")
    acted = dict(zip(practices.touches(world), stays.touched.T, strict=True))
    cause = forms["cause_class"].reindex([f"S{number:08d}" for number in stays.number]).to_numpy()
    varied = forms["status"].reindex([f"S{number:08d}" for number in stays.number]).to_numpy() == "varied"
    longer = varied & acted["long_antibiotics"]
    assert longer.sum() > 30 and (cause[longer] == "treatment").mean() > 0.85
    ill = varied & stays.complication & ~longer
    assert (cause[ill] == "disease").mean() == pytest.approx(0.93, abs=0.04)
    none = varied & ~stays.complication & (stays.severity < 2) & ~longer & ~acted["complicated_appendicitis"]
    assert (cause[none] == "disease").mean() < 0.5


def test_perforated_appendicitis_keeps_its_long_antibiotics(worlds):
    _, full, without = worlds
    innocent = without["complicated_appendicitis"] & (without["base_days"] > 5)
    assert innocent.sum() > 20 and full["complicated_appendicitis"].sum() == without["complicated_appendicitis"].sum()


def test_meetings_are_the_same_in_both_worlds(worlds):
    _, full, without = worlds
    both = full.index.intersection(without.index)
    same = full.loc[both, "admitted"] == without.loc[both, "admitted"]
    lumbar_or_stomach = full.loc[both, "group"].isin(["IB39", "GB19"])
    changed = (full.loc[both, "meeting"] != without.loc[both, "meeting"]) & same & ~lumbar_or_stomach
    assert changed.mean() < 0.001


def test_a_point_of_complications_goes_with_a_day_and_a_half_between_surgeons(worlds):
    """On the surgeons' true rates 1.5 days a point; on rates counted in three years chance flattens it to a third."""
    world, full, without = worlds
    gall = full[full["group"] == "HC39"]
    physicians = draw_physicians(world)
    share = caseload(world, physicians)[world.drg_codes.index("HC39")]
    points = 100 * KNOWN.drgs["HC39"].complication * gall["rate"] / (share @ physicians.quality)
    added = gall["days"] - without["days"].reindex(gall.index)
    each = pd.DataFrame({"points": points, "added": added, "days": gall["days"], "seen": 100 * gall["complication"]})
    surgeons, weight = each.groupby(gall["physician"]).mean(), np.sqrt(gall.groupby("physician").size())
    assert np.polyfit(surgeons["points"], surgeons["added"], 1, w=weight)[0] == pytest.approx(1.5, abs=0.2)
    assert np.polyfit(surgeons["points"], surgeons["days"], 1, w=weight)[0] == pytest.approx(1.5, abs=0.4)
    assert np.polyfit(surgeons["seen"], surgeons["days"], 1, w=weight)[0] < 1.2
    one = gall.groupby(["physician", "complication"])["days"].mean().unstack().diff(axis=1).iloc[:, -1].mean()
    assert one < 5, "a single complication lengthens a stay by days, not by the 150 of a literal reading"
