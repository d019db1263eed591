"""What people see speaks as docs/contributing/voice.md says: the phrases of its table stay out."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "studygroup"


def phrases(heading: str = "## Phrases that stay out") -> list[str]:
    """Return the first column of the table below a heading."""
    table = (ROOT / "docs" / "contributing" / "voice.md").read_text(encoding="utf-8").split(heading)[1].split("\n## ")[0]
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


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    """What developers and readers of the docs see, by file: pages, docstrings and comments."""
    pages = [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / "studygroup").rglob("*.py"),
        *(ROOT / "tests").rglob("*.py"),
    ]
    found = {}
    for path in (path for path in pages if "cases" not in path.parts):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".py":
            text = "\n".join(_comments_of(text))
        found[path.relative_to(ROOT).as_posix()] = text
    return found


def _comments_of(source: str) -> Iterator[str]:
    """Yield a module's comments and docstrings."""
    seen = {*texts_of(source)}
    texts = (
        node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    yield from (text for text in texts if text not in seen)
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    yield from (token.string for token in tokens if token.type == tokenize.COMMENT)


@pytest.mark.parametrize("word", phrases("## Words that stay out of docs and code"))
def test_a_translated_word_stays_out_of_docs_and_code(written: dict[str, str], word: str) -> None:
    """In any letters; an address such as ``@somebody`` may have it."""
    found = re.compile(rf'(?<![@"\w-]){word}\b', re.IGNORECASE)
    assert [name for name, text in written.items() if found.search(text)] == []


def test_docstrings_are_not_what_people_see() -> None:
    """Texts are looked at, docstrings are not."""
    assert [*texts_of('"""A."""\ndef f():\n    """B."""\n    return f"C {1} D"')] == ["C ", " D"]
