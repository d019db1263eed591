"""What people see speaks as docs/contributing/voice.md says: the phrases of its table stay out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "studygroup"


def phrases() -> list[str]:
    """Return the first column of the last table."""
    table = (ROOT / "docs" / "contributing" / "voice.md").read_text(encoding="utf-8").split("## Phrases that stay out")[1]
    return [row.split("|")[1].strip() for row in table.splitlines() if re.match(r"\| [^-]", row)][1:]


def texts_of(source: str) -> Iterator[str]:
    """Yield the strings of a module but its docstrings."""
    tree = ast.parse(source)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docs = {id(node.body[0].value) for node in ast.walk(tree) if isinstance(node, documented) and _is_text(node.body[:1])}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def _is_text(body: list[ast.stmt]) -> bool:
    return bool(body) and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)


@pytest.fixture(scope="module")
def seen() -> dict[str, str]:
    """What people see, by the file that holds it."""
    found = {}
    for path in sorted(PACKAGE.rglob("*")):
        name = path.relative_to(ROOT).as_posix()
        if path.suffix == ".py":
            found[name] = "\n".join(texts_of(path.read_text(encoding="utf-8")))
        elif path.suffix in {".j2", ".js"} and "vendor" not in name:
            found[name] = re.sub(r"\{#.*?#\}|^\s*//.*$", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    return found


@pytest.mark.parametrize("phrase", phrases())
def test_a_phrase_that_was_replaced_stays_out(seen: dict[str, str], phrase: str) -> None:
    """Wherever it was, and wherever else it would be seen."""
    assert [name for name, text in seen.items() if phrase in text] == []


def test_docstrings_are_not_what_people_see() -> None:
    """Texts are looked at, docstrings are not."""
    assert [*texts_of('"""A."""\ndef f():\n    """B."""\n    return f"C {1} D"')] == ["C ", " D"]
