"""What the accounts need to know of the charges, added up while the months are written."""

from dataclasses import dataclass

import numpy as np

from analysis.demo.care import Tariff
from analysis.demo.line_numbers import Lines
from analysis.demo.recipes import CONSUMABLE, DRUG, EXAM, SERVICE
from analysis.demo.visits import Visits
from analysis.demo.world import World


@dataclass(frozen=True)
class Tally:
    """Money in fen by month x ordering department (x charge category or x technology department); counts likewise.

    `ordered_*`: services of technology departments; `material`: month x performing department, in fen, material that is
    not charged apart; `stay_*`: one entry a stay.
    """

    inpatient: np.ndarray
    outpatient: np.ndarray
    ordered_inpatient: np.ndarray
    ordered_outpatient: np.ndarray
    material: np.ndarray
    prescriptions: np.ndarray
    operations: np.ndarray
    visits: np.ndarray
    visit_fund: np.ndarray
    bed_days: np.ndarray
    patients: np.ndarray
    stay_total: np.ndarray
    stay_outside: np.ndarray
    stay_first: np.ndarray


def empty_tally(world: World, stays: int) -> Tally:
    months, places = len(world.months), world.clinical
    technology = len(world.departments) - world.clinical
    shapes = [(months, places, 4)] * 2 + [(months, places, technology)] * 2 + [(months, places + technology)]
    shapes += [(months, places)] * 6
    return Tally(
        *(np.zeros(shape) for shape in shapes),
        *(np.zeros(stays) for _ in range(3)),
    )


def add_stays(world: World, tally: Tally, lines: Lines, first: int, stays: int) -> None:
    """Add the charge lines of one month of admission to the stays' totals."""
    ratio = np.array([item.ratio for item in world.items])
    outside = np.array([item.insurance_class == "outside" for item in world.items])
    amount, stay = lines["amount"].astype(float), lines["stay"]
    out = outside[lines["item"]]
    own = np.where(out, 0, amount * ratio[lines["item"]])
    where = slice(first, first + stays)
    tally.stay_total[where] += np.bincount(stay, weights=amount, minlength=stays)
    tally.stay_outside[where] += np.bincount(stay, weights=np.where(out, amount, 0), minlength=stays)
    tally.stay_first[where] += np.bincount(stay, weights=own, minlength=stays)


def add_lines(world: World, tariff: Tariff, tally: Tally, lines: Lines, month: int) -> None:
    """Add the charge lines of one month of service to the departments that ordered them."""
    kind, place, amount = tariff.kinds[lines["item"]], lines["ordering"], lines["amount"].astype(float)
    shape = tally.inpatient.shape[1:]
    tally.inpatient[month] += np.bincount(place * 4 + kind, weights=amount, minlength=shape[0] * 4).reshape(shape)
    service = np.isin(kind, [EXAM, SERVICE]) & (lines["performing"] >= world.clinical)
    shape = tally.ordered_inpatient.shape[1:]
    key = place[service] * shape[1] + lines["performing"][service] - world.clinical
    tally.ordered_inpatient[month] += np.bincount(key, weights=amount[service], minlength=shape[0] * shape[1]).reshape(
        shape
    )
    material = np.array([item.material * 100 for item in world.items])[lines["item"]] * lines["quantity"]
    tally.material[month] += np.bincount(lines["performing"], weights=material, minlength=tally.material.shape[1])
    counted = (kind == DRUG) & (lines["refund_of"] < 0)
    tally.prescriptions[month] += np.bincount(place[counted], minlength=shape[0])
    operation = np.array([item.kind == "operation" for item in world.items])[lines["item"]]
    tally.operations[month] += np.bincount(place[operation], minlength=shape[0])


def add_visits(world: World, tally: Tally, visits: Visits, month: int) -> None:
    """Add one month of visits; a clinic's examinations go to technology departments by its fixed shares."""
    places = world.clinical
    for kind, amount in (
        (DRUG, visits.drug),
        (CONSUMABLE, visits.consumable),
        (EXAM, visits.exam),
        (SERVICE, visits.service),
    ):
        tally.outpatient[month, :, kind] += np.bincount(visits.department, weights=amount, minlength=places)
    tally.visits[month] += np.bincount(visits.department, minlength=places)
    fund = visits.total - visits.self_paid
    tally.visit_fund[month] += np.bincount(visits.department, weights=fund, minlength=places)
    centres = {c.code: k for k, c in enumerate(c for c in world.parameters.centres if c.department)}
    for place, department in enumerate(world.parameters.departments):
        for centre, share in department.technology_shares().items():
            tally.ordered_outpatient[month, place, centres[centre]] += tally.outpatient[month, place, EXAM] * share
