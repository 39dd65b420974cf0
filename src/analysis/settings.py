"""Every YAML file typed and checked before any work begins."""

from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from analysis.errors import InputError
from analysis.periods import PATTERN


class Settings(BaseModel):
    """Base of every parameter file: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


#: A month or a year, as periods are named.
PeriodName = Annotated[str, StringConstraints(pattern=rf"^{PATTERN.pattern}$")]

S = TypeVar("S", bound=BaseModel)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The safe parser, in C where it is built in (ten times faster), that refuses a key that stands there twice."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        if len(set(keys)) < len(keys):
            twice = next(key for key in keys if keys.count(key) > 1)
            raise yaml.constructor.ConstructorError(None, None, f"the key {twice} stands there twice", node.start_mark)
        return dict(super().construct_mapping(node, deep))


def safe_yaml(text: str) -> Any:
    """Parse YAML safely; yaml.YAMLError where it is none, or says one thing twice."""
    return yaml.load(text, Loader=_Loader)


def yaml_nodes(text: str) -> Any:
    """The nodes of a YAML text with their lines, by the parser of `safe_yaml`: what the one reads the other does."""
    return yaml.compose(text, Loader=_Loader)


def read_settings(path: Path, kind: type[S]) -> S:
    """Read a YAML file as `kind`.

    Raises
    ------
    InputError
        File missing, not YAML, a key unknown or missing, a value of the wrong type: with file, key and what is allowed.
    """
    if not path.is_file():
        near = ", ".join(sorted(p.name for p in path.parent.glob("*.yaml"))) or "none"
        raise InputError("parameter file not found", where=str(path), mend=f"files there: {near}")
    try:
        raw = safe_yaml(path.read_text("utf8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(
            "not a readable YAML file", where=str(path), rows=[str(error)], mend="save it as UTF-8 YAML"
        ) from error
    try:
        return kind.model_validate({} if raw is None else raw)
    except ValidationError as error:
        rows = [f"{'.'.join(str(p) for p in e['loc']) or '(file)'}: {e['msg']}" for e in error.errors()[:5]]
        allowed = ", ".join(name for name, field in kind.model_fields.items() if not field.exclude)
        raise InputError(
            f"{error.error_count()} wrong parameter(s)",
            where=str(path),
            rows=rows,
            mend=f"keys of this file: {allowed}",
        ) from error


def parameters_folder(start: Path | None = None) -> Path:
    """The project's parameters/ folder: beside the working directory or above it."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "parameters").is_dir():
            return folder / "parameters"
    raise InputError("no parameters/ folder found", where=str(here), mend="run the command inside the project's folder")


class SourceCard(Settings):
    """data/NAME/source.yaml: what the folder is. `date_precision`: finest part of a date that may be read."""

    name: str
    name_en: str
    language: Literal["zh", "en"] = "zh"
    currency: str = "CNY"
    date_precision: Literal["second", "day", "month", "year"] = "second"
    closing: str
    origin: str = ""


class ClosingSettings(Settings):
    """parameters/closing/NAME.yaml: what a hospital is closed with, file by file; `pathways` names a folder."""

    engine: Literal["duckdb", "spark"] = "duckdb"
    costing: str = ""
    payment: list[str]
    targets: str = ""
    caps: str = ""
    standard_costs: str = ""
    rules: list[str] = []
    rootcause: str = ""
    pathways: str = ""
    note: dict[str, str] = {}
