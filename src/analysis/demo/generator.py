"""Makes the demonstration hospital month by month, and writes it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from analysis.contract import contract_tables
from analysis.demo import stories
from analysis.demo.assembly import pieces
from analysis.demo.parameters import DemoParameters, demo_parameters
from analysis.demo.world import build_world
from analysis.engine import write_parquet
from analysis.hospital import save_card, save_table, seal_folder
from analysis.settings import SourceCard


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
    first, last : months of the data; stays that began before are there with their earlier lines.
    parameters : instead of those in parameters/demo.

    Raises
    ------
    InputError
        Unknown story, range or size.
    """
    world = build_world(parameters or demo_parameters(), seed, without, stays_per_year, first, last)
    found: dict[str, list[pa.Table]] = {name: [] for name in contract_tables()}
    for name, rows in pieces(world):
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
    for name, rows in pieces(world):
        save_table(out, contract_tables()[name], rows)
        written[name] += rows.num_rows
        if progress and name == "charges":
            progress(f"{rows['charged_at'][0].as_py():%Y-%m}")
    write_parquet(stories.truth(world), out / "truth" / "stories.parquet")
    save_card(out, SourceCard(name="示范医院", name_en="Demonstration hospital", closing="demo"))
    seal_folder(out)
    return {name: rows for name, rows in written.items() if rows}
