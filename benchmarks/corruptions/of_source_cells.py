"""Corruptions of single cells of exported text files: what people, spreadsheets and clocks do to values."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from benchmarks.corruptions.kinds import Kinds
from benchmarks.corruptions.text_files import TextFile, any_text, column

kind = Kinds("source")

MONEY = {"stays": ("charge_total", "fund_paid", "self_paid"), "charges": ("amount", "unit_price", "quantity")}
TIMES = {"stays": ("admitted_at", "discharged_at"), "charges": ("charged_at",), "transfers": ("from_time", "to_time")}
NAMES = {"departments": ("name",), "items": ("name",), "diagnoses": ("code",), "stays": ("team", "physician_id")}
WIDE = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")


def change(
    place: Path, random: Random, choice: dict[str, tuple[str, ...]], new: Callable[[str], str], most: int = 5
) -> str:
    """Write `new(old)` into some filled cells of one column of one of the files."""
    file: TextFile = any_text(place, random, *choice)
    rows = file.rows()
    name = random.choice(choice[file.table])
    at = column(rows, name)
    filled = [row for row in rows[1:] if row[at]]
    chosen = random.sample(filled, min(len(filled), random.randint(1, most)))
    for row in chosen:
        row[at] = new(row[at])
    file.write(rows)
    return f"{file.path.name}, {name}: {[row[at][:40] for row in chosen]}"


def texts(name: str, choice: dict[str, tuple[str, ...]], values: list[str], *ends: str) -> None:
    """A kind that puts one of the values into cells of the columns."""

    def apply(place: Path, random: Random) -> str:
        value = random.choice(values)
        return change(place, random, choice, lambda old: value)

    kind(name, *ends)(apply)  # type: ignore[arg-type]


def rewritten(name: str, choice: dict[str, tuple[str, ...]], new: Callable[[str], str], *ends: str) -> None:
    """A kind that writes cells in another way."""

    def apply(place: Path, random: Random) -> str:
        return change(place, random, choice, new, 10_000)

    kind(name, *ends)(apply)  # type: ignore[arg-type]


def thousands(text: str) -> str:
    whole, point, rest = text.partition(".")
    return f"{int(whole):,}{point}{rest}"


def serial(text: str) -> str:
    moment = datetime.fromisoformat(text)
    return format((moment - datetime(1899, 12, 30)) / timedelta(days=1), ".10f")


texts("cell: begins with = + - @ or tab", NAMES, ["=1+2", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1"])
texts("cell: <script> in a name", NAMES, ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])
texts("cell: 10,000 characters", NAMES, ["长" * 10_000, "x" * 10_000])
texts("cell: NUL and other control characters", NAMES, ["A\x00B", "\x00", "\x01\x02", "A\x1bB"], "quarantined", "error")
texts("cell: a line break", NAMES, ["two\nlines", "two\r\nlines"])
texts("cell: text where a number is due", MONEY, ["a lot", "12O.50", "1.2.3", "1,23", "¥12", "--1"], "quarantined")
texts("cell: NaN or infinity", MONEY, ["NaN", "nan", "inf", "-Infinity", "1e999", "#N/A", "#DIV/0!"], "quarantined")
texts("cell: a huge number", MONEY, ["99999999999999999999", "9" * 40, "1e17", "9999999999999.99", "8e15"])
texts("cell: negative or zero", MONEY, ["-1", "0", "-0.00", "-123456.78"])
texts("cell: too many decimals", MONEY, ["1.005", "0.00499999", "2.675", "-1.005"])
texts("cell: no such day", TIMES, ["2023-02-30", "2023-02-29 10:00", "2023-13-01", "soon", "0000-00-00"], "quarantined")
texts("cell: year 1900, 9999 or 0203", TIMES, ["1900-01-01", "9999-12-31", "9999-12-31 23:59:59", "0203-02-03"])
texts("cell: another month", TIMES, ["2023-03-01", "2022-12-31 23:59:59", "2024-02-29 12:00"])
rewritten("cell: thousands separators", MONEY, thousands, "clean")
rewritten("cell: full-width digits and commas", MONEY, lambda x: thousands(x).translate(WIDE), "clean")
rewritten("cell: dates with slashes", TIMES, lambda x: x.replace("-", "/"), "clean")
rewritten("cell: Chinese dates", TIMES, lambda x: f"{x[:4]}年{x[5:7]}月{x[8:10]}日{x[10:]}", "clean")
rewritten("cell: compact dates", TIMES, lambda x: x.replace("-", "").replace(":", "").replace(" ", ""), "clean")
rewritten("cell: Excel's serial numbers in a text", TIMES, serial, "quarantined", "error")
rewritten("cell: blanks around", {**MONEY, **TIMES}, lambda x: f" \u3000{x}\u00a0", "clean")


@kind("cell: clock set back an hour")
def clock_set_back(place: Path, random: Random) -> str:
    """The hour that comes twice: what begins at 02:50 ends at 02:10."""
    file = any_text(place, random, "stays", "transfers")
    begin, end = TIMES[file.table]
    rows = file.rows()
    row = random.choice([row for row in rows[1:] if row[column(rows, begin)] and row[column(rows, end)]])
    day = row[column(rows, begin)][:10]
    row[column(rows, begin)], row[column(rows, end)] = f"{day} 02:50:00", f"{day} 02:10:00"
    file.write(rows)
    return f"{file.path.name} {day}"


@kind("cell: a digit changed")
def digit(place: Path, random: Random) -> str:
    def other(text: str) -> str:
        places = [i for i, letter in enumerate(text) if letter.isdigit()]
        at = random.choice(places) if places else 0
        return text[:at] + str(random.randrange(10)) + text[at + 1 :]

    return change(place, random, random.choice([MONEY, TIMES]), other)


@kind("cell: two columns' values exchanged")
def exchanged(place: Path, random: Random) -> str:
    file = any_text(place, random)
    rows = file.rows()
    a, b = random.sample(range(len(rows[0])), 2)
    for row in rows[1:]:
        row[a], row[b] = row[b], row[a]
    file.write(rows)
    return f"{file.path.name}: {rows[0][a]}, {rows[0][b]}"


@kind("cell: emptied")
def emptied(place: Path, random: Random) -> str:
    file = any_text(place, random)
    rows = file.rows()
    at = random.randrange(len(rows[0]))
    for row in random.sample(rows[1:], min(5, len(rows) - 1)):
        row[at] = ""
    file.write(rows)
    return f"{file.path.name}: {rows[0][at]}"
