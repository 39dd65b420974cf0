"""What the front page says of a stay: its true diagnoses and procedures, but for what coding stories make of them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.demo import practices
from analysis.demo.diagnoses import coded_severity
from analysis.demo.facts import fulfil
from analysis.demo.patients import Stays
from analysis.demo.staff import Physicians
from analysis.demo.world import World

Coded = dict[str, np.ndarray]
#: Codes of a stay: true and recorded diagnoses, true and recorded procedures.
Checked = tuple[list[str], list[str], list[str], list[str]]


@dataclass(frozen=True)
class FrontPage:
    """Recorded `diagnoses` and `procedures` of some stays; `drg` (position) and `severity` a grouper finds in them;
    `wrong`: the record differs from the truth."""

    diagnoses: Coded
    procedures: Coded
    drg: np.ndarray
    severity: np.ndarray
    wrong: np.ndarray


def front_page(
    world: World, physicians: Physicians, stays: Stays, known: pd.DataFrame, diagnoses: Coded, procedures: Coded
) -> FrontPage:
    """Go through stories/*_codes.csv; who is touched by none is recorded as he is."""
    wrong = np.zeros(len(stays), bool)
    for k, row in enumerate(world.parameters.story_codes):
        if row.story not in world.stories:
            continue
        month = world.month_of(stays.admitted)
        hit = np.isin(known["drg"], world.named(row.drgs)) & fulfil(known, row.condition)
        hit &= practices.acts(world, physicians, row.story, month, stays.physician, stays.number, row.p, f"codes{k}")
        if row.effect == "uncoded":
            gone = hit[procedures["stay"]] & _named(world.parameters.procedures, row.code)[procedures["code"]]
            wrong[procedures["stay"][gone]] = True
            procedures = {name: values[~gone] for name, values in procedures.items()}
        else:
            diagnoses, changed = _recoded(world, row, hit, diagnoses)
            wrong |= changed
    severity = coded_severity(world, diagnoses, len(stays))
    drg = stays.drg.copy()
    for stay in np.flatnonzero(wrong):
        drg[stay] = _group(world, diagnoses["code"][diagnoses["stay"] == stay],
                           procedures["code"][procedures["stay"] == stay], severity[stay])  # fmt: skip
    return FrontPage(diagnoses, _placed(procedures), drg, severity, wrong)


def checked(world: World, stay: int, diagnoses: Coded, procedures: Coded, page: FrontPage) -> Checked:
    """What a checker of the coding finds of one stay."""

    def codes(listed: list, coded: Coded) -> list[str]:
        return [listed[k].code for k in coded["code"][coded["stay"] == stay]]

    known = world.parameters
    return (
        codes(known.diagnoses, diagnoses), codes(known.diagnoses, page.diagnoses),
        codes(known.procedures, procedures), codes(known.procedures, page.procedures),
    )  # fmt: skip


def _recoded(world: World, row, hit: np.ndarray, coded: Coded) -> tuple[Coded, np.ndarray]:
    """Diagnoses after one row of stories/*_codes.csv, and the stays it changed."""
    listed, first = world.parameters.diagnoses, coded["position"] == 1
    of_hit = hit[coded["stay"]]
    if row.effect == "omit":
        level = np.array([d.level == row.code for d in listed]) | _named(listed, row.code)
        gone = of_hit & ~first & level[coded["code"]]
        changed = np.bincount(coded["stay"][gone], minlength=len(hit)) > 0
        return _placed({name: values[~gone] for name, values in coded.items()}), changed
    to = next(k for k, d in enumerate(listed) if d.code == row.to)
    true = of_hit & first & _named(listed, row.code)[coded["code"]]
    changed = np.bincount(coded["stay"][true], minlength=len(hit)) > 0
    new = {name: values[true] for name, values in coded.items()} | {"code": np.full(true.sum(), to)}
    kept = coded if row.effect in ("swap", "add") else {name: values[~true] for name, values in coded.items()}
    after = row.effect == "add"
    rank = np.concatenate([kept["position"] * 2, np.full(true.sum(), 1000 if after else 1)])
    both = {name: np.concatenate([kept[name], new[name]]) for name in kept}
    order = np.lexsort((rank, both["stay"]))
    both = {name: values[order] for name, values in both.items()}
    _, once = np.unique(both["stay"] * 1000 + both["code"], return_index=True)
    return _placed({name: values[np.sort(once)] for name, values in both.items()}), changed


def _placed(coded: Coded) -> Coded:
    """Codes numbered 1, 2, ... within each stay, in the order they stand in."""
    starts = np.searchsorted(coded["stay"], coded["stay"])
    return coded | {"position": np.arange(len(starts)) - starts + 1}


def _named(listed: list, prefix: str) -> np.ndarray:
    return np.array([bool(prefix) and one.code.startswith(prefix) for one in listed])


def _group(world: World, diagnoses: np.ndarray, procedures: np.ndarray, level: int) -> int:
    """The group a grouper makes of a record: the first ADRG whose rules fit, then the ending its level asks for."""
    principal = world.parameters.diagnoses[diagnoses[0]].code
    operations = [world.parameters.procedures[k].code for k in procedures]
    for adrg, rule in world.parameters.grouper.items():
        by_diagnosis = not rule.diagnoses or principal.startswith(tuple(rule.diagnoses))
        by_operation = not rule.procedures or any(o.startswith(tuple(rule.procedures)) for o in operations)
        if by_diagnosis and by_operation:
            endings = {code[3] for code in world.drg_codes if code[:3] == adrg and len(code) == 4}
            wanted = {2: "1359", 1: "359", 0: "59"}[int(level)]
            return world.drg_codes.index(adrg + next(ending for ending in wanted if ending in endings))
    return world.drg_codes.index("none")
