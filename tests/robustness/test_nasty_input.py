"""Input as real hospitals send it, through import, check and close: clean, set aside with a reason, or one clear error.

The expected totals are those of the hand hospital: 2023-05 has one case (s2) with lines of 100 and a ledger of 1,900.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from robustness.source_files import Source, csv_text

FORMULAS = ["=1+2", "+1+2", "-1+2", "@SUM(A1)", '=HYPERLINK("http://evil.example","x")']
SCRIPT = "<script>alert(1)</script>"


def totals(source: Source, month: str = "2023-05") -> tuple[int, Decimal, Decimal]:
    """Cases, charges of the month's lines, ledger: by the closed month's own checks."""
    found = source.month(month).sql('select "check", sum(found) as found from reconciliation group by 1')
    sums = found.set_index("check")["found"]
    return int(sums["discharges_cases"]), Decimal(str(sums["lines_items"])), Decimal(str(sums["ledger_clinical"]))


HAND = (1, Decimal("220.0"), Decimal("1900.0"))


def refused(source: Source, table: str, *reasons: str) -> None:
    """Just these rows are set aside, and nothing is lost."""
    read, imported, aside = source.counts(table)
    assert read == imported + aside and aside == len(reasons)
    for found, words in zip(source.reasons(table), reasons, strict=True):
        assert words in found


def test_the_hand_hospital_itself(imported_and_closed: Source):
    assert totals(imported_and_closed) == HAND


# --- names and texts


def test_any_text_may_be_a_name(source: Source, come_through: Callable[[], Source]):
    """Formulas, markup, 10,000 characters, line breaks: names of departments, groups, carried letter by letter."""
    names = [*FORMULAS, SCRIPT, "长" * 10_000, "two\nlines", "\ttab", "'; drop table x; --", "😀"]
    for number, name in enumerate(names):
        department, standard = source.tables["departments"][0], source.tables["payment_standards"][0]
        source.tables["departments"].append(department | {"department": f"N{number}", "name": name})
        source.tables["payment_standards"].append(standard | {"drg_code": f"N{number}", "name": name})
    source.write()
    assert totals(come_through()) == HAND
    kept = "select code, name from names where kind = 'KIND' and code like 'N%' order by cast(code[2:] as int)"
    for kind in ("department", "drg"):
        assert source.month().sql(kept.replace("KIND", kind))["name"].to_list() == [name.strip() for name in names]
    assert "<script>alert" not in (source.place / "data/hand/quality.html").read_text("utf8")


def test_control_characters_are_set_aside(source: Source):
    source.only("stays")
    texts = ["A\x00B", "\x00", "A\x1b[31m", "\x7f"]
    source.tables["stays"] += [{"stay_id": f"x{n}", "hospital_id": "H", "team": text} for n, text in enumerate(texts)]
    source.write()
    assert source.bring().code == 0
    refused(source, "stays", *["column team: a control character"] * 4)


# --- how files are written


def reordered(text: str) -> str:
    rows = [line.split(",") for line in text.splitlines()]
    return "\n".join(",".join(reversed(row)) for row in rows) + "\n"


FORMS = {
    "mark at the start": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "UTF-16": lambda text: text.encode("utf-16"),
    "line ends of Windows": lambda text: text.replace("\n", "\r\n"),
    "empty lines": lambda text: text.replace("\n", "\n\n\r\n"),
    "separators at the ends": lambda text: text.replace("\n", ",,\n"),
    "another order": reordered,
    "a column more": lambda text: "".join(f"x,{line}\n" for line in text.splitlines()),
    "all quoted": lambda text: "".join('"' + line.replace(",", '","') + '"\n' for line in text.splitlines()),
    "a column twice": lambda text: "".join(f"{line},{line.split(',')[0]}\n" for line in text.splitlines()),
}


def test_the_same_file_in_another_form(source: Source):
    source.only("stays")
    source.write()
    assert source.bring().code == 0
    table = source.place / "data/hand/stays.parquet"
    plain = table.read_bytes()
    for name, form in FORMS.items():
        source.replace("stays", form(source.text("stays")))
        assert source.bring().code == 0 and source.counts("stays") == (3, 3, 0), name
        assert table.read_bytes() == plain, name


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace("stay_id", "number"), "column stay_id is not in the file"),
        (lambda text: text.replace("s2", '"s2', 1), "quotation marks"),
        (lambda text: text.replace(",", ";"), "set delimiter: ';'"),
        (lambda text: "", "the file is empty"),
        (lambda text: text.splitlines()[0] + "\n", "the file has no rows"),
        (lambda text: text.encode() + b"\x00\xff\xfe", "stays.csv"),
        (lambda text: "\n".join(text.splitlines()[1:]), "column stay_id is not in the file"),
    ],
    ids=["a column is missing", "a quote too many", "another separator", "empty", "no rows", "noise", "no headings"],
)
def test_a_file_that_cannot_be_what_it_should(source: Source, change: Callable[[str], str | bytes], words: str):
    source.only("stays")
    source.write()
    source.replace("stays", change(source.text("stays")))
    ended = source.bring()
    assert ended.clear and words in ended.text, ended.text
    assert not (source.place / "data/hand").exists()


@pytest.mark.parametrize("first", ["utf-8", "gb18030"])
@pytest.mark.parametrize("declared", ["auto", "gb18030"])
def test_two_encodings_in_one_file(source: Source, first: str, declared: str):
    """GB18030 reads nearly any bytes: without a look at the lines, names would become others without a word."""
    second = "gb18030" if first == "utf-8" else "utf-8"
    source.only("stays", "departments")
    source.write()
    head = ",".join(source.tables["departments"][0]) + "\n"
    rows = "H,D,心血管内科,Medicine,4\n".encode(first) + "H,E,神经外科病区,Surgery,4\n".encode(second)
    source.replace("departments", head.encode() + rows, encoding=declared)
    ended = source.bring()
    assert ended.clear and "departments.csv, line" in ended.text, ended.text


def test_a_chinese_file_in_gb18030_is_read(source: Source):
    source.only("stays", "departments")
    source.write()
    text = csv_text([{"hospital_id": "H", "department": "D", "name": "联通内科，心血管", "name_en": "", "beds": 4}])
    source.replace("departments", text.encode("gb18030"))
    assert source.bring().code == 0 and source.counts("departments") == (1, 1, 0)


# --- numbers


def denied(source: Source, amounts: list[str]) -> None:
    """Import denials of these amounts."""
    source.only("stays", "denials")
    source.tables["denials"] = [
        source.tables["denials"][0] | {"denial_id": f"d{number:02}", "amount": amount}
        for number, amount in enumerate(amounts)
    ]
    source.write()
    assert source.bring().code == 0


def test_one_amount_in_many_ways(source: Source):
    ways = ["1,880.00", "１，８８０．００", "1880", "1.88e3", " 1880 ", "+1,880.0", "1879.995", "１８８０", "01880."]
    denied(source, ways)
    kept = pq.read_table(source.place / "data/hand/denials.parquet")["amount"].to_pylist()
    assert kept == [Decimal("1880.00")] * len(ways)


def test_what_is_no_amount_is_set_aside(source: Source):
    wrong = [
        "NaN",
        "inf",
        "-Infinity",
        "1e400",
        "9" * 40,
        "12O",
        "1,23",
        "(100)",
        "¥100",
        "1 000",
        "#REF!",
        "1e17",
    ]
    denied(source, ["1", *wrong])
    refused(source, "denials", *[f"column amount: text '{text}' is not an amount of money" for text in wrong])


def test_negative_and_zero_are_amounts(source: Source, come_through: Callable[[], Source]):
    """A refund of 30 and a free line: 220 - 30 + 0."""
    line = source.tables["charges"][2]
    source.tables["charges"] += [
        line | {"line_id": "r1", "quantity": -1, "amount": -30},
        line | {"line_id": "r2", "quantity": 0, "amount": 0},
    ]
    source.write()
    assert totals(come_through()) == (1, Decimal("190.0"), Decimal("1900.0"))


def test_sums_that_no_amount_can_hold(source: Source):
    """Each fits into 16 digits, their sum does not: told as what it is."""
    for row in source.tables["ledger"][:2]:
        row["amount"] = "9000000000000000"
    source.write()
    assert source.bring().code == 0
    ended = source.close()
    assert ended.clear and "larger than" in ended.text, ended.text + ended.traceback
    assert not (source.place / "outputs/hand/2023-05/tables").exists()


def test_an_amount_beyond_belief_is_shown_by_check(source: Source, come_through: Callable[[], Source]):
    """It fits its column, so it is carried to the last digit; check multiplies it by quantities and must not fail."""
    source.tables["charges"][2] |= {
        "amount": "9999999999999.99",
        "unit_price": "999999999999.99",
        "quantity": "99999.5",
    }
    source.write()
    come_through()
    assert totals(source) == (1, Decimal("10000000000159.99"), Decimal("1900.0"))


# --- days and hours


def test_days_that_mean_not_known(source: Source, come_through: Callable[[], Source]):
    """Set aside, instead of closing every month from 1900 on."""
    for day in ("1900-01-01", "9999-12-31", "9999-12-31 23:59:59", "0001-01-01"):
        odd = {"stay_id": f"x{day}", "admitted_at": day, "discharged_at": day}
        source.tables["stays"].append(source.tables["stays"][1] | odd)
    source.write()
    come_through()
    refused(source, "stays", *["is in no likely year"] * 4)
    assert totals(source) == HAND


def test_a_mistyped_year_is_asked_about(source: Source):
    source.tables["stays"][1] |= {"admitted_at": "1973-05-30", "discharged_at": "1973-05-31"}
    source.write()
    assert source.bring().code == 0
    ended = source.close()
    assert ended.clear and "no discharge for more than two years" in ended.text and "1973-05 (stay s2)" in ended.text


def test_the_hour_that_comes_twice(source: Source):
    """Clocks are set back: what began at 02:50 ends at 02:10. Times are local, so nobody can tell; it is set aside."""
    source.only("stays")
    source.tables["stays"][1] |= {"admitted_at": "2023-05-28 02:50", "discharged_at": "2023-05-28 02:10"}
    source.write()
    assert source.bring().code == 0
    refused(source, "stays", "discharged 2023-05-28 02:10 before admitted 2023-05-28 02:50")


def test_leap_days(source: Source):
    source.only("stays", "denials")
    days = ("2024-02-29", "2023-02-29", "2023-06-31", "2000-02-29", "2100-02-29")
    first = source.tables["denials"][0]
    source.tables["denials"] = [first | {"denial_id": day, "denied_on": day} for day in days]
    source.write()
    assert source.bring().code == 0
    refused(source, "denials", *[f"column denied_on: text '{days[n]}' is not a date" for n in (1, 2, 4)])


# --- parameters


def test_a_parameter_that_stands_there_twice(source: Source):
    """The second value would win without a word."""
    source.only("stays", "departments")
    source.write()
    assert source.bring().code == 0
    pack = source.place / "parameters/payment/hand.yaml"
    pack.write_text(pack.read_text() + "rate: 50\n")
    ended = source.close()
    assert ended.clear and "the key rate stands there twice" in ended.text and "hand.yaml" in ended.text


# --- deliveries


def test_the_same_file_twice(source: Source):
    source.only("stays", "charges")
    source.write()
    for number in (1, 2):
        (source.place / f"source/charges_{number}.csv").write_text(source.text("charges"), "utf8")
    source.replace("charges", "", "unused.csv", path="charges_*.csv")
    ended = source.bring()
    assert ended.clear and "charges_1.csv, charges_2.csv" in ended.text and "same content" in ended.text


def test_one_month_in_two_files_that_overlap(source: Source, come_through: Callable[[], Source]):
    rows = source.tables["charges"]
    source.write()
    (source.place / "source/charges_1.csv").write_text(csv_text(rows[:4]), "utf8")
    (source.place / "source/charges_2.csv").write_text(csv_text(rows[2:]), "utf8")
    source.replace("charges", "", "unused.csv", path="charges_*.csv")
    come_through()
    refused(source, "charges", *["duplicate row: line_id"] * 2)
    assert totals(source) == HAND


# --- workbooks


def save_book(path: Path, rows: list[list[object]]) -> None:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)


def test_excel_dates_and_serial_numbers(source: Source):
    source.only("stays", "denials")
    source.write()
    rows = [["denial_id", "hospital_id", "stay_id", "denied_on", "amount", "reason"]]
    days = [date(2023, 6, 20), datetime(2023, 6, 20, 8), 45097, "2023/6/20", "20230620"]
    rows += [[f"d{n}", "H", "s2", day, 15, "coding"] for n, day in enumerate(days)]
    source.tables["denials"] = [dict.fromkeys(rows[0], "")]
    save_book(source.place / "source/denials.xlsx", rows)
    source.replace("denials", (source.place / "source/denials.xlsx").read_bytes(), "denials.xlsx", format="xlsx")
    assert source.bring().code == 0
    assert source.counts("denials") == (5, 5, 0)


def test_a_formula_that_was_never_calculated(source: Source):
    source.only("stays", "denials")
    source.write()
    rows = [["denial_id", "hospital_id", "stay_id", "denied_on", "amount", "reason"]]
    rows.append(["d1", "H", "s2", date(2023, 6, 20), "=10+5", "coding"])
    source.tables["denials"] = [dict.fromkeys(rows[0], "")]
    save_book(source.place / "source/denials.xlsx", rows)
    source.replace("denials", (source.place / "source/denials.xlsx").read_bytes(), "denials.xlsx", format="xlsx")
    ended = source.bring()
    assert ended.clear and "never calculated" in ended.text and "cell E2" in ended.text
