"""Makes the demonstration hospital month by month, and writes it."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from analysis.contract import contract_tables
from analysis.demo import accounts, care, charges, clinical, insurance, places, staff, stories, tally, visits, wards
from analysis.demo.parameters import DemoParameters, demo_parameters
from analysis.demo.patients import Stays, draw_stays
from analysis.demo.recipes import compile_recipes
from analysis.demo.world import World, build_world
from analysis.engine import write_parquet
from analysis.hospital import save_card, save_table
from analysis.settings import SourceCard

Piece = tuple[str, pa.Table]


@dataclass(frozen=True)
class DemoHospital:
    """A generated hospital in memory: `tables` by name, and the stories planted in it."""

    tables: dict[str, pa.Table]
    truth: pa.Table


def generate(
    seed: int = 7,
    without: Collection[str] = (),
    *,
    stays_per_year: int = 8000,
    first: str = "2021-01",
    last: str = "2023-12",
    parameters: DemoParameters | None = None,
) -> DemoHospital:
    """Generate the hospital in memory (1.5 GB at the default size; `write_demo` needs far less).

    Parameters
    ----------
    without : stories left out, on common random numbers: the difference to the full hospital is their effect.
    first, last : months of the data.

    Raises
    ------
    InputError
        Unknown story, range or size.
    """
    world = build_world(parameters or demo_parameters(), seed, without, stays_per_year, first, last)
    found: dict[str, list[pa.Table]] = {name: [] for name in contract_tables()}
    for name, rows in _pieces(world):
        found[name].append(rows)
    tables = {name: pa.concat_tables(rows) for name, rows in found.items() if rows}
    return DemoHospital(tables, stories.truth(world))


def write_demo(
    out: Path,
    seed: int = 7,
    without: Collection[str] = (),
    *,
    stays_per_year: int = 8000,
    first: str = "2021-01",
    last: str = "2023-12",
    progress: Callable[[str], None] | None = None,
) -> dict[str, int]:
    """Write the hospital as a data folder, line tables month by month, and the planted stories to `truth/`.

    Returns the number of rows of each table. Two runs with the same arguments write the same bytes.

    Raises
    ------
    InputError
        Unknown story, range or size.
    """
    world = build_world(demo_parameters(), seed, without, stays_per_year, first, last)
    written = dict.fromkeys(contract_tables(), 0)
    for name, rows in _pieces(world):
        save_table(out, contract_tables()[name], rows)
        written[name] += rows.num_rows
        if progress and name == "charges":
            progress(f"{rows['charged_at'][0].as_py():%Y-%m}")
    write_parquet(stories.truth(world), out / "truth" / "stories.parquet")
    save_card(out, SourceCard(name="示范医院", name_en="Demonstration hospital", closing="demo"))
    return {name: rows for name, rows in written.items() if rows}


def _pieces(world: World) -> Iterator[Piece]:
    """Tables in pieces: line tables one piece a month, the others whole."""
    physicians = staff.draw_physicians(world)
    ids = staff.physician_ids(len(physicians.department))
    stays, people = draw_stays(world, physicians)
    sums = tally.empty_tally(world, len(stays))
    tariff = care.read_tariff(world)
    yield from _masters(world, physicians, tariff)
    severity = np.zeros(len(stays), np.int64)
    yield from _inpatients(world, physicians, ids, stays, tariff, sums, severity)
    crowd = visits.draw_crowd(world, people)
    for month in range(len(world.months)):
        drawn = visits.draw_visits(world, crowd, physicians, month)
        tally.add_visits(world, sums, drawn, month)
        yield "visits", visits.visits_table(world, drawn, crowd, ids, month)
    yield from _money(world, physicians, ids, stays, severity, sums)


def _masters(world: World, physicians: staff.Physicians, tariff: care.Tariff) -> Iterator[Piece]:
    roster = staff.physicians_table(world, physicians)
    names = roster["name"].to_pylist()
    heads = {int(d): names[k] for k, d in reversed(list(enumerate(physicians.department)))}
    yield "hospitals", places.hospitals_table(world)
    yield "departments", places.departments_table(world, heads)
    yield "physicians", roster
    yield "items", places.items_table(world, tariff)
    yield "cost_centres", accounts.cost_centres_table(world)


def _inpatients(world, physicians, ids: pa.Array, stays: Stays, tariff, sums, severity: np.ndarray) -> Iterator[Piece]:
    """Everything about the stays that is drawn by month of admission; line tables leave by month of service."""
    recipes = compile_recipes(world)
    admission = world.month_of(stays.admitted)
    waiting: dict[str, list[care.Lines]] = {"charges": [], "orders": [], "events": []}
    whole: dict[str, list[pa.Table]] = {}
    for month in range(int(admission.min()), len(world.months)):
        rows = np.flatnonzero(admission == month)
        if len(rows):
            batch, first = stays.take(rows), int(rows[0])
            lines = _record(world, physicians, ids, recipes, tariff, batch, first, month, sums, severity, whole)
            waiting["charges"].append(lines)
            waiting["orders"].append(charges.orders_of(world, lines))
            waiting["events"].append(charges.events_of(world, lines))
        yield from _leave(world, ids, tariff, sums, waiting, month)
    for name, parts in whole.items():
        yield name, pa.concat_tables(parts)


def _record(world, physicians, ids, recipes, tariff, batch, first, month, sums, severity, whole) -> care.Lines:
    decisions = care.draw_decisions(world, recipes, len(batch), month)
    lain = wards.draw_places(world, batch, month)
    found = wards.segments(world, batch, lain)
    days, patients = wards.bed_days(world, found)
    sums.bed_days[:] += days
    sums.patients[:] += patients
    diagnoses = clinical.draw_diagnoses(world, batch, month)
    severity[first : first + len(batch)] = clinical.coded_severity(world, diagnoses, len(batch))
    for name, rows in (
        ("transfers", wards.transfers_table(world, found | {"stay": found["stay"] + first})),
        ("diagnoses", clinical.diagnoses_table(world, diagnoses, batch, first)),
        ("procedures", clinical.procedures_table(world, recipes, batch, decisions, month, first, ids)),
        ("outcomes", clinical.outcomes_table(world, batch, diagnoses, month, first)),
        ("measurements", clinical.measurements_table(world, batch, month, first)),
    ):
        whole.setdefault(name, []).append(rows)
    lines = care.draw_lines(world, recipes, tariff, physicians, batch, decisions, lain, month)
    tally.add_stays(world, sums, lines, first, len(batch))
    return charges.stamped(lines, batch, month, first)


def _leave(
    world: World, ids: pa.Array, tariff, sums, waiting: dict[str, list[care.Lines]], month: int
) -> Iterator[Piece]:
    """Rows of the months up to this one; what belongs to later months waits."""
    final = month == len(world.months) - 1
    for name, parts in waiting.items():
        every = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]} if parts else {}
        if not every:
            continue
        of_month = world.month_of(every["at"])
        for one in np.unique(of_month[of_month <= month]):
            rows = {key: values[of_month == one] for key, values in every.items()}
            if name == "charges":
                if one >= 0:
                    tally.add_lines(world, tariff, sums, rows, int(one))
                yield name, charges.charges_table(world, rows, ids)
            elif name == "orders":
                yield name, charges.orders_table(world, rows, ids)
            else:
                yield name, charges.events_table(world, rows)
        later = of_month > month
        waiting[name] = [] if final else [{key: values[later] for key, values in every.items()}]


def _money(world: World, physicians, ids: pa.Array, stays: Stays, severity: np.ndarray, sums) -> Iterator[Piece]:
    settled = insurance.settle(world, stays, sums)
    teams = [staff.team_code(world, d, t) for d, t in zip(physicians.department, physicians.team, strict=True)]
    denials = insurance.draw_denials(world, stays, settled)
    yield "stays", insurance.stays_table(world, stays, settled, severity, ids, teams)
    yield "denials", insurance.denials_table(world, stays, settled, denials)
    yield "settlements", insurance.settlements_table(world, stays, settled, denials)
    yield "fund", insurance.fund_table(world, settled, sums)
    yield "payment_standards", insurance.payment_standards_table(world)
    yield "drg_rules", insurance.drg_rules_table(world)
    yield "complication_codes", insurance.complication_codes_table(world)
    yield "ledger", accounts.ledger_table(world, sums)
    yield "drivers", accounts.drivers_table(world, sums)
    yield "workload", accounts.workload_table(world, sums)
