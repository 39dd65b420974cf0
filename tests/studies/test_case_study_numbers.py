"""Every number that a case report says comes from its run: nothing is typed, and another cohort says other numbers."""

import ast
import math
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
from closed_factory import Small
from eras_hospital import study_of
from report_fixtures import ROOT

from analysis.evaluation.worth import acceptability, net_benefit
from analysis.presentation.finding import Finding
from analysis.presentation.passages import Passages
from analysis.studies import (
    case_study_abstract,
    case_study_balance,
    case_study_cohort,
    case_study_doubts,
    case_study_effects,
    case_study_limits,
    case_study_methods,
    case_study_worth,
)
from analysis.studies.case_study import CaseStudy, keep
from analysis.studies.case_study_worth import budget_rows, thresholds
from analysis.studies.study_tables import read_studies
from analysis.vocabulary import Named

Section = Callable[[CaseStudy], Finding | Passages]
RESULTS: tuple[Section, ...] = (
    case_study_cohort.flow,
    case_study_cohort.baseline,
    case_study_balance.balance,
    case_study_balance.overlap,
    case_study_effects.effects,
    case_study_effects.every_method,
    case_study_doubts.negative_control,
    case_study_doubts.e_values,
    case_study_worth.plane_of,
    case_study_worth.accept,
    case_study_worth.budget,
    case_study_abstract.abstract,
    case_study_limits.limits,
)
SECTIONS = (*RESULTS, case_study_methods.methods, case_study_effects.appendix)
#: Numbers that define something instead of reporting it.
DEFINED = {
    "95": "level of the intervals",
    "0.25": "standardised difference that no regression makes up for",
    "0.1": "standardised difference that counts as negligible",
    "10": "fewest events, part of unknown outcomes that is told",
    "0.2": "caliper of the study's file",
    "30": "days of a readmission, in the outcome's name",
}
#: A number with its sign apart; not part of a code, a file name or a run's id.
NUMBER = re.compile(r"(?<![A-Za-z0-9_.])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![A-Za-z0-9_])")
#: Codes, ids and names that stand as they are in the study's file and in the closed tables.
CODES = re.compile(r"GB19|\b[0-9a-f]{16}\b|gastric_cancer_eras|[\w.]+\.yaml")


@pytest.fixture(scope="module")
def cases(eras: Small) -> dict[tuple[str, str], CaseStudy]:
    """The study over four months and over three, in both languages."""
    return {
        (language, last): study_of(eras, language, last) for language in ("zh", "en") for last in ("2022-04", "2022-03")
    }


def said(case: CaseStudy, section: Section) -> str:
    """All words of a section: sentence or paragraphs, and what the reader must know."""
    made = section(case)
    return "\n".join([made.text, *getattr(made, "caveats", ())])


def numbers(text: str) -> set[str]:
    return set(NUMBER.findall(CODES.sub(" ", text)))


def known_numbers(case: CaseStudy) -> set[str]:
    """Every number of the run's tables and parameters, written in each of the ways a report writes one."""
    return {text for value in _values(case) for text in _written(abs(value))}


def _values(case: CaseStudy) -> Iterator[float]:
    made, plane = case.comparison, case.plane
    grid = thresholds(plane)
    tables = [case.cohort.flow, made.balance, made.overlap, made.effects, made.means, made.e_values]
    tables += [made.negative_control, budget_rows(case), acceptability(case.pairs, grid), net_benefit(case.pairs, grid)]
    for table in tables:
        yield from table.select_dtypes("number").to_numpy(float).ravel().tolist()
    yield from (case.cohort.rows.isna().sum()).tolist()
    notes = pd.concat([made.effects["note"], made.negative_control["note"]])
    yield from (int(count) for note in notes for count in re.findall(r"\d+", note))
    yield from (value for value in made.clusters.values() if not isinstance(value, str))
    yield from (*plane.shares, *case.counts, case.draws, len(case.months), len(case.provisional))
    yield from (part for month in case.months for part in (month.year, month.start.month))
    yield from (len(case.study.confounders), len(case.study.outcomes), case_study_balance.left_out(case))
    raw, adjusted = case.estimate("cost_total", "naive")[0], case.estimate("cost_total")[0]
    yield raw / adjusted - 1
    smd = made.balance[["variable", "smd_before"]]
    yield smd.loc[smd["smd_before"].abs() > 0.1, "variable"].nunique()
    yield from case_study_effects.told_apart(case)
    yield len(case_study_effects.appendix(case).table.rows)


