"""What is true of a stay whatever the stories do: age, severity, comorbidities, first values; stories ask for it."""

import re

import numpy as np
import pandas as pd

from analysis.demo.world import World
from analysis.errors import InputError

#: What may be the name of a fact in a condition.
_NAME = re.compile(r"[a-z_]\w*")
#: Names of comorbidities in the conditions of stories.
COMORBID = {"hypertension": "I10.x00", "diabetes": "E11.900"}


def has(world: World, code: str, number: np.ndarray, age: np.ndarray, male: np.ndarray) -> np.ndarray:
    """Which stays (by number) have a comorbidity."""
    young, old, sex = world.parameters.clinical.comorbidities[code]
    share = np.where(age >= 60, old, young) * np.where(age < 18, 0.02, 1)
    return (world.uniform(f"comorbid.{code}", number) < share) & (male | (sex != "M"))


def level(world: World, name: str, number: np.ndarray) -> np.ndarray:
    """A stay's own level of a measured value, about which its values scatter."""
    mean, sd = world.parameters.clinical.measurements[name][:2]
    return mean + sd * 0.9 * world.normal(f"level.{name}", number)


def values(world: World, name: str, number: np.ndarray, nth: np.ndarray | int) -> np.ndarray:
    """The values measured on the n-th occasion (0 = on admission) in stays, by number."""
    _, sd, low, high, *_ = world.parameters.clinical.measurements[name]
    own = world.normal(f"measured.{name}", number * 100 + nth)
    return np.round(np.clip(level(world, name, number) + sd * 0.35 * own, low, high), 2)


def facts(
    world: World,
    *,
    number: np.ndarray,
    drg: np.ndarray,
    department: np.ndarray,
    age: np.ndarray,
    male: np.ndarray,
    emergency: np.ndarray,
    severity: np.ndarray,
    touched: dict[str, np.ndarray] | None = None,
) -> pd.DataFrame:
    """One row a stay: what the conditions of stories may name; `touched`: stays a story has acted on, by its name.

    A measured value is the first one, NAME_next the second of those that are measured again.
    """
    known = {"age": age, "male": male, "emergency": emergency, "severity": severity, "number": number}
    known["drg"] = np.array(world.drg_codes)[drg]
    known["department"] = np.array(world.departments)[department]
    known |= {name: has(world, code, number, age, male) for name, code in COMORBID.items()}
    for name, (*_, every) in world.parameters.clinical.measurements.items():
        known[name] = values(world, name, number, 0)
        if every:
            known[f"{name}_next"] = values(world, name, number, 1)
    return pd.DataFrame(known | (touched or {}))


def fulfil(known: pd.DataFrame, condition: str) -> np.ndarray:
    """Which rows fulfil a condition written as a pandas expression; empty: all.

    Raises
    ------
    InputError
        The expression names something that is no fact, or is no expression.
    """
    if not condition:
        return np.ones(len(known), bool)
    try:
        named = [name for name in dict.fromkeys(_NAME.findall(condition)) if name in known]
        return known[named].eval(condition, engine="python").to_numpy(bool)
    except (NameError, SyntaxError, TypeError, KeyError, AttributeError) as error:
        raise InputError(
            f"condition of a story cannot be used: {condition}",
            where="parameters/demo/stories: *_lines.csv, *_stays.csv",
            rows=[str(error)],
            mend=f"known: {', '.join(known.columns)}",
        ) from error
