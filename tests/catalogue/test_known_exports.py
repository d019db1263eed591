"""Lists that other programs export, in full as their documentation shows them: ``tests/cases/exports`` has one of each.

Sources: Goodreads, "How do I import or export my books?"; The StoryGraph, "Manage account", "Export StoryGraph library"; BookWyrm,
``views/preferences/export.py``; Zotero, translators "CSV" and "CSL JSON"; Better BibTeX for Zotero, "Better BibLaTeX"; JabRef, "BibTeX
and BibLaTeX" with its special fields; Hugging Face, "Managing collections"; Semantic Scholar, "Cite" and "Academic Graph API".
"""

from __future__ import annotations

from pathlib import Path

import pytest

from studygroup.catalogue.online.download import download_of
from studygroup.catalogue.reading.form import make_source
from studygroup.catalogue.reading.json_exports import parse_json
from studygroup.catalogue.recognise.entry import Entry
from studygroup.catalogue.recognise.formats import parse_source

EXPORTS = Path(__file__).parents[1] / "cases" / "exports"


def shown(entry: Entry) -> str:
    """Return an entry in a line: kind, title, address, names, year, ids, status, section, venue."""
    said = [entry.kind, entry.title, entry.url, ", ".join(entry.authors), str(entry.year or ""), entry.arxiv, entry.doi]
    said += [entry.status or "", " > ".join(entry.section), entry.details.get("venue", "")]
    return " | ".join(filter(None, said))


EXPECTED = {
    "goodreads.csv": [
        "book | The Hollow Oak (Woods, #1) | Eve Fox, Gus Hall, Ana Berg | 2010 | read | woods",
        "book | Rain | Jane Roe | unread",
        "book | Snow | Jane Roe | 2001 | skipped",
    ],
    "storygraph.csv": [
        "book | The Hollow Oak | Eve Fox, Gus Hall | skipped | woods",
        "book | Rain | Jane Roe | reading",
        "book | Snow | Jane Roe | unread",
        "book | Hail | Jane Roe",
    ],
    "bookwyrm.csv": [
        "book | The Hollow Oak | https://bookwyrm.example/book/12 | Eve Fox, Gus Hall | read",
        "book | Rain | https://bookwyrm.example/book/13 | Jane Roe | skipped",
        "book | Snow | https://bookwyrm.example/book/14 | Jane Roe",
        "book | Hail | https://bookwyrm.example/book/15 | Jane Roe | reading",
    ],
    "zotero.csv": [
        "paper | Small Gates | https://example.org/gates | Ana Berg, Tom Lund | 2021 | 2101.00001 | 10.1000/182 | gates | Journal of Gates",
        "paper | Slow Waves | http://arxiv.org/abs/2301.00002 | Tom Lund | 2023 | 2301.00002",
        "paper | Trees | https://example.org/trees | Eva Moss | 2019",
        "article | Rain | https://example.org/rain | Jane Roe | 2020 | Science | The Daily",
        "codebase | gatelib | https://github.com/lund/gatelib | Tom Lund | 2022",
        "paper | Wells | https://doi.org/10.1000/183 | Wei Li, Xu Yu | 2018 | 10.1000/183 | Proceedings of Wells",
        "book | Chapter on Wells | Wei Li | 2017 | Wells of the World",
        "video | A talk | https://www.youtube.com/watch?v=abcdefghijk | Ann Karp | 2021",
    ],
    "better_bibtex.bib": [
        "paper | Small Gates | https://example.org/gates | Ana Berg, Tom Lund | 2021 | 2101.00001 | 10.1000/182 | gates | Journal of Gates",
        "paper | Slow Waves | http://arxiv.org/abs/2301.00002 | Tom Lund | 2023 | 2301.00002",
        "paper | Trees | Eva van der Moss | 2019",
        "codebase | gatelib | https://github.com/lund/gatelib | Tom Lund | 2022",
        "video | A talk | https://www.youtube.com/watch?v=abcdefghijk | Ann Karp | 2021",
        "paper | Wells | https://doi.org/10.1000/183 | Wei Li, Xu Yu | 2018 | 10.1000/183 | Proceedings of Wells",
    ],
    "jabref.bib": [
        "paper | Small Gates | https://example.org/gates | Ana Berg, Tom Lund | 2021 | 2101.00001 | 10.1000/182 | skimmed | Gates | Journal of Gates",
        "paper | Slow Waves | https://example.org/waves | Tom Lund | 2023 | read",
    ],
    "semantic_scholar.bib": [
        "paper | Small Gates | https://api.semanticscholar.org/CorpusID:123456789 | Ana Berg, Tom Lund | 2021 | 2101.00001 | ArXiv",
        "paper | Slow Waves | https://www.semanticscholar.org/paper/0123456789abcdef0123456789abcdef01234567 | Tom Lund | 2023 | "
        "International Conference on Learning Representations",
    ],
    "semantic_scholar.json": [
        "paper | Small Gates | https://arxiv.org/abs/2101.00001 | Ana Berg, Tom Lund | 2021 | 2101.00001 | 10.1000/182 | ICLR"
    ],
    "hugging_face.json": [
        "paper | Small Gates | https://arxiv.org/abs/2301.00001 | 2301.00001",
        "model | ana/gate-7b | https://huggingface.co/ana/gate-7b",
        "dataset | ana/gate-data | https://huggingface.co/datasets/ana/gate-data",
        "tool | Gate demo | https://huggingface.co/spaces/ana/gate-demo",
    ],
    "csl.json": ["paper | Small Gates | https://example.org/gates | Ana Berg, Mara van der Linden | 2021 | 10.1000/182 | Journal of Gates"],
}  # fmt: skip


