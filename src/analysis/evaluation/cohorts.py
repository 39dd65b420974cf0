"""A study's cases: who is taken, who is left out and why, who was treated, and what was known before.

Confounders are what was known before treatment began. The grouper's severity is none: it holds what arose during the
stay, so that among cases of low severity those with a complication are missing by construction. What stands for it is
the level of the diagnoses that were present on admission.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.closed_period import ClosedPeriods
from analysis.contract import contract_tables
from analysis.engine import Engine, sql_text
from analysis.errors import InputError
from analysis.evaluation.comorbidity import charlson
from analysis.evaluation.study_files import Arm, Exclusion, Study
from analysis.evaluation.variables import MEASURED
from analysis.hospital import Hospital

_SQL = "analysis.evaluation"
Flags = NDArray[np.bool_]
#: Contract tables that a cohort is made from, and those of them that grow by the month.
_TABLES = ("stays", "diagnoses", "procedures", "complication_codes", "measurements", "pathway_records", "mdt")
_BY_MONTH = ("visits", "charges")
#: Each side needs so many cases.
LEAST_CASES = 10


@dataclass(frozen=True)
class Cohort:
    """Cases of a study.

    flow : step, zh, en, left_out, kept; from all closed cases of the months down to the two sides.
    rows : one case a row, in the order of stay_id: stay_id, patient, surgeon (or what else the study draws), treated
        (0, 1), the study's confounders, outcomes and negative control. NaN = not known.
    """

    flow: pd.DataFrame
    rows: pd.DataFrame


def read_cohort(periods: ClosedPeriods, hospital: Hospital, study: Study) -> Cohort:
    """A study's cases from the closed months of a hospital and its clinical tables; InputError as `cohort`."""
    with Engine() as engine:
        for name in (*_TABLES, *_BY_MONTH):
            files = hospital.files(name)
            hospital.check(files if name not in _BY_MONTH else [])
            engine.attach(contract_tables()[name], files)
        engine.put("cases", periods.frame("cases"))
        return cohort(engine, study)


def cohort(engine: Engine, study: Study) -> Cohort:
    """A study's cases.

    Parameters
    ----------
    engine : sees `cases` of closed months (with `period`) and the hospital's tables stays, diagnoses, procedures,
        complication_codes, measurements, visits, and what the treatment is defined by.

    Raises
    ------
    InputError
        Nobody left; nobody treated, or nobody else; a case on both sides; a measurement that nobody has.
    """
    population = study.population
    engine.make(_SQL, "study_cases", first=population.first or "", last=population.last or "9999")
    rows = engine.frame("select * from study_cases order by stay_id")
    rows = rows.assign(charlson=charlson(rows["stay_id"], engine.frame(sql_text(_SQL, "study_secondary"))))
    rows = rows.join(_measured(engine, study), on="stay_id")
    treated, control = (_on_side(engine, rows, arm) for arm in (study.treatment, study.control))
    steps = _Flow(len(rows))
    for words, left in _left_out(engine, study, rows):
        steps.leave(words, left)
    if control is not None:
        steps.leave(("other_treatment", "两组定义均不符合", "Neither of the two techniques"), ~treated & ~control)
    if "surgeon" in study.confounders:
        steps.leave(_ONE_SIDED, _of_one_sided_surgeons(rows, steps.kept, treated))
    chosen = steps.kept
    _refuse_both(study, rows[chosen], treated[chosen], None if control is None else control[chosen])
    _refuse_empty(study, rows, chosen, treated, steps)
    return Cohort(steps.table(study, treated), _columns(study, rows, treated)[chosen].reset_index(drop=True))


class _Flow:
    """Cases kept so far, and how many each step left out."""

    def __init__(self, cases: int) -> None:
        self.kept: Flags = np.ones(cases, bool)
        self.steps: list[tuple[str, str, str, int, int]] = [("closed", "已结账出院病例", "Closed cases", 0, cases)]

    def leave(self, words: tuple[str, str, str], left: Flags) -> None:
        gone = int((self.kept & left).sum())
        self.kept = self.kept & ~left
        self.steps.append((*words, gone, int(self.kept.sum())))

    def table(self, study: Study, treated: Flags) -> pd.DataFrame:
        other = study.control or _OTHERS
        for step, arm, side in (("treated", study.treatment, treated), ("control", other, ~treated)):
            self.steps.append((step, arm.zh, arm.en, 0, int((self.kept & side).sum())))
        return pd.DataFrame(self.steps, columns=["step", "zh", "en", "left_out", "kept"])


_ONE_SIDED = ("one_sided_surgeon", "术者只用其中一种技术", "Surgeon used only one of the two")
_OTHERS = Arm(zh="其余病例", en="All others")


