"""What a run has produced of all that reporting guidelines ask for, and in which section it stands.

Every entry looks at what was made, never at what the report usually holds: take a part of the run away, and the items
that need it are no longer ticked.
"""

from collections.abc import Callable

from analysis.evaluation.outcome_effects import PRIMARY
from analysis.studies.case_study import CaseStudy
from analysis.studies.case_study_effects import NAIVE
from analysis.studies.case_study_headings import heading
from analysis.studies.case_study_limits import shown_limits


def produced(case: CaseStudy) -> dict[str, str]:
    """Evidence that the run made -> heading of the section where it stands."""
    return {name: heading(case, section) for name, (section, made) in EVIDENCE.items() if made(case)}


def _has(case: CaseStudy, method: str) -> bool:
    """Whether a method has an estimate with an interval of the primary outcome."""
    rows = case.comparison.effects
    mine = rows[(rows["method"] == method) & (rows["outcome"] == case.study.outcomes[0])]
    return bool(mine[["estimate", "ci_low", "ci_high"]].notna().all(axis=None)) and len(mine) > 0


def _several(case: CaseStudy) -> bool:
    """Whether two ways of adjusting or more have an estimate of the primary outcome."""
    rows = case.comparison.effects
    mine = rows[(rows["outcome"] == case.study.outcomes[0]) & (rows["method"] != NAIVE)]
    return int(mine["estimate"].notna().sum()) >= 2


def _steps(case: CaseStudy) -> int:
    """Steps of the flow that can leave cases out."""
    return int((~case.cohort.flow["step"].isin(["closed", "treated", "control"])).sum())


def _means(case: CaseStudy) -> bool:
    rows = case.comparison.means
    mine = rows[rows["method"] == PRIMARY]
    return set(case.study.outcomes) <= set(mine.loc[mine["with_it"].notna(), "outcome"])


def _primary_e_value(case: CaseStudy) -> bool:
    rows = case.comparison.e_values
    return bool(len(rows) and rows.loc[rows["outcome"] == case.study.outcomes[0], "e_value"].notna().any())


#: name -> (section, whether the run made it).
EVIDENCE: dict[str, tuple[str, Callable[[CaseStudy], bool]]] = {
    "title": ("abstract", lambda case: bool(case.title)),
    "abstract": ("abstract", lambda case: _has(case, PRIMARY)),
    "objective": ("abstract", lambda case: bool(case.study.question.zh and case.study.question.en)),
    "design": ("methods", lambda case: len(case.cohort.rows) > 0),
    "setting": ("methods", lambda case: bool(case.months and case.report.title)),
    "follow_up": ("methods", lambda case: "readmitted_30d" in case.study.outcomes and _means(case)),
    "eligibility": ("methods", lambda case: _steps(case) > 0),
    "matching": ("appendix", lambda case: _has(case, "matching")),
    "exposure": ("methods", lambda case: case.study.treatment.says_something and bool(case.study.basis.zh)),
    "outcomes": ("methods", lambda case: bool(case.study.outcomes)),
    "confounders": ("methods", lambda case: len(case.comparison.balance) > 0),
    "sources": ("methods", lambda case: bool(case.report.card.get("run_id"))),
    "quantities": ("methods", lambda case: len(case.comparison.balance) > 0),
    "estimators": ("methods", lambda case: _has(case, PRIMARY)),
    "missing": ("methods", lambda case: case.comparison.effects["note"].notna().any()),
    "negative_control": ("negative_control", lambda case: len(case.comparison.negative_control) > 0),
    "several_methods": ("every_method", _several),
    "e_values": ("e_values", _primary_e_value),
    "flow": ("flow", lambda case: len(case.cohort.flow) > 0),
    "flow_reasons": ("flow", lambda case: _steps(case) > 0),
    "flow_figure": ("flow", lambda case: set(case.cohort.flow["step"]) >= {"treated", "control"}),
    "baseline": ("baseline", lambda case: len(case.comparison.balance) > 0),
    "missing_counts": ("baseline", lambda case: set(case.study.confounders) <= set(case.cohort.rows)),
    "outcome_numbers": ("effects", _means),
    "naive": ("effects", lambda case: _has(case, NAIVE)),
    "adjusted": ("effects", lambda case: _has(case, PRIMARY)),
    "other_analyses": ("plane", lambda case: case.plane is not None),
    "limits": ("limits", lambda case: len(shown_limits(case)) > 0),
    "interpretation": ("abstract", lambda case: _has(case, PRIMARY) and _primary_e_value(case)),
    "generalisability": ("limits", lambda case: "elsewhere" in shown_limits(case)),
    "plan": ("methods", lambda case: bool(case.study.file)),
    "worth": ("plane", lambda case: case.plane is not None),
    "perspective": ("methods", lambda case: case.plane is not None),
    "horizon": ("methods", lambda case: case.plane is not None),
    "discounting": ("methods", lambda case: case.plane is not None),
    "costing": ("methods", lambda case: case.plane is not None and bool(case.report.case_method)),
    "currency": ("methods", lambda case: case.plane is not None and bool(case.report.style.currency)),
    "worth_intervals": ("plane", lambda case: case.plane is not None),
    "worth_assumptions": ("budget", lambda case: case.plane is not None),
    "acceptability": ("acceptability", lambda case: case.plane is not None),
}
