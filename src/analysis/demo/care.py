"""The charge lines of the stays of one month of admission: recipe rows drawn, spread over the days, priced."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.demo import gates, hours, idle_days, panels, stories, story_lines
from analysis.demo.book import Book, appointments
from analysis.demo.calendar import midnight
from analysis.demo.casemix import severity_effect
from analysis.demo.line_numbers import Lines, line_number, refund_number, row_number
from analysis.demo.patients import Stays
from analysis.demo.recipes import (
    BEFORE,
    CONSUMABLE,
    DAILY,
    DRUG,
    EXAM,
    ICU,
    LAST,
    MID,
    OPERATION,
    SERVICE,
    WARD,
    Recipes,
    category,
    fen,
    occurrences,
)  # fmt: skip
from analysis.demo.staff import Physicians
from analysis.demo.world import DAY, World
from analysis.periods import Period


@dataclass(frozen=True)
class Tariff:
    """Per item: charge category, price in fen by item x time, who performs (-1 = the ward).

    `since`: months from which the second, third ... column of prices holds, in order.
    """

    kinds: np.ndarray
    prices: np.ndarray
    since: tuple[Period, ...]
    performs: np.ndarray
    first: Period

    def price(self, item: np.ndarray, month: np.ndarray) -> np.ndarray:
        """Prices of items in months (0 = first of the data)."""
        begins = [_months_between(self.first, start) for start in self.since]
        return self.prices[item, np.searchsorted(begins, month, side="right")]


def read_tariff(world: World) -> Tariff:
    """First prices, and those after each change of the shocks that happen."""
    shocks = world.parameters.stories.shocks
    named = {"implant_procurement": shocks.implant_procurement, "service_price_reform": shocks.service_price_reform}
    changes = sorted((c for name, c in named.items() if name in world.stories), key=lambda c: c.from_month)
    prices = [fen(world)]
    for change in changes:
        factors = [change.factor(item.code, item.group, item.kind) for item in world.items]
        prices.append(np.rint(prices[-1] * factors).astype(np.int64))
    performs = np.array([world.department(item.performs) if item.performs else -1 for item in world.items])
    since = tuple(Period(change.from_month) for change in changes)
    return Tariff(category(world), np.stack(prices, axis=1), since, performs, world.months[0])


def _months_between(first: Period, later: Period) -> int:
    return (later.year - first.year) * 12 + later.start.month - first.start.month


@dataclass(frozen=True)
class Places:
    """Where each stay of the month lay: ICU from/to, emergency department until (seconds; 0 = never)."""

    icu_from: np.ndarray
    icu_to: np.ndarray
    emergency_to: np.ndarray


def draw_decisions(
    world: World, recipes: Recipes, physicians: Physicians, stays: Stays, known: pd.DataFrame
) -> np.ndarray:
    """One uniform number for every stay and shared decision (which implant, angiography or not)."""
    found = np.stack([world.uniform(f"decision.{name}", stays.number) for name in recipes.decisions], axis=1)
    return gates.decided(world, recipes.decisions, physicians, stays, known, found)


def draw_lines(
    world: World,
    recipes: Recipes,
    tariff: Tariff,
    physicians: Physicians,
    stays: Stays,
    known: pd.DataFrame,
    decisions: np.ndarray,
    places: Places,
    book: Book,
) -> Lines:
    """Charge lines of some stays, refunds included; times in seconds, money in fen. `known`: facts of the stays.

    Every number drawn belongs to its line, whatever other lines and stays there are: the worlds with and without a
    story share all lines that the story does not change.
    """
    stay, row = _planned(world, recipes, physicians, stays, known, decisions)
    stay, row, day = _spread(world, recipes, stays, stay, row)
    item, when, flex = recipes.item[row], recipes.when[row], recipes.flex[row]
    number = line_number(stays.number[stay], recipes.code[row], np.where(when < DAILY, 0, day))
    kind = tariff.kinds[item]
    wanted = recipes.quantity[row] * np.where(flex, use_factors(world, stays)[stay, kind], 1.0)
    count = np.floor(wanted + world.uniform("care.quantity", number)).astype(np.int64)
    keep = (count > 0) & _in_place(when, day, stays, stay)
    last_day = np.maximum(stays.days, 1)[stay] - 1
    day = np.where(when == LAST, last_day, np.where(when < LAST, np.minimum(day, last_day), day))
    at = _times(stays, stay, day, when == OPERATION, world.uniform("care.hour", number))
    order = row_number(stays.number[stay], recipes.code[row])
    usual = np.where(recipes.story[row] < 0, order, -1)
    at, there, booked = appointments(world, book, stays, stay, usual, item, day, at)
    keep &= there
    keep &= (day <= last_day) & (at < world.end_day * DAY)
    keep &= ~(flex & _taken_away(world, stays, stay, item, kind, at, world.uniform("care.keep", number)))
    drawn = {"stay": stay, "order": order, "item": item, "quantity": count}
    drawn |= {"at": at, "flex": flex, "standing": when >= DAILY, "number": number, "refund_of": np.full(len(day), -1)}
    drawn["told"] = recipes.story[row].astype(np.int16)
    drawn["booked"] = booked
    drawn["order"] = np.where(story_lines.unordered(world, recipes.story)[row], -1, drawn["order"])
    keep &= ~idle_days.without_care(world, stays, stay, day, item, when == LAST)
    lines = hours.within_the_day(world, {name: values[keep] for name, values in drawn.items()})
    lines = panels.without_contained(world, lines)
    lines = story_lines.changed(world, physicians, stays, known, lines)
    return _with_refunds(world, tariff, stays, _priced(world, tariff, physicians, stays, lines, places))


def _planned(world: World, recipes: Recipes, physicians: Physicians, stays: Stays, known, decisions: np.ndarray):
    """Recipe rows that happen: pairs of stay and row."""
    counts = np.diff(recipes.first)[stays.drg]
    stay = np.repeat(np.arange(len(stays)), counts)
    row = np.arange(len(stay)) - np.repeat(np.cumsum(counts) - counts - recipes.first[stays.drg], counts)
    u = world.uniform("care.rows", row_number(stays.number[stay], recipes.code[row]))
    shared = recipes.decision[row]
    decided = np.flatnonzero(shared >= 0)
    u[decided] = decisions[stay[decided], shared[decided]]
    happens = (u >= recipes.low[row]) & (u < recipes.high[row])
    told = np.flatnonzero(recipes.story[row] >= 0)
    added = story_lines.added(world, physicians, stays, known)
    happens[told] = added[stay[told], recipes.story[row[told]]]
    return stay[happens], row[happens]


def _spread(world: World, recipes: Recipes, stays: Stays, stay: np.ndarray, row: np.ndarray):
    """Lines of the pairs over the days of the stay as planned: stay, row and day."""
    days = np.maximum(stays.base_days, 1)[stay]
    start, step, times = occurrences(recipes.when[row], recipes.span[row], days, stays.operation_day[stay])
    u = world.uniform("care.day", row_number(stays.number[stay], recipes.code[row]))
    start = np.where(recipes.when[row] == MID, (u * days).astype(np.int64), start)
    before = (u * (stays.operation_day[stay] + 1)).astype(np.int64)
    start = np.where(recipes.when[row] == BEFORE, before, start)
    pair = np.repeat(np.arange(len(stay)), times)
    nth = np.arange(len(pair)) - np.repeat(np.cumsum(times) - times, times)
    return stay[pair], row[pair], start[pair] + step[pair] * nth


def use_factors(world: World, stays: Stays) -> np.ndarray:
    """Factor on flexible quantities, stay x category: patient, severity, physician, department; mean one."""
    spread = world.parameters.settings.spread
    sigma = np.array([spread.drug, spread.consumable, spread.exam])
    own = np.stack([world.normal(f"use.{kind}", stays.number) for kind in (DRUG, CONSUMABLE, EXAM)], axis=1)
    use = np.exp(own * sigma - sigma**2 / 2) * stays.effect
    severe = severity_effect(world)[stays.drg, stays.severity]
    return np.column_stack([use * severe[:, None], np.ones(len(stays))])[:, [DRUG, CONSUMABLE, EXAM, SERVICE]]


def _in_place(when: np.ndarray, day: np.ndarray, stays: Stays, stay: np.ndarray) -> np.ndarray:
    """Ward rows outside the ICU, ICU rows inside it, the rest anywhere."""
    start = stays.icu_from[stay]
    inside = (day >= start) & (day < start + stays.icu_days[stay])
    return np.where(when == WARD, ~inside, (when != ICU) | inside)


def _times(stays: Stays, stay: np.ndarray, day: np.ndarray, at_operation: np.ndarray, u: np.ndarray):
    """Second of each line: in the day's working hours (operations when they begin), inside the stay."""
    start, end = stays.admitted[stay], stays.discharged[stay]
    at = midnight(start) + day * DAY + ((7.5 + u * 12.5) * 3600).astype(np.int64)
    at = np.where(at_operation, stays.operation_at[stay] + (u * 5400).astype(np.int64), at)
    late = np.minimum(start + 600 + (u * 5400).astype(np.int64), end - 600)
    at = np.where(at < start + 600, late, at)
    return np.where(at > end - 600, end - 600 - (u * 5400).astype(np.int64), at)


