"""Puts the parts together: masters, inpatients by month of admission, visits, money, accounts, answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.demo import (
    accounts,
    answers,
    approvals,
    care,
    catalogue,
    charges,
    clinical,
    coding,
    denials,
    diagnoses,
    faults,
    grouping,
    insurance,
    opening,
    places,
    plans,
    practices,
    registers,
    staff,
    tally,
    visits,
    wards,
)  # fmt: skip
from analysis.demo.book import Book, waited
from analysis.demo.line_numbers import Lines
from analysis.demo.patients import Stays, draw_stays, in_data
from analysis.demo.people import People
from analysis.demo.recipes import Recipes, compile_recipes
from analysis.demo.waiting import make_book
from analysis.demo.world import World

Piece = tuple[str, pa.Table]
#: Line tables: rows leave with the month they belong to, not with the month of admission.
_LINES = {"charges": charges.charges_table, "orders": charges.orders_table, "events": charges.events_table}


@dataclass(frozen=True)
class House:
    """What is known before the months are gone through.

    Filled on the way: `tally`; `severity`, `drg` and `miscoded` as the front pages say, one entry a stay; `checked`;
    `faults`.
    """

    world: World
    physicians: staff.Physicians
    ids: pa.Array
    heads: dict[int, str]
    recipes: Recipes
    book: Book
    tariff: care.Tariff
    stays: Stays
    people: People
    tally: tally.Tally
    severity: np.ndarray
    drg: np.ndarray
    miscoded: np.ndarray
    checked: dict[int, coding.Checked]
    faults: list[faults.Faults]


def pieces(world: World) -> Iterator[Piece]:
    """Tables in pieces, never two of the same month: line tables one piece a month, the others whole."""
    house = _house(world)
    yield "physicians", staff.physicians_table(world, house.physicians)
    yield from _masters(house)
    yield from _inpatients(house)
    yield from _outpatients(house)
    yield from _money(house)
    yield from _accounts(house)


def tally_of(world: World) -> tally.Tally:
    """What the accounts are made from, without the tables; takes as long as making them."""
    house = _house(world)
    for _ in chain(_inpatients(house), _outpatients(house)):
        pass
    return house.tally


def _house(world: World) -> House:
    practices.check(world)
    physicians = staff.draw_physicians(world)
    names = staff.physicians_table(world, physicians)["name"].to_pylist()
    heads = {int(place): names[k] for k, place in reversed(list(enumerate(physicians.department)))}
    stays, people = draw_stays(world, physicians)
    recipes = compile_recipes(world)
    book = make_book(world, recipes)
    stays = in_data(world, waited(world, book, stays))
    return House(
        world, physicians, staff.physician_ids(len(names)), heads, recipes, book, care.read_tariff(world),
        stays, people, tally.empty_tally(world, len(stays)), np.zeros(len(stays), np.int64), stays.drg.copy(),
        np.zeros(len(stays), bool), {}, [],
    )  # fmt: skip


def _masters(house: House) -> Iterator[Piece]:
    world, tariff = house.world, house.tariff
    yield "hospitals", places.hospitals_table(world)
    yield "departments", places.departments_table(world, house.heads)
    yield "cost_centres", accounts.cost_centres_table(world)
    yield "items", catalogue.items_table(world, tariff)
    yield "item_prices", catalogue.item_prices_table(world, tariff)
    yield "item_codes", catalogue.item_codes_table(world)
    yield "item_components", catalogue.item_components_table(world)
    yield "service_recipes", catalogue.service_recipes_table(world)
    yield "capacities", opening.capacities_table(world)
    yield "resources", plans.resources_table(world)
    yield "payment_standards", grouping.payment_standards_table(world)
    yield "drg_rules", grouping.drg_rules_table(world)
    yield "complication_codes", grouping.complication_codes_table(world)
    yield "peer_indicators", answers.peer_indicators_table(world)
    yield "resolutions", answers.resolutions_table(world)
    yield "achievements", answers.achievements_table(world, house.physicians)
    yield "surveys", answers.surveys_table(world)


def _inpatients(house: House) -> Iterator[Piece]:
    world, stays = house.world, house.stays
    admission = world.month_of(stays.admitted)
    waiting: dict[str, list[Lines]] = {name: [] for name in _LINES}
    whole: dict[str, list[pa.Table]] = {}
    for month in range(int(admission.min()), len(world.months)):
        rows = np.flatnonzero(admission == month)
        if len(rows):
            batch, first = stays.take(rows), int(rows[0])
            known = practices.facts_of(world, batch)
            decisions = care.draw_decisions(world, house.recipes, house.physicians, batch, known)
            lain = wards.draw_places(world, batch)
            for name, part in _record(house, batch, known, decisions, lain, first):
                whole.setdefault(name, []).append(part)
            lines = care.draw_lines(
                world, house.recipes, house.tariff, house.physicians, batch, known, decisions, lain, house.book
            )
            tally.add_stays(world, house.tally, lines, first, len(batch))
            house.faults.append(faults.faults_of(world, house.tariff, house.physicians, batch, known, lines, first))
            asked = approvals.approvals_of(world, house.physicians, batch, lines)
            whole.setdefault("approvals", []).append(approvals.approvals_table(world, asked))
            lines = charges.stamped(lines, batch)
            waiting["charges"].append(lines)
            waiting["orders"].append(charges.orders_of(world, lines))
            waiting["events"].append(charges.events_of(world, lines, house.book))
        yield from _leave(house, waiting, month)
    for name, parts in whole.items():
        yield name, pa.concat_tables(parts)


def _record(
    house: House, batch: Stays, known: pd.DataFrame, decisions: np.ndarray, lain: wards.Places, first: int
) -> Iterator[Piece]:
    """The medical record of one month of admission."""
    world = house.world
    found = wards.segments(world, batch, lain)
    days, patients = wards.bed_days(world, found)
    house.tally.bed_days[:] += days
    house.tally.patients[:] += patients
    here = slice(first, first + len(batch))
    true = diagnoses.draw_diagnoses(world, batch)
    done = clinical.draw_procedures(world, house.recipes, batch, decisions)
    page = coding.front_page(world, house.physicians, batch, known, true, done)
    house.severity[here], house.drg[here], house.miscoded[here] = page.severity, page.drg, page.wrong
    for stay in np.flatnonzero(answers.sampled(world, batch.number)).tolist():
        house.checked[int(batch.number[stay])] = coding.checked(world, stay, true, done, page)
    yield "transfers", wards.transfers_table(world, found)
    yield "diagnoses", diagnoses.diagnoses_table(world, page.diagnoses, batch)
    yield "procedures", clinical.procedures_table(world, batch, page.procedures, house.ids)
    yield "outcomes", clinical.outcomes_table(world, batch, true)
    yield "measurements", clinical.measurements_table(world, batch)


def _leave(house: House, waiting: dict[str, list[Lines]], month: int) -> Iterator[Piece]:
    """Rows of the months up to this one; what belongs to later months waits."""
    world = house.world
    for name, parts in waiting.items():
        if not parts:
            continue
        every = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
        of_month = world.month_of(every["at"])
        for one in np.unique(of_month[of_month <= month]):
            rows = {key: values[of_month == one] for key, values in every.items()}
            if name == "charges" and one >= 0:
                tally.add_lines(world, house.tariff, house.tally, rows, int(one))
            yield name, _LINES[name](world, rows, house.ids)
        later = of_month > month
        waiting[name] = [{key: values[later] for key, values in every.items()}]


def _outpatients(house: House) -> Iterator[Piece]:
    crowd = visits.draw_crowd(house.world, house.people)
    for month in range(len(house.world.months)):
        drawn = visits.draw_visits(house.world, crowd, house.physicians, month)
        tally.add_visits(house.world, house.tally, drawn, month)
        yield "visits", visits.visits_table(house.world, drawn, crowd, house.ids, month)


def _money(house: House) -> Iterator[Piece]:
    world, stays, physicians = house.world, house.stays, house.physicians
    settled = insurance.settle(world, stays, house.tally)
    teams = [staff.team_code(world, d, t) for d, t in zip(physicians.department, physicians.team, strict=True)]
    found = faults.joined(house.faults)
    refused = denials.draw_denials(world, stays, settled, found, house.miscoded)
    yield "stays", insurance.stays_table(world, stays, settled, house.drg, house.severity, house.ids, teams)
    yield "denials", denials.denials_table(world, stays, settled, refused)
    yield "settlements", insurance.settlements_table(world, stays, house.drg, settled, refused)
    yield "fund", insurance.fund_table(world, settled, house.tally)
    yield "reviews", answers.reviews_table(world, stays, refused, house.heads)
    yield "pathway_records", registers.pathway_records_table(world, stays)
    yield "mdt", registers.mdt_table(world, stays)
    yield "follow_ups", registers.follow_ups_table(world, stays)
    yield "coding_samples", answers.coding_samples_table(world, stays, settled, house.checked)


def _accounts(house: House) -> Iterator[Piece]:
    ledger = accounts.ledger_table(house.world, house.tally)
    yield "ledger", ledger
    yield "drivers", accounts.drivers_table(house.world, house.tally)
    yield "workload", accounts.workload_table(house.world, house.tally)
    yield "budgets", plans.budgets_table(house.world, ledger)
    yield "bonuses", plans.bonuses_table(house.world, ledger)
