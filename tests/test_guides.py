"""The guides: their pictures are there in both themes and small, their links lead somewhere, and each form of both notebooks has its step."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
MOST_BYTES = 3_000_000


@pytest.mark.parametrize("name", ["facilitator", "member", "accessibility"])
def test_links_and_pictures_of_a_guide_are_there(name: str) -> None:
    """Each picture in light and dark with a text for those who do not see it; each link to a file of the project."""
    text = (DOCS / f"{name}.md").read_text(encoding="utf-8")
    pictures = re.findall(
        r'<source media="\(prefers-color-scheme: dark\)" srcset="(.*?)">\n  <img src="(.*?)" alt="(.+?)">', text
    )
    assert len(pictures) == text.count("<picture>") == text.count("<img ")
    for dark, light, _ in pictures:
        assert dark == light.replace(".webp", "-dark.webp")
        assert (DOCS / dark).is_file()
        assert (DOCS / light).is_file()
    for link in re.findall(r"\]\(([^)#]+)", text):
        assert (DOCS / link).exists(), link


def test_every_form_has_its_picture() -> None:
    """As many pictures as forms, but for the site's, which has a guide of its own; all together they are small."""
    forms = {"facilitator": "week", "member": "member"}
    for guide, notebook in forms.items():
        cells = json.loads((ROOT / "notebooks" / f"{notebook}.ipynb").read_text(encoding="utf-8"))["cells"]
        shown = ["".join(cell["source"]).strip().splitlines()[-1] for cell in cells if cell["cell_type"] == "code"]
        shown = [source for source in shown if not source.endswith((".open()", ".site"))]
        assert (DOCS / f"{guide}.md").read_text(encoding="utf-8").count("<picture>") >= len(shown)
    assert sum(path.stat().st_size for path in (DOCS / "images").rglob("*") if path.is_file()) < MOST_BYTES