def _taken_away(world: World, stays: Stays, stay: np.ndarray, item: np.ndarray, kind: np.ndarray, at: np.ndarray, u):
    """Flexible lines the cost management does without, most of all those outside the catalogue."""
    effects = world.parameters.stories.roll_out.effects
    share = np.array([effects["drug"], effects["consumable"], effects["exam"], 0.0])[kind]
    outside = np.array([i.insurance_class == "outside" for i in world.items])[item]
    strength = stories.at(stories.roll_out(world), world.month_of(at), stays.department[stay])
    return u < np.where(outside, np.maximum(share, effects["outside"]), share) * strength


def _priced(world, tariff, physicians: Physicians, stays: Stays, lines: Lines, places: Places) -> Lines:
    """Price, ordering and performing department, physician."""
    stay, at = lines["stay"], lines["at"]
    price = tariff.price(lines["item"], world.month_of(at))
    intensive = (at >= places.icu_from[stay]) & (at < places.icu_to[stay])
    ordering = np.where(at < places.emergency_to[stay], world.department("29"), stays.department[stay])
    ordering = np.where(intensive, world.intensive_care, ordering)
    performing = tariff.performs[lines["item"]]
    staff = physicians.of(world.intensive_care)
    own = np.where(intensive, staff[stays.person[stay] % len(staff)], stays.physician[stay])
    blank = world.uniform("blank", lines["number"]) < world.parameters.settings.blank_physicians
    return lines | {
        "price": price,
        "amount": price * lines["quantity"],
        "ordering": ordering,
        "performing": np.where(performing < 0, ordering, performing),
        "physician": np.where(blank, -1, own),
    }


def _with_refunds(world: World, tariff: Tariff, stays: Stays, lines: Lines) -> Lines:
    """Append refunds: a drug or consumable given back within a day, negative, at the price and place of its line."""
    u = world.uniform("refunds", lines["number"])
    given = np.isin(tariff.kinds[lines["item"]], [DRUG, CONSUMABLE]) & lines["flex"]
    wrong = story_lines.given_back(world, lines["told"])
    back = np.flatnonzero((given & (u < world.parameters.settings.refunds)) | wrong)
    refund = {name: values[back] for name, values in lines.items()}
    later = refund["at"] + 3600 + (u[back] * 7e7).astype(np.int64) % 72000
    limit = np.minimum(stays.discharged[refund["stay"]] - 300, world.end_day * DAY - 1)
    refund |= {"at": np.maximum(np.minimum(later, limit), refund["at"]), "refund_of": refund["number"]}
    refund |= {"quantity": -refund["quantity"], "amount": -refund["amount"]}
    refund["number"] = refund_number(refund["number"])
    return {name: np.concatenate([values, refund[name]]) for name, values in lines.items()}
