"""Corruptions of the YAML files: the source spec, the source card, and what a hospital is closed with."""

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import yaml

from benchmarks.corruptions.damage import DAMAGES
from benchmarks.corruptions.kinds import Kinds

spec, parameters = Kinds("spec"), Kinds("parameters")

_VALUES: list[Any] = [
    "",
    "x",
    -1,
    0,
    1e308,
    10**30,
    True,
    None,
    [],
    {},
    ["a"],
    {"a": 1},
    "2023-13",
    "../../etc",
    "'",
    ".nan",
]


def _parameter(place: Path, random: Random) -> Path:
    files = [*(place / "parameters").rglob("demo*.yaml"), place / "data/small/source.yaml"]
    return random.choice(sorted(files))


def _spec(place: Path, random: Random) -> Path:
    return place / "spec.yaml"


def _nodes(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of all entries of nested mappings and lists."""
    entries = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    found = []
    for key, value in entries:
        found += [(*path, key), *_nodes(value, (*path, key))]
    return found


def _change(file: Path, random: Random, act: Callable[[Any, Any], None]) -> str:
    tree = yaml.safe_load(file.read_text("utf8"))
    path = random.choice(_nodes(tree))
    here = tree
    for key in path[:-1]:
        here = here[key]
    act(here, path[-1])
    file.write_text(yaml.safe_dump(tree, allow_unicode=True, sort_keys=False), "utf8")
    return f"{file.name}: {'.'.join(map(str, path))}"


def _delete(here: Any, key: Any) -> None:
    del here[key]


def _rename(here: Any, key: Any) -> None:
    if isinstance(here, dict):
        here[f"{key}_"] = here.pop(key)
    else:
        here.append(here[key])


def _mutations(kind: Kinds, pick: Callable[[Path, Random], Path], word: str) -> None:
    @kind(f"{word}: an entry gone")
    def gone(place: Path, random: Random) -> str:
        return _change(pick(place, random), random, _delete)

    @kind(f"{word}: a key renamed or an entry twice")
    def renamed(place: Path, random: Random) -> str:
        return _change(pick(place, random), random, _rename)

    @kind(f"{word}: a value of another kind")
    def other_value(place: Path, random: Random) -> str:
        value = random.choice(_VALUES)
        return _change(pick(place, random), random, lambda here, key: here.__setitem__(key, value)) + f" = {value!r}"

    @kind(f"{word}: a line twice or gone")
    def lines(place: Path, random: Random) -> str:
        file = pick(place, random)
        text = file.read_text("utf8").splitlines()
        number = random.randrange(len(text))
        text[number : number + 1] = [text[number]] * random.choice([0, 2])
        file.write_text("\n".join(text) + "\n", "utf8")
        return f"{file.name}: line {number + 1}"

    @kind(f"{word}: tabs, anchors, tags and other YAML")
    def odd(place: Path, random: Random) -> str:
        file = pick(place, random)
        odd = random.choice(
            ["\tx: 1\n", "a: &a [*a]\n", "!!python/object:os.system {}\n", "? x\n", "{", "--- x\n", "\x00"]
        )
        text = file.read_text("utf8")
        file.write_text(odd + text if random.random() < 0.5 else text + odd, "utf8")
        return f"{file.name}: {odd!r}"

    for name in ("bits flipped", "cut off", "noise in between", "emptied", "deleted", "folder in its place"):

        def damaged(place: Path, random: Random, name: str = name) -> str:
            return DAMAGES[name](pick(place, random), random)

        kind(f"{word}: {name}")(damaged)


_mutations(spec, _spec, "spec")
_mutations(parameters, _parameter, "parameter file")
