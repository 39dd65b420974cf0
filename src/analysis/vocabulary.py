"""Names of codes in zh and en, and the definitions of the indicators; read once from schemas/vocabulary.yaml."""

from functools import cache
from importlib.resources import files
from typing import Literal

from analysis.settings import Settings, safe_yaml

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


class Named(Settings):
    """What something is called in both languages."""

    zh: str
    en: str

    def label(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


class Indicator(Named):
    """Definition of an indicator: value = numerator x scale / denominator (the numerator itself for sums)."""

    unit: Literal["count", "money", "number1", "number3", "percent1", "percent2"]
    direction: Literal["up", "down", "none"]
    formula: str
    scale: float = 1
    adds: bool = True


class Vocabulary(Settings):
    lists: dict[str, dict[str, tuple[str, str]]]
    indicators: dict[str, Indicator]


@cache
def vocabulary() -> Vocabulary:
    text = files("analysis.schemas").joinpath("vocabulary.yaml").read_text("utf8")
    return Vocabulary.model_validate(safe_yaml(text))


def codes(name: str) -> tuple[str, ...]:
    """Codes of a list in their order; `indicator` lists the indicators."""
    words = vocabulary()
    return tuple(words.indicators if name == "indicator" else words.lists[name])


def label(name: str, code: str | None, language: Language) -> str:
    """Label of a code of a list; a code that the list does not have is shown as it is."""
    if name == "indicator":
        indicator = vocabulary().indicators.get(code or "")
        return indicator.label(language) if indicator else str(code)
    pair = vocabulary().lists[name].get(code or "")
    return pair[LANGUAGES.index(language)] if pair else str(code)
