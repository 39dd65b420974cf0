"""STRESS-DES: what a reader needs to judge a discrete-event simulation and to make it again, filled from the run.

The twenty items: T. Monks, C. S. M. Currie, B. S. Onggo, S. Robinson, M. Kunc, S. J. E. Taylor: Strengthening the
reporting of empirical simulation studies. Journal of Simulation 13 (2019) 55-67. Each is made from the pathway, its
calibration and the experiment; what they do not say is told as not given.
"""

import os
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import metadata, version

import numpy as np
import pandas as pd

from analysis.pathways import jit
from analysis.pathways.acts import Complicate, Do, Readmit, Spend, Wait, name_of
from analysis.pathways.library import acts
from analysis.pathways.model import Pathway
from analysis.pathways.scenarios import Scenario

Words = tuple[str, str]
NOT_GIVEN = ("未说明", "not given")
NONE: Words = ("", "")
_PACKAGE = "drg-value-workbench"


@dataclass(frozen=True)
class Told:
    """What a run says of itself; what is empty or None it does not say.

    plans : by name · measured : `Calibration.report` · source : which data and months (zh, en) · outcomes : what is
    told · drawn : a picture of the pathway stands in the report · warm : days, `settled` whether MSER-5 found them ·
    limit : until which half-width of which outcome was replicated, "" = a fixed number.
    """

    pathway: Pathway
    plans: Mapping[str, Scenario]
    measured: pd.DataFrame | None = None
    source: Words = ("", "")
    outcomes: tuple[Words, ...] = ()
    drawn: bool = False
    seed: int | None = None
    warm: float | None = None
    settled: bool | None = None
    days: float | None = None
    follow: float | None = None
    unpaid_within: float | None = None
    replications: int | None = None
    limit: Words = ("", "")
    draws: int | None = None


def stress_des(told: Told) -> pd.DataFrame:
    """The twenty items: number, item_zh, item_en, zh, en, given (whether the run says it)."""
    rows = []
    for number, zh, en, item in ITEMS:
        text = item(told)
        said = bool(text and text[0] and text[1])
        rows.append((number, zh, en, *(text if said else NOT_GIVEN), said))
    return pd.DataFrame(rows, columns=["number", "item_zh", "item_en", "zh", "en", "given"])


def _purpose(told: Told) -> Words:
    if not told.plans:
        return NONE
    pathway = told.pathway
    return (f"改动“{pathway.zh}”之前，先估计各方案的后果；依据：{pathway.basis.zh}",
            f"What plans for {pathway.en} would do, before anything is changed; basis: {pathway.basis.en}")  # fmt: skip


def _outputs(told: Told) -> Words:
    return "、".join(zh for zh, _ in told.outcomes), ", ".join(en for _, en in told.outcomes)


def _aims(told: Told) -> Words:
    zh, en = "、".join(plan.zh for plan in told.plans.values()), "; ".join(plan.en for plan in told.plans.values())
    return (f"与现状成对比较：{zh}", f"each against today, by pairs: {en}") if told.plans else NONE


def _diagram(told: Told) -> Words:
    return ("见“这条路径是什么”一节的图", "figure of the section on what the pathway is") if told.drawn else NONE


def _logic(told: Told) -> Words:
    course = told.pathway.course
    return tuple(" → ".join(told.pathway.name(name_of(act), of) for act in course) for of in ("zh", "en"))  # type: ignore[return-value]


def _scenarios(told: Told) -> Words:
    lines = [f"{at} = {value}" for plan in told.plans.values() for at, value in plan.edits.items()]
    return ("；".join(lines), "; ".join(lines))


def _algorithms(told: Told) -> Words:
    arrivals = told.pathway.arrivals
    if arrivals is None:
        return NONE
    varies = len(set(arrivals.by_weekday)) > 1 or len(set(arrivals.by_hour)) > 1
    zh = f"到达：{'随星期与时刻变化的' if varies else '均匀的'}泊松过程（累计强度反演）；先按紧急程度、再按先来后到；"
    en = f"arrivals: {'Poisson, by weekday and hour' if varies else 'homogeneous Poisson'}, by inversion of the "
    return (
        zh + "床位换床时先占后放",
        en + "cumulative rate; queues by urgency, then first come; a bed is held until the next is free",
    )


def _components(told: Told) -> Words:
    pathway, every = told.pathway, list(acts(told.pathway.course))
    lists = []
    for of, words in _WORDS.items():
        kinds = [[pathway.name(name_of(act), of) for act in every if isinstance(act, kind)]
                 for kind in (Do | Spend, Wait, Complicate, Readmit)]  # fmt: skip
        units = [f"{name} {one.units}" for name, one in pathway.resources.items()]
        parts = [words[0]] + [f"{word}: {', '.join(names)}" for word, names in
                              zip(words[1:], (kinds[0], units, *kinds[1:]), strict=True) if names]  # fmt: skip
        lists.append("; ".join(parts))
    return lists[0], lists[1]


def _sources(told: Told) -> Words:
    return told.source


def _preprocessing(told: Told) -> Words:
    if told.measured is None:
        return NONE
    cases = told.measured.loc[told.measured["basis"] == "measured", "cases"]
    families = sorted({str(family) for family in told.measured["family"] if family})
    most = int(cases.max()) if len(cases) else 0
    return (f"按路径找出住院并逐步对照（至多 {most} 例）；最大似然拟合，AIC 选族：{'、'.join(families)}",
            f"stays found by the pathway and followed act by act (up to {most}); maximum likelihood, family by AIC: "
            f"{', '.join(families)}")  # fmt: skip


