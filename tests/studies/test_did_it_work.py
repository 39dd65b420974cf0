"""A change that some departments began first: told as planted, refused where nothing can be said, the same in print."""

from dataclasses import replace

import pytest
from closed_factory import Small
from report_fixtures import ROOT
from roll_out_hospital import EFFECT, PILOTS, write_roll_out

from analysis.errors import InputError
from analysis.evaluation.change_settings import ChangeStudy, read_change
from analysis.reporting.html import findings_of
from analysis.reporting.kernel import stop_kernel
from analysis.reporting.runner import execute
from analysis.studies.committee import open_report
from analysis.studies.did_it_work import Change, open_change
from analysis.studies.did_it_work_checks import effects_table, own_past, summary, weights
from analysis.studies.did_it_work_doubts import after_everyone, alike_before, threats
from analysis.studies.did_it_work_effect import all_outcomes, each_pilot, verdict
from analysis.studies.did_it_work_methods import by_method
from analysis.studies.study_tables import read_studies

NOTEBOOK = ROOT / "notebooks/research/did_it_work.ipynb"


@pytest.fixture(scope="module")
def rolled(tmp_path_factory: pytest.TempPathFactory) -> Small:
    return write_roll_out(tmp_path_factory.mktemp("rolled"))


def opened(rolled: Small, period: str = "", outcome: str = "", first: str = "", language: str = "en") -> Change:
    report = open_report(str(rolled.data), period or rolled.period, str(rolled.outputs), language)
    return open_change(report, "roll_out", first, outcome)


@pytest.fixture(scope="module")
def change(rolled: Small) -> Change:
    return opened(rolled)


def test_the_planted_effect_lies_within_and_before_and_after_does_not_hold_it(change: Change):
    """The pilots' charges fall by a quarter; cheaper implants make before and after look better."""
    found = by_method(change)
    main, plain = found["did_randomisation"], found["pre_post"]
    assert main.share is not None and plain.share is not None
    assert main.share.low < -EFFECT < main.share.high < 0
    assert plain.share.effect < main.share.effect - 0.03
    assert next(iter(found)) == "did_randomisation" and next(reversed(found)) == "pre_post"


def test_as_charged_the_procurement_is_taken_for_the_roll_out(change: Change):
    by_id = {one.id: change.under(one).estimate.effect for one in change.study.threats}
    assert by_id["as_charged"] < change.effect("charge").estimate.effect - 1000
    assert abs(by_id["placebo"]) < 0.1 * abs(change.effect("charge").estimate.effect)


def test_months_fall_into_their_windows(change: Change):
    windows = change.windows
    assert (windows.before[0], windows.before[-1]) == ("2021-01", "2022-02")
    assert (windows.leak, windows.beyond) == (("2022-03", "2022-04", "2022-05", "2022-06"), ("2023-01", "2023-02"))
    assert windows.after[0] == "2022-07" and windows.after[-1] == "2022-12"


def test_2023_has_no_number(change: Change):
    found = after_everyone(change)
    assert "not identified" in found.text and found.table is not None
    assert found.table.rows["told"].tolist()[1] == "not identified"
    rows = effects_table(change)
    beyond = rows[rows["estimand"] == "ATT_2023-01_2023-02"]
    assert len(beyond) == 1 and beyond["estimate"].isna().all() and "not identified" in beyond["note"].iloc[0]


def test_before_2023_nothing_is_said_of_2023(rolled: Small):
    early = opened(rolled, period="2022-12")
    assert not early.windows.beyond and "still departments not in it" in after_everyone(early).text
    assert not effects_table(early)["estimate"].isna().any()
    assert "none of it" in weights(early).text


def test_every_outcome_stands_beside_before_and_after(change: Change):
    found = all_outcomes(change)
    assert found.table is not None
    names = found.table.rows["outcome"].tolist()
    assert "Charge per discharge (CNY)" in names and "Denial rate" not in names, "nothing was denied here"
    assert found.table.rows["naive"].notna().all()


def test_a_pilot_of_few_cases_is_hidden(rolled: Small):
    """Two months after with three cases each."""
    rows = each_pilot(opened(rolled, period="2022-08")).table.rows  # type: ignore[union-attr]
    assert rows["cases"].tolist()[2] == "<10" and rows["effect"].isna().tolist() == [False, False, True]


def test_weights_of_forbidden_comparisons_are_told(change: Change):
    rows = weights(change).table.rows  # type: ignore[union-attr]
    assert rows["weight"].sum() == pytest.approx(1) and (rows["kind"] == "later_vs_earlier").any()


def test_every_number_in_the_text_comes_from_the_run(rolled: Small, change: Change):
    """Another hospital, another text: no figure is typed."""
    later = opened(rolled, period="2022-12", first="2021-04")
    for section in (verdict, alike_before, threats, own_past):
        assert section(change).text != section(later).text, section.__name__


def test_effects_are_kept_and_read(rolled: Small, change: Change):
    summary(change)
    kept = read_studies(rolled.outputs / "rolled", "effects")
    assert set(kept["study"]) == {"rollout_roll_out_charge"}
    main = kept[(kept["method"] == "did_randomisation") & (kept["outcome"] == "charge") & kept["estimate"].notna()]
    assert main["estimate"].iloc[0] == pytest.approx(change.effect("charge").estimate.effect, abs=1e-6)
    assert {"did_cluster", "callaway_santanna", "its", "pre_post", "did_randomisation:placebo"} <= set(kept["method"])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_notebook_answers_its_questions(rolled: Small, language: str):
    parameters = {
        "data": str(rolled.data),
        "outputs": str(rolled.outputs),
        "period": rolled.period,
        "language": language,
    }
    executed = execute(NOTEBOOK, parameters)
    stop_kernel()
    headings = [
        cell.source.removeprefix("## ")
        for cell in executed.cells
        if cell.source.startswith("## ") and f"lang-{language}" in cell.metadata.get("tags", [])
    ]
    assert [finding["question"] for finding in findings_of(executed)] == headings


def test_what_cannot_be_asked(rolled: Small):
    with pytest.raises(InputError, match="unknown outcome 'joy'"):
        opened(rolled, outcome="joy")
    with pytest.raises(InputError, match="2 months closed before"):
        opened(rolled, first="2022-01")
    with pytest.raises(InputError, match="not found"):
        open_change(opened(rolled).report, "nothing")


def test_without_threats_nothing_is_said_to_be_done_otherwise(change: Change):
    none = replace(change, study=change.study.model_copy(update={"threats": []}))
    without, told = (summary(one).table.rows["what"].tolist() for one in (none, change))
    assert "Done otherwise" in told and without == [name for name in told if name != "Done otherwise"]


def test_settings_are_checked():
    made = read_change(ROOT / "parameters", "roll_out").model_dump()
    assert set(made["treated"]) == set(PILOTS)
    with pytest.raises(ValueError, match="each later"):
        ChangeStudy.model_validate(made | {"others_start": "2022-05"})
    with pytest.raises(ValueError, match="none of the outcomes"):
        ChangeStudy.model_validate(made | {"outcomes": ["stay"]})
    idle = {"id": "x", "zh": "甲", "en": "x", "why_zh": "甲", "why_en": "x"}
    with pytest.raises(ValueError, match="estimated otherwise"):
        ChangeStudy.model_validate(made | {"threats": [idle]})
