"""The command line: `workbench demo / import / check / close / report / rules / run / lab`.

Exit codes: 0 done, 1 the data or a parameter is wrong (InputError), 2 wrong usage. What a command needs is imported
inside it, so that `workbench --help` answers at once.
"""

import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from analysis.errors import InputError, blocked
from analysis.periods import parse_range

if TYPE_CHECKING:
    from analysis.closing import CloseResult

T = TypeVar("T")


def _named(folder: Path) -> Path:
    """`.` and `..` as the folder they mean, so that it has a name; a link keeps its own."""
    return folder if folder.name not in {"", ".."} else folder.resolve()


def _optional(folder: Path | None) -> Path | None:
    return _named(folder) if folder else None


Data = Annotated[Path, typer.Argument(help="data folder, e.g. data/demo", callback=_named)]
Outputs = Annotated[Path, typer.Option(help="where closed months and reports go", callback=_named)]


class Language(StrEnum):
    """Languages of the reports (a list of them is an option, which typer takes from an enumeration only)."""

    zh = "zh"
    en = "en"


app = typer.Typer(
    help="A hospital's tables go in, a month is closed once, every report reads the closed month.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="data folder to write", callback=_named)] = Path("data/demo"),
    stays_per_year: Annotated[int, typer.Option(min=100, help="size of the hospital")] = 8000,
    first: Annotated[str, typer.Option("--from", help="first month")] = "2021-01",
    last: Annotated[str, typer.Option("--to", help="last month")] = "2023-12",
    seed: Annotated[int, typer.Option(help="another seed, another hospital of the same kind")] = 7,
    without: Annotated[list[str] | None, typer.Option(help="leave a planted story out (may be repeated)")] = None,
    truth: Annotated[
        list[str] | None,
        typer.Option(help="write what a story changes, or what costs truly are: costs (may be repeated; or all)"),
    ] = None,
) -> None:
    """Make the demonstration hospital.

    One that is there already, made by this version with these parameters, is kept.
    """
    parse_range(f"{first}..{last}")
    from analysis.demo.folder import make_demo

    with _steps("month") as step:
        rows = make_demo(out, seed, tuple(without or ()), stays_per_year, first, last, step)
    if rows is None:
        typer.echo(f"{out}: unchanged")
    else:
        typer.echo(f"{sum(rows.values()):,} rows in {len(rows)} tables")
        typer.echo(f"wrote {out}")
    if truth:
        from analysis.demo.truth import write_truth

        with _steps("story") as step:
            written = write_truth(out, () if "all" in truth else truth, step)
        typer.echo(f"wrote {len(written)} files in {out / 'truth'}")


@app.command("import")
def import_(
    spec: Annotated[Path, typer.Argument(help="source spec, e.g. parameters/sources/ny_sparcs.yaml")],
    out: Annotated[Path, typer.Option(help="data folder to write, e.g. data/ny_sparcs", callback=_named)],
    folder: Annotated[Path | None, typer.Option("--from", help="where the files are, instead of the spec's")] = None,
) -> None:
    """Bring a hospital's own files in.

    Rows that break the contract are set aside with their reasons; every row is accounted for.
    """
    from analysis.sources.importer import import_source

    with _steps("table") as step:
        report = import_source(spec, out, folder, step)
    typer.echo(report.text())
    typer.echo(f"wrote {out}")


@app.command()
def check(
    data: Data,
    language: Annotated[Language | None, typer.Option(help="of the page; else the hospital's")] = None,
) -> None:
    """Check a data folder.

    Keys, references, values, what is missing: a score here and a page in the folder.
    """
    from analysis.reporting.quality_page import write_quality_page
    from analysis.sources.quality import check_hospital

    with _steps("check") as step:
        report = check_hospital(data, step)
    page = write_quality_page(report, data / "quality.html", language.value if language else report.card.language)
    typer.echo(report.text())
    typer.echo(f"wrote {page}")


