"""The truth of a story: the paired difference of the hospital with it and the same hospital without it. The truth of
costs: what services and stays cost before the noise of booking.

For tests and benchmarks only: no engine, notebook or report may read it.
"""

import json
import shutil
from collections.abc import Callable, Collection
from pathlib import Path

import pyarrow as pa

from analysis.contract import contract_tables
from analysis.demo.assembly import tally_of
from analysis.demo.folder import MADE_BY
from analysis.demo.generator import write_demo
from analysis.demo.parameters import demo_parameters
from analysis.demo.true_rates import true_rates
from analysis.demo.world import World, build_world
from analysis.engine import Engine, write_parquet
from analysis.errors import InputError
from analysis.hospital import open_hospital

#: What the difference is told of, and the tables it is told from.
TOLD = ("lines", "stays")
_FROM = ("charges", "stays", "outcomes")
#: The name by which the truth of costs is asked for beside the stories, its tables, and what they are told from.
COSTS = "costs"
COST_TABLES = ("unit_costs", "stay_costs")
_COSTS_FROM = ("charges", "stays", "transfers", "items", "cost_centres", "service_recipes")


def paired_difference(engine: Engine) -> dict[str, pa.Table]:
    """What a story makes of charge lines and stays.

    The engine holds tables charges, stays, outcomes of the hospital with the story, and the same with the ending
    `_without`. Columns: see sql/truth_lines.sql, sql/truth_stays.sql. Sums over `lines.amount` are the story's money.
    """
    for name in TOLD:
        engine.make("analysis.demo", f"truth_{name}")
    return {name: engine.arrow(f"select * from truth_{name}") for name in TOLD}


def write_truth(folder: Path, stories: Collection[str], progress: Callable[[str], None] | None = None) -> list[Path]:
    """Generate the hospital again without each of the stories and write truth/STORY_lines.parquet, STORY_stays.parquet.

    Parameters
    ----------
    folder : a demonstration hospital written by `workbench demo`.
    stories : names, or costs for what services and stays truly cost (truth/unit_costs.parquet, stay_costs.parquet);
        empty for all.

    Returns
    -------
    The files written.

    Raises
    ------
    InputError
        The folder is no demonstration hospital, or leaves out a story of which the truth is asked.
    """
    card = folder / MADE_BY
    if not card.is_file():
        raise InputError("not a demonstration hospital", where=str(folder), mend="run `workbench demo` first")
    made_by = json.loads(card.read_text("utf8"))
    known = [*demo_parameters().stories.names, COSTS]
    asked = list(stories) or [name for name in known if name not in made_by["without"]]
    absent = sorted(set(asked) & set(made_by["without"]))
    if absent:
        raise InputError(f"made without: {', '.join(absent)}", where=str(folder), mend="make the hospital with them")
    return [
        path for name in asked for path in (_write_costs if name == COSTS else _write)(folder, name, made_by, progress)
    ]


def true_costs(engine: Engine, world: World) -> dict[str, pa.Table]:
    """What services and stays of a hospital truly cost; it is generated a second time for its accounts.

    The engine holds its tables charges, stays, transfers, items, cost_centres, service_recipes. Columns: see
    sql/truth_unit_costs.sql, sql/truth_stay_costs.sql.
    """
    engine.put("true_rates", true_rates(world, tally_of(world)))
    span = {"start_at": world.months[0].start, "end_at": world.months[-1].end}
    for name in ("performed", "rates", *COST_TABLES):
        engine.make("analysis.demo", f"truth_{name}", **span)
    return {name: engine.arrow(f"select * from truth_{name}") for name in COST_TABLES}


def _write_costs(folder: Path, name: str, made_by: dict, progress: Callable[[str], None] | None) -> list[Path]:
    chosen = [made_by[key] for key in ("seed", "without", "stays_per_year", "first", "last")]
    with Engine() as engine:
        for table in _COSTS_FROM:
            engine.attach(contract_tables()[table], open_hospital(folder).files(table))
        found = true_costs(engine, build_world(demo_parameters(), *chosen))
    written = [folder / "truth" / f"{table}.parquet" for table in COST_TABLES]
    for table, path in zip(COST_TABLES, written, strict=True):
        write_parquet(found[table], path)
    if progress:
        progress(name)
    return written


def _write(folder: Path, story: str, made_by: dict, progress: Callable[[str], None] | None) -> list[Path]:
    without = folder / "truth" / ".without"
    shutil.rmtree(without, ignore_errors=True)
    chosen = {name: made_by[name] for name in ("seed", "stays_per_year", "first", "last")}
    write_demo(without, without=[*made_by["without"], story], **chosen)
    with Engine() as engine:
        for name in _FROM:
            table = contract_tables()[name]
            engine.attach(table, open_hospital(folder).files(name))
            engine.scan(f"{name}_without", open_hospital(without).files(name))
        found = paired_difference(engine)
    shutil.rmtree(without)
    written = [folder / "truth" / f"{story}_{name}.parquet" for name in TOLD]
    for name, path in zip(TOLD, written, strict=True):
        write_parquet(found[name], path)
    if progress:
        progress(story)
    return written
