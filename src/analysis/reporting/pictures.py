"""Figures of a Markdown document as pictures, which every word processor takes; the SVG files stay beside them."""

import re
from pathlib import Path

from playwright.sync_api import Error, Page

from analysis.files import write_bytes, write_text
from analysis.presentation.svg import WIDTH

#: Points of the screen in an inch, and how many pixels each becomes: nearly 300 dots an inch.
_SCREEN, _SHARP = 96, 3
_FIGURE = re.compile(r"(!\[[^\]]*\]\()([\w.-]+)\.svg\)")


def draw_pictures(page: Page, document: Path) -> tuple[list[Path], str]:
    """Draw each SVG that the document shows as a PNG beside it, and let the document show the PNG.

    Parameters
    ----------
    page : of a running browser; a context of its own is opened for the pictures.

    Returns
    -------
    The pictures written, and one line why there are none ("" where there are): the document then shows the SVGs.
    """
    text = document.read_text("utf8")
    names = [found[2] for found in _FIGURE.finditer(text)]
    try:
        drawn = [_drawn(page, document.with_name(f"{name}.svg")) for name in names]
    except Error as error:
        return [], f"no PNG figures of {document.stem}: {error.message.splitlines()[0]}"
    pictures = [write_bytes(document.with_name(f"{name}.png"), png) for name, png in zip(names, drawn, strict=True)]
    write_text(document, _FIGURE.sub(r"\1\2.png)", text))
    return pictures, ""


def _drawn(page: Page, svg: Path) -> bytes:
    """One figure as wide as a page's column, on white."""
    browser = page.context.browser
    assert browser is not None
    with browser.new_context(device_scale_factor=_SHARP, offline=True) as context, context.new_page() as tab:
        width = f"width:{round(WIDTH * _SCREEN)}px"
        tab.set_content(f'<body style="margin:0"><div id="figure" style="{width}">{svg.read_text("utf8")}</div></body>')
        tab.evaluate("document.fonts.ready")
        return tab.locator("#figure").screenshot()