@app.command()
def close(
    data: Data,
    period: Annotated[str, typer.Option(help="2023-06 or 2022-01..2023-12; all months if left out")] = "",
    outputs: Outputs = Path("outputs"),
) -> None:
    """Close months in order.

    Cost, payment and indicators, reconciled to the fen; a month that has not changed is skipped.
    """
    from analysis.closing import close

    results = close(data, parse_range(period) if period else [], outputs, _bar("month"))
    for state, same in groupby(results, lambda result: result.state):
        typer.echo(_closed(state, list(same)))
    typer.echo(f"wrote {outputs / data.name}")


@app.command()
def report(
    pack: Annotated[Path, typer.Argument(help="report pack, e.g. parameters/packs/monthly_committee.yaml")],
    data: Annotated[Path, typer.Option(help="data folder, e.g. data/demo", callback=_named)],
    period: Annotated[str, typer.Option(help="2023-06 or 2022-01..2023-12")],
    language: Annotated[list[Language], typer.Option(help="may be repeated")] = [Language.zh],  # noqa: B006 typer copies it
    hospital: Annotated[str | None, typer.Option(help="one member of an alliance")] = None,
    outputs: Outputs = Path("outputs"),
) -> None:
    """Render the reports of a closed month.

    HTML, PDF, Excel and a manifest of what they were made from.
    """
    from analysis.reporting.packs import render_pack

    for month in [one.name for one in parse_range(period)]:
        with _steps("page") as step:
            written = render_pack(pack, data, month, [one.value for one in language], outputs, hospital, step)
        typer.echo(_rendered(written))


@app.command()
def rules(
    paths: Annotated[list[Path], typer.Argument(help="a rule file; two to compare; with --out a folder of workbooks")],
    out: Annotated[Path | None, typer.Option(help="folder of rules to write, e.g. parameters/rules/national")] = None,
    data: Annotated[Path | None, typer.Option(help="check the codes against this data folder")] = None,
) -> None:
    """Check a rule file, or compare two.

    With `--out`, turn a folder of the published national workbooks into rules.
    """
    if len(paths) > (2 if out is None and data is None else 1):
        raise typer.BadParameter("name one rule file to check, or two to compare, or one folder with --out")
    from analysis.audit import rule_desk

    if out is not None:
        lines = rule_desk.import_workbooks(paths[0], out)
    else:
        lines = rule_desk.compare_files(*paths) if len(paths) == 2 else rule_desk.check_file(paths[0], data)
    typer.echo("\n".join(lines))


@app.command()
def review(
    source: Annotated[Path, typer.Argument(help="data folder, or a worklist that came back (.xlsx)")],
    period: Annotated[str, typer.Option(help="closed month of the worklist, e.g. 2023-06")] = "",
    out: Annotated[Path | None, typer.Option(help="worklist to write (.xlsx)")] = None,
    department: Annotated[str, typer.Option(help="code of one department; else all")] = "",
    language: Annotated[Language | None, typer.Option(help="of the worklist; else the hospital's")] = None,
    into: Annotated[Path | None, typer.Option(help="data folder that takes the answers", callback=_optional)] = None,
    outputs: Outputs = Path("outputs"),
) -> None:
    """Write a department's findings and denials to answer, or read the answers back.

    review data/demo --period 2023-06 --department 02 --out work.xlsx, then review work.xlsx --into data/demo
    """
    if into is not None:
        from analysis.audit.answers import take_answers

        typer.echo(f"{take_answers(source, into, outputs)} answers added to {into}")
        return
    if out is None or not period:
        raise typer.BadParameter("give --period and --out to write a worklist, or --into to read one")
    from analysis.audit.worklist import write_worklist

    parse_range(period)
    cases = write_worklist(_named(source), outputs, period, out, department, language.value if language else None)
    typer.echo(f"{cases} cases to answer")
    typer.echo(f"wrote {out}")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def run(
    context: typer.Context,
    notebook: Annotated[Path, typer.Argument(help="notebook to run")],
    language: Annotated[Language, typer.Option(help="which markdown cells are kept")] = Language.zh,
    outputs: Outputs = Path("outputs"),
) -> None:
    """Run one notebook and render it.

    `-p NAME VALUE` sets a parameter and may be repeated.
    """
    parameters = _parameters(context.args)
    from analysis.reporting.runner import run_notebook

    written = run_notebook(notebook, parameters, language.value, outputs)
    typer.echo(f"wrote {written}")


