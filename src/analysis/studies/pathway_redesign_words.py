"""What outcomes, numbers and resources of a simulated pathway are called."""

from collections.abc import Mapping
from typing import NamedTuple

from analysis.pathways.model import Pathway
from analysis.presentation.numbers import Kind
from analysis.vocabulary import Language


class Outcome(NamedTuple):
    """Words for an outcome: name, how it is written, whether less of it is better, whether it is money."""

    zh: str
    en: str
    kind: Kind
    less: bool
    money: bool = False


OUTCOMES: dict[str, Outcome] = {
    "stay": Outcome("住院日（每次）", "Days of a stay", "number1", True),
    "days_of_patient": Outcome("住院日（每位患者）", "Days of a patient", "number1", True),
    "cost": Outcome("成本（每次）", "Cost of a stay", "money", True, True),
    "cost_of_patient": Outcome("成本（每位患者）", "Cost of a patient", "money", True, True),
    "margin": Outcome("盈亏（每次）", "Margin of a stay", "money", False, True),
    "margin_of_patient": Outcome("盈亏（每位患者）", "Margin of a patient", "money", False, True),
    "throughput": Outcome("出院（每天）", "Discharges a day", "number3", False),
    "waiting": Outcome("等待资源（天）", "Days waited", "number1", True),
    "bed_use": Outcome("床位使用率", "Use of beds", "percent1", True),
    "beds": Outcome("占用床位（张）", "Beds occupied", "number1", True),
    "complication": Outcome("并发症", "Complications", "percent1", True),
    "readmission": Outcome("再入院", "Readmissions", "percent1", True),
}
_RESOURCES = {
    "bed": ("床位", "beds"),
    "intensive_bed": ("监护床", "intensive beds"),
    "operating_room": ("手术室", "operating theatre"),
    "emergency_theatre": ("急诊手术室", "emergency theatre"),
    "rehabilitation": ("康复治疗", "rehabilitation"),
    "ct": ("CT", "CT"),
    "mri": ("磁共振", "MRI"),
    "ct_angiography": ("CTA", "CT angiography"),
    "catheter_room": ("导管室", "catheter laboratory"),
    "one_stop": ("一站式检查", "one-stop examinations"),
}
_COSTS = {
    "drug": ("药品单价", "unit cost of drugs"),
    "consumable": ("耗材单价", "unit cost of materials"),
    "exam": ("检查检验单位成本", "unit cost of examinations"),
    "service": ("医疗服务单位成本", "unit cost of services"),
}
_ARRIVALS = {
    "a_day": ("每日来院人数", "patients a day"),
    "by_weekday": ("来院最多的星期（平均＝1）", "busiest weekday (mean = 1)"),
    "by_hour": ("来院最多的时段（平均＝1）", "busiest hour (mean = 1)"),
}
_PARTS = {
    "time": ("时间", "time"),
    "after": ("间隔", "time until"),
    "chance": ("概率", "chance"),
    "chances": ("概率", "chances"),
    "items": ("用量", "quantity"),
    "skip": ("略去", "left out"),
    "before": ("提前到", "before"),
    "times": ("次数", "times"),
    "units": ("单位数", "units"),
    "cost_a_day": ("床日成本", "cost a day"),
    "hours": ("开放时间", "hours"),
    "a_day": ("每日人数", "a day"),
}


def resource_word(name: str, language: Language) -> str:
    """What a resource is called; its name spelt out where it is not a usual one."""
    return _RESOURCES[name][language == "en"] if name in _RESOURCES else name.replace("_", " ")


def address_words(pathway: Pathway, address: str, language: Language) -> str:
    """`recovery.time` as `Recovery: time`; `scenario.` and `costs.` as `tornado.ranges` has them."""
    of = language == "en"
    first, *rest = address.split(".")
    if first == "payment":
        return ("每例支付", "payment of a stay")[of]
    if first == "arrivals":
        return _ARRIVALS[rest[0]][of]
    if first == "costs":
        return _COSTS.get(rest[0], (rest[0], rest[0]))[of]
    if first == "scenario":
        inner = address_words(pathway, ".".join(rest), language)
        return (f"假设的效果：{inner}", f"assumed effect: {inner}")[of]
    if first == "resources":
        first, *rest = rest
        return ": ".join([resource_word(first, language), *(_part(one, of) for one in rest)])
    silent = {"gamma", "lognormal", "weibull", "exponential", "mean"}
    told = [one for one in rest if one not in silent]
    ways = [pathway.name(one, language) for one in told if one not in _PARTS and not one[0].isupper()]
    parts = [_part(one, of) for one in told if one in _PARTS or one[0].isupper()]
    return ": ".join([" – ".join([pathway.name(first, language), *ways]), *([" ".join(parts)] if parts else [])])


def edit_words(value: object, language: Language) -> str:
    """What a scenario puts in the place of a number, a distribution or several numbers."""
    if isinstance(value, bool):
        return (("否", "no"), ("是", "yes"))[value][language == "en"]
    if isinstance(value, Mapping):
        parts = (f"{key.replace('_', ' ')} {edit_words(inner, language)}" for key, inner in value.items())
        return ("、", ", ")[language == "en"].join(parts)
    return f"{value:g}" if isinstance(value, float) else str(value).replace("x ", "× ")


def _part(name: str, of: bool) -> str:
    return _PARTS[name][of] if name in _PARTS else name
