"""The pages in a real browser: no error, no request, Chinese letters from the page's own font, and A4 on paper."""

from collections.abc import Iterator
from pathlib import Path

import pylopdf_fonts_zh_cn
import pytest
from fontTools.ttLib import TTFont
from playwright.sync_api import Page
from report_fixtures import Pages

from analysis.reporting import pdf

needs_browser = pytest.mark.skipif(pdf.find_browser() is None, reason="no Chromium, Chrome or Edge on this machine")


def test_without_a_browser_there_is_one_line_and_no_failure(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pdf, "find_browser", lambda: None)
    with pdf.browser_page() as (page, problem):
        assert page is None
        assert problem == pdf.NO_BROWSER and "\n" not in problem


def test_a_browser_that_does_not_start_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pdf, "find_browser", lambda: "/nowhere/chromium")
    with pdf.browser_page() as (page, problem):
        assert page is None and problem.startswith("no PDF: /nowhere/chromium does not start")


@pytest.fixture(scope="module")
def overview(pages: Pages) -> Path:
    return pages.folder / "overview_zh.html"


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    with pdf.browser_page() as (page, problem):
        assert page is not None, problem
        page.set_viewport_size({"width": 1280, "height": 800})
        yield page


@pytest.fixture
def page(browser: Page, overview: Path) -> Page:
    browser.set_content(overview.read_text("utf8"))
    browser.evaluate("document.fonts.ready")
    return browser


@needs_browser
@pytest.mark.parametrize("name", ["overview_zh", "overview_en", "department_D04_zh", "index"])
def test_no_error_no_request_and_letters_from_the_page(browser: Page, pages: Pages, name: str):
    problems: list[str] = []
    requests: list[str] = []
    browser.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    browser.on("pageerror", lambda error: problems.append(str(error)))
    browser.on("request", lambda request: requests.append(request.url))
    browser.set_content((pages.folder / f"{name}.html").read_text("utf8"))
    browser.evaluate("document.fonts.ready")
    assert problems == []
    assert [url for url in requests if not url.startswith(("data:", "about:"))] == []
    loaded = browser.evaluate("[...document.fonts].map(font => font.family + ' ' + font.status)")
    assert loaded == ["Noto Sans SC loaded"]
    assert browser.evaluate("getComputedStyle(document.querySelector('main')).fontFamily").startswith('"Noto Sans SC"')


@needs_browser
def test_chinese_stands_on_the_page(page: Page):
    assert page.inner_text("h2 >> nth=0") == "十二项指标达标了吗？"
    assert "未达标" in page.inner_text(".sentence >> nth=0")


@needs_browser
def test_the_verdict_and_all_twelve_rows_stand_on_the_first_screen(page: Page):
    rows = page.locator(".finding >> nth=0").locator("tbody tr")
    assert rows.count() == 12
    assert rows.nth(11).bounding_box()["y"] + rows.nth(11).bounding_box()["height"] < 800  # type: ignore[index]
    assert page.locator(".sentence >> nth=0").bounding_box()["y"] < 200  # type: ignore[index]


@needs_browser
def test_no_text_of_a_figure_runs_out_of_it(page: Page):
    out = page.evaluate(
        """() => [...document.querySelectorAll('.figure svg')].flatMap(svg => {
          const frame = svg.getBoundingClientRect();
          return [...svg.querySelectorAll('text')].filter(text => {
            const box = text.getBoundingClientRect();
            return box.left < frame.left - 2 || box.right > frame.right + 2 || box.bottom > frame.bottom + 2;
          }).map(text => text.textContent);
        })"""
    )
    assert out == []


@needs_browser
def test_every_letter_has_a_glyph(page: Page):
    letters = set(page.inner_text("body")) - set("\n\t\xa0 ")
    known = set(map(chr, TTFont(pylopdf_fonts_zh_cn.sans_path(), lazy=True).getBestCmap()))
    assert letters - known == set()


@needs_browser
def test_pdf_is_a4(browser: Page, overview: Path, tmp_path: Path):
    content = pdf.print_pdf(browser, overview, tmp_path / "overview.pdf").read_bytes()
    assert content.startswith(b"%PDF") and b"/MediaBox [0 0 594.95996 841.91998]" in content
