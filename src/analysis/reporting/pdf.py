"""Pages printed to PDF by the Chromium, Chrome or Edge that the machine has; one browser for all of them."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, Route, sync_playwright

from analysis.files import write_bytes

_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
)
_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
    "C:/Program Files/Microsoft/Edge/Application/msedge.exe",
)
NO_BROWSER = "no PDF: no Chromium, Chrome or Edge found on this machine (Debian: apt install chromium)"


def find_browser() -> str | None:
    """Path of the system's browser; None where there is none."""
    named = next((path for name in _NAMES if (path := shutil.which(name))), None)
    return named or next((place for place in _PLACES if Path(place).is_file()), None)


@contextmanager
def browser_page() -> Iterator[tuple[Page | None, str]]:
    """A page of a headless browser that reaches nothing outside what it is given; else None and one line why not."""
    browser = find_browser()
    if browser is None:
        yield None, NO_BROWSER
        return
    with ExitStack() as stack:
        try:
            running = _launched(stack, browser)
        except Error as error:
            yield None, f"no PDF: {browser} does not start: {error.message.splitlines()[0]}"
            return
        context = running.new_context()
        context.route("**/*", _refuse)
        yield context.new_page(), ""


def _launched(stack: ExitStack, browser: str) -> Browser:
    """The browser, closed with the stack; without its sandbox only where root runs it, who cannot have one."""
    arguments = ["--no-sandbox"] if sys.platform != "win32" and os.geteuid() == 0 else []
    playwright = stack.enter_context(sync_playwright())
    running = playwright.chromium.launch(executable_path=browser, args=[*arguments, "--disable-gpu"])
    stack.callback(running.close)
    return running


def try_pdf(page: Page, html: Path) -> tuple[Path | None, str]:
    """The PDF beside the page, printed in a tab of its own; else None and one line why there is none.

    One that hangs or crashes its tab does not cost the others theirs.
    """
    try:
        with page.context.new_page() as tab:
            return print_pdf(tab, html, html.with_suffix(".pdf")), ""
    except Error as error:
        return None, f"no PDF of {html.stem}: {error.message.splitlines()[0]}"


def print_pdf(page: Page, html: Path, pdf: Path) -> Path:
    """Print one self-contained page on A4."""
    page.set_content(html.read_text("utf8"), wait_until="load")
    page.evaluate("document.fonts.ready")
    return write_bytes(pdf, page.pdf(prefer_css_page_size=True, print_background=True, tagged=True, outline=True))


def _refuse(route: Route) -> None:
    """Pages carry everything they need; what is not in the page is not fetched."""
    if route.request.url.startswith(("data:", "about:")):
        route.continue_()
    else:
        route.abort()
