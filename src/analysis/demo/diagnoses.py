"""Coded diagnoses of the stays of one month of admission, and the severity a grouper finds in them."""

from functools import lru_cache

import numpy as np
import pyarrow as pa

from analysis.demo import columns as col
from analysis.demo import practices
from analysis.demo.casemix import CC, MCC, never_coded_higher
from analysis.demo.facts import has
from analysis.demo.patients import Stays
from analysis.demo.world import DAY, World

_LEVEL = {"": 0, "CC": 1, "MCC": 2}


def draw_diagnoses(world: World, stays: Stays) -> dict[str, np.ndarray]:
    """Coded diagnoses in order: stay, position, code (position in parameters.diagnoses), present on admission."""
    rows = np.arange(len(stays))
    principal = _principal(world, stays)
    tumour = _weighted(world, "tumour", world.parameters.clinical.tumours, stays.number)
    is_tumour = np.array([d.tumours for d in world.drgs])[stays.drg]
    parts = [(rows, principal, True, 0), (rows[is_tumour], tumour[is_tumour], True, 1)]
    ill = stays.complication
    parts.append((rows[ill], _complication_codes(world, stays)[ill], False, 2))
    major = stays.severity == MCC
    parts.append((rows[major], _level_codes(world, "MCC", principal, stays.number)[major], True, 3))
    some = (stays.severity == CC) | (major & (world.uniform("diagnoses.also_cc", stays.number) < 0.5))
    parts.append((rows[some], _level_codes(world, "CC", principal, stays.number)[some], True, 4))
    parts += _comorbidities(world, stays)
    found = {
        "stay": np.concatenate([p[0] for p in parts]),
        "code": np.concatenate([p[1] for p in parts]),
        "present": np.concatenate([np.full(len(p[0]), p[2]) for p in parts]),
        "rank": np.concatenate([np.full(len(p[0]), p[3]) for p in parts]),
    }
    order = np.lexsort((found["rank"], found["stay"]))
    found = {name: values[order] for name, values in found.items()}
    twice = _repeated(found["stay"] * 1000 + found["code"])
    found = {name: values[~twice] for name, values in found.items()}
    starts = np.searchsorted(found["stay"], found["stay"])
    return found | {"position": np.arange(len(starts)) - starts + 1}


def coded_severity(world: World, diagnoses: dict[str, np.ndarray], stays: int) -> np.ndarray:
    """Level the grouper finds: 2 = MCC, 1 = CC, 0 = none; a code its principal diagnosis annuls does not count."""
    first = diagnoses["code"][diagnoses["position"] == 1]
    level = np.array([_LEVEL[d.level] for d in world.parameters.diagnoses])[diagnoses["code"]]
    counts = ~_annulled(world)[diagnoses["code"], first[diagnoses["stay"]]] & (diagnoses["position"] > 1)
    found = np.zeros(stays, np.int64)
    np.maximum.at(found, diagnoses["stay"], np.where(counts, level, 0))
    return found


def diagnoses_table(world: World, found: dict[str, np.ndarray], stays: Stays) -> pa.Table:
    listed = world.parameters.diagnoses
    number = stays.number[found["stay"]] * 128 + found["code"]
    recorded = stays.admitted[found["stay"]] + np.where(found["present"], 6 * 3600, 40 * 3600)
    recorded = np.minimum(recorded, stays.discharged[found["stay"]])
    later = world.lacking("diagnoses.recorded_at", number) | (recorded >= world.end_day * DAY)
    return col.table(
        "diagnoses",
        {
            "stay_id": col.numbered("S", stays.number[found["stay"]], 8),
            "position": col.integers(found["position"]),
            "code": col.chosen([d.code for d in listed], found["code"]),
            "name": col.chosen([d.name for d in listed], found["code"]),
            "system": col.constant("icd10cm_cn", len(number)),
            "present_on_admission": col.flags(found["present"], world.lacking("diagnoses.present", number)),
            "recorded_at": col.times(recorded, later),
        },
    )


def complication_kinds(world: World) -> list[str | None]:
    words = {
        code: word for codes in world.parameters.clinical.complications.values() for code, (_, word) in codes.items()
    }
    return [words.get(code) for code in _codes(world)]


def _codes(world: World) -> list[str]:
    return [d.code for d in world.parameters.diagnoses]


def _weighted(world: World, name: str, weights: dict[str, float], number: np.ndarray) -> np.ndarray:
    """One of the codes by its weight for each stay, by number."""
    upto = np.cumsum(list(weights.values()))
    position = np.searchsorted(upto / upto[-1], world.uniform(f"diagnoses.{name}", number), side="right")
    return np.array([_codes(world).index(c) for c in weights])[np.minimum(position, len(upto) - 1)]


def _principal(world: World, stays: Stays) -> np.ndarray:
    found = np.zeros(len(stays), np.int64)
    for k, drg in enumerate(world.drgs):
        rows = np.flatnonzero(stays.drg == k)
        found[rows] = _weighted(world, "principal", drg.diagnoses, stays.number[rows])
    return found


@lru_cache(maxsize=4)
def _annulled(world: World) -> np.ndarray:
    """Whether a secondary code (row) is annulled by a principal diagnosis (column)."""
    listed = world.parameters.diagnoses
    return np.array(
        [[any(p.code.startswith(x) for x in d.excluded_by.split("|") if x) for p in listed] for d in listed]
    )


def _level_codes(world: World, level: str, principal: np.ndarray, number: np.ndarray) -> np.ndarray:
    """A code of the level that the principal diagnosis does not annul, for every stay."""
    clinical = world.parameters.clinical
    weights = clinical.mcc_codes if level == "MCC" else clinical.cc_codes
    pool = np.array([_codes(world).index(code) for code in weights])
    share = np.array(list(weights.values()))
    annulled, u = _annulled(world), world.uniform(f"diagnoses.{level}", number)
    found = np.zeros(len(principal), np.int64)
    for one in np.unique(principal):
        rows = np.flatnonzero(principal == one)
        cumulated = np.cumsum(np.where(annulled[pool, one] | (pool == one), 0, share))
        position = np.searchsorted(cumulated, u[rows] * cumulated[-1], side="right")
        found[rows] = pool[np.minimum(position, len(pool) - 1)]
    return found


def _complication_codes(world: World, stays: Stays) -> np.ndarray:
    kinds = world.parameters.clinical.complications
    surgical = np.array(["surgical" in d.bundles for d in world.drgs])[stays.drg]
    mild = never_coded_higher(world)[stays.drg]
    drawn = {
        name: _weighted(world, f"{name}_complication", {c: weight for c, (weight, _) in codes.items()}, stays.number)
        for name, codes in kinds.items()
    }
    found = np.where(mild, drawn["mild"], np.where(surgical, drawn["surgical"], drawn["medical"]))
    names = practices.touches(world)
    for row in world.parameters.story_stays:
        if row.arises:
            found[stays.touched[:, names.index(row.mark or row.story)]] = _codes(world).index(row.arises)
    return found


def _comorbidities(world: World, stays: Stays) -> list[tuple]:
    found = []
    for nth, code in enumerate(world.parameters.clinical.comorbidities):
        rows = np.flatnonzero(has(world, code, stays.number, stays.age, stays.male))
        found.append((rows, np.full(len(rows), _codes(world).index(code)), True, 5 + nth))
    return found


def _repeated(keys: np.ndarray) -> np.ndarray:
    """True at every occurrence of a key after its first."""
    _, first = np.unique(keys, return_index=True)
    later = np.ones(len(keys), bool)
    later[first] = False
    return later
