"""MDT meetings of the demonstration's patients: what was planted is found, and nothing where nothing was planted.

The generator's patients before they meet queues, in a house that mostly removes lungs and pancreases. The truth is the
paired difference of the very same stays without the story (`without=[story]`).
"""

from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("analysis.demo.generator")

from analysis.demo import practices
from analysis.demo.parameters import demo_parameters
from analysis.demo.patients import Stays, draw_stays
from analysis.demo.staff import draw_physicians
from analysis.demo.world import build_world
from analysis.evaluation.mdt_effect import meeting_effect

KNOWN = demo_parameters()
STORIES = ("mdt_lung_diabetes", "mdt_pancreas")
LUNGS = "diabetes_in_lung_surgery"
SEEDS = (811, 812, 813, 814)


def drawn(seed: int, without: tuple[str, ...] = ()) -> pd.DataFrame:
    """Stays of both groups by number, with what was known on admission and their outcomes."""
    shares = {"EB19": 15.0, "HB19": 5.0}
    drgs = {c: drg.model_copy(update={"share": shares.get(c, drg.share / 20)}) for c, drg in KNOWN.drgs.items()}
    world = build_world(replace(KNOWN, drgs=drgs), seed, without, 1200, "2021-01", "2023-12")
    stays, _ = draw_stays(world, draw_physicians(world))
    simple = {f.name: getattr(stays, f.name) for f in fields(Stays) if getattr(stays, f.name).ndim == 1}
    rows = pd.DataFrame(simple | {"group": np.array(world.drg_codes)[stays.drg]})
    rows[LUNGS] = stays.touched[:, practices.touches(world).index(LUNGS)]
    rows = rows.sort_values(["person", "admitted"])
    later = rows.groupby("person")["admitted"].shift(-1) - rows["discharged"]
    rows["readmission"] = ((later < 31 * 86400) & (rows.groupby("person")["planned"].shift(-1) == False)).astype(float)  # noqa: E712
    rows["met_on"] = rows["meeting"].where(rows["meeting"] >= 0).astype(float)
    rows = rows.assign(
        patient=rows["person"], complication=rows["complication"].astype(float), grave=rows["severity"] == 2
    )
    return rows[(rows["group"] == "HB19") | rows[LUNGS]].set_index("number")


def both(seed: int, group: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Stays of a group as they are, and without the stories."""
    full, without = (rows[rows["group"] == group] for rows in (drawn(seed), drawn(seed, STORIES)))
    return full, without


def estimates(rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows.assign(days=rows["days"].clip(lower=1), grave=rows["grave"].astype(float))
    found = meeting_effect(rows, ["grave", "age"], ["complication", "readmission"], draws=80).effects
    return found.set_index(["method", "outcome"])


@pytest.mark.slow
@pytest.mark.parametrize("group", ["EB19", "HB19"])
def test_the_planted_effect_is_found_and_the_naive_one_is_wrong(group: str):
    """Over all seeds within two standard errors of the truth, naive not; without the stories, no effect is claimed."""
    errors: dict[tuple[str, str], list[float]] = {}
    spreads: dict[tuple[str, str], list[float]] = {}
    for seed in SEEDS:
        full, without = both(seed, group)
        met = full[full["met_on"].notna() & full.index.isin(without.index)]
        other = without.loc[met.index]
        truth = {"stay": "days", "complication": "complication", "readmission": "readmission"}
        truth = {name: (met[column] - other[column]).mean() for name, column in truth.items()}
        found, nothing = estimates(full), estimates(without)
        print(group, seed, len(full), len(met), truth, found["estimate"].to_dict(), nothing["estimate"].to_dict())
        for (method, outcome), row in found.iterrows():
            errors.setdefault((method, outcome), []).append(row["estimate"] - truth[outcome])
            spreads.setdefault((method, outcome), []).append((row["ci_high"] - row["ci_low"]) / 3.92)
        for (method, outcome), row in nothing.iterrows():
            errors.setdefault((f"{method}, nothing", outcome), []).append(row["estimate"])
            spreads.setdefault((f"{method}, nothing", outcome), []).append((row["ci_high"] - row["ci_low"]) / 3.92)
        assert truth["stay"] < -4
    z = {k: np.mean(e) / (np.sqrt(np.mean(np.square(spreads[k]))) / np.sqrt(len(e))) for k, e in errors.items()}
    for outcome in ("stay", "complication", "readmission"):
        assert abs(z["sequential", outcome]) < 2.6 and abs(z["sequential, nothing", outcome]) < 2.6, z
    assert z["naive", "stay"] > 2.6 and z["naive, nothing", "stay"] > 2.6, z
