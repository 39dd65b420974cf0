"""What a pathway asks for, in words."""

from analysis.pathways.model import Pathway, Step
from analysis.studies.report import Report


def day_words(report: Report, day: int) -> str:
    """A day of the stay; negative ones are counted from discharge (-1 = the last day)."""
    if day > 0:
        return report.say(f"第 {day} 日", f"day {day}")
    if day == -1:
        return report.say("出院日", "the last day")
    return report.say(f"出院前 {-day - 1} 日", f"{-day - 1} before the last")


def asked_words(report: Report, pathway: Pathway, code: str) -> str:
    """What is asked for of a step, or, without a code, of the whole stay."""
    if not code:
        return report.say(f"{pathway.standard.days:g} 天", f"{pathway.standard.days:g} days")
    step, parts = pathway.steps[code], []
    if step.day:
        first, last = (day_words(report, day) for day in step.day)
        parts.append(report.say(f"{first}至{last}", f"{first} to {last}"))
    if step.within_hours:
        parts.append(_hours_words(report, pathway, step))
    if step.least and step.least > 1:
        parts.append(report.say(f"至少 {step.least} 次", f"at least {step.least} times"))
    return report.say("，", ", ").join(parts) or report.say("必需", "required")


def _hours_words(report: Report, pathway: Pathway, step: Step) -> str:
    zh, en = "入院", "admission"
    if step.after in pathway.steps:
        zh, en = pathway.name(step.after, "zh"), pathway.name(step.after, "en").lower()
    return report.say(f"{zh}后 {step.within_hours:g} 小时内", f"within {step.within_hours:g} h of {en}")
