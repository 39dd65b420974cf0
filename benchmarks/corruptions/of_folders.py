"""Corruptions of the folders the workbench writes: the imported tables and the closed month."""

import json
import shutil
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.corruptions.damage import DAMAGES
from benchmarks.corruptions.kinds import Kinds
from benchmarks.corruptions.small_hospital import MONTH

folder, unsealed, closed = Kinds("folder"), Kinds("unsealed"), Kinds("closed")


def _sealed_table(place: Path, random: Random) -> Path:
    return random.choice(sorted((place / "data/small").rglob("*.parquet")))


def _closed_table(place: Path, random: Random) -> Path:
    return random.choice(sorted((place / "outputs/small" / MONTH / "tables").glob("*.parquet")))


for _name, _act in DAMAGES.items():

    def _on_folder(place: Path, random: Random, name: str = _name) -> str:
        return DAMAGES[name](_sealed_table(place, random), random)

    def _on_closed(place: Path, random: Random, name: str = _name) -> str:
        return DAMAGES[name](_closed_table(place, random), random)

    def _on_card(place: Path, random: Random, name: str = _name) -> str:
        return DAMAGES[name](place / "outputs/small" / MONTH / "tables/closed.json", random)

    folder(f"imported table: {_name}", "error")(_on_folder)
    closed(f"closed table: {_name}", "mended")(_on_closed)
    if _name != "content of another table":
        closed(f"card of the closed month: {_name}", "mended", "clean")(_on_card)


@folder("imported folder: its seal damaged", "error", "clean")
def seal_damaged(place: Path, random: Random) -> str:
    name = random.choice(["bits flipped", "cut off", "noise in between", "emptied", "folder in its place"])
    return DAMAGES[name](place / "data/small/files.json", random)


@folder("imported folder: a table file more", "error")
def slipped_in(place: Path, random: Random) -> str:
    lines = place / f"data/small/charges/{MONTH}.parquet"
    shutil.copyfile(lines, lines.with_name(f"{MONTH}-copy.parquet"))
    return "charges of the month again"


@folder("imported folder: its report damaged")
def report_damaged(place: Path, random: Random) -> str:
    name = random.choice(["bits flipped", "cut off", "noise in between", "emptied", "deleted", "folder in its place"])
    return DAMAGES[name](place / "data/small/import.json", random)


def _own(place: Path, table: str) -> Path:
    """The file of a table in a folder of one's own, which no command sealed."""
    (place / "data/small/files.json").unlink(missing_ok=True)
    here = place / "data/small" / table
    return here / f"{MONTH}.parquet" if here.is_dir() else here.with_suffix(".parquet")


_TABLES = ("stays", "charges", "ledger", "drivers", "items", "cost_centres", "departments")


@unsealed("own table: rows twice", "error")
def rows_twice(place: Path, random: Random) -> str:
    file = _own(place, random.choice(_TABLES))
    rows = pq.read_table(file)
    pq.write_table(pa.concat_tables([rows, rows.slice(random.randrange(len(rows)), 3)]), file)
    return file.name


@unsealed("own table: rows lost or in another order")
def rows_lost(place: Path, random: Random) -> str:
    file = _own(place, random.choice(_TABLES))
    rows = pq.read_table(file)
    order = random.sample(range(len(rows)), len(rows) - random.choice([0, 0, 1, 3]))
    pq.write_table(rows.take(order), file)
    return f"{file.name}: {len(order)} of {len(rows)}"


@unsealed("own table: a column gone", "error")
def column_gone(place: Path, random: Random) -> str:
    file = _own(place, random.choice(_TABLES))
    rows = pq.read_table(file)
    name = random.choice(rows.column_names)
    pq.write_table(rows.drop_columns([name]), file)
    return f"{file.name}: {name}"


@unsealed("own table: a column more", "clean")
def column_more(place: Path, random: Random) -> str:
    file = _own(place, random.choice(_TABLES))
    rows = pq.read_table(file)
    pq.write_table(rows.append_column("note", pa.array(["x"] * len(rows))), file)
    return file.name


@unsealed("own table: a column of another type", "error")
def other_type(place: Path, random: Random) -> str:
    file, name = random.choice([("charges", "amount"), ("ledger", "amount"), ("stays", "fund_paid")])
    path = _own(place, file)
    rows = pq.read_table(path)
    kind = random.choice([pa.float64(), pa.string(), pa.decimal128(38, 4)])
    pq.write_table(rows.set_column(rows.column_names.index(name), name, rows[name].cast(kind)), path)
    return f"{file}.{name} as {kind}"


