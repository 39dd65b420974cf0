"""What causes are called: categories, groups of items, wards, drivers; what an effect does; who owns it."""

from functools import lru_cache

import pandas as pd

from analysis.presentation.numbers import EMPTY
from analysis.rootcause.settings import RootCause
from analysis.settings import parameters_folder, read_settings
from analysis.studies.report import Report
from analysis.vocabulary import codes, label

_WAITING = "stay_"
#: The owner that stands for whoever treats the cases.
_OWN = "department"
#: (category, effect) or effect -> what it does to the thing (zh, en).
_EFFECTS = {
    ("stay", "quantity"): ("天数", "days"),
    ("stay", "price"): ("每床日成本", "cost per day"),
    ("stay", "use_rate"): ("入住比例", "use rate"),
    "use_rate": ("使用率", "use rate"),
    "quantity": ("每例用量", "quantity"),
    "substitution": ("品种结构", "choice of product"),
    "price": ("单价", "price"),
}
#: baseline -> what the cost is compared with (zh, en).
_REFERENCE = {
    "standard": ("支付标准", "Payment standard"),
    "standard_cost": ("标准成本", "Standard cost"),
    "peers": ("同行成本", "Peers' cost"),
    "own_past": ("上年同期成本", "Cost a year earlier"),
    "peer_physicians": ("同行医师典型成本", "Typical physicians' cost"),
}


def lower(text: str) -> str:
    """A name inside an English sentence; one that begins with capitals (MRI) or Chinese stays."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def reference_words(report: Report, baseline: str) -> str:
    """`标准成本` / `Standard cost`."""
    return report.say(*_REFERENCE[kind_of(report, baseline)])


def kind_of(report: Report, baseline: str) -> str:
    """The baseline; of peers, whether they are hospitals or, where the folder holds one, its physicians."""
    return "peer_physicians" if baseline == "peers" and _one_hospital(report) else baseline


@lru_cache(maxsize=4)
def _one_hospital(report: Report) -> bool:
    return report.engine.value("select count(distinct hospital_id) from cases") == 1


def effect_words(report: Report, category: str, effect: str) -> str:
    """What an effect does: quantity, price; empty for a code that is no effect of one thing."""
    pair = _EFFECTS.get((category, effect)) or _EFFECTS.get(effect)
    return report.say(*pair) if pair else ""


def thing_words(report: Report, code: str, baseline: str = "standard_cost") -> str:
    """Name of what a cause is about: a category, a group of items, an item, a ward, a driver."""
    if code == "payment":
        what = reference_words(report, baseline)
        return report.say(f"支付低于{what}", f"Paid less than {lower(what)}")
    if code in settings_of(report).bundles:
        return settings_of(report).bundles[code].label(report.language)
    if code in codes("cause"):
        return label("cause", code, report.language)
    if code.startswith(_WAITING):
        return label("wait_reason", code.removeprefix(_WAITING), report.language)
    return _named(report).get(code) or _grouped(report, code)


def cause_words(report: Report, row: pd.Series, baseline: str = "standard_cost") -> str:
    """A cause with what it mostly works through: `碘克沙醇注射液等 4 种（每例用量）`."""
    if (row["view"], row["thing"]) == ("driver", "rest"):
        return label("cause", "untold", report.language)
    name = thing_words(report, row["thing"], baseline)
    how = effect_words(report, row["category"], row["through"])
    return report.say(f"{name}（{how}）", f"{name} ({how})") if how else name


def owner_words(report: Report, code: str, department: str = "") -> str:
    """Who can change it: as the settings name the owner, else a department's name; a dash where nobody is named.

    `department` : the one that treats most cases, named where the clinical department owns a cause.
    """
    if not code:
        return EMPTY
    if code == _OWN and department:
        return report.name("department", department)
    owners = settings_of(report).owners
    return owners[code].label(report.language) if code in owners else report.name("department", code)


@lru_cache(maxsize=4)
def settings_of(report: Report) -> RootCause:
    """The root-cause settings that the closing names, as the file is now; open ones where there is none."""
    name = report.card.get("settings", {}).get("rootcause", "")
    path = parameters_folder() / "rootcause" / f"{name}.yaml"
    return read_settings(path, RootCause) if path.is_file() else RootCause()


@lru_cache(maxsize=4)
def _named(report: Report) -> dict[str, str]:
    return {**report.names("cost_centre"), **report.names("item")}


@lru_cache(maxsize=4)
def _groups(report: Report) -> dict[str, tuple[str, int, str]]:
    rows = report.sql("group_names")
    return {row.code: (row.item_code, int(row.items), row.base_unit) for row in rows.itertuples()}


def unit_words(report: Report, category: str, code: str) -> str:
    """What quantities of a group are counted in: its base unit, days of a ward; empty where they are pieces."""
    if category == "stay":
        return report.say("天", "days")
    return _groups(report)[code][2] if code in _groups(report) else ""


def _grouped(report: Report, code: str) -> str:
    """Name of a substitution group: its costliest item and how many more it has; the code where nobody knows it."""
    if code not in _groups(report):
        return code
    item, count, _ = _groups(report)[code]
    name = _named(report).get(item, item)
    if count == 1:
        return name
    return report.say(f"{name}等 {count} 种", f"{name} and {count - 1} more")


#: why -> (zh, en): why a driver has no row of its own, or a cause no interval.
_WHY = {
    "few": ("例数不足", "too few cases"),
    "unknown": ("未登记", "not recorded"),
    "collinear": ("无法与其他因素分开", "not to be told apart"),
    "no_reference": ("基准未给出", "no reference for it"),
    "still": ("住院日没有差异", "stays do not vary"),
    "few_physicians": ("医师不足", "too few physicians"),
}


def left_out_words(report: Report, notes: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """What of the drivers could not be told, and why, in one line; none where nothing was left out."""
    known = [(what, why) for what, why in notes if why in _WHY]
    if not known:
        return ()
    words = [(thing_words(report, what), report.say(*_WHY[why])) for what, why in known]
    zh = "、".join(f"{what}（{why}）" for what, why in words)
    en = ", ".join(f"{lower(what)} ({why})" for what, why in words)
    return (report.say(f"未能单列的动因：{zh}。", f"Drivers without a row of their own: {en}."),)


def main_department(report: Report, drg_code: str) -> str:
    """The department with more than half the cases of a DRG in the last twelve months; empty where none has."""
    cells = report.sql("drg_cells", **report.twelve.bounds)
    cells = cells[cells["drg_code"] == drg_code]
    most = cells.nlargest(1, "cases")
    large = len(most) and most["cases"].iloc[0] * 2 > cells["cases"].sum()
    return str(most["department"].iloc[0]) if large and most["department"].notna().all() else ""
