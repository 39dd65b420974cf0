"""Charge lines, orders and events as contract tables, one month at a time."""

import numpy as np
import pyarrow as pa

from analysis.demo import columns as col
from analysis.demo.book import Book, queued_items
from analysis.demo.identities import patient_ids
from analysis.demo.line_numbers import Lines, first_number, is_again
from analysis.demo.patients import Stays
from analysis.demo.story_lines import charged_only, other_side
from analysis.demo.world import DAY, World

#: Orders that were cancelled carry the number of the one beside them with this bit.
_CANCELLED = 1 << 34


def stamped(lines: Lines, stays: Stays) -> Lines:
    """The lines with number, person and admission of their stay."""
    stay = lines["stay"]
    return lines | {"stay": stays.number[stay], "patient": stays.person[stay], "admitted": stays.admitted[stay]}


def ordered_at(world: World, lines: Lines) -> np.ndarray:
    """Time of the order: up to four hours before the line, not before the admission; lines charged twice have one."""
    number = np.where(charged_only(world, lines["told"]), first_number(lines["number"]), lines["number"])
    lead = 300 + (world.uniform("charges.ordered_at", number) * 14_000).astype(np.int64)
    return np.maximum(lines["at"] - lead, lines["admitted"])


def charges_table(world: World, lines: Lines, physicians: pa.Array) -> pa.Table:
    """One month of charge lines, ordered by time and number."""
    order = np.lexsort((lines["number"], lines["at"]))
    lines = {name: values[order] for name, values in lines.items()}
    count = len(order)
    unwritten = world.lacking("charges.order_id", lines["number"])
    side = (lines["patient"] + other_side(world, lines["told"])) % 2
    places = pa.array(world.departments)
    return col.table(
        "charges",
        {
            "line_id": col.lettered("L", lines["number"], 10),
            "hospital_id": col.constant(world.hospital_id, count),
            "patient_id": patient_ids(world, lines["patient"]),
            "stay_id": col.numbered("S", lines["stay"], 8),
            "order_id": _known("O", np.where(unwritten, -1, lines["order"]), 9),
            "ordered_at": col.times(ordered_at(world, lines), world.lacking("charges.ordered_at", lines["number"])),
            "charged_at": col.times(lines["at"]),
            "item_code": col.chosen(item_codes(world), lines["item"]),
            "quantity": col.quantity(lines["quantity"]),
            "unit_price": col.price(lines["price"]),
            "amount": col.money(lines["amount"]),
            "ordering_department": col.chosen(places, lines["ordering"]),
            "performing_department": col.chosen(places, lines["performing"]),
            "physician_id": col.chosen(physicians, lines["physician"]),
            "body_side": col.chosen(["left", "right"], np.where(_sided(world)[lines["item"]], side, -1)),
            "refund_of": _known("L", lines["refund_of"], 10),
        },
    )


def item_codes(world: World) -> pa.Array:
    return pa.array([item.code for item in world.items])


def _sided(world: World) -> np.ndarray:
    """Items of a part of the body that people have two of."""
    return np.array([item.site in ("knee", "hip", "eye", "limb", "foot") for item in world.items])


def _known(prefix: str, numbers: np.ndarray, width: int) -> pa.Array:
    """Codes of the numbers from 0 on, empty for the others."""
    known = np.flatnonzero(numbers >= 0)
    index = np.full(len(numbers), -1)
    index[known] = np.arange(len(known))
    return col.chosen(col.lettered(prefix, numbers[known], width), index)


def orders_of(world: World, lines: Lines) -> Lines:
    """One order for the lines of a recipe row of a stay; some more that were cancelled and never charged."""
    rows = np.flatnonzero(_done(world, lines))
    rows = rows[np.lexsort((lines["at"][rows], lines["order"][rows]))]
    order, first, count = np.unique(lines["order"][rows], return_index=True, return_counts=True)
    starts, ends = lines["at"][rows[first]], lines["at"][rows[first + count - 1]]
    found = {name: lines[name][rows[first]] for name in ("stay", "item", "physician", "admitted")}
    lead = 300 + (world.uniform("orders.lead", order) * 9000).astype(np.int64)
    found |= {"order": order, "at": np.maximum(starts - lead, found["admitted"]), "executed": starts}
    found["quantity"] = np.add.reduceat(lines["quantity"][rows], first) if len(first) else first
    found["stopped"] = np.where(lines["standing"][rows[first]], ends, -1)
    return _with_cancelled(world, found)


