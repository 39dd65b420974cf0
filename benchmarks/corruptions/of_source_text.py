"""Corruptions of exported text files: encodings, separators, quotes, lines, columns."""

import shutil
from pathlib import Path
from random import Random

from benchmarks.corruptions.kinds import Kinds
from benchmarks.corruptions.text_files import any_text

kind = Kinds("source")


@kind("text: mark at the start (BOM)", "clean")
def bom(place: Path, random: Random) -> str:
    file = any_text(place, random, "stays", "charges", "items")
    file.write(b"\xef\xbb\xbf" + file.content())
    return file.path.name


@kind("text: UTF-16", "clean")
def utf16(place: Path, random: Random) -> str:
    file = any_text(place, random, "stays", "items", "diagnoses")
    file.write(file.text().encode("utf-16"))
    return file.path.name


@kind("text: GB18030 where UTF-8 was", "clean")
def gb18030(place: Path, random: Random) -> str:
    file = any_text(place, random, "stays", "items", "charges")
    file.write(file.text().encode("gb18030"))
    return file.path.name


@kind("text: one line in another encoding", "error")
def mixed_encodings(place: Path, random: Random) -> str:
    file = any_text(place, random, "items", "departments")
    lines = file.text().splitlines(keepends=True)
    number = random.randrange(1, len(lines))
    lines[number] = "诊疗项目" + lines[number]
    other = "gb18030" if file.encoding == "utf-8" else "utf-8"
    file.write(b"".join(line.encode(other if i == number else file.encoding) for i, line in enumerate(lines)))
    return f"{file.path.name} line {number + 1} in {other}"


@kind("text: line ends of Windows", "clean")
def crlf(place: Path, random: Random) -> str:
    file = any_text(place, random)
    file.write(file.text().replace("\n", "\r\n"))
    return file.path.name


@kind("text: empty lines", "clean")
def empty_lines(place: Path, random: Random) -> str:
    file = any_text(place, random)
    lines = file.text().splitlines(keepends=True)
    for _ in range(random.randint(1, 5)):
        lines.insert(random.randrange(len(lines) + 1), random.choice(["\n", "\r\n", file.delimiter * 3 + "\n"]))
    file.write("".join(lines))
    return file.path.name


@kind("text: separators at line ends", "clean")
def trailing(place: Path, random: Random) -> str:
    file = any_text(place, random)
    file.write("".join(line + file.delimiter + "\n" for line in file.text().splitlines()))
    return file.path.name


@kind("text: every cell quoted", "clean")
def quoted(place: Path, random: Random) -> str:
    file = any_text(place, random)
    cells = [file.delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in file.rows()]
    file.write("\n".join(cells) + "\n")
    return file.path.name


@kind("text: a quotation mark too many")
def stray_quote(place: Path, random: Random) -> str:
    file = any_text(place, random)
    text = file.text()
    at = random.randrange(text.index("\n") + 1, len(text))
    file.write(text[:at] + '"' + text[at:])
    return f"{file.path.name} at {at}"


@kind("text: another separator", "error")
def semicolons(place: Path, random: Random) -> str:
    file = any_text(place, random)
    file.write(file.text().replace(file.delimiter, "\t"))
    return file.path.name


@kind("text: separators gone from a line", "quarantined", "error")
def lost_separator(place: Path, random: Random) -> str:
    file = any_text(place, random)
    lines = file.text().splitlines()
    number = random.randrange(1, len(lines))
    lines[number] = lines[number].replace(file.delimiter, "", random.randint(1, 3))
    file.write("\n".join(lines) + "\n")
    return f"{file.path.name} line {number + 1}"


@kind("columns: in another order", "clean")
def shuffled_columns(place: Path, random: Random) -> str:
    file = any_text(place, random, "stays", "items", "diagnoses", "transfers", "departments")
    rows = file.rows()
    order = random.sample(range(len(rows[0])), len(rows[0]))
    file.write([[row[i] for i in order] for row in rows])
    return file.path.name


@kind("columns: an unknown one", "clean")
def extra_column(place: Path, random: Random) -> str:
    file = any_text(place, random, "stays", "items", "diagnoses", "departments")
    rows = file.rows()
    at = random.randrange(len(rows[0]) + 1)
    file.write(
        [[*row[:at], "备注" if i == 0 else random.choice(["", "x", "1"]), *row[at:]] for i, row in enumerate(rows)]
    )
    return file.path.name


@kind("columns: one twice", "clean", "error")
def doubled_column(place: Path, random: Random) -> str:
    file = any_text(place, random, "stays", "items", "diagnoses", "departments")
    rows = file.rows()
    at = random.randrange(len(rows[0]))
    file.write([[*row, row[at]] for row in rows])
    return f"{file.path.name}: {rows[0][at]}"


@kind("columns: one is missing", "error")
def missing_column(place: Path, random: Random) -> str:
    file = any_text(place, random)
    rows = file.rows()
    at = random.randrange(len(rows[0]))
    file.write([row[:at] + row[at + 1 :] for row in rows])
    return f"{file.path.name}: {rows[0][at]}"


@kind("columns: two headings exchanged")
def exchanged_headings(place: Path, random: Random) -> str:
    file = any_text(place, random)
    rows = file.rows()
    a, b = random.sample(range(len(rows[0])), 2)
    rows[0][a], rows[0][b] = rows[0][b], rows[0][a]
    file.write(rows)
    return f"{file.path.name}: {rows[0][a]}, {rows[0][b]}"


@kind("columns: no headings", "error")
def no_headings(place: Path, random: Random) -> str:
    file = any_text(place, random)
    file.write(file.rows()[1:])
    return file.path.name


@kind("rows: in another order", "clean")
def shuffled_rows(place: Path, random: Random) -> str:
    file = any_text(place, random)
    head, *rows = file.rows()
    random.shuffle(rows)
    file.write([head, *rows])
    return file.path.name


@kind("rows: some twice", "quarantined")
def doubled_rows(place: Path, random: Random) -> str:
    file = any_text(place, random)
    rows = file.rows()
    rows += random.choices(rows[1:], k=random.randint(1, 5))
    file.write(rows)
    return file.path.name


@kind("rows: a second one with the same key")
def same_key(place: Path, random: Random) -> str:
    file = any_text(place, random, "stays", "charges", "items")
    rows = file.rows()
    row = list(random.choice(rows[1:]))
    row[-1] = ""
    file.write([*rows, row])
    return file.path.name


@kind("rows: some lost")
def lost_rows(place: Path, random: Random) -> str:
    file = any_text(place, random)
    head, *rows = file.rows()
    kept = [row for row in rows if random.random() > 0.1]
    file.write([head, *kept])
    return f"{file.path.name}: {len(kept)} of {len(rows)}"


@kind("delivery: the same file twice", "quarantined", "error")
def twice(place: Path, random: Random) -> str:
    shutil.copyfile(place / "source/charges_1.csv.gz", place / "source/charges_3.csv.gz")
    return "charges_1 again as charges_3"


@kind("delivery: rows of the month in two files", "quarantined")
def overlapping(place: Path, random: Random) -> str:
    one = any_text(place, random, "charges")
    other = one.path.with_name("charges_2.csv.gz" if one.path.name == "charges_1.csv.gz" else "charges_1.csv.gz")
    rows = one.rows()
    second = type(one)(other)
    second.write([*second.rows(), *random.sample(rows[1:], 20)])
    return f"20 rows of {one.path.name} in {other.name} too"


@kind("delivery: one file of two is missing")
def half(place: Path, random: Random) -> str:
    (place / f"source/charges_{random.choice('12')}.csv.gz").unlink()
    return "one file of charges"
