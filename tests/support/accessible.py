"""What axe-core finds on a page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import axe_playwright_python

_AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def violations(page: Any, *, within: str = "", rules: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """Return what breaks WCAG 2 A or AA on a page, or in the elements that a selector finds: by rule, the elements' HTML and what is wrong.

    ``rules`` names further sets of axe-core's rules.
    """
    page.evaluate(_AXE)
    where = f"{{include: [{json.dumps(within)}]}}" if within else "document"
    only = json.dumps({"type": "tag", "values": [*_RULES, *rules]})
    found = page.evaluate(f"() => axe.run({where}, {{runOnly: {only}, resultTypes: ['violations']}})")
    assert found["passes"], "axe-core looked at nothing"
    return {
        one["id"]: [f"{node['html'][:200]} {node['failureSummary'][:300]}" for node in one["nodes"]]
        for one in found["violations"]
    }
