"""Why a DRG overspends, on a demonstration hospital: every section in both languages, all money adding up."""

import re
from collections.abc import Callable

import pytest
from closed_factory import Small
from report_fixtures import opened

from analysis.errors import InputError
from analysis.presentation.finding import Finding
from analysis.rootcause.explain import explain
from analysis.studies import (
    overspending_causes,
    overspending_drivers,
    overspending_levels,
    overspending_loss,
    overspending_physicians,
    overspending_savings,
    overspending_segments,
)
from analysis.studies.cause_tree import below
from analysis.studies.overspending import Inquiry, inquire

SECTIONS: tuple[Callable[[Inquiry], Finding], ...] = (
    overspending_loss.verdict,
    overspending_loss.paid_to_cost,
    overspending_causes.variance_of,
    overspending_levels.use_and_price,
    overspending_causes.causes_by_money,
    overspending_drivers.driver_bridge,
    overspending_physicians.complications,
    overspending_physicians.physician_funnel,
    overspending_drivers.tail_cases,
    overspending_savings.savings,
    overspending_segments.unexpected,
)
CHINESE = re.compile(r"[一-鿿]")
#: A DRG with a pathway, one without.
DRGS = ("FM19", "HC39")


@pytest.fixture(scope="module")
def inquiries(costed: Small) -> dict[tuple[str, str], Inquiry]:
    reports = {language: opened(costed, language) for language in ("zh", "en")}
    return {(drg, language): inquire(report, drg) for drg in DRGS for language, report in reports.items()}


@pytest.mark.parametrize("drg", DRGS)
@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.__name__)
def test_a_section_says_the_same_in_both_languages(
    inquiries: dict[tuple[str, str], Inquiry], drg: str, section: Callable[[Inquiry], Finding]
):
    zh, en = section(inquiries[drg, "zh"]), section(inquiries[drg, "en"])
    assert zh.question.endswith("？") and zh.text.endswith("。") and CHINESE.search(zh.text)
    told = " ".join([en.question, en.text, *en.caveats])
    assert en.question.endswith("?") and en.text.endswith(".") and not CHINESE.search(told), told
    assert (zh.table is None, zh.alarm) == (en.table is None, en.alarm)
    assert re.findall(r"[\d.]+%", zh.text) == re.findall(r"[\d.]+%", en.text)
    if zh.table is not None and en.table is not None:
        assert [c.name for c in zh.table.columns] == [c.name for c in en.table.columns]
        assert not [c.heading for c in en.table.columns if CHINESE.search(c.heading)]
        assert not re.search(r"[> ]nan[<% ]", zh.to_html()) and en.to_payload()["table"]["rows"]


@pytest.mark.parametrize("drg", DRGS)
def test_the_waterfall_closes_to_the_fen(inquiries: dict[tuple[str, str], Inquiry], drg: str):
    rows = overspending_loss.paid_to_cost(inquiries[drg, "en"]).table.rows
    paid, *steps, cost = rows["total"]
    assert round(paid + sum(steps), 2) == cost
    assert round(cost - paid, 2) == round(inquiries[drg, "en"].loss, 2)


@pytest.mark.parametrize("drg", DRGS)
def test_every_level_of_both_trees_adds_up(inquiries: dict[tuple[str, str], Inquiry], drg: str):
    inquiry = inquiries[drg, "en"]
    for tree in (inquiry.items, inquiry.drivers):
        assert tree["amount_total"].iloc[0] == inquiry.loss
        for at in tree.index[~tree["leaf"]]:
            parts = below(tree, at)
            children = parts[parts["depth"] == tree["depth"][at] + 1]
            assert round(children["amount_total"].sum() - tree["amount_total"][at], 2) == 0


@pytest.mark.parametrize("drg", DRGS)
def test_what_is_drawn_of_the_tree_adds_up_too(inquiries: dict[tuple[str, str], Inquiry], drg: str):
    rows = overspending_causes.drawn(inquiries[drg, "en"])
    assert len(rows) <= 34
    for at in range(len(rows)):
        depth = rows["depth"].iloc[at]
        deeper = rows["depth"].to_numpy()[at + 1 :] > depth
        end = at + 1 + (len(deeper) if deeper.all() else int((~deeper).argmax()))
        parts = rows.iloc[at + 1 : end]
        parts = parts[parts["depth"] == depth + 1]
        assert parts.empty or round(parts["amount"].sum() - rows["amount"].iloc[at], 2) == 0