@unsealed("own table: a key or code that is not there", "error")
def bad_code(place: Path, random: Random) -> str:
    table, name, value = random.choice(
        [
            ("stays", "stay_id", None),
            ("ledger", "month", "2023/02"),
            ("ledger", "cost_item", "salaries"),
            ("charges", "line_id", None),
            ("cost_centres", "class", "Clinical"),
            ("items", "kind", "药"),
        ]
    )
    path = _own(place, table)
    rows = pq.read_table(path)
    values = rows[name].to_pylist()
    values[random.randrange(len(values))] = value
    pq.write_table(rows.set_column(rows.column_names.index(name), name, pa.array(values, pa.string())), path)
    return f"{table}.{name} = {value!r}"


@unsealed("own table: lines in the file of another month", "error")
def other_month(place: Path, random: Random) -> str:
    path = _own(place, "charges")
    rows = pq.read_table(path)
    if random.random() < 0.5:
        path.rename(path.with_name("2023-01.parquet"))
        return f"{path.name} as 2023-01.parquet"
    at = rows.column_names.index("charged_at")
    moved = pc.add(rows["charged_at"], pa.scalar(40 * 86400 * 10**6, pa.duration("us")))
    pq.write_table(rows.set_column(at, "charged_at", moved), path)
    return "40 days later"


@unsealed("own table: the lines of the month twice", "error")
def month_twice(place: Path, random: Random) -> str:
    path = _own(place, "charges")
    shutil.copyfile(path, path.with_name(f"{MONTH}-b.parquet"))
    return "charges of the month again"


@unsealed("own table: amounts negative or not a number")
def amounts(place: Path, random: Random) -> str:
    if random.random() < 0.5:
        path = _own(place, "ledger")
        rows = pq.read_table(path)
        values = [-value if random.random() < 0.02 else value for value in rows["amount"].to_pylist()]
        column = pa.array(values, rows.schema.field("amount").type)
        pq.write_table(rows.set_column(rows.column_names.index("amount"), "amount", column), path)
        return "ledger.amount"
    path = _own(place, "payment_standards")
    rows = pq.read_table(path)
    values = [float("nan") if random.random() < 0.3 else value for value in rows["weight"].to_pylist()]
    column = pa.array(values, pa.float64(), from_pandas=False)
    pq.write_table(rows.set_column(rows.column_names.index("weight"), "weight", column), path)
    return "payment_standards.weight = nan"


@closed("closed month: two tables exchanged", "mended")
def exchanged(place: Path, random: Random) -> str:
    a, b = random.sample(sorted((place / "outputs/small" / MONTH / "tables").glob("*.parquet")), 2)
    content = a.read_bytes()
    a.write_bytes(b.read_bytes())
    b.write_bytes(content)
    return f"{a.name}, {b.name}"


@closed("closed month: card edited by hand", "mended")
def edited(place: Path, random: Random) -> str:
    card = place / "outputs/small" / MONTH / "tables/closed.json"
    content = json.loads(card.read_text("utf8"))
    key = random.choice([key for key in content if isinstance(content[key], str)])
    content[key] = "x"
    card.write_text(json.dumps(content), "utf8")
    return key


@closed("closed month: cut off while exchanged", "clean", "mended")
def cut_off(place: Path, random: Random) -> str:
    here = place / "outputs/small" / MONTH
    way = random.randrange(4)
    if way == 0:
        (here / "tables").rename(here / ".tables.retired")
    elif way == 1:
        shutil.copytree(here / "tables", here / ".tables.retired")
        (here / ".tables.retired/cases.parquet").unlink()
    elif way == 2:
        (here / "tables").rename(here / ".tables.unfinished")
    else:
        shutil.copytree(here / "tables", here / ".tables.unfinished")
        (here / "tables").rename(here / ".tables.retired")
        (here / ".tables.unfinished/closed.json").unlink()
    return ("only retired", "retired half removed", "only a draft", "draft and retired")[way]


@closed("closed month: a file more", "clean", "mended")
def more(place: Path, random: Random) -> str:
    (place / "outputs/small" / MONTH / "tables/notes.txt").write_text("mine")
    return "notes.txt"
