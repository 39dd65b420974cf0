"""When a margin may be called a loss: two costing methods have to agree on its sign."""

from analysis.presentation.numbers import is_empty


def called(margin: float, second: float) -> str:
    """The mark of a margin by the cases' method and by a second one.

    Returns
    -------
    loss or surplus where both agree, unsure where they do not; with one method only above or below (its income).
    """
    if is_empty(second):
        return "above" if margin < 0 else "below"
    if (margin < 0) != (second < 0):
        return "unsure"
    return "loss" if margin < 0 else "surplus"
