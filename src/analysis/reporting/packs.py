"""Render a report pack: which notebooks, for whom, in which languages (parameters/packs/NAME.yaml)."""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, nullcontext
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Page
from pydantic import Field, field_validator

from analysis.errors import InputError
from analysis.reporting.files import draft_folder, publish, safe_name
from analysis.reporting.font import prepare_font
from analysis.reporting.index_page import NAMED, write_index
from analysis.reporting.letters import letters_of_reports
from analysis.reporting.manifest import files_of_earlier, write_manifest
from analysis.reporting.pdf import browser_page, try_pdf
from analysis.reporting.pictures import draw_pictures
from analysis.reporting.worker import Rendered, Task, prepare_process, render_task, warm_up
from analysis.settings import Settings, parameters_folder, read_settings
from analysis.studies.committee import open_report
from analysis.studies.departments import reported_departments
from analysis.studies.report import Report
from analysis.vocabulary import LANGUAGES

#: One process a core runs notebooks; a third would only wait.
WORKERS = 2
_FEW = 8


class PackPage(Settings):
    """One notebook of a pack. `each: department` makes a page for every department with ten or more cases."""

    notebook: str
    name: str = Field(pattern=r"^[\w-]+$")
    each: Literal["", "department"] = ""
    languages: Literal["requested", "hospital"] = "requested"
    parameters: dict[str, Any] = {}


class Pack(Settings):
    """parameters/packs/NAME.yaml. `title_year`: the title where a whole year is closed as one period.

    `folder`: a folder of its own inside the period's, so that this report and the committee's stand side by side.
    `formats` beside the page itself: `md` is a Markdown document with its figures as files, for a word processor.
    """

    title: dict[Literal["zh", "en"], str]
    title_year: dict[Literal["zh", "en"], str] = {}
    pages: list[PackPage] = Field(min_length=1)
    folder: str = Field("", pattern=r"^[\w-]*$")
    formats: tuple[Literal["pdf", "xlsx", "md"], ...] = ("pdf", "xlsx")

    @field_validator("folder")
    @classmethod
    def _not_the_tables(cls, folder: str) -> str:
        if folder == "tables":
            raise ValueError("tables holds the closed period: name another folder")
        return folder

    @field_validator("pages")
    @classmethod
    def _names_differ(cls, pages: list[PackPage]) -> list[PackPage]:
        names = [page.name.lower() for page in pages]
        if twice := [name for name in names if names.count(name) > 1]:
            raise ValueError(f"two pages are named {twice[0]}: name each page of its own")
        return pages

    def titled(self, report: Report, language: str) -> str:
        """Title of the report of a period; InputError where the pack has none in the language."""
        key = "title_year" if report.period.is_year and self.title_year else "title"
        titles: dict[str, str] = dict(getattr(self, key))
        if language not in titles:
            raise InputError(
                f"the pack has no title in {language}", where=f"{key}.{language}", mend="add it to the pack"
            )
        return titles[language]


