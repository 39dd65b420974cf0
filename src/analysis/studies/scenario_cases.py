"""One replication of a scenario as the tables of real cases: stays, events and charge lines of the contract.

What the kernel notes while it runs becomes rows: an arrival or return a stay; a unit asked for, begun and given back
an event; what is used a charge line an item. A day in a bed (in any resource with a cost a day) is a charge line, too,
of an item of its own, `day_item(resource)`, so that all of a case's cost stands in its lines.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from analysis.pathways.assembling import Assembled, Cost, assemble
from analysis.pathways.draws import key_of
from analysis.pathways.kernel import run
from analysis.pathways.model import Pathway
from analysis.pathways.state import ARRIVED, ASKED, BEGAN, ENDED, LEFT, USED, make_state

_SLOTS, _LINES = 4096, 1 << 16


@dataclass(frozen=True)
class ScenarioCases:
    """Tables of one replication, with the columns of the contract that a simulation knows.

    stays : who is still in house at the end has no discharged_at · events : steps, and units held · charges : lines of
    the patients in stays · days : item of a day in a resource -> what the day costs.
    """

    stays: pd.DataFrame
    events: pd.DataFrame
    charges: pd.DataFrame
    days: Mapping[str, float]


def day_item(resource: str) -> str:
    """Item code of a day in a resource."""
    return f"day_{resource}"


def scenario_cases(
    pathways: Sequence[Pathway], costs: Mapping[str, Cost], prices: Mapping[str, float], *, seed: int,
    replication: int = 0, days: float, start: datetime, hospital_id: str, cohort: np.recarray | None = None,
) -> ScenarioCases:  # fmt: skip
    """Run a replication from an empty house and write down what happens.

    Parameters
    ----------
    prices : charge for one unit of an item (of `day_item`s, too); what has none is charged at nothing.
    days : how long; a cohort runs till its last patient has gone.
    start : the moment 0, a Monday at midnight where the pathways have weekdays.

    Returns
    -------
    Tables in order of pathway, patient and time. Two runs of one seed and replication are one.
    """
    built = assemble(pathways, costs, cohort=cohort)
    lines = _lines(built, key_of(seed, replication), np.inf if cohort is not None else days, start)
    return ScenarioCases(
        _stays(lines, pathways, hospital_id),
        _events(lines, built, pathways),
        _charges(lines, built, prices).assign(hospital_id=hospital_id),
        {day_item(name): float(rate) for name, rate in _rates(built).items()},
    )


def _rates(built: Assembled) -> dict[str, float]:
    rates = zip(built.resources, built.program.resources.rate, strict=True)
    return {name: rate for name, rate in rates if rate > 0}


def _lines(built: Assembled, key: np.uint64, horizon: float, start: datetime) -> pd.DataFrame:
    """What is noted, by patient and time: stay_id, patient_id, who, step (its name), what, of, time, at."""
    slots, room = _SLOTS, _LINES
    while True:
        state = make_state(built.program, slots, len(built.categories), log=room)
        whole, noted = run(built.program, state, key, 0.0, horizon), int(state.house[0].logged)
        if whole and noted <= room:
            break
        slots, room = (slots if whole else 4 * slots), max(room, noted)
    lines = pd.DataFrame({name: state.log[name][:noted] for name in state.log.dtype.names})
    lines = lines.sort_values(["who", "number"], kind="stable", ignore_index=True)
    person = [lines["who"], lines["number"]]
    stay = (lines["what"] == ARRIVED).groupby(person).cumsum()
    patient = lines["who"].map(dict(enumerate(built.pathways))) + "-" + lines["number"].astype(str).str.zfill(5)
    lines["patient_id"], lines["stay_id"] = patient, patient + "-" + stay.astype(str)
    lines["step"] = lines["step"].map(built.steps).fillna("").str.split("#").str[0]
    lines["at"] = pd.Timestamp(start) + pd.to_timedelta((lines["time"] * 86_400e6).round(), unit="us")
    return lines[lines["time"] <= horizon].reset_index(drop=True)


def _stays(lines: pd.DataFrame, pathways: Sequence[Pathway], hospital_id: str) -> pd.DataFrame:
    stays = lines[lines["what"] == ARRIVED][["stay_id", "patient_id", "who", "at"]].rename(
        columns={"at": "admitted_at"}
    )
    left = lines[lines["what"] == LEFT].set_index("stay_id")["at"]
    groups = {who: (pathway.entry.drg or (None,))[0] for who, pathway in enumerate(pathways)}
    return stays.assign(
        discharged_at=stays["stay_id"].map(left), drg_code=stays.pop("who").map(groups), hospital_id=hospital_id
    ).reset_index(drop=True)


def _events(lines: pd.DataFrame, built: Assembled, pathways: Sequence[Pathway]) -> pd.DataFrame:
    """Units held, from asking to giving back; and steps without a resource, at the moment they use something."""
    held = lines[lines["what"].isin([ASKED, BEGAN, ENDED])]
    turn = (held["what"] == ASKED).groupby([held["stay_id"], held["of"]]).cumsum().rename("turn")
    uses = held.pivot_table(index=["stay_id", "of", turn], columns="what", values="at", aggfunc="first")
    uses = uses.reindex(columns=[ASKED, BEGAN, ENDED]).set_axis(["requested_at", "started_at", "ended_at"], axis=1)
    step = held[held["what"] == ASKED].set_index(["stay_id", "of", turn[held["what"] == ASKED]])[["who", "step"]]
    uses = uses.join(step).reset_index().dropna(subset="started_at")
    uses["resource"] = uses["of"].map(dict(enumerate(built.resources)))
    free = {(w, name) for w, p in enumerate(pathways) for name, s in p.steps.items() if s.resource is None}
    used = lines[lines["what"] == USED].drop_duplicates(["stay_id", "step", "at"])
    used = used[[pair in free for pair in zip(used["who"], used["step"], strict=True)]]
    events = pd.concat([uses, used.rename(columns={"at": "started_at"})], ignore_index=True)
    activity = {(w, name): s.activity or name for w, p in enumerate(pathways) for name, s in p.steps.items()}
    keys = zip(events["who"], events["step"], events["resource"], strict=True)
    events["activity"] = [activity.get((who, step), resource) for who, step, resource in keys]
    events = events.sort_values(["stay_id", "started_at", "activity"], kind="stable", ignore_index=True)
    events["event_id"] = _numbered(events)
    return events[["event_id", "stay_id", "activity", "requested_at", "started_at", "ended_at", "resource"]]


def _charges(lines: pd.DataFrame, built: Assembled, prices: Mapping[str, float]) -> pd.DataFrame:
    """A line an item that is used, and a line for the days a unit was held, when it is given back."""
    used = lines[lines["what"] == USED].assign(
        item=lambda rows: rows["of"].map(lambda row: list(built.used[row].items()))
    )
    used = used.explode("item", ignore_index=True)
    goods = used.assign(item_code=used["item"].str[0], quantity=used["item"].str[1])
    charges = pd.concat([goods, _days(lines, built)], ignore_index=True)
    charges = charges.sort_values(["stay_id", "at"], kind="stable", ignore_index=True)
    price = charges["item_code"].map(prices).fillna(0.0).astype(float)
    quantity = charges["quantity"].astype(float).round(4)
    charges = charges.assign(line_id=_numbered(charges), quantity=quantity, unit_price=price.round(6))
    charges["amount"] = (quantity * charges["unit_price"]).round(2)
    columns = ["line_id", "patient_id", "stay_id", "charged_at", "item_code", "quantity", "unit_price", "amount"]
    return charges.rename(columns={"at": "charged_at"})[columns]


def _days(lines: pd.DataFrame, built: Assembled) -> pd.DataFrame:
    """Days that units with a cost were held."""
    costly = {place: name for place, name in enumerate(built.resources) if name in _rates(built)}
    held = lines[lines["what"].isin([BEGAN, ENDED]) & lines["of"].isin(list(costly))]
    began = held["time"].groupby([held["stay_id"], held["of"]]).shift()
    ended = held["what"] == ENDED
    item = held["of"].map(costly).map(day_item, na_action="ignore")
    return held.assign(quantity=held["time"] - began, item_code=item)[ended]


def _numbered(rows: pd.DataFrame) -> pd.Series:
    return rows["stay_id"] + "-" + (rows.groupby("stay_id").cumcount() + 1).astype(str).str.zfill(4)
