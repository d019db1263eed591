"""A folder with a page for each paper: what pages say, which files are pages, and the folder written again."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studygroup.catalogue.export.export_pages import to_pages, write_pages
from studygroup.catalogue.items.item import Link, parse_ids
from studygroup.catalogue.items.table import Catalogue
from studygroup.catalogue.merging.importer import Import, import_sources
from studygroup.catalogue.merging.taken import left_out_line
from studygroup.catalogue.pages.page import parse_page, part_of
from studygroup.errors import CatalogueError, ReadingListError
from tests.support.command_line import Run
from tests.support.command_line import run as run

ROOT = Path(__file__).parents[2]

README = """\
# Our reading

Each paper has its own page.

## Gates & Waves

1. [*Small Gates*](Gates_and_Waves/Small_Gates.md)
2. [*Slow Waves*](<Gates_and_Waves/Slow Waves.md>) - for the patient

## Trees

3. [Trees for Parsing](Trees/parsing.md#summary)
4. [Oaks](https://example.org/oaks)
5. [Elms](../elms.md)
6. [Firs](/Trees/firs.md)
"""
GATES = """\
# Small Gates

[Paper](https://arxiv.org/abs/2301.00001)

- Authors: Ana Berg; Tom Lund
- Year: 2023
- Kind: paper

## Summary

Gates need no teacher.

## Further reading

- [A talk on gates](https://example.org/talk)

## Materials

- [Slides](slides/gates.pdf)
"""
FOLDER = {
    "README.md": README,
    "Gates_and_Waves/Small_Gates.md": GATES,
    "Gates_and_Waves/Slow Waves.md": "## Slow Waves\n\n[Slow Waves](https://example.org/waves.pdf)\n\nWe found waves slow but steady.\n",
    "Trees/parsing.md": "# Trees for Parsing and Tagging\n\nhttps://doi.org/10.1000/182\n",
    "CONTRIBUTING.md": "# Contributing\n\nWrite to us.\n",
    "Trees/draft.md": "# A draft\n\n[Paper](https://example.org/draft)\n\n## Summary\n\nNot yet.\n",
}


def cases() -> Iterator[object]:
    """Yield each case of tests/cases/pages: the page as written, and what is expected of it."""
    for file in sorted((ROOT / "tests" / "cases" / "pages").glob("*.md")):
        for case in re.split(r"^## (?=.*\n\n~~~~markdown)", file.read_text(), flags=re.MULTILINE)[1:]:
            written, expected = re.findall(r"^~~~~\w+\n(.*?)^~~~~$", case, re.MULTILINE | re.DOTALL)
            yield pytest.param(written, expected, id=f"{file.stem}: {case.splitlines()[0]}")


@pytest.mark.parametrize(("written", "expected"), list(cases()))
def test_case(written: str, expected: str) -> None:
    """Every case of tests/cases/pages comes out as it is written there."""
    page = parse_page(written)
    said = [
        ("title", page.title),
        ("url", page.url),
        *page.fields.items(),
        ("summary", page.summary),
        ("importance", page.importance),
    ]
    lines = [f"{name}: {value}" for name, value in said if value]
    lines += [f"link: {link.label} <{link.url}>" for link in page.links]
    lines += [f"left: {one.line}: {one.text}{f' <{one.url}>' if one.url else ''}" for one in page.left_out]
    assert "\n".join(lines) == expected.rstrip("\n")


@pytest.fixture
def reading(tmp_path: Path) -> Path:
    """A folder of pages, beside a file that is none of its business."""
    write(tmp_path, {"elms.md": "# Elms\n\n[Paper](https://example.org/elms)\n"})
    return write(tmp_path / "reading", FOLDER)


def write(folder: Path, files: Mapping[str, str]) -> Path:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content)
    return folder


def imported(folder: Path, **options: object) -> Import:
    return import_sources(None, [str(folder)], write=False, **options)  # type: ignore[arg-type]


def rows(frame: pd.DataFrame) -> list[dict[str, str]]:
    return [{name: str(cell) for name, cell in row.items()} for row in frame.to_dict("records")]


def test_pages_tell_of_their_entries(reading: Path) -> None:
    """The list is called as its folder and keeps its own addresses; items have the paper's link and what the page says."""
    result = imported(reading)
    assert [*result.frames] == ["reading"]
    assert [(row["number"], row["title"], row["url"]) for row in rows(result.frames["reading"])] == [
        ("1", "Small Gates", "Gates_and_Waves/Small_Gates.md"),
        ("2", "Slow Waves", "Gates_and_Waves/Slow Waves.md"),
        ("3", "Trees for Parsing", "Trees/parsing.md#summary"),
        ("4", "Oaks", "https://example.org/oaks"),
        ("5", "Elms", "../elms.md"),
        ("6", "Firs", "/Trees/firs.md"),
    ]
    said = ["url", "kind", "authors", "year", "arxiv", "doi", "about", "links"]
    items = {row["id"]: {name: row[name] for name in said if row[name] not in {"", "None"}} for row in rows(result.items)}
    assert items == {
        "small-gates": {
            "url": "https://arxiv.org/abs/2301.00001",
            "kind": "paper",
            "authors": "Ana Berg; Tom Lund",
            "year": "2023",
            "arxiv": "2301.00001",
            "about": "Gates need no teacher.",
            "links": "[A talk on gates](https://example.org/talk)",
        },
        "slow-waves": {"url": "https://example.org/waves.pdf", "kind": "paper", "about": "We found waves slow but steady."},
        "trees-for-parsing": {"url": "https://doi.org/10.1000/182", "kind": "paper", "doi": "10.1000/182"},
        "oaks": {"url": "https://example.org/oaks", "kind": "article"},
        "elms": {"kind": "other"},
        "firs": {"kind": "other"},
    }


def test_what_is_left_out_of_pages_is_said(reading: Path) -> None:
    """Once for each file, with its lines: links to files, pages that no entry leads to, links that lead out of the folder."""
    [one] = imported(reading).lists
    assert [str(problem).replace(str(reading), "") for problem in one.problems] == [
        "reading:14: warning: 2 links are relative, the first one here; say where the list stands with --base-url",
        "/CONTRIBUTING.md: note: no entry links to this file, and it is no list; it was left out",
        "/Trees/draft.md: note: no entry links to this file, and it is no list; it was left out",
        "/Gates_and_Waves/Small_Gates.md:19: warning: 1 link of a page leads to files of the folder, the first one here; "
        "--base-url, which says where it is, keeps them",
    ]
    assert [(out.line, out.text, out.url, out.reason) for out in one.left_out] == [
        (3, "Each paper has its own page.", "", "note of the list"),
        (19, "Slides", "slides/gates.pdf", "page Gates_and_Waves/Small_Gates.md"),
    ]
    assert left_out_line(one) == "reading: in no entry: 1 link (1 on a page); --left-out lists them"
    with pytest.raises(ReadingListError, match="Nothing was left out on line 19"):
        imported(reading, lines=[19])


@pytest.mark.parametrize("written", [*(str(case.values[0]) for case in cases()), GATES])  # type: ignore[attr-defined]
def test_nothing_of_a_page_vanishes(written: str) -> None:
    """Each address and each word of a page is in a field, a link, a heading that is known, or what was left out."""
    page = parse_page(written)
    held = [
        page.title,
        page.url,
        page.summary,
        page.importance,
        *page.fields.values(),
        *(part for link in page.links for part in link_parts(link)),
    ]
    held += [part for one in page.left_out for part in (one.text, one.url)]
    known = set(re.findall(r"[^\W_]{2,}", " ".join(held).casefold()))
    assert [url for url in re.findall(r"https?://[^\s<>()\[\]\"]+", written) if url not in held] == []
    lines = [
        line
        for line in re.sub(r"</?[a-z][^>]*>", " ", written).splitlines()
        if part_of(line) is None and not re.match(r"\W*[\w ]+\W*:|```", line)
    ]
    assert [
        word for line in lines for word in re.findall(r"[^\W_]{2,}", line.casefold()) if word not in known | {"here", "paper"}
    ] == []


def link_parts(link: Link) -> tuple[str, str]:
    return link.label, link.url


def test_with_a_base_address_links_to_files_are_kept(reading: Path) -> None:
    """They start where the page is; an entry without a page starts where the list is."""
    result = imported(reading, base_url="https://example.org/club/")
    items = {row["id"]: row for row in rows(result.items)}
    assert items["small-gates"]["links"].endswith("[Slides](https://example.org/club/Gates_and_Waves/slides/gates.pdf)")
    assert items["elms"]["url"] == "https://example.org/elms.md"
    assert items["small-gates"]["url"] == "https://arxiv.org/abs/2301.00001"


def test_facts_leave_summaries_out(reading: Path) -> None:
    """With ``facts``, no sentence of a page or of the list comes along; links, names and years do."""
    result = imported(reading, facts=True)
    assert {row["about"] for row in rows(result.items)} == {""}
    assert {row["columns"] for row in rows(result.frames["reading"])} == {""}
    assert rows(result.items)[0]["authors"] == "Ana Berg; Tom Lund"


def test_pages_stay_in_their_folder(tmp_path: Path) -> None:
    """A page that is a link to elsewhere, a path that leads out of the folder and a page of a megabyte are not read."""
    write(tmp_path, {"secret.md": "# Secret\n\n[Paper](https://example.org/secret)\n"})
    paths = (
        "../secret.md",
        "%2e%2e/secret.md",
        "a/../../secret.md",
        str(tmp_path / "secret.md"),
        "linked.md",
        "large.md",
        "fine.md",
    )
    readme = "# L\n\n" + "".join(f"- [Secret {number}]({path})\n" for number, path in enumerate(paths))
    page = "# Secret\n\n[Paper](https://example.org/page)\n"
    folder = write(tmp_path / "f", {"README.md": readme, "large.md": page + "x " * 500_000, "fine.md": page})
    (folder / "linked.md").symlink_to(tmp_path / "secret.md")
    result = imported(folder)
    assert [row["url"] for row in rows(result.items)] == ["", "", "", "", "", "", "https://example.org/page"]
    assert [str(one) for one in result.lists[0].problems if "large" in one.file] == [
        f"{folder}/large.md: warning: the page is larger than a page may be and was left out; its entry stays"
    ]


def test_lists_that_a_list_leads_to_stay_lists(tmp_path: Path) -> None:
    """Files of another name than their entry, or with many links under headings of their own, are no pages."""
    links = "".join(f"- [Work {number}](https://example.org/{number})\n" for number in range(20))
    files = {
        "README.md": "# All\n\n- [Trees](trees.md)\n- [More](other.md)\n",
        "trees.md": f"# Trees\n\n## Oaks\n\n{links}",
        "other.md": "# Gates\n\n- [Small Gates](https://example.org/gates)\n",
    }
    assert sorted(imported(write(tmp_path / "f", files)).frames) == ["other", "readme", "trees"]


def test_a_folder_comes_back_as_it_was(reading: Path, tmp_path: Path) -> None:
    """Exported and imported again: the same items and entries; exported again: the same files."""
    first = imported(reading)
    catalogue = Catalogue(items=first.items, lists=first.frames)
    files = to_pages(catalogue, "reading", title="Our reading")
    assert [*files] == [
        "README.md",
        "Gates_and_Waves/Small_Gates.md",
        "Gates_and_Waves/Slow Waves.md",
        "Trees/parsing.md",
        "Trees/oaks.md",
        "Trees/elms.md",
        "Trees/firs.md",
    ]
    assert files["Gates_and_Waves/Small_Gates.md"] == GATES.partition("\n## Materials")[0]
    write_pages(tmp_path / "again" / "reading", files)
    again = imported(tmp_path / "again" / "reading")
    assert rows(again.items) == rows(first.items)
    paged = [row for row in rows(first.frames["reading"]) if row["title"] not in {"Oaks", "Elms"}]
    assert [row for row in rows(again.frames["reading"]) if row["title"] not in {"Oaks", "Elms"}] == [
        row | {"line": new["line"]}
        for row, new in zip(
            paged, [one for one in rows(again.frames["reading"]) if one["title"] not in {"Oaks", "Elms"}], strict=True
        )
    ]
    assert to_pages(Catalogue(items=again.items, lists=again.frames), "reading", title="Our reading") == files


@pytest.mark.parametrize("name", ["anti-hype-llm-reading-list", "llm-powerhouse", "llm-reading-list", "modern-llm-study-group"])
def test_our_own_lists_come_back_from_their_pages(name: str, tmp_path: Path) -> None:
    """Each item has what it had, in a workbook that knows nothing of it; in our own, nothing changes but where rows lead."""
    catalogue = Catalogue.read(ROOT)
    write_pages(tmp_path / name, to_pages(catalogue, name))
    result = imported(tmp_path / name)
    known = {row["id"]: row for row in rows(catalogue.items)}
    found = {row["id"]: row for row in rows(result.items)}
    pairs = zip(rows(catalogue.lists[name].sort_values("position")), rows(result.frames[name]), strict=True)
    before_and_after = [
        (known[one["items"]], found[other["items"]]) for one, other in pairs if len(parse_ids(one["items"])) == 1
    ]
    kept = (
        "kind",
        "url",
        "year",
        "arxiv",
        "doi",
        "about",
        "importance",
        "released",
        "parameters",
        "context_length",
        "licence",
        "links",
    )
    assert [{name: row[name] for name in kept} for _, row in before_and_after] == [
        {name: row[name] for name in kept} for row, _ in before_and_after
    ]
    shutil.copytree(ROOT / "lists", tmp_path / "book" / "lists")
    shutil.copy(ROOT / "catalogue.csv", tmp_path / "book")
    import_sources(tmp_path / "book", [str(tmp_path / name)])
    assert rows(Catalogue.read(tmp_path / "book").items) == rows(catalogue.items)


def test_nothing_is_overwritten_unasked(reading: Path) -> None:
    """A file with something else in it stops the export before anything is written; equal files and others stay."""
    first = imported(reading)
    files = to_pages(Catalogue(items=first.items, lists=first.frames), "reading")
    with pytest.raises(
        CatalogueError, match=r"has README\.md, .* with something else in it; name another folder, or say --replace"
    ):
        write_pages(reading, files)
    assert (reading / "README.md").read_text() == README
    assert write_pages(reading, files, replace=True) > 0
    assert write_pages(reading, files) == 0
    assert (reading / "CONTRIBUTING.md").read_text() == FOLDER["CONTRIBUTING.md"]
    (reading / "README.md").unlink()
    (reading / "README.md").symlink_to(reading.parent / "elms.md")
    for place in (reading, reading / "CONTRIBUTING.md"):
        with pytest.raises(CatalogueError, match=r"cannot be in a folder of pages: .*; name another folder"):
            write_pages(place, files, replace=True)


def test_the_command_writes_a_folder(run: Run, tmp_path: Path) -> None:
    """``export pages`` writes the folder that ``import`` reads, and says what is missing on its line."""
    out = tmp_path / "out"
    said = run("export", "pages", str(out), "--list", "basics")
    assert re.search(r"out has basics: README\.md and (\d+) pages, \d+ of these files new or changed\.\n$", said.stderr)
    assert "entries" in run("import", str(out), "--list", "basics", "--dry-run").stdout
    assert "write `export pages DIR --list NAME`" in run("export", "pages", code=2).stderr
    assert "There is no list 'basic'" in run("export", "pages", str(out), "--list", "basic", code=1).stderr
    assert "`export csv` prints" in run("export", "csv", str(out), code=2).stderr


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=60)


@given(st.text(max_size=400))
def test_any_page_is_read(markdown: str) -> None:
    """No text makes the reader fail."""
    parse_page(markdown)


@given(WORDS, WORDS, WORDS)
def test_what_a_page_is_given_it_says(title: str, about: str, author: str) -> None:
    """Title, summary and a name come back letter by letter, whatever marks they have, blanks aside."""
    wanted = [" ".join(some.split()) for some in (title, about, author)]
    if not all(re.search(r"\w", one) for one in wanted):
        return
    items = Catalogue().items
    item = dict.fromkeys(items.columns, "") | {
        "id": "x",
        "title": wanted[0],
        "about": wanted[1],
        "authors": wanted[2],
        "year": pd.NA,
    }
    item |= {"kind": "paper", "url": "https://example.org/x"}
    row = {
        "entry": "x",
        "position": 1,
        "number": "",
        "line": 1,
        "section": "",
        "title": wanted[0],
        "url": "x.md",
        "items": "x",
        "columns": "",
    }
    catalogue = Catalogue(items=pd.DataFrame([item]).astype(items.dtypes.to_dict()), lists={"x": pd.DataFrame([row])})
    page = parse_page(to_pages(catalogue, "x")["x.md"])
    assert [page.title, page.summary, page.fields.get("authors", "")] == wanted