def render_pack(
    pack: Path,
    data: Path,
    period: str,
    languages: list[str],
    outputs: Path,
    hospital: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> list[Path]:
    """Render all pages of a pack for a closed period.

    Parameters
    ----------
    data : data/NAME; its closed period is outputs/NAME/PERIOD.
    languages : of the pages that follow what is asked for; the others are in the hospital's own language.
    hospital : one member of an alliance; its pages go to outputs/NAME/PERIOD/HOSPITAL (a pack with a folder of its
        own: into that folder there).
    progress : told the name of every page that is done.

    Returns
    -------
    The files written, index.html first.

    Raises
    ------
    InputError
        The pack, a notebook, a language, the period or the hospital is wrong; a cell fails.
    """
    settings = read_settings(pack, Pack)
    asked = list(dict.fromkeys(languages))
    report = open_report(str(data), period, str(outputs), asked[0] if asked else "zh", hospital or "")
    folder = report.folder / report.period.name / (safe_name(hospital) if hospital else "") / settings.folder
    title = settings.titled(report, report.language)
    progress = progress or (lambda name: None)
    with draft_folder(folder) as draft:
        tasks = list(_tasks(settings, report, data, outputs, asked, draft))
        rendered, printed, notes = _render(report, tasks, settings.formats, progress)
        files = [path for one in rendered for path in (*one.files, *printed.get(one.task.name, ()))]
        index = write_index(draft, [_listed(one, printed) for one in rendered], title, notes)
        origins = [_origin(task) for task in tasks]
        manifest = write_manifest(draft, report.card, pack, origins, [*files, index], notes)
        publish(draft, folder, files_of_earlier(folder))
    return [folder / path.name for path in (index, *files, manifest)]


def _pool(stack: ExitStack, tasks: int) -> ProcessPoolExecutor:
    """Processes that get ready while this one goes on; one for a few pages, which take less time than its start."""
    project, workers = parameters_folder().parent, WORKERS if tasks > _FEW else 1
    pool = stack.enter_context(ProcessPoolExecutor(workers, get_context("spawn"), prepare_process, (project,)))
    stack.callback(pool.shutdown, wait=False, cancel_futures=True)
    for _ in range(workers):
        pool.submit(warm_up)
    return pool


def _tasks(
    settings: Pack, report: Report, data: Path, outputs: Path, languages: list[str], folder: Path
) -> Iterator[Task]:
    wrong = [language for language in languages if language not in LANGUAGES]
    if wrong or not languages:
        raise InputError(f"unknown language {wrong or 'none'}", mend="use zh, en or both")
    own = report.card["hospital"].get("language", languages[0])
    notebooks = parameters_folder().parent / "notebooks"
    for page in settings.pages:
        notebook = notebooks / page.notebook
        if not notebook.is_file():
            raise InputError("notebook not found", where=str(notebook), mend=f"name a notebook of {notebooks}")
        for language in languages if page.languages == "requested" else [own]:
            for department in reported_departments(report) if page.each == "department" else [""]:
                name = "_".join(part for part in (page.name, safe_name(department), language) if part)
                parameters = {
                    "data": _from_project(data),
                    "period": report.period.name,
                    "outputs": _from_project(outputs),
                    "language": language,
                    "hospital": report.hospital,
                    **({"department": department} if department else {}),
                    **page.parameters,
                }
                subject = report.name("department", department) if department else ""
                title = settings.titled(report, language)
                yield Task(notebook, parameters, language, title, folder, name, subject, settings.formats)


def _render(
    report: Report, tasks: list[Task], formats: tuple[str, ...], progress: Callable[[str], None]
) -> tuple[list[Rendered], dict[str, tuple[Path, ...]], list[str]]:
    """Pages in the order of the tasks, what the browser made of each by name, and notes; notebooks run in the pool."""
    done: dict[str, Rendered] = {}
    printed: dict[str, tuple[Path, ...]] = {}
    faults: dict[str, str] = {}
    with ExitStack() as stack:
        pool = _pool(stack, len(tasks))
        font = prepare_font(letters_of_reports(report))
        browser = browser_page() if {"pdf", "md"} & set(formats) else nullcontext((None, ""))
        printer, problem = stack.enter_context(browser)
        try:
            for future in as_completed([pool.submit(render_task, task, font) for task in tasks]):
                made = future.result()
                done[made.task.name] = made
                if printer is not None:
                    printed[made.task.name], faults[made.task.name] = _printed(printer, made)
                progress(made.task.name)
        except BrokenProcessPool as error:
            raise _lost([task for task in tasks if task.name not in done]) from error
    notes = [problem, *(faults.get(task.name, "") for task in tasks)]
    return [done[task.name] for task in tasks], printed, [note for note in notes if note]


def _printed(printer: Page, made: Rendered) -> tuple[tuple[Path, ...], str]:
    """What the browser makes of a page: its PDF, and the figures of its document as pictures; and what failed."""
    written: list[Path] = []
    faults: list[str] = []
    if "pdf" in made.task.formats:
        pdf, fault = try_pdf(printer, made.files[0])
        written += [pdf] if pdf else []
        faults.append(fault)
    for document in [path for path in made.files if path.suffix == ".md"]:
        pictures, fault = draw_pictures(printer, document)
        written += pictures
        faults.append(fault)
    return tuple(written), "; ".join(fault for fault in faults if fault)


def _lost(tasks: list[Task]) -> InputError:
    """A process that ran notebooks is gone: which pages were not done."""
    return InputError(
        "a process that runs notebooks ended before its page was done",
        where=", ".join(dict.fromkeys(str(task.notebook) for task in tasks)),
        rows=[task.name for task in tasks[:3]],
        mend="mostly the memory ran out: close other programs and run it again; the earlier report is as it was",
    )


def _from_project(path: Path) -> str:
    """The path as a notebook sees it, which runs in the project's folder."""
    project = parameters_folder().parent
    whole = path.resolve()
    return whole.relative_to(project).as_posix() if whole.is_relative_to(project) else str(whole)


def _origin(task: Task) -> dict[str, Any]:
    return {"name": task.name, "notebook": task.notebook.name, "language": task.language, "parameters": task.parameters}


def _listed(page: Rendered, printed: dict[str, tuple[Path, ...]]) -> dict[str, Any]:
    files = [page.files[0], *printed.get(page.task.name, ()), *page.files[1:]]
    files = [path for path in files if path.suffix in NAMED]
    return {
        "subject": page.task.subject,
        "language": page.task.language,
        "head": page.head,
        "findings": page.findings,
        "files": [path.name for path in files],
    }
