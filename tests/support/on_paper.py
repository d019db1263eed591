"""How a page comes out on paper: how many pages it takes, and whether anything is parted from what it belongs to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

PAPER = {"A4": (210, 297), "Letter": (215.9, 279.4)}
MARGINS_MM = 14, 15

# Columns break where pages do, so that a browser says on which page each element would be.
AS_COLUMNS = """([width, height]) => {
  const main = document.querySelector("main"), gap = 40;
  Object.assign(main.style, {
    width: `${width}mm`, height: `${height}mm`, columnWidth: `${width}mm`, columnGap: `${gap}px`, columnFill: "auto", maxWidth: "none"});
  const {left, top} = main.getBoundingClientRect(), pitch = main.clientWidth + gap;
  const boxes = (one) => {
    const own = [...one.getClientRects()].filter((box) => box.height);
    return own.length ? own : [...one.children].flatMap(boxes);
  };
  const pages = (one) => boxes(one).map((box) => Math.floor((box.left - left + 1) / pitch));
  const parted = (before, after) => before && after && Math.max(...pages(before)) < Math.min(...pages(after));
  const found = [];
  for (const heading of main.querySelectorAll("h2, h3, h4, thead")) {
    const next = heading.nextElementSibling;
    if (parted(heading, next?.querySelector("tr, li, p, div") ?? next)) found.push(heading.innerText);
  }
  for (const caption of main.querySelectorAll("table + p, .key, .untouched, .next")) {
    const rows = [...(caption.previousElementSibling?.querySelectorAll("tr, li, p") ?? [])];
    if (parted(rows.at(-1) ?? caption.previousElementSibling, caption)) found.push(caption.innerText);
  }
  const filled = [];
  for (const box of [...main.querySelectorAll("h1, h2, h3, p, li, tr, dd")].flatMap(boxes)) {
    const page = Math.floor((box.left - left + 1) / pitch);
    filled[page] = Math.max(filled[page] ?? 0, (box.bottom - top) / main.clientHeight);
  }
  return {parted: found, filled: Array.from(filled, (part) => part ?? 0)};
}"""


def on_paper(browser: Any, page_file: Path, paper: str) -> tuple[int, list[str], list[float]]:
    """Return how many pages a file prints on, what is parted from what it belongs to, and how far each page is filled, 0 to 1."""
    context = browser.new_context(viewport={"width": 900, "height": 1200})
    tab = context.new_page()
    tab.goto(page_file.as_uri())
    printed = tab.pdf(format=paper).count(b"/Type /Page\n")
    tab.emulate_media(media="print")
    wide, high = PAPER[paper]
    laid = tab.evaluate(AS_COLUMNS, [wide - 2 * MARGINS_MM[1], high - 2 * MARGINS_MM[0]])
    context.close()
    return printed, laid["parted"], laid["filled"]
