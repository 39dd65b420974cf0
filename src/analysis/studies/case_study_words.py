"""Words and numbers of a case report: one way of writing a level, a difference and an interval of every outcome."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from analysis.evaluation.study_files import Arm, Study
from analysis.evaluation.variables import Variable, variable
from analysis.presentation.numbers import Kind, Style, is_empty
from analysis.vocabulary import label

if TYPE_CHECKING:
    from analysis.studies.case_study import CaseStudy

#: Level of every interval of a study.
LEVEL = 0.95
_UNITS = {"days": ("天", "days"), "points": ("分", "points")}
#: Code lists of the categories that a study may adjust for.
_LISTS = {"sex": "sex", "admission_type": "admission_type", "payer": "payer", "severity_on_admission": "cc_level"}
_SEAM = re.compile(r"(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9−+])|(?<=[A-Za-z0-9])(?=[\u4e00-\u9fff])")
_NONE, _UNKNOWN = ("无", "None"), ("不明", "Not known")


def design_words(study: Study) -> tuple[str, str]:
    """The design in words (zh, en)."""
    return "单中心回顾性队列研究", "a retrospective cohort study of one hospital"


def level_words(language: str) -> str:
    """`95%` as the language writes it."""
    return f"{LEVEL * 100:.0f}%" if language == "zh" else f"{LEVEL * 100:.0f} %"


def interval_name(language: str) -> str:
    """`95% 置信区间` / `95 % interval`."""
    return f"{level_words(language)} {'置信区间' if language == 'zh' else 'interval'}"


def kind_of(outcome: Variable, *, difference: bool = False) -> Kind:
    """How an outcome's mean (or the difference of two) is written."""
    if outcome.kind == "money":
        return "money"
    if outcome.kind == "flag":
        return "points" if difference else "percent1"
    return "number1"


def unit(outcome: Variable, style: Style) -> str:
    """Unit of an outcome's difference: currency, days, points, percentage points."""
    zh = style.language == "zh"
    if outcome.kind == "money":
        return style.unit
    if outcome.kind == "flag":
        return "百分点" if zh else "pts"
    return _UNITS[outcome.unit][0 if zh else 1] if outcome.unit else ""


def named(outcome: Variable, style: Style, *, difference: bool = False) -> str:
    """Name of an outcome with its unit, for a heading; a share of cases carries its unit in its cells."""
    text, of = outcome.label(style.language), unit(outcome, style)
    if not of or (outcome.kind == "flag" and not difference):
        return text
    return f"{text}（{of}）" if style.language == "zh" else f"{text} ({of})"


def mean_words(outcome: Variable, style: Style, value: float) -> str:
    """A mean in a sentence: `8,450 元`, `9.3 天`, `4.1%`."""
    if outcome.kind == "money":
        return style.money(value)
    return f"{style.write(value, kind_of(outcome))} {_unit_behind(outcome, style)}".strip()


def difference_words(outcome: Variable, style: Style, value: float) -> str:
    """A difference in a sentence, with its sign: `−4,312 元`, `−3.1 天`, `−7.0 百分点`."""
    if is_empty(value):
        return style.write(value, "number1")
    if outcome.kind == "money":
        return style.money(value, signed=True)
    if outcome.kind == "flag":
        return style.write(value, "points")
    sign = "+" if round(value, 1) > 0 else ""
    return f"{sign}{style.write(value, 'number1')} {_unit_behind(outcome, style)}".strip()


def estimate_words(outcome: Variable, style: Style, estimate: Sequence[float]) -> str:
    """A difference with its interval: `−4,312 元（95% 置信区间 −5,800 元 至 −2,900 元）`."""
    value, low, high = (difference_words(outcome, style, one) for one in estimate)
    name = interval_name(style.language)
    if is_empty(estimate[1]) or is_empty(estimate[2]):
        return f"{value}（无区间）" if style.language == "zh" else f"{value} (no interval)"
    if style.language == "zh":
        return f"{value}（{name} {low} 至 {high}）"
    return f"{value} ({name} {low} to {high})"


def cell_words(outcome: Variable, style: Style, estimate: Sequence[float]) -> str:
    """A difference with its interval in a table whose heading names the unit: `−4,312 (−5,800 to −2,900)`."""
    kind = kind_of(outcome, difference=True)
    signs = ["+" if kind != "points" and round(one, 1) > 0 else "" for one in estimate]
    texts = [sign + style.write(one, kind).split(" ")[0] for sign, one in zip(signs, estimate, strict=True)]
    if is_empty(estimate[1]) or is_empty(estimate[2]):
        return texts[0]
    if style.language == "zh":
        return f"{texts[0]}（{texts[1]} 至 {texts[2]}）"
    return f"{texts[0]} ({texts[1]} to {texts[2]})"


def spaced(text: str) -> str:
    """Chinese with a space between its letters and Latin ones or digits."""
    return _SEAM.sub(" ", text)


def method_words(case: "CaseStudy", method: str) -> str:
    return label("effect_method", method, case.report.language)


def sides(case: "CaseStudy") -> tuple[str, str]:
    """Names of the treated and of those they are compared with."""
    return case.study.treatment.label(case.report.language), control_words(case.study, case.report.language)


def control_words(study: Study, language: str) -> str:
    """Name of those compared with."""
    words = study.control or Arm(zh="其余病例", en="All others")
    return words.zh if language == "zh" else words.en


def category_words(case: "CaseStudy", name: str, level: str) -> str:
    """A level of a category in the report's language; surgeons are numbered, never named."""
    report = case.report
    if level == "?":
        return report.say(*_UNKNOWN)
    if name == "department":
        return report.name("department", level)
    if name == "surgeon":
        return str(1 + sorted(case.cohort.rows["surgeon"].unique()).index(level))
    if name in _LISTS:
        return report.say(*_NONE) if level == "none" else label(_LISTS[name], level, report.language)
    return level


def notes_of(note: str) -> Mapping[str, int]:
    """What an estimate's note counts: surgeons or patients drawn, cases outside the support, unknown, pairs."""
    parts = [part.partition(":") for part in note.split(";")]
    return {name: int(count) for name, _, count in parts if count.isdigit()}


def outcomes(case: "CaseStudy") -> dict[str, Variable]:
    """The study's outcomes by name, the primary one first."""
    return {name: variable(name) for name in case.study.outcomes}


def _unit_behind(outcome: Variable, style: Style) -> str:
    return "" if outcome.kind == "flag" else unit(outcome, style)
