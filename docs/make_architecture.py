"""Draw the house in docs/architecture.md and docs/images/rooms.svg from pyproject.toml and the imports; `make docs` runs it, and a test compares."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from html import escape
from pathlib import Path
from typing import Any

import grimp

ROOT = Path(__file__).parents[1]
PAGE, PICTURE = ROOT / "docs" / "architecture.md", ROOT / "docs" / "images" / "rooms.svg"
ROW, LANE, BOX, TOP = 38, 46, 150, 46


def contracts() -> list[dict[str, Any]]:
    """Return the contracts of pyproject.toml, the first being that of the floors."""
    found: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    return found


def floors(contract: dict[str, Any]) -> list[list[str]]:
    """Return the full names of a contract's modules, floor by floor, the top one first."""
    [within] = contract["containers"]
    return [[f"{within}.{name.strip()}" for name in layer.split("|")] for layer in contract["layers"]]


def does(module: str) -> str:
    """Return the first sentence of a module's or package's docstring, as a part of a sentence."""
    path = ROOT / module.replace(".", "/")
    source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return (ast.get_docstring(ast.parse(source.read_text(encoding="utf-8"))) or "").split("\n")[0].rstrip(".")


def arrows() -> Counter[tuple[str, str]]:
    """Return how many imports lead from one room of the top level to another."""
    graph = grimp.build_graph("studygroup")
    found: Counter[tuple[str, str]] = Counter()
    for source in graph.modules:
        for target in graph.find_modules_directly_imported_by(source):
            ends = tuple(".".join(one.split(".")[:2]) for one in (source, target))
            if ends[0] != ends[1] and "studygroup" not in ends:
                found[ends[0], ends[1]] += 1
    return found


def table(contract: dict[str, Any], head: str) -> str:
    """Return a Markdown table of a contract's floors, numbered from the ground."""
    found = floors(contract)
    rows = [
        f"| {number} | `{name.split('.')[-1]}` | {does(name)} |"
        for number, names in zip(range(len(found), 0, -1), found, strict=True)
        for name in names
    ]
    return "\n".join([f"| floor | {head} | what is there |", "|---|---|---|", *rows])


def house() -> str:
    """Return the part of the page that is drawn: the floors, the picture, and the rooms inside rooms."""
    first, *others = contracts()
    found = arrows()
    rooms = {room for arrow in found for room in arrow}
    picture = (
        f"![The rooms, floor by floor, and which imports which](images/rooms.svg)\n\n{len(rooms)} rooms, {len(found)} arrows."
    )
    inner = [f"`{one['containers'][0].split('.')[-1]}/`:\n\n{table(one, 'part')}" for one in others]
    return "\n\n".join([table(first, "room"), picture, *inner])


def page() -> str:
    """Return docs/architecture.md with the house drawn anew between its two marks."""
    begin, end = "<!-- drawn by make docs -->", "<!-- end of what is drawn -->"
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(begin)
    return f"{before}{begin}\n\n{house()}\n\n{end}{rest.partition(end)[2]}"


def picture() -> str:
    """Return the rooms as an SVG: a row each, and a lane down to each room from all rooms that import it."""
    found = arrows()
    rooms = [name for names in floors(contracts()[0]) for name in names]
    height = {name: TOP + ROW * row for row, name in enumerate(rooms)}
    targets = [name for name in rooms if any(target == name for _, target in found)]
    right, bottom = BOX + LANE * (len(targets) + 1), TOP + ROW * len(rooms)
    lines, parts = [], []
    for lane, target in enumerate(targets):
        x, y = BOX + LANE * (lane + 1), height[target] + ROW // 2 - 4
        sources = {source: count for (source, to), count in found.items() if to == target}
        parts.append(
            f'<path d="M{x} {min(height[one] for one in sources) + ROW // 2 - 4}V{y}H{BOX + 5}" marker-end="url(#tip)"/>'
        )
        for source, count in sorted(sources.items()):
            at = height[source] + ROW // 2 - 4
            lines.append(f'<path class="from" d="M{BOX} {at}H{x}"/>')
            parts.append(f'<circle cx="{x}" cy="{at}" r="11"/><text class="count" x="{x}" y="{at + 4}">{count}</text>')
    for name, y in height.items():
        word = escape(name.split(".")[-1])
        parts.append(
            f'<rect x="8" y="{y}" width="{BOX - 8}" height="{ROW - 8}" rx="6"/><text x="20" y="{y + 20}">{word}</text>'
        )
    title = f"{len(rooms)} rooms and {len(found)} arrows; each lane leads down to a room, from the rooms that import it, with how often"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {right} {bottom}" width="{right}" height="{bottom}" role="img" aria-labelledby="title">\n'
        f'<title id="title">{title}</title>\n'
        "<style>svg{--ink:#1b2733;--line:#5b7083;--pale:#c9d3dc;--box:#eef3f7;--page:#fff;background:var(--page)}"
        "@media(prefers-color-scheme:dark){svg{--ink:#e7edf2;--line:#9db0c0;--pale:#3c4a57;--box:#243240;--page:#11181f}}"
        "text{font:14px system-ui,sans-serif;fill:var(--ink)}.count{font-size:11px;text-anchor:middle}"
        "path{fill:none;stroke:var(--line);stroke-width:1.5}.from{stroke:var(--pale)}rect,circle{fill:var(--box);stroke:var(--line)}"
        ".head{font-weight:600}.tip{fill:var(--line);stroke:none}</style>\n"
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>\n'
        f'<text class="head" x="8" y="26">{len(rooms)} rooms, {len(found)} arrows</text>\n'
        + "\n".join(lines + parts)
        + "\n</svg>\n"
    )


if __name__ == "__main__":
    PAGE.write_text(re.sub(r"\n{3,}", "\n\n", page()), encoding="utf-8")
    PICTURE.write_text(picture(), encoding="utf-8")
