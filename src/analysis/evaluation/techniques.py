"""A technique compared with another: every outcome by every method, with what tells whether to believe it.

Primary is `aipw`. The others are beside it so that a reader sees what depends on the method: `naive` adjusts for
nothing and is never the answer; where `matching`, `ipw`, `gamma_glm` (of days, events and points: `g_formula`) and
`aipw_boosted` disagree with it, the models disagree. Intervals of naive, ipw, g-formula and aipw come from one
bootstrap by surgeon (`surgeon_draws`), in which propensity and outcomes are fitted anew; `aipw_boosted` keeps its
cross-fitted propensity; matching has the errors that belong to it (`matching`).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.evaluation.balance import balance_table
from analysis.evaluation.cohorts import Cohort
from analysis.evaluation.e_value import EValue, of_difference, of_ratio
from analysis.evaluation.outcome_effects import RIDGE, Found, Sample, outcome_effects, primary, sample_of
from analysis.evaluation.propensity import balancing_weights, boosted, in_support, logistic, overlap
from analysis.evaluation.study_files import Study
from analysis.evaluation.surgeon_draws import Draws, interval
from analysis.evaluation.variables import variable
from analysis.evaluation.weighted_models import design_matrix

Floats = NDArray[np.float64]
#: Events that each side needs for a risk ratio.
_LEAST_EVENTS = 5
EFFECT_COLUMNS = ["estimand", "method", "outcome", "estimate", "ci_low", "ci_high", "note"]


@dataclass(frozen=True)
class Comparison:
    """What a study found.

    balance : `balance_table` with stages matched and weighted (logistic propensity).
    propensity : one case a row: stay_id, treated, logistic, boosted, kept (has somebody alike on the other side),
        weight, matched (how often in a pair, without replacement).
    overlap : one row a model, of `propensity.overlap`.
    effects : columns of the closed table without `study`; estimate = with - without, in the outcome's unit. note:
        codes joined by ";": surgeons:K, hospitals:K or patients:K (drawn in the bootstrap), outside_support:N and
        unknown:N (cases that took no part), pairs:N, no_event_on_a_side.
    means : method, outcome, with_it, without, ratio, treated, control (cases with the outcome known).
    e_values : outcome, ratio, low, high, e_value, e_value_limit; of the primary method; NaN of an event that a side has
        fewer than five times.
    negative_control : rows as `effects`; none where the study names none.
    pairs : one row a draw: draw, cost, effect (the study's effect, more is better), and the difference of every
        outcome under its name; all of the primary method.
    clusters : what was drawn: by (surgeon, hospital or patient), number, treated (how many have treated cases),
        effective (K* of those).
    """

    balance: pd.DataFrame
    propensity: pd.DataFrame
    overlap: pd.DataFrame
    effects: pd.DataFrame
    means: pd.DataFrame
    e_values: pd.DataFrame
    negative_control: pd.DataFrame
    pairs: pd.DataFrame
    clusters: dict[str, str | float]


def compare_techniques(cohort: Cohort, study: Study, *, seed: int = 0, draws: int = 1000) -> Comparison:
    """Compare the two sides of a cohort.

    Treated cases without anybody alike are left out first (ATE: cases of both sides), their number stands in `overlap`
    and in the notes; then everything is estimated on the same cases, an outcome that is not known leaves its case out.

    Parameters
    ----------
    seed : of draws and trees. draws : of the bootstrap.
    """
    rows, treated = cohort.rows, cohort.rows["treated"].to_numpy(float)
    design = design_matrix(rows, study.confounders)
    chance = logistic(design, treated, ridge=RIDGE)[0]
    trees = boosted(design, treated, rows["patient"], seed)
    kept = in_support(chance, treated, study.estimand)
    weight = balancing_weights(chance, treated, study.estimand) * kept
    sample = sample_of(rows[kept].reset_index(drop=True), study, trees[kept], int((~kept).sum()), seed, draws)
    matched = np.zeros(len(rows))
    matched[kept] = sample.pairs.weights
    found = {name: outcome_effects(sample, name) for name in study.outcomes}
    nothing = {name: outcome_effects(sample, name) for name in [study.negative_control] if name}
    columns = {"stay_id": rows["stay_id"], "treated": treated, "logistic": chance, "boosted": trees, "kept": kept}
    return Comparison(
        balance=balance_table(rows, study.confounders, treated, {"matched": matched, "weighted": weight}),
        propensity=pd.DataFrame(columns | {"weight": weight, "matched": matched}),
        overlap=overlap({"logistic": chance, "boosted": trees}, treated, study.estimand, kept),
        effects=_effects(found, study.estimand),
        means=_means(found, sample),
        e_values=pd.DataFrame([_e_value(name, primary(methods), sample) for name, methods in found.items()]),
        negative_control=_effects(nothing, study.estimand),
        pairs=_pairs(found, study),
        clusters=_clusters(sample.draws, study),
    )


def _clusters(draws: Draws, study: Study) -> dict[str, str | float]:
    users, by = int(draws.users.sum()), study.cluster if draws.by == "surgeon" else "patient"
    return {"by": by, "number": len(draws.users), "treated": users, "effective": draws.effective[1]}


def _effects(found: dict[str, list[Found]], estimand: str) -> pd.DataFrame:
    """Matching is for the treated whatever is asked."""
    rows = []
    for outcome, methods in found.items():
        for one in methods:
            asked = "ATT" if one.method.startswith("matching") else estimand
            rows.append((asked, one.method, outcome, one.estimate, one.low, one.high, one.note))
    return pd.DataFrame(rows, columns=EFFECT_COLUMNS)


def _means(found: dict[str, list[Found]], sample: Sample) -> pd.DataFrame:
    rows = []
    for outcome, methods in found.items():
        known = np.isfinite(sample.outcome(outcome))
        sides = [int((known & (sample.treated == side)).sum()) for side in (1, 0)]
        for one in methods:
            with_it, without = one.means
            ratio = with_it / without if without else float("nan")
            rows.append((one.method, outcome, with_it, without, ratio, *sides))
    columns = ["method", "outcome", "with_it", "without", "ratio", "treated", "control"]
    return pd.DataFrame(rows, columns=columns)


def _e_value(name: str, one: Found, sample: Sample) -> dict[str, float | str]:
    if variable(name).kind == "flag":
        found = of_ratio(*_risk_ratio(name, one, sample))
        if np.isfinite(found.e_value) and one.low <= 0 <= one.high:
            found = found._replace(e_value_limit=1.0)
    else:
        y = sample.outcome(name)
        spread = np.sqrt(np.mean([np.nanvar(y[sample.treated == side], ddof=1) for side in (0, 1)]))
        found = of_difference(one.estimate, one.low, one.high, float(spread))
    return {"outcome": name} | EValue._asdict(found)


def _risk_ratio(name: str, one: Found, sample: Sample) -> tuple[float, float, float]:
    """Risk ratio with its interval on the logarithm, log ratio ~ change of each risk over the risk (delta method).

    NaN where a side has fewer than five events: a ratio of next to nothing tells nothing.
    """
    y = sample.outcome(name)
    events = [int(np.nansum(y[sample.treated == side])) for side in (0, 1)]
    if one.drawn is None or not min(one.means) > 0 or min(events) < _LEAST_EVENTS:
        return (float("nan"),) * 3
    with_it, without = one.means
    centre = float(np.log(with_it / without))
    low, high = interval(centre, centre + one.drawn[:, 0] / with_it - one.drawn[:, 1] / without, sample.draws)
    return float(np.exp(centre)), float(np.exp(low)), float(np.exp(high))


def _pairs(found: dict[str, list[Found]], study: Study) -> pd.DataFrame:
    """Differences of every outcome in the same draws, for the cost-effectiveness plane."""
    drawn = {name: primary(methods).drawn for name, methods in found.items()}
    gaps = pd.DataFrame({name: both[:, 0] - both[:, 1] for name, both in drawn.items() if both is not None})
    sign = -1.0 if variable(study.effect).better == "lower" else 1.0
    cost = gaps.get("cost_total", gaps.get("charge_total", np.nan))
    first = pd.DataFrame({"draw": np.arange(len(gaps)), "cost": cost, "effect": sign * gaps.get(study.effect, np.nan)})
    return pd.concat([first, gaps], axis=1)