def test_each_export_has_its_expectation() -> None:
    """A file that is added gets its entries here."""
    assert sorted(EXPECTED) == sorted(path.name for path in EXPORTS.iterdir())


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_an_export_is_read_whole(name: str) -> None:
    """Every work, with names, year, ids, kind and status, and nothing that is none; its form is told by its content, too."""
    data = (EXPORTS / name).read_bytes()
    for file in (name, ""):
        read = parse_source(make_source("l", name, data, file))
        assert [shown(entry) for entry in read.entries] == EXPECTED[name]
        assert [problem.severity for problem in read.problems if problem.severity != "note"] == []


def test_items_of_json_have_their_lines() -> None:
    """The line is where the item's own key stands; a note of a collection is the entry's."""
    read = parse_source(make_source("l", "l", (EXPORTS / "hugging_face.json").read_bytes(), "l.json"))
    assert [entry.line for entry in read.entries] == [12, 25, 34, 40]
    assert (read.title, read.entries[0].details) == ("Gates", {"note": "Read first"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"items": [', "l:1: error: the file is no JSON: Expecting value"),
        (
            '{"name": "x", "dependencies": {"a": "1"}}',
            "l:1: error: no list of papers was found in it; known are Hugging Face, ",
        ),
        ("[" * 100_000, "l: error: the file is no JSON: it is nested too deeply"),
        ('{"items": "none"}', "l:1: error: no list of papers"),
        ('[{"title": 3, "authors": {"a": []}, "year": [], "externalIds": 5, "issued": {"date-parts": [[]]}}]', ""),
    ],
)
def test_json_of_something_else_says_so(text: str, said: str) -> None:
    """It never raises; what is wrong is said, with its line."""
    read = parse_source(make_source("l", "l", text.encode(), "l.json"))
    assert [str(problem)[: len(said)] for problem in read.problems] == ([said] if said else [])


def test_a_collection_is_read_from_its_page() -> None:
    """The address that a browser shows leads to the same collection as JSON."""
    found = download_of("https://huggingface.co/collections/ana/small-gates-64f9a55bb3115b4f513ec026")
    assert found.addresses == ("https://huggingface.co/api/collections/ana/small-gates-64f9a55bb3115b4f513ec026",)
    assert found.name == "small-gates"


def test_a_long_list_is_read_in_one_pass() -> None:
    """Items are found one behind the other, also where they say the same."""
    items = ",\n".join('{"title": "Gates", "year": 2020}' for _ in range(20_000))
    assert [item.line for item in parse_json(f"[{items}]").items][-2:] == [19_999, 20_000]