def _inputs(told: Told) -> Words:
    if told.measured is None:
        return NONE
    measured = int((told.measured["basis"] == "measured").sum())
    rest = len(told.measured) - measured
    return (
        f"{measured} 个参数来自数据，{rest} 个取自路径文件；逐项见校准表",
        f"{measured} parameters from data, {rest} from the pathway's file; one by one in the calibration",
    )


def _assumptions(told: Told) -> Words:
    basis = {plan.basis.zh: plan.basis.en for plan in told.plans.values()}
    if told.measured is not None and (told.measured["basis"] == "file").any():
        basis["未能由数据得出的参数取自路径文件"] = "what data do not give is the pathway file's"
    return "；".join(basis), "; ".join(basis.values())


def _initialisation(told: Told) -> Words:
    if told.warm is None:
        return NONE
    found = {True: ("MSER-5 选定", "chosen by MSER-5"), False: ("MSER-5 未收敛", "MSER-5 did not settle")}
    zh, en = found.get(told.settled, ("事先给定", "given beforehand"))  # type: ignore[arg-type]
    return (
        f"空院开始，预热 {told.warm:.0f} 天（{zh}），期间到达者不计",
        f"from an empty house; warm-up {told.warm:.0f} days ({en}), who comes in it is not counted",
    )


def _run_length(told: Told) -> Words:
    if told.days is None:
        return NONE
    zh, en = f"计入 {told.days:.0f} 天内到达者", f"patients of {told.days:.0f} days are counted"
    if told.follow:
        zh, en = f"{zh}，再随访 {told.follow:.0f} 天", f"{en} and followed up for {told.follow:.0f} more"
    return zh, en


def _estimation(told: Told) -> Words:
    if told.replications is None:
        return NONE
    zh, en = (
        f"{told.replications} 次重复，成对差值的 95% t 区间",
        f"{told.replications} replications, paired 95 % t intervals",
    )
    if told.limit[0]:
        zh, en = f"{zh}；{told.limit[0]}", f"{en}; {told.limit[1]}"
    if told.unpaid_within:
        zh += f"；{told.unpaid_within:.0f} 天内再入院不再支付"
        en += f"; returns within {told.unpaid_within:.0f} days are not paid again"
    if told.draws:
        zh += f"；参数抽样 {told.draws} 次，参数误差与模拟误差分开"
        en += f"; {told.draws} draws of the parameters, their error and the simulation's apart"
    return zh, en


def _software(told: Told) -> Words:
    text = f"{_PACKAGE} {version(_PACKAGE)}, Python {platform.python_version()}, numpy {np.__version__}"
    return (text + f", numba {version('numba')}",) * 2 if jit.COMPILED else (text,) * 2


def _sampling(told: Told) -> Words:
    if told.seed is None:
        return NONE
    return (
        f"SplitMix64，按患者与步骤编址，各方案用同样的随机数；种子 {told.seed}",
        f"SplitMix64 addressed by patient and act, the same in every plan (common random numbers); seed {told.seed}",
    )


def _execution(told: Told) -> Words:
    return "事件按时刻、同刻按先后", "events by time, ties in the order they were put in"


def _system(told: Told) -> Words:
    text = f"{platform.system()} {platform.machine()}, {os.cpu_count()}"
    return f"{text} 核", f"{text} cores"


def _sharing(told: Told) -> Words:
    about = metadata(_PACKAGE)
    urls = [url for url in (about.get_all("Project-URL") or []) + [about.get("Home-page") or ""] if url]
    return (urls[0], urls[0]) if urls else NONE


_WORDS = {
    "zh": ("患者", "活动", "资源与队列", "等候日历", "并发症", "再入院"),
    "en": ("patients", "activities", "resources, each with a queue", "calendars", "complications", "returns"),
}
#: Number, item in both languages, what fills it.
ITEMS: tuple[tuple[str, str, str, Callable[[Told], Words]], ...] = (
    ("1.1", "模型目的", "Purpose of the model", _purpose),
    ("1.2", "模型输出", "Model outputs", _outputs),
    ("1.3", "试验目的", "Experimentation aims", _aims),
    ("2.1", "基础模型示意图", "Base model overview diagram", _diagram),
    ("2.2", "基础模型逻辑", "Base model logic", _logic),
    ("2.3", "情景逻辑", "Scenario logic", _scenarios),
    ("2.4", "算法", "Algorithms", _algorithms),
    ("2.5", "组成部分", "Components", _components),
    ("3.1", "数据来源", "Data sources", _sources),
    ("3.2", "数据预处理", "Data pre-processing", _preprocessing),
    ("3.3", "输入参数", "Input parameters", _inputs),
    ("3.4", "假设", "Assumptions", _assumptions),
    ("4.1", "初始化", "Initialisation", _initialisation),
    ("4.2", "运行长度", "Run length", _run_length),
    ("4.3", "估计方法", "Estimation approach", _estimation),
    ("5.1", "软件与语言", "Software and language", _software),
    ("5.2", "随机抽样", "Random sampling", _sampling),
    ("5.3", "模型执行", "Model execution", _execution),
    ("5.4", "系统", "System specification", _system),
    ("6.1", "模型代码的获取", "Computer model sharing", _sharing),
)
