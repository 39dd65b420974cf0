"""STROBE and CHEERS: a run without a part of the evidence loses exactly the items that need it."""

from collections.abc import Callable
from dataclasses import replace

import nbformat
import pytest
from closed_factory import Small
from eras_hospital import study_of
from report_fixtures import ROOT

from analysis.studies.case_study import CaseStudy
from analysis.studies.case_study_evidence import EVIDENCE
from analysis.studies.reporting_checklists import checklist, cheers, filled, strobe

#: Numbers of the items as published.
STROBE = [
    "1a", "1b", "2", "3", "4", "5", "6a", "6b", "7", "8", "9", "10", "11", "12a", "12b", "12c", "12d", "12e", "13a",
    "13b", "13c", "14a", "14b", "14c", "15", "16a", "16b", "16c", "17", "18", "19", "20", "21", "22",
]  # fmt: skip
CHEERS = [str(number) for number in range(1, 29)]


@pytest.fixture(scope="module")
def case(eras: Small) -> CaseStudy:
    return study_of(eras, "en")


def ticked(case: CaseStudy, name: str) -> set[str]:
    rows = filled(case, name)
    return set(rows.loc[rows["place"] != "", "item"])


def without(**parts: object) -> Callable[[CaseStudy], CaseStudy]:
    """The run without rows of parts of its comparison."""

    def changed(case: CaseStudy) -> CaseStudy:
        made = {name: getattr(case.comparison, name) for name in parts}
        cut = {
            name: rows[keep(rows)] if callable(keep := parts[name]) else rows.iloc[:0] for name, rows in made.items()
        }
        return replace(case, comparison=replace(case.comparison, **cut))

    return changed


def without_method(name: str) -> Callable[[CaseStudy], CaseStudy]:
    return without(effects=lambda rows: rows["method"] != name)


def without_flow(case: CaseStudy) -> CaseStudy:
    return replace(case, cohort=replace(case.cohort, flow=case.cohort.flow.iloc[:0]))


def without_steps(case: CaseStudy) -> CaseStudy:
    rows = case.cohort.flow
    return replace(case, cohort=replace(case.cohort, flow=rows[rows["step"].isin(["closed", "treated", "control"])]))


def without_readmission(case: CaseStudy) -> CaseStudy:
    kept = [name for name in case.study.outcomes if name != "readmitted_30d"]
    return replace(case, study=case.study.model_copy(update={"outcomes": kept}))


def without_adjusting(case: CaseStudy) -> CaseStudy:
    return without(effects=lambda rows: rows["method"].isin(["naive", "aipw"]))(case)


REMOVED = {
    "negative control": (without(negative_control=None), {"9"}, set()),
    "E-values": (without(e_values=None), {"12e", "19", "20"}, set()),
    "raw difference": (without_method("naive"), {"16a"}, set()),
    "matching": (without_method("matching"), {"6b"}, set()),
    "other methods": (without_adjusting, {"6b", "12e"}, set()),
    "flow": (without_flow, {"6a", "10", "13a", "13b", "13c"}, set()),
    "exclusions": (without_steps, {"6a", "13b"}, set()),
    "readmission": (without_readmission, {"5", "12d", "14c"}, set()),
    "draws": (without(pairs=None), {"17"}, {"1", "8", "9", "10", "14", "15", "20", "22", "23", "24"}),
    "baseline": (without(balance=None), {"7", "9", "11", "14a", "16a"}, {"5"}),
}


@pytest.mark.parametrize("part", REMOVED)
def test_without_a_part_the_items_that_need_it_are_not_ticked(case: CaseStudy, part: str):
    remove, strobe_lost, cheers_lost = REMOVED[part]
    less = remove(case)
    assert ticked(case, "strobe") - ticked(less, "strobe") == strobe_lost
    assert ticked(case, "cheers") - ticked(less, "cheers") == cheers_lost


@pytest.mark.parametrize(("name", "numbers"), [("strobe", STROBE), ("cheers", CHEERS)])
def test_items_are_those_published(name: str, numbers: list[str]):
    made = checklist(name)
    assert [one.item for one in made.items] == numbers and made.source
    assert not {key for one in made.items for key in one.evidence} - set(EVIDENCE)


def test_all_evidence_is_asked_for_by_some_item():
    asked = {key for name in ("strobe", "cheers") for one in checklist(name).items for key in one.evidence}
    assert asked == set(EVIDENCE)


@pytest.mark.parametrize("name", ["strobe", "cheers"])
def test_what_only_the_author_can_give_is_never_ticked(case: CaseStudy, name: str):
    theirs = {one.item for one in checklist(name).items if not one.evidence}
    assert theirs and not theirs & ticked(case, name)
    assert ("22" if name == "strobe" else "28") in theirs, "funding and interests"


@pytest.mark.parametrize(("section", "name"), [(strobe, "strobe"), (cheers, "cheers")])
def test_the_table_names_the_section_and_counts(case: CaseStudy, section: Callable, name: str):
    made = section(case)
    places = dict(zip(made.table.rows["item"], made.table.rows["place"], strict=True))
    given = ticked(case, name)
    assert {item for item, place in places.items() if place != "not given"} == given
    assert made.text.startswith(f"{len(given)} of {len(places)} items")
    assert len(made.table.alarm) == len(places) - len(given)


def test_places_are_sections_of_the_notebook(case: CaseStudy):
    cells = nbformat.read(ROOT / "notebooks/research/value_case_study.ipynb", as_version=4).cells
    headings = {cell.source.removeprefix("## ") for cell in cells if cell.metadata.get("tags") == ["lang-en"]}
    for name in ("strobe", "cheers"):
        places = {place for places in filled(case, name)["place"] for place in places.split("; ") if place}
        assert places <= headings