@app.command()
def lab(
    notebook: Annotated[Path, typer.Argument(help="notebook to open")] = Path("notebooks/start_here.ipynb"),
) -> None:
    """Open JupyterLab on a notebook."""
    if not notebook.is_file():
        near = ", ".join(sorted(str(path) for path in Path("notebooks").glob("**/*.ipynb"))) or "none"
        raise InputError("notebook not found", where=str(notebook), mend=f"notebooks here: {near}")
    raise typer.Exit(subprocess.run([sys.executable, "-m", "jupyterlab", str(notebook)], check=False).returncode)


def main() -> None:
    """Entry point: a wrong input ends with its message and exit code 1, never with a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a console of another code page shows ? for what it lacks
            stream.reconfigure(errors="replace")
    try:
        app()
    except Exception as error:
        told = _told(error)
        if told is None:
            raise
        typer.echo(f"error: {told}", err=True)
        sys.exit(1)


def _told(error: Exception) -> InputError | None:
    """What the user is told; None where the fault is the program's."""
    if isinstance(error, InputError):
        return error
    if isinstance(error, OSError):
        return blocked(error)
    import pyarrow

    from analysis.engine import EngineError, ProgramError, TooLargeError

    if isinstance(error, ProgramError):
        return None
    if isinstance(error, TooLargeError):
        return InputError(
            "a value or a sum is larger than its column can hold (amounts have 16 digits before the point)",
            rows=str(error).strip().splitlines()[:1],
            mend="look for amounts that cannot be, by `workbench check` and in the source, and import again",
        )
    if isinstance(error, EngineError | pyarrow.ArrowException):
        return InputError(
            "the tables cannot be read or worked on",
            rows=str(error).strip().splitlines()[:2],
            mend="a file named above is damaged or too large for the memory: import or make the folder again",
        )
    return None


def _closed(state: str, results: list["CloseResult"]) -> str:
    first, last = results[0].period.name, results[-1].period.name
    months = first if first == last else f"{first}..{last} ({len(results)})"
    seconds = sum(result.seconds for result in results)
    return f"{months}: {state}" if state == "unchanged" else f"{months}: {state} in {seconds:.1f} s"


def _rendered(written: list[Path]) -> str:
    """What a pack wrote: its notes (such as PDFs without a browser), how many files, and the page to open."""
    index, manifest = written[0], written[-1]
    notes = json.loads(manifest.read_text("utf8"))["notes"]
    return "\n".join([*notes, f"wrote {len(written)} files to {index.parent}", f"open {index}"])


def _parameters(words: list[str]) -> dict[str, str]:
    """`-p NAME VALUE` triples as a dictionary."""
    triples = [words[i : i + 3] for i in range(0, len(words), 3)]
    if wrong := [" ".join(t) for t in triples if len(t) < 3 or t[0] not in {"-p", "--parameter"}]:
        raise typer.BadParameter(f"{wrong[0]!r}: write parameters as -p NAME VALUE")
    return {name: value for _, name, value in triples}


def _bar(unit: str) -> Callable[[Iterable[T]], Iterable[T]]:
    """Wrap an iterable in a progress bar, on a terminal only."""
    from tqdm import tqdm

    return lambda steps: tqdm(list(steps), unit=unit, disable=None, leave=False)


@contextmanager
def _steps(unit: str) -> Iterator[Callable[[str], None]]:
    """A progress bar that is told the name of each step, on a terminal only."""
    from tqdm import tqdm

    with tqdm(unit=unit, disable=None, leave=False) as bar:

        def step(name: str) -> None:
            bar.set_description(name)
            bar.update()

        yield step


if __name__ == "__main__":
    main()
