"""What a list says beside its entries: kept as its notes, shown on the site, exported in place, left out with ``--facts``."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from studygroup.catalogue.export.export_markdown import to_markdown
from studygroup.catalogue.export.notes_in_place import with_notes
from studygroup.catalogue.items.list_notes import notes_path, read_notes, sections_of, to_notes
from studygroup.catalogue.items.table import Catalogue
from studygroup.catalogue.merging.importer import import_sources
from tests.support.command_line import Run
from tests.support.command_line import run as run

LIST = """\
# Trees we read

We meet under the old oak and read one of these each week.

## How we choose

Someone proposes, everyone votes, and the tree with most votes wins.

| What | Oak | Elm |
|---|---|---|
| Grows to how many metres | about forty | about thirty |

## Papers

Short ones come first, long ones later.

- [Small Gates](https://example.org/gates)
- [Slow Waves](https://example.org/waves)

### Hard ones

- [Trees for Parsing](https://example.org/trees)

## What we learned

1. Read the proof twice before you say anything about it.

```text
two plain lines
```
<!-- nothing to see in here, really -->
"""
NOTES = """\
We meet under the old oak and read one of these each week.

## How we choose

Someone proposes, everyone votes, and the tree with most votes wins.

| What | Oak | Elm |
|---|---|---|
| Grows to how many metres | about forty | about thirty |

## Papers

Short ones come first, long ones later.

## What we learned

1. Read the proof twice before you say anything about it.
"""


def book(folder: Path, written: str = LIST, **options: bool) -> Path:
    """A workbook's folder into which a list was imported."""
    folder.mkdir(exist_ok=True)
    (folder / "trees.md").write_text(written)
    import_sources(folder, [str(folder / "trees.md")], **options)  # type: ignore[arg-type]
    return folder


def test_prose_is_kept_as_notes(tmp_path: Path) -> None:
    """Under its headings, as it was written; code, comments and lines of entries are none of it."""
    assert read_notes(book(tmp_path), "trees") == NOTES
    assert len(Catalogue.read(tmp_path).lists["trees"]) == 3


def test_notes_follow_their_list(tmp_path: Path) -> None:
    """Another import replaces them; a list that no longer says anything has none."""
    book(book(tmp_path), LIST.replace("everyone votes", "someone decides"))
    assert "someone decides" in read_notes(tmp_path, "trees")
    book(tmp_path, "# Trees\n\n- [Small Gates](https://example.org/gates)\n")
    assert not notes_path(tmp_path, "trees").exists()


def test_what_is_kept_is_marked_and_can_be_taken(tmp_path: Path) -> None:
    """Its reason among what was left out is that it is a note; taking the line makes an entry of it all the same."""
    (tmp_path / "trees.md").write_text(LIST)
    result = import_sources(None, [str(tmp_path / "trees.md")], write=False)
    assert sorted({out.line for out in result.lists[0].left_out if out.reason == "note of the list"}) == [3, 7, 11, 15, 26]
    assert "trees: what it says beside its entries would be kept as its notes, lists/trees.md" in result.summary(dry_run=True)
    taken = import_sources(None, [str(tmp_path / "trees.md")], write=False, lines=[15])
    assert [entry.line for entry in taken.lists[0].entries] == [15, 17, 18, 22]


def test_facts_keep_no_notes_and_say_so(run: Run, folder: Path) -> None:
    """``--facts`` leaves prose out; notes that are there already stay."""
    (folder / "trees.md").write_text(LIST)
    said = run("import", "trees.md", "--facts").stdout
    assert "trees: what it says beside its entries is left out, as only facts are wanted" in said
    assert read_notes(folder, "trees") == ""
    assert "trees: what it says beside its entries is kept as its notes, lists/trees.md" in run("import", "trees.md").stdout
    run("import", "trees.md", "--facts")
    assert read_notes(folder, "trees") == NOTES
    assert run("check").stderr == "All is well.\n"
    assert {out["reason"] for out in json.loads(run("import", "trees.md", "--json").stdout)["lists"][0]["left_out"]} >= {
        "note of the list"
    }


def test_notes_are_exported_in_place(run: Run, folder: Path) -> None:
    """What is exported is imported as the same list with the same notes, from Markdown and from a folder of pages."""
    (folder / "trees.md").write_text(LIST)
    run("import", "trees.md")
    written = run("export", "markdown", "--list", "trees", "--title", "Trees we read").stdout
    assert [line for line in written.splitlines() if line.startswith("#")] == [
        "# Trees we read",
        "## How we choose",
        "## Papers",
        "### Hard ones",
        "## What we learned",
    ]
    (folder / "trees.md").write_text(written)
    assert "3 entries" in run("import", "trees.md").stdout
    assert read_notes(folder, "trees") == NOTES
    run("export", "pages", "again/trees", "--list", "trees")
    notes_path(folder, "trees").unlink()
    run("import", "again/trees")
    assert read_notes(folder, "trees") == NOTES


def test_the_site_shows_them(run: Run, folder: Path) -> None:
    """On the page of lists, folded, without what could run; another text makes the site anew."""
    (folder / "trees.md").write_text(LIST)
    run("import", "trees.md")
    notes_path(folder, "trees").write_text(NOTES + "\n<script>alert(1)</script> [x](javascript:alert(1))\n")
    run("site")
    page = (folder / "site" / "list.html").read_text()
    assert "Someone proposes, everyone votes" in page
    assert "<h4>How we choose</h4>" in page
    assert "<script>alert" not in page
    notes_path(folder, "trees").write_text("Nothing else.\n")
    run("site")
    assert "Nothing else." in (folder / "site" / "list.html").read_text()


def test_notes_that_would_change_the_entries_stay_out() -> None:
    """An export says the list as it is, whatever someone wrote into its notes."""
    markdown = "# L\n\n## Papers\n\n- [Small Gates](https://example.org/gates)\n"
    assert with_notes(markdown, "## Papers\n\n- [Another](https://example.org/another)\n") == markdown
    assert with_notes(markdown, "") == markdown


def test_notes_are_no_link(tmp_path: Path) -> None:
    """A link in their place is not followed."""
    book(tmp_path)
    notes_path(tmp_path, "trees").unlink()
    notes_path(tmp_path, "trees").symlink_to(tmp_path / "trees.md")
    assert read_notes(tmp_path, "trees") == ""


PATHS = st.lists(st.sampled_from(["Trees", "Oaks", "C#", "A > B"]), max_size=4).map(tuple)


@given(
    st.dictionaries(
        PATHS, st.sampled_from(["One.", "Two\nlines.", "| a |\n|---|\n| b |", "```\n## no heading\n```"]), max_size=6
    )
)
def test_sections_come_back(sections: dict[tuple[str, ...], str]) -> None:
    """Notes have what was said under each heading path, in order; what has none comes first."""
    ordered = dict(sorted(sections.items(), key=lambda pair: bool(pair[0])))
    assert sections_of(to_notes(ordered.items())) == ordered


def test_our_own_lists_take_notes(tmp_path: Path) -> None:
    """Notes put into each of our lists leave its entries alone."""
    catalogue = Catalogue.read(Path(__file__).parents[2])
    for name, table in catalogue.lists.items():
        sections = dict.fromkeys(tuple(section.split(" > ")) for section in table["section"] if section)
        notes = to_notes(
            [((), "What follows is ours."), *((path, "What follows is ours.") for path in sections if len(path) < 4)]
        )
        made = with_notes(to_markdown(catalogue, name), notes)
        assert made.count("What follows is ours.") == 1 + len([path for path in sections if len(path) < 4])
