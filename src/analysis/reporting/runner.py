"""Run a notebook with parameters: an unknown one is an error, and so is a failing cell, told with its place."""

import ast
import re
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError

from analysis.errors import InputError
from analysis.files import write_text
from analysis.reporting.font import page_font
from analysis.reporting.html import make_page
from analysis.reporting.kernel import stop_kernel

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def run_notebook(notebook: Path, parameters: dict[str, Any], language: str, outputs: Path) -> Path:
    """Run one notebook and render it as outputs/notebooks/NAME_LANGUAGE.html.

    Parameters
    ----------
    parameters : values for names of the notebook's parameters cell; texts are turned into the type of the default.
    language : which markdown cells are kept; also given to the notebook where it has that parameter.

    Raises
    ------
    InputError
        No such notebook, an unknown parameter, a cell that fails.
    """
    known = known_parameters(notebook)
    given = {"language": language, "outputs": str(outputs)}
    given = {name: value for name, value in given.items() if name in known} | parameters
    try:
        executed = execute(notebook, given)
    finally:
        stop_kernel()
    page = make_page(executed, language, page_font)
    return write_text(outputs / "notebooks" / f"{notebook.stem}_{language}.html", page)


def known_parameters(notebook: Path) -> dict[str, Any]:
    """Names and defaults of the cell tagged `parameters`.

    Raises
    ------
    InputError
        No such notebook, not a notebook, no parameters cell, or one that holds more than names and plain values.
    """
    if not notebook.is_file():
        near = ", ".join(sorted(path.name for path in notebook.parent.glob("*.ipynb"))) or "none"
        raise InputError("notebook not found", where=str(notebook), mend=f"notebooks there: {near}")
    try:
        found = nbformat.read(notebook, as_version=4)
    except Exception as error:
        raise InputError(
            "not a notebook", where=str(notebook), rows=[str(error)[:200]], mend="save it from JupyterLab"
        ) from error
    cells = [cell for cell in found.cells if "parameters" in cell.metadata.get("tags", [])]
    if not cells:
        raise InputError("the notebook has no parameters cell", where=str(notebook), mend="tag a cell `parameters`")
    return _defaults(cells[0].source, notebook)


def _defaults(source: str, notebook: Path) -> dict[str, Any]:
    """Names and plain values of a parameters cell, which is read and not run."""
    try:
        return dict(_assigned(statement) for statement in ast.parse(source).body)
    except (SyntaxError, ValueError) as error:
        raise InputError(
            "the parameters cell cannot be read",
            where=str(notebook),
            rows=[str(error), *source.splitlines()[:5]],
            mend="write one NAME = VALUE a line: a text in quotes, a number, True, False, None or a list of these",
        ) from error


def _assigned(statement: ast.stmt) -> tuple[str, Any]:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            pass
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            pass
        case _:
            raise ValueError(f"line {statement.lineno}: not NAME = VALUE")
    try:
        return name, ast.literal_eval(value)
    except ValueError as error:
        raise ValueError(f"line {statement.lineno}: {name} is no plain value") from error


def execute(notebook: Path, parameters: dict[str, Any]) -> nbformat.NotebookNode:
    """The executed notebook, run in the process's warm kernel.

    Raises
    ------
    InputError
        An unknown parameter; a cell that fails: notebook, cell, reason and the cell's text.
    """
    known = known_parameters(notebook)
    unknown = sorted(set(parameters) - set(known))
    if unknown:
        raise InputError(
            f"unknown parameter: {', '.join(unknown)}",
            where=str(notebook),
            mend=f"parameters of this notebook: {', '.join(known)}",
        )
    values = {name: _typed(name, value, known[name], notebook) for name, value in parameters.items()}
    try:
        return papermill.execute_notebook(
            str(notebook), None, values, engine_name="warm", kernel_name="python3", progress_bar=False
        )
    except PapermillExecutionError as error:
        what = f"cell {error.exec_count} of the notebook failed: {_reason(error)}"
        if error.ename == "InputError":
            raise InputError(what, where=str(notebook)) from error
        raise InputError(
            what,
            where=str(notebook),
            rows=error.source.splitlines()[:5],
            mend="mend what it says, or open the notebook in JupyterLab (`workbench lab NOTEBOOK`) and run it there",
        ) from error
    except DeadKernelError as error:
        raise InputError(
            "the notebook's process ended before the notebook did",
            where=str(notebook),
            rows=[str(error)[:200]],
            mend="mostly the memory ran out: close other programs and run it again",
        ) from error


def _reason(error: PapermillExecutionError) -> str:
    text = _COLOURS.sub("", error.evalue).strip()
    return text if error.ename == "InputError" else f"{error.ename}: {text}"


_BOOLEANS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


def _typed(name: str, value: Any, default: Any, notebook: Path) -> Any:
    """A text from the command line as the type of the parameter's default; InputError where it is none."""
    if not isinstance(value, str) or isinstance(default, str) or default is None:
        return value
    if isinstance(default, list):
        return [word.strip() for word in value.split(",")]
    try:
        return _BOOLEANS[value.lower()] if isinstance(default, bool) else type(default)(value)
    except (KeyError, ValueError, TypeError) as error:
        wanted = "true or false" if isinstance(default, bool) else type(default).__name__
        raise InputError(
            f"parameter {name}: {value!r} is not {wanted}",
            where=str(notebook),
            mend=f"give {name} as {wanted}; its default is {default}",
        ) from error
