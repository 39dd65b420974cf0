"""Where each stay lies: ward, ICU, first night in the emergency department; transfers and bed-days."""

import numpy as np
import pyarrow as pa

from analysis.demo import columns as col
from analysis.demo.care import Places
from analysis.demo.patients import Stays
from analysis.demo.world import DAY, World


def draw_places(world: World, stays: Stays) -> Places:
    """Times in the ICU, and the first night that some emergencies spend in the emergency department."""
    day = stays.admitted // DAY
    start = np.maximum((day + stays.icu_from) * DAY + 15 * 3600, stays.admitted + 3600)
    end = (day + stays.icu_from + stays.icu_days) * DAY + 10 * 3600
    end = np.where(end >= stays.discharged - 1800, stays.discharged, end)
    sent = (stays.icu_days > 0) & (start < end)
    first = world.uniform("first_night", stays.number) < 0.10
    waits = first & stays.emergency & (stays.days >= 2) & ~sent & (stays.department != world.department("29"))
    return Places(np.where(sent, start, 0), np.where(sent, end, 0), np.where(waits, (day + 1) * DAY + 10 * 3600, 0))


def segments(world: World, stays: Stays, places: Places) -> dict[str, np.ndarray]:
    """Uninterrupted times of stays in one department, in order: row, stay (number), department, from, to (seconds)."""
    sent, waits = places.icu_from > 0, places.emergency_to > 0
    rows = np.arange(len(stays))
    icu, emergency = world.intensive_care, world.department("29")
    after_icu = sent & (places.icu_to < stays.discharged)
    parts = [
        (rows[sent], stays.department, stays.admitted, places.icu_from),
        (rows[sent], np.full(len(rows), icu), places.icu_from, places.icu_to),
        (rows[after_icu], stays.department, places.icu_to, stays.discharged),
        (rows[waits], np.full(len(rows), emergency), stays.admitted, places.emergency_to),
        (rows[waits], stays.department, places.emergency_to, stays.discharged),
        (rows[~sent & ~waits], stays.department, stays.admitted, stays.discharged),
    ]
    found = {
        "row": np.concatenate([r for r, _, _, _ in parts]),
        "department": np.concatenate([d[r] for r, d, _, _ in parts]),
        "from": np.concatenate([f[r] for r, _, f, _ in parts]),
        "to": np.concatenate([t[r] for r, _, _, t in parts]),
    }
    here = np.flatnonzero(found["from"] < world.end_day * DAY)
    here = here[np.lexsort((found["from"][here], found["row"][here]))]
    found = {name: values[here] for name, values in found.items()}
    return found | {"stay": stays.number[found["row"]]}


def ward_centre(world: World, department: int) -> str:
    """Cost centre of a clinical department's inpatients."""
    place = world.parameters.departments[department]
    return f"01{place.code}{0 if place.centres == 'single' else 1}"


def clinic_centre(world: World, department: int) -> str:
    """Cost centre of a clinical department's outpatients; empty for a department without a clinic."""
    place = world.parameters.departments[department]
    return "" if place.centres == "ward" else f"01{place.code}{0 if place.centres == 'single' else 2}"


def transfers_table(world: World, found: dict[str, np.ndarray]) -> pa.Table:
    centres = [ward_centre(world, d) for d in range(world.clinical)]
    open_end = found["to"] >= world.end_day * DAY
    intensive = found["department"] == world.intensive_care
    missing = world.lacking("transfers.ward_type", found["stay"])
    return col.table(
        "transfers",
        {
            "stay_id": col.numbered("S", found["stay"], 8),
            "cost_centre": col.chosen(centres, found["department"]),
            "ward_type": col.chosen(["general", "icu"], intensive.astype(int), missing),
            "from_time": col.times(found["from"]),
            "to_time": col.times(found["to"], open_end),
        },
    )


def bed_days(world: World, found: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Midnights and patients, month x department; a stay without any midnight counts one, on its day, where it lay."""
    first = found["from"] // DAY
    nights = np.minimum(found["to"] // DAY, world.end_day) - first
    stay = found["row"]
    per_stay = np.bincount(stay, weights=nights, minlength=int(stay.max(initial=0)) + 1)
    last = np.append(stay[1:] != stay[:-1], True) if len(stay) else np.zeros(0, bool)
    nights = np.where(last & (per_stay[stay] == 0), 1, nights)
    row = np.repeat(np.arange(len(nights)), nights)
    day = first[row] + np.arange(len(row)) - np.repeat(np.cumsum(nights) - nights, nights)
    month = world.month_of(day * DAY)
    inside = month >= 0
    shape = (len(world.months), world.clinical)
    place = month[inside] * world.clinical + found["department"][row[inside]]
    present = np.unique(stay[row[inside]] * (shape[0] * shape[1]) + place) % (shape[0] * shape[1])
    return tuple(np.bincount(key, minlength=shape[0] * shape[1]).reshape(shape) for key in (place, present))
