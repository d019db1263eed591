"""`docs/python.md` and `docs/compose.md` do what they say, on this project's own catalogue."""

from __future__ import annotations

import doctest
import shutil
from pathlib import Path

import pytest

from studygroup.workbook.identity import MEMBER
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("guide", "least"), [("python", 20), ("compose", 12)])
def test_every_example_of_a_guide_comes_out_as_it_says(
    guide: str, least: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a copy of this project's workbook in which no one has met, on a fixed day; to compose forms, Ada is on the roster."""
    for name in ("pyproject.toml", "catalogue.csv"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "lists", tmp_path / "lists")
    (tmp_path / "sessions").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(MEMBER, raising=False)
    monkeypatch.setattr(Workbook.__init__, "__defaults__", (Clock(),))
    if guide == "compose":
        Workbook(tmp_path).add_person("Ada Lovelace", role="facilitator")
    text = (ROOT / "docs" / f"{guide}.md").read_text(encoding="utf-8")
    examples = doctest.DocTestParser().get_doctest(text.replace("```", ""), {}, f"{guide}.md", f"docs/{guide}.md", 0)
    said: list[str] = []
    options = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    outcome = doctest.DocTestRunner(optionflags=options).run(examples, out=said.append)
    assert (outcome.failed, "".join(said)) == (0, "")
    assert outcome.attempted > least
