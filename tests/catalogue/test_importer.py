"""Lists are merged into the catalogue without losing anything, and shown as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from studygroup.catalogue.items.columns import COLUMNS
from studygroup.catalogue.items.csv_table import empty_items, to_csv_bytes
from studygroup.catalogue.items.table import Catalogue
from studygroup.catalogue.merging.importer import Import, import_lists, import_sources, to_json
from studygroup.catalogue.recognise.reading_list import parse_reading_list
from studygroup.errors import CatalogueError, ReadingListError

FIRST = """\
# First
## Papers
1. [Few-Shot Trees (GPT 3.0)](https://proceedings.neurips.cc/paper/trees.pdf) - They learn quickly.
2. [Slow Trees](notes/slow.md)
"""

SECOND = """\
| Language Model | Description | Paper | Licence | Checkpoints |
|---|---|---|---|---|
| Oak | A tree. It is old. | [Few-Shot Trees](https://arxiv.org/abs/2005.14165) | [Custom](https://a.org/l) Free if you have under seven hundred users and more | [oak](https://a.org/oak) |

- [Few-shot trees](https://arxiv.org/abs/2005.14165v2), Ada Lovelace, Bo Chen
"""


def imported(*, facts: bool = False, items: pd.DataFrame | None = None, lists: dict[str, pd.DataFrame] | None = None) -> Import:
    """Return the import of both lists."""
    both = [parse_reading_list(FIRST, "first"), parse_reading_list(SECOND, "second")]
    return import_lists(empty_items() if items is None else items, lists or {}, both, facts=facts, same=set(), different=set())


def row(result: Import, item_id: str) -> dict[str, str]:
    """Return an item's cells that are not empty."""
    found = result.items[result.items["id"] == item_id].iloc[0]
    return {column: found[column] for column in COLUMNS if not pd.isna(found[column]) and found[column] != ""}


def test_merging_loses_nothing() -> None:
    """The item has the plain title, the first link and the authors, the other link is beside it; a model is its own item."""
    result = imported()
    assert list(result.items["id"]) == ["few-shot-trees", "slow-trees", "oak"]
    assert (result.added, result.merged, result.suggestions) == (3, 1, ())
    assert row(result, "few-shot-trees") == {
        "id": "few-shot-trees",
        "title": "Few-shot trees",
        "kind": "paper",
        "url": "https://proceedings.neurips.cc/paper/trees.pdf",
        "authors": "Ada Lovelace; Bo Chen",
        "arxiv": "2005.14165",
        "section": "Papers",
        "about": "They learn quickly.",
        "links": "[arxiv.org](https://arxiv.org/abs/2005.14165v2)",
    }
    assert row(result, "slow-trees") == {"id": "slow-trees", "title": "Slow Trees", "kind": "paper", "section": "Papers"}
    assert row(result, "oak") == {
        "id": "oak",
        "title": "Oak",
        "kind": "model",
        "url": "https://arxiv.org/abs/2005.14165",
        "about": "A tree. It is old.",
        "licence": "Custom Free if you have under seven hundred users and more",
        "links": "[Checkpoints](https://a.org/oak)",
    }


def test_facts_leave_sentences_out() -> None:
    """With facts only, what is a sentence goes, in items and lists; titles, links, names and the licence's name stay."""
    result = imported(facts=True)
    assert "about" not in row(result, "few-shot-trees")
    assert (row(result, "oak")["licence"], row(result, "oak")["links"]) == ("Custom", "[Checkpoints](https://a.org/oak)")
    expected = {
        "Paper": "[Few-Shot Trees](https://arxiv.org/abs/2005.14165)",
        "Licence": "[Custom](https://a.org/l)",
        "Checkpoints": "[oak](https://a.org/oak)",
    }
    assert [expected, {"authors": "Ada Lovelace; Bo Chen"}] == [json.loads(cell) for cell in result.frames["second"]["columns"]]


def test_list_keeps_every_entry_as_written() -> None:
    """A list's table has each entry's number, line, section, title, link, item and what else was said."""
    frame = imported().frames["first"]
    assert frame.to_dict("records") == [
        {
            "entry": "few-shot-trees-gpt-3-0",
            "position": 1,
            "number": "1",
            "line": 3,
            "section": "Papers",
            "title": "Few-Shot Trees (GPT 3.0)",
            "url": "https://proceedings.neurips.cc/paper/trees.pdf",
            "items": "few-shot-trees",
            "columns": '{"about":"They learn quickly."}',
        },
        {
            "entry": "slow-trees",
            "position": 2,
            "number": "2",
            "line": 4,
            "section": "Papers",
            "title": "Slow Trees",
            "url": "notes/slow.md",
            "items": "slow-trees",
            "columns": "",
        },
    ]


def test_importing_again_changes_nothing() -> None:
    """A second import of the same lists gives the same bytes and the same suggestions."""
    once = imported()
    again = imported(items=once.items, lists=once.frames)
    assert (0, once.suggestions, ()) == (again.added, again.suggestions, again.gone)
    assert to_csv_bytes(once.items) == to_csv_bytes(again.items)
    assert [*map(to_csv_bytes, once.frames.values())] == [*map(to_csv_bytes, again.frames.values())]


def test_what_a_person_wrote_stays() -> None:
    """Hand-written cells stay, empty ones are filled; an entry keeps its id and the items that a person gave it."""
    once = imported()
    items, first = once.items.copy(), once.frames["first"].copy()
    items.loc[0, ["title", "about", "authors"]] = ["My trees", "Mine.", ""]
    first.loc[1, ["entry", "items"]] = ["mine", "few-shot-trees;oak"]
    again = imported(items=items, lists={"first": first, "second": once.frames["second"]})
    kept = row(again, "few-shot-trees")
    assert (kept["title"], kept["about"], kept["authors"]) == ("My trees", "Mine.", "Ada Lovelace; Bo Chen")
    assert again.frames["first"].loc[1, ["entry", "items"]].tolist() == ["mine", "few-shot-trees;oak"]


def test_newer_version_of_a_list() -> None:
    """What is new goes to the end, what is gone is told, an entry with a new title or link keeps its id."""
    once = imported()
    newer = parse_reading_list("- [New Trees](https://b.org)\n- [Slower Trees](notes/slow.md)\n", "first")
    result = import_lists(once.items, once.frames, [newer])
    assert result.frames["first"]["entry"].tolist() == ["new-trees", "slow-trees"]
    assert result.frames["first"]["items"].tolist() == ["new-trees", "slow-trees"]
    assert (result.items["id"].tolist(), result.added) == (["few-shot-trees", "slow-trees", "oak", "new-trees"], 1)
    assert result.gone == (("first", "Few-Shot Trees (GPT 3.0)"),)


def test_json() -> None:
    """The JSON object has lists with entries and problems, the items with their places, and suggestions."""
    shown = json.loads(to_json(imported()))
    assert list(shown) == ["lists", "items", "suggestions"]
    assert shown["lists"][0]["entries"][0] == {
        "position": 1,
        "title": "Few-Shot Trees (GPT 3.0)",
        "url": "https://proceedings.neurips.cc/paper/trees.pdf",
        "section": ["Papers"],
        "kind": "paper",
        "authors": [],
        "year": None,
        "arxiv": None,
        "doi": None,
        "links": [],
        "details": {"about": "They learn quickly."},
        "columns": {},
        "status": None,
        "line": 3,
    }
    message = "1 link is relative, the first one here; say where the list stands with --base-url"
    assert [{"line": 4, "severity": "warning", "message": message}] == shown["lists"][0]["problems"]
    assert shown["items"][0] == {
        "id": "few-shot-trees",
        "title": "Few-shot trees",
        "url": "https://proceedings.neurips.cc/paper/trees.pdf",
        "entries": [["first", 1], ["second", 2]],
    }


def test_files_are_written_into_a_workbook(tmp_path: Path) -> None:
    """Importing files writes a catalogue without faults; a dry run writes nothing; importing again changes no byte."""
    (tmp_path / "Ada's List.md").write_text(FIRST, encoding="utf-8")
    folder = tmp_path / "workbook"
    (folder / "lists").mkdir(parents=True)
    (folder / "catalogue.csv").write_bytes(to_csv_bytes(empty_items()))
    import_sources(folder, [str(tmp_path / "Ada's List.md")], write=False)
    assert Catalogue.read(folder).items.empty
    import_sources(folder, [str(tmp_path / "Ada's List.md")])
    assert (Catalogue.check(folder), list(Catalogue.read(folder).lists)) == ([], ["adas-list"])
    written = (folder / "catalogue.csv").read_bytes()
    result = import_sources(folder, [str(tmp_path / "Ada's List.md")])
    assert written == (folder / "catalogue.csv").read_bytes()
    assert result.summary() == "adas-list: 2 entries: 1 known already, 1 to look at; 1 warning\n0 papers added"


def test_wrong_use(tmp_path: Path) -> None:
    """One name for two files, two files of one name, a reserved name, a missing file and a list given twice are refused."""
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "README.md").write_text(FIRST, encoding="utf-8")
    files = [str(tmp_path / "a" / "README.md"), str(tmp_path / "b" / "README.md")]
    (tmp_path / "b" / "other.md").write_text(FIRST, encoding="utf-8")
    with pytest.raises(ReadingListError, match="--list trees names one list, but 2 were given"):
        import_sources(None, [files[0], str(tmp_path / "b" / "other.md")], name="trees")
    with pytest.raises(ReadingListError, match="would both become the list readme; import one of them with --list NAME"):
        import_sources(None, files)
    with pytest.raises(ReadingListError, match="A list cannot be called same"):
        import_sources(None, files[:1], name="same")
    with pytest.raises(ReadingListError, match=r"none\.md"):
        import_sources(None, [str(tmp_path / "none.md")])
    with pytest.raises(CatalogueError, match="A list is imported twice at once: a, a"):
        import_lists(empty_items(), {}, [parse_reading_list(FIRST, "a")] * 2)