def _left_out(engine: Engine, study: Study, rows: pd.DataFrame) -> Iterator[tuple[tuple[str, str, str], Flags]]:
    """Every step in its order: names and who it leaves out."""
    population = study.population
    for name, column, codes, zh, en in (
        ("drg", "drg_code", population.drgs, "其他病组", "Other groups"),
        ("department", "department", population.departments, "其他科室", "Other departments"),
    ):
        if codes:
            yield (name, zh, en), ~rows[column].isin(codes).to_numpy()
    if population.diagnoses:
        begins = rows["diagnosis"].fillna("").str.startswith(tuple(population.diagnoses))
        yield ("diagnosis", "其他主要诊断", "Other principal diagnoses"), ~begins.to_numpy(bool)
    if population.procedures:
        listed = engine.frame("select distinct stay_id from procedures where code in (select unnest($codes))",
                              codes=population.procedures)  # fmt: skip
        yield ("procedure", "无所列手术", "None of the procedures"), ~rows["stay_id"].isin(listed["stay_id"]).to_numpy()
    for number, exclusion in enumerate(population.exclusions, 1):
        yield (f"exclusion_{number}", exclusion.zh, exclusion.en), _excluded(rows, exclusion)
    if study.treatment.by_day is not None:
        words = f"第 {study.treatment.by_day} 天前已出院", f"Left by day {study.treatment.by_day}"
        yield ("landmark", *words), (rows["nights"] <= study.treatment.by_day).to_numpy()


def _excluded(rows: pd.DataFrame, exclusion: Exclusion) -> Flags:
    column = rows[exclusion.column]
    if exclusion.values:
        return column.astype(str).isin(exclusion.values).to_numpy()
    if exclusion.below is None and exclusion.above is None:
        return column.isna().to_numpy()
    low = column < exclusion.below if exclusion.below is not None else False
    high = column > exclusion.above if exclusion.above is not None else False
    return np.asarray(low | high, bool)


def _of_one_sided_surgeons(rows: pd.DataFrame, kept: Flags, treated: Flags) -> Flags:
    """Where surgeons are compared with themselves, those who never used the technique, or always, have nobody alike."""
    sides = pd.DataFrame({"surgeon": rows["surgeon"], "with": kept & treated, "without": kept & ~treated})
    both = sides.groupby("surgeon")[["with", "without"]].any().all(axis=1)
    return ~rows["surgeon"].map(both).to_numpy(bool)


def _on_side(engine: Engine, rows: pd.DataFrame, arm: Arm | None) -> Flags | None:
    if arm is None:
        return None
    stays = engine.frame(sql_text(_SQL, "study_marks"), **arm.codes)["stay_id"]
    if arm.mdt:
        held = engine.frame(sql_text(_SQL, "study_meetings"), by_day=arm.by_day)["stay_id"]
        stays = pd.concat([stays, held])
    return rows["stay_id"].isin(stays).to_numpy()


def _measured(engine: Engine, study: Study) -> pd.DataFrame:
    """First values of the measurements that the study names, one column each, by stay."""
    named = [*study.confounders, *(e.column for e in study.population.exclusions), study.negative_control or ""]
    names = sorted({name.removeprefix(MEASURED) for name in named if name.startswith(MEASURED)})
    found = engine.frame(sql_text(_SQL, "study_measured"), names=names)
    if gone := sorted(set(names) - set(found["name"])):
        there = engine.frame("select name from measurements group by name order by count(*) desc, name limit 8")["name"]
        raise InputError(f"nobody has a value of {gone[0]} before treatment", where=study.where("confounders"),
                         mend=f"measurements there: {', '.join(there) or 'none'}")  # fmt: skip
    return found.pivot(index="stay_id", columns="name", values="value").add_prefix(MEASURED)


def _refuse_both(study: Study, rows: pd.DataFrame, treated: Flags, control: Flags | None) -> None:
    if control is not None and (both := rows.loc[treated & control, "stay_id"]).size:
        raise InputError(f"{both.size} cases are on both sides", where=study.where("control"),
                         rows=[f"stay {stay}" for stay in both[:5]],
                         mend="make the two definitions exclude each other")  # fmt: skip


def _refuse_empty(study: Study, rows: pd.DataFrame, chosen: Flags, treated: Flags, steps: _Flow) -> None:
    if not chosen.any():
        told = [f"{en}: {gone} left out, {kept} kept" for _, _, en, gone, kept in steps.steps]
        raise InputError("no case is left", where=study.where("population"), rows=told,
                         mend="widen months, groups or exclusions")  # fmt: skip
    for side, key, word in ((treated, "treatment", "treated"), (~treated, "control", "untreated")):
        if (count := int((chosen & side).sum())) < LEAST_CASES:
            codes = rows.loc[chosen, "principal_procedure"].value_counts().index[:5]
            there = ", ".join(map(str, codes))
            raise InputError(f"{count} of {int(chosen.sum())} cases are {word}; {LEAST_CASES} are needed",
                             where=study.where(key),
                             mend=f"name other codes or more months; principal procedures there: {there}")  # fmt: skip


def _columns(study: Study, rows: pd.DataFrame, treated: Flags) -> pd.DataFrame:
    asked = [*study.confounders, *study.outcomes, *([study.negative_control] if study.negative_control else [])]
    rows = rows.assign(surgeon=rows[study.cluster])
    kept = rows[list(dict.fromkeys(["stay_id", "patient", "surgeon", *asked]))]
    kept.insert(3, "treated", treated.astype(float))
    return kept