def _written(value: float) -> Iterator[str]:
    if not math.isfinite(value):
        return
    yield from (f"{value:,.0f}", f"{value:,.1f}", f"{value:.3f}", f"{100 * value:,.0f}", f"{100 * value:,.1f}")
    yield from (f"{value / 1e4:,.1f}", f"{value:g}")
    if value >= 1e5:
        yield f"{np.round(value, 2 - math.floor(math.log10(value))):,.0f}"


@pytest.mark.parametrize("last", ["2022-04", "2022-03"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_number_is_of_the_run_or_defines_something(
    cases: dict[tuple[str, str], CaseStudy], language: str, last: str
):
    case = cases[language, last]
    known = known_numbers(case)
    for section in SECTIONS:
        stray = numbers(said(case, section)) - known - set(DEFINED)
        assert not stray, f"{section.__name__}: {stray}"


@pytest.mark.parametrize("section", RESULTS, ids=lambda section: section.__name__)
def test_another_cohort_says_other_numbers(cases: dict[tuple[str, str], CaseStudy], section: Section):
    four, three = (said(cases["en", last], section) for last in ("2022-04", "2022-03"))
    assert four != three
    own, other = numbers(four), numbers(three)
    if fractions := {number for number in own if "." in number or len(number) > 3} - set(DEFINED) - {"2022", "1.0"}:
        assert fractions - other, f"all of {fractions} stand in the other report too"


def test_a_conclusion_is_no_bolder_than_balance_allows(cases: dict[tuple[str, str], CaseStudy]):
    case = cases["en", "2022-04"]
    for size, told in ((0.2, False), (0.3, True)):
        balance = case.comparison.balance.assign(smd_weighted=size)
        less = replace(case, comparison=replace(case.comparison, balance=balance))
        assert ("nothing should be decided" in case_study_abstract.conclusion(less)) is told


def test_what_is_adjusted_for_despite_treatment_is_told(cases: dict[tuple[str, str], CaseStudy]):
    case = cases["en", "2022-04"]
    asked = case.study.model_copy(
        update={"despite": {"severity": Named(zh="来源没有更好的。", en="Nothing better there.")}}
    )
    less = replace(case, study=asked)
    told = {part.head: part.text for part in case_study_methods.methods(less).parts}["Confounders"]
    assert "Nothing better there." in told and "all known before treatment" not in told
    assert "despite" in case_study_limits.shown_limits(less)
    assert "despite" not in case_study_limits.shown_limits(case)
    assert "all known before treatment" in case_study_methods.methods(case).text


def test_a_negative_control_that_differs_is_an_alarm(cases: dict[tuple[str, str], CaseStudy]):
    case = cases["en", "2022-04"]
    assert not case_study_doubts.negative_control(case).alarm
    rows = case.comparison.negative_control.assign(estimate=1.0, ci_low=0.5, ci_high=1.5)
    less = replace(case, comparison=replace(case.comparison, negative_control=rows))
    assert case_study_doubts.negative_control(less).alarm
    assert "negative_control" in case_study_limits.shown_limits(less)
    assert "negative_control" not in case_study_limits.shown_limits(case)
    assert "nothing should be decided" in case_study_abstract.conclusion(less)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.__name__)
def test_both_languages_say_the_same(cases: dict[tuple[str, str], CaseStudy], section: Section):
    zh, en = (section(cases[language, "2022-04"]) for language in ("zh", "en"))
    assert re.search("[一-鿿]", zh.text) and not re.search("[一-鿿]", en.text + en.question)
    assert zh.text.endswith(("。", "）", "？")) and en.text.endswith((".", "?"))
    assert re.findall(r"\d+\.\d%|\d\.\d{3}", zh.text) == re.findall(r"\d+\.\d%|\d\.\d{3}", en.text)
    if isinstance(zh, Finding) and zh.table is not None:
        assert [column.name for column in zh.table.columns] == [column.name for column in en.table.columns]
        assert not [c.heading for c in en.table.columns if re.search("[一-鿿]", c.heading)]
        assert len(zh.table.rows) == len(en.table.rows) > 0


def typed(source: str) -> list[str]:
    """Sentences with a digit among the literals of a module; formats of f-strings and docstrings are no sentences."""
    tree = ast.parse(source)
    formats = {id(part) for node in ast.walk(tree) if isinstance(node, ast.FormattedValue) and node.format_spec
               for part in ast.walk(node.format_spec)}  # fmt: skip
    with_docs = [node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)]
    docs = {id(node.body[0].value) for node in with_docs if isinstance(node.body[0], ast.Expr)}
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
             and id(node) not in formats | docs]  # fmt: skip
    return [text for text in texts if re.search(r"\d", text) and re.search(r"[一-鿿]|[A-Za-z] [a-z]|\d [a-z]", text)]


