"""The guides: their pictures are there in both themes and small, their links lead somewhere, and each form of both notebooks has its step."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from studygroup.forms.layout.week_screen import PARTS

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
MOST_BYTES = 3_000_000
GUIDES = {"facilitator": "week", "member": "member"}
LABELS = GUIDES | {"first": "week"}


@pytest.mark.parametrize("name", ["first", "facilitator", "member", "deploy", "python", "accessibility"])
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


def test_the_facilitators_guide_follows_the_screen() -> None:
    """Each step of the guide says on which tab it is, and is a heading there; what has no step of its own is part of the session's."""
    text = (DOCS / "facilitator.md").read_text(encoding="utf-8")
    steps = re.findall(r"^## \d+\. (.+)\n\nOn the tab \*(.+)\*\.$", text, re.MULTILINE)
    assert len(steps) == len(re.findall(r"^## \d+\. ", text, re.MULTILINE))
    shown = {(title, tab) for tab, columns in PARTS.items() for parts in columns.values() for _, title in parts}
    during = {(title, tab) for title, tab in shown if tab == "Live"} - {("Attendance", "Live")}
    named = {("RSVPs", "Prepare"), ("Checklist", "Prepare"), ("Checklist", "Wrap up"), ("Report", "Wrap up")}
    assert set(steps) - {("During", "Live")} == shown - during - named
    assert all(f"*{title}*" in text for title, _ in named | during)


@pytest.mark.parametrize("guide", LABELS)
def test_a_guide_uses_the_words_of_the_forms(guide: str) -> None:
    """What a guide sets in italics with a capital is a word on a button, a field or a heading, or JupyterLab's own menu."""
    text = (DOCS / f"{guide}.md").read_text(encoding="utf-8")
    sources = [*(ROOT / "studygroup" / "forms").rglob("*.py"), ROOT / "notebooks" / f"{LABELS[guide]}.ipynb"]
    shown = "\n".join(source.read_text(encoding="utf-8") for source in sources)
    # The agenda's and the report's form are one, which puts in the name of what it makes.
    shown += "".join(
        f'"{verb} {name}"'
        for verb in ("Make", "Preview")
        if f'"{verb} {{self.name}}"' in shown
        for name in ("agenda", "report")
    )
    words = set(re.findall(r"(?<!\*)\*([A-Z][^*\n]*)\*(?!\*)", text)) - {"Run → Run All Cells"}
    assert len(words) > 4
    assert {word for word in words if not re.search(rf'(?:["“*]|"## ){re.escape(word)}["”*\\]', shown)} == set()


def test_every_form_has_its_picture() -> None:
    """As many pictures as forms, beside the line that says who sits there; all together they are small."""
    # The checklists, the replies, the line for quick notes, the reading list, invite links and missing summaries are told in words.
    forms = sum(len(parts) for columns in PARTS.values() for parts in columns.values()) - 7
    assert (DOCS / "facilitator.md").read_text(encoding="utf-8").count("<picture>") >= forms
    for guide, notebook in GUIDES.items():
        cells = json.loads((ROOT / "notebooks" / f"{notebook}.ipynb").read_text(encoding="utf-8"))["cells"]
        shown = ["".join(cell["source"]).strip().splitlines()[-1] for cell in cells if cell["cell_type"] == "code"]
        shown = [source for source in shown if not source.endswith((".open()", ".who"))]
        assert (DOCS / f"{guide}.md").read_text(encoding="utf-8").count("<picture>") >= len(shown)
    assert sum(path.stat().st_size for path in (DOCS / "images").rglob("*") if path.is_file()) < MOST_BYTES


def _shown_texts() -> list[tuple[str, str]]:
    """Return the constant texts of the package that may be shown, each with its place: docstrings of commands are their help."""
    texts = []
    for path in sorted((ROOT / "studygroup").rglob("*.py")):
        waiting: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
        while waiting:
            match waiting.pop():
                case ast.Expr(ast.Constant()) if path.parent.name != "commands":
                    pass
                case ast.Call(ast.Name("guide")):
                    pass
                case ast.JoinedStr(parts):
                    texts.append(
                        (str(path), "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in parts))
                    )
                    waiting += [part.value for part in parts if isinstance(part, ast.FormattedValue)]
                case ast.Constant(str(text)):
                    texts.append((str(path), text))
                case node:
                    waiting += ast.iter_child_nodes(node)
    return texts


def test_what_is_shown_names_guides_that_exist_and_where_they_are() -> None:
    """A new group's folder has no docs/; so a text says that a guide is the project's, or ``guide`` looks whether it is there."""
    named = [(path, text) for path, text in _shown_texts() if re.search(r"\bdocs/", text)]
    assert len(named) >= 6
    for path, text in named:
        for guide in re.findall(r"\bdocs/[\w/.-]*\w", text):
            assert (ROOT / guide).is_file(), f"{path}: {guide}"
        assert "of the studygroup project" in text, f"{path}: {text}"
