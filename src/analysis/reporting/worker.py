"""One page in one process: run the notebook, render it, write page and workbook."""

import logging
from dataclasses import dataclass
from multiprocessing import util
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Task:
    """A page to make: notebook, parameters, where it goes and what it is about."""

    notebook: Path
    parameters: dict[str, Any]
    language: str
    title: str
    folder: Path
    name: str
    subject: str
    formats: tuple[str, ...]


@dataclass(frozen=True)
class Rendered:
    """A page made: what it said (head, findings) and the files written."""

    task: Task
    head: dict[str, Any]
    findings: list[dict[str, Any]]
    files: tuple[Path, ...]


def prepare_process(project: Path) -> None:
    """Start the process's kernel, then import what is heavy while the kernel gets ready."""
    logging.getLogger("papermill").setLevel(logging.ERROR)
    from analysis.reporting.kernel import start_kernel, stop_kernel

    start_kernel(project)
    util.Finalize(None, stop_kernel, exitpriority=10)


def warm_up() -> None:
    """A task that does nothing: the process is there and prepared when it is done."""
    from analysis.reporting import html, runner, workbook  # noqa: F401 imported for their time


def render_task(task: Task, font: bytes) -> Rendered:
    """Run the notebook and write its page, workbook and document."""
    from analysis.files import write_text
    from analysis.reporting.font import page_font, use_prepared
    from analysis.reporting.html import findings_of, head_of, make_page
    from analysis.reporting.markdown import write_markdown
    from analysis.reporting.runner import execute
    from analysis.reporting.workbook import write_workbook

    use_prepared(font)
    executed = execute(task.notebook, task.parameters)
    head, findings = head_of(executed), findings_of(executed)
    page = make_page(executed, task.language, page_font, task.title)
    files = [write_text(task.folder / f"{task.name}.html", page)]
    if "xlsx" in task.formats and any(finding["table"] for finding in findings):
        files.append(write_workbook(task.folder / f"{task.name}.xlsx", findings, head, task.title))
    if "md" in task.formats:
        files += write_markdown(executed, task.language, task.folder, task.name, task.title)
    return Rendered(task, head, findings, tuple(files))