def _done(world: World, lines: Lines) -> np.ndarray:
    """Lines of what was ordered and done: no refund, nothing charged a second time or without being done."""
    return (lines["refund_of"] < 0) & (lines["order"] >= 0) & ~charged_only(world, lines["told"])


def _with_cancelled(world: World, orders: Lines) -> Lines:
    share = world.parameters.settings.cancelled_orders
    extra = np.flatnonzero(world.uniform("orders.cancelled", orders["order"]) < share)
    cancelled = {name: values[extra] for name, values in orders.items()}
    cancelled["order"] = cancelled["order"] | _CANCELLED
    cancelled["executed"] = np.full(len(extra), -1)
    cancelled["stopped"] = cancelled["at"] + 1800
    return {name: np.concatenate([values, cancelled[name]]) for name, values in orders.items()}


def orders_table(world: World, orders: Lines, physicians: pa.Array) -> pa.Table:
    rank = np.lexsort((orders["order"], orders["at"]))
    orders = {name: values[rank] for name, values in orders.items()}
    executed, stopped = orders["executed"], orders["stopped"]
    status = np.where(executed < 0, 2, np.where(stopped >= 0, 1, 0))
    return col.table(
        "orders",
        {
            "order_id": col.lettered("O", orders["order"], 9),
            "stay_id": col.numbered("S", orders["stay"], 8),
            "item_code": col.chosen(item_codes(world), orders["item"]),
            "quantity": col.quantity(orders["quantity"]),
            "ordered_at": col.times(orders["at"]),
            "executed_at": col.times(executed, executed < 0),
            "stopped_at": col.times(stopped, stopped < 0),
            "physician_id": col.chosen(physicians, orders["physician"]),
            "status": col.chosen(["executed", "stopped", "cancelled"], status),
        },
    )


def events_of(world: World, lines: Lines, book: Book) -> Lines:
    """Charge lines that are a step of care: requested, started, ended, on which resource.

    What is in the appointment book has its times; the waits before other resources are drawn. A resource with a queue
    is named only where the book served it.
    """
    active = np.array([bool(item.activity) for item in world.items])
    rows = np.flatnonzero(active[lines["item"]] & _done(world, lines))
    found = {name: lines[name][rows] for name in ("number", "stay", "item", "at")}
    minutes = np.array([item.minutes for item in world.items])[found["item"]]
    lasting = np.maximum(minutes, 10) * 60 * np.exp(0.25 * (world.uniform("events.lasting", found["number"]) - 0.5))
    waiting = 900 - np.log1p(-world.uniform("events.waiting", found["number"])) * 9 * 3600
    requested = np.maximum(found["at"] - waiting.astype(int), lines["admitted"][rows])
    entry = np.where(is_again(found["number"]), -1, lines["booked"][rows])
    known = entry >= 0
    asked = np.where(book.start[entry] // DAY == found["at"] // DAY, book.asked[entry], found["at"] - 900)
    resource = np.array([resources(world).index(item.resource) for item in world.items])[found["item"]]
    resource = np.where(queued_items(world)[found["item"]], np.where(known, book.resource[entry], -1), resource)
    return found | {
        "requested": np.where(known, asked, requested),
        "ended": found["at"] + np.where(known, book.length[entry], lasting.astype(int)),
        "resource": np.where(resource == len(resources(world)) - 1, -1, resource),
    }


def resources(world: World) -> list[str]:
    """Resources by position: those with a queue first, no resource last."""
    queued = world.parameters.records.queues.resources
    return [*queued, *sorted({item.resource for item in world.items} - {*queued, ""}), ""]


def events_table(world: World, events: Lines, physicians: pa.Array) -> pa.Table:
    rank = np.lexsort((events["number"], events["at"]))
    events = {name: values[rank] for name, values in events.items()}
    number = events["number"]
    return col.table(
        "events",
        {
            "event_id": col.lettered("E", number, 10),
            "stay_id": col.numbered("S", events["stay"], 8),
            "activity": col.chosen([item.activity for item in world.items], events["item"]),
            "requested_at": col.times(events["requested"], world.lacking("events.requested_at", number)),
            "started_at": col.times(events["at"]),
            "ended_at": col.times(events["ended"], world.lacking("events.ended_at", number)),
            "resource": col.chosen(resources(world), events["resource"], world.lacking("events.resource", number)),
        },
    )