def test_no_figure_is_typed():
    modules = sorted((ROOT / "src/analysis/studies").glob("case_study*.py"))
    assert len(modules) >= 10
    assert {path.name: found for path in modules if (found := typed(path.read_text("utf8")))} == {}
    assert typed('x = f"{n:.1f} of 12 cases"') == [" of 12 cases"], "the rule would see one"
    assert typed('x = "差异 5 元"') and not typed('x = label("percent1", "readmitted_30d")')


def test_no_figure_stands_in_the_notebook():
    cells = nbformat.read(ROOT / "notebooks/research/value_case_study.ipynb", as_version=4).cells[1:]
    words = "\n".join(cell.source for cell in cells).replace("CHEERS 2022", "")
    assert not re.search(r"\d", words)


def test_the_months_of_the_study_are_those_asked_for(cases: dict[tuple[str, str], CaseStudy]):
    four, three = cases["en", "2022-04"], cases["en", "2022-03"]
    assert [month.name for month in three.months] == ["2022-01", "2022-02", "2022-03"]
    assert three.cohort.flow["kept"].iloc[0] < four.cohort.flow["kept"].iloc[0]
    assert set(three.cohort.rows["stay_id"]) < set(four.cohort.rows["stay_id"])


def test_plane_budget_and_effects_give_the_same_interval(cases: dict[tuple[str, str], CaseStudy]):
    case = cases["en", "2022-04"]
    ends = case.pairs["cost"].quantile([0.025, 0.975]).tolist()
    assert ends == pytest.approx(case.cost_estimate[1:], abs=0.02 * (ends[1] - ends[0])), "of two hundred draws"
    assert case.plane.cost == case.estimate("cost_total")[0] == pytest.approx(case.pairs["cost"].mean(), rel=1e-3)
    last = budget_rows(case).iloc[-1]
    alike = case.comparison.propensity
    logit, own = alike["logistic"], alike["treated"] == 1
    low, high = (max(logit[own].min(), logit[~own].min()), min(logit[own].max(), logit[~own].max()))
    inside = logit.between(low, high)
    assert last["eligible"] == inside.sum() * 12 / len(case.months), "only who has somebody alike"
    assert last["cases"] == pytest.approx((inside & ~own).sum() * 12 / len(case.months))
    assert last["impact"] == pytest.approx(last["cases"] * case.plane.cost, rel=1e-3)
    assert case.plane.effect == -case.estimate("complication")[0], "more is better: a complication avoided"
    drawn = case.comparison.pairs
    assert case.pairs.corr(method="spearman").iloc[0, 1] == pytest.approx(
        drawn[["cost", "effect"]].corr(method="spearman").iloc[0, 1]
    ), "how cost and effect go together is that of the draws"


def test_what_a_study_writes(eras: Small, cases: dict[tuple[str, str], CaseStudy], tmp_path: Path):
    case = cases["en", "2022-04"]
    shutil.copytree(eras.outputs / "eras", tmp_path / "eras")
    keep(replace(case, report=replace(case.report, folder=tmp_path / "eras")))
    rows = read_studies(tmp_path / "eras", "effects")
    assert set(rows["study"]) == {"F3_eras_gastrectomy"} and set(rows["outcome"]) == set(case.study.outcomes)
    assert {"naive", "matching", "ipw", "gamma_glm", "aipw"} <= set(rows["method"])
    told = rows[(rows["method"] == "aipw") & (rows["outcome"] == "cost_total")].iloc[0]
    assert tuple(told[["estimate", "ci_low", "ci_high"]]) == pytest.approx(case.estimate("cost_total"))