def test_what_stands_behind_the_money_is_shown_beside_the_standard_that_is_set(
    inquiries: dict[tuple[str, str], Inquiry],
):
    table = overspending_levels.use_and_price(inquiries["FM19", "en"]).table
    at = table.rows.index[table.rows["group"] == "contrast"].item()
    contrast = table.rows.loc[at]
    assert at in table.on_page, "a group with a standard is on the page, however little money it is"
    assert (contrast["quantity_0"], contrast["unit"]) == (100, "ml")
    per_case = contrast["use_rate"] * contrast["quantity"] * contrast["unit_cost"]
    before = contrast["use_rate_0"] * contrast["quantity_0"] * contrast["unit_cost_0"]
    assert contrast["amount_total"] == pytest.approx((per_case - before) * inquiries["FM19", "en"].cases, abs=0.01)


def test_physicians_are_named_from_the_reliability_on(inquiries: dict[tuple[str, str], Inquiry]):
    for drg in DRGS:
        inquiry = inquiries[drg, "en"]
        html = overspending_physicians.physician_funnel(inquiry).to_html()
        people = set(inquiry.made.sample.cases["physician_id"])
        made = overspending_physicians.physician_effects(inquiry.made.sample)
        known = set(made.loc[made["named"] & (made["cases"] >= 10), "physician_id"])
        assert not [code for code in people - known - {"?"} if code in html]


def test_the_tail_lists_the_dearest_cases(inquiries: dict[tuple[str, str], Inquiry]):
    inquiry = inquiries["HC39", "en"]
    rows = overspending_drivers.tail_cases(inquiry).table.rows
    cases = inquiry.made.sample.cases
    assert rows["loss"].is_monotonic_decreasing
    assert rows["loss"].iloc[0] == (cases["cost"] - cases["payment"]).max()


def test_explain_by_itself(costed: Small):
    month = costed.outputs / "demo" / costed.period
    made = explain(month, "FM19", draws=100)
    assert (made.baseline.kind, made.method, made.hospital) == ("standard_cost", "bottom_up", "H001")
    cases = made.sample.cases
    whole = made.causes.query("view == 'item' and level == 0")["amount_total"].item()
    assert whole == pytest.approx((cases["cost"] - cases["payment"]).sum(), abs=0.005)
    other = explain(month, "FM19", baseline="peers", draws=100)
    assert set(other.causes["baseline"]) == {"peers"} and other.baseline.robust


def test_what_cannot_be_explained_is_told(costed: Small):
    month = costed.outputs / "demo" / costed.period
    with pytest.raises(InputError, match="unknown baseline 'best'"):
        explain(month, "FM19", baseline="best")
    with pytest.raises(InputError, match="no baseline 'own_past'"):
        explain(month, "FM19", baseline="own_past")
    with pytest.raises(InputError, match="no case of ZZ99"):
        explain(month, "ZZ99")
    with pytest.raises(InputError, match="no cases of DRG 'ZZ99'"):
        inquire(opened(costed, "en"), "ZZ99")


def test_without_costs_every_section_says_so(bare: Small):
    inquiry = inquire(opened(bare, "en", "101"))
    assert {section(inquiry).text for section in SECTIONS} == {"Not computed: the data lack ledger."}


def test_days_of_a_pathway_stand_beside_those_of_the_cases(inquiries: dict[tuple[str, str], Inquiry]):
    rows = overspending_drivers.driver_bridge(inquiries["FM19", "en"]).table.rows.set_index("thing")
    assert rows.loc["stay_other", "days_before"] == pytest.approx(5), "as the pathway of parameters/standard_costs says"
    if "rest" in rows.index:
        assert rows.loc["rest", "owned"] == "–", "what no driver tells is nobody's"


def test_the_tail_is_as_long_as_its_sentence_says(inquiries: dict[tuple[str, str], Inquiry]):
    for drg in DRGS:
        inquiry = inquiries[drg, "en"]
        if inquiry.cases >= 10:
            listed = len(overspending_drivers.tail_cases(inquiry).table.rows)
            assert listed == min(10, max(1, round(0.05 * inquiry.cases)))
