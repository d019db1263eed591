"""What a person decides about two items: one work, or two."""

from __future__ import annotations

from pathlib import Path

import pytest

from studygroup.catalogue.items.table import Catalogue
from studygroup.catalogue.merging.decisions import join, keep_apart
from studygroup.catalogue.merging.importer import import_sources
from studygroup.commands.check import check_workbook
from studygroup.errors import CatalogueError
from studygroup.meeting.before.agenda import agenda_of
from studygroup.workbook.workbook import Workbook
from tests.support.command_line import command

ADA = "ada-lovelace"


def test_joining_loses_nothing(folder: Path) -> None:
    """Empty cells are filled, links are kept, entries name the item that stays, and the pair is remembered on disk."""
    join(Catalogue.read(folder), "tuned", "few-shot").write(folder)
    again = Catalogue.read(folder)
    kept = again.item("tuned")
    assert (kept.title, kept.about, kept.authors[:7]) == ("Tuned Models", "A large model learns from examples.", "Ann Lee")
    assert kept.links == "[arxiv.org](https://arxiv.org/abs/2005.14165) [Code](https://example.org/code)"
    assert again.entries_of("tuned") == [("basics", 1), ("basics", 2), ("basics", 3), ("basics", 5)]
    assert again.item("few-shot") == kept
    assert again.same == {frozenset(("tuned", "few-shot"))}
    assert Catalogue.check(folder) == []


def test_what_members_entered_goes_along(group: Workbook, folder: Path) -> None:
    """A reading status of the item that is gone counts for the one that stays; the records stay as they were."""
    group.enter("reading", by=ADA, member="bo", item="few-shot", status="read")
    records = {path: path.read_bytes() for path in folder.rglob("*.jsonl")}
    join(group.catalogue, "tuned", "few-shot").write(folder)
    book = Workbook(folder, group.clock)
    [read] = agenda_of(book).reads
    assert [(work.id, work.read_by) for work in read.works] == [("tuned", 1)]
    assert {path: path.read_bytes() for path in folder.rglob("*.jsonl")} == records


def test_a_chain_of_joins_leads_to_the_last(folder: Path) -> None:
    """Whichever of the ids is asked for."""
    join(join(Catalogue.read(folder), "tuned", "few-shot"), "talk", "tuned").write(folder)
    again = Catalogue.read(folder)
    assert [again.item(name).id for name in ("few-shot", "tuned", "talk")] == ["talk"] * 3


def test_a_later_import_remembers(folder: Path, tmp_path: Path) -> None:
    """The joined title comes to the item that stays; a pair called different is neither joined nor suggested."""
    (tmp_path / "other.md").write_text(
        "- [Few-Shot Learners](https://example.org/elsewhere)\n- [Talk](https://example.org/other)\n"
    )
    join(Catalogue.read(folder), "tuned", "few-shot").write(folder)
    import_sources(folder, [str(tmp_path / "other.md")])
    after = Catalogue.read(folder)
    assert after.entries_of("tuned")[-1] == ("other", 1)
    keep_apart(after, "tuned", "talk").write(folder)
    assert Catalogue.read(folder).different == {frozenset(("tuned", "talk"))}


@pytest.mark.parametrize("words", [("same", "tuned", "tuned"), ("same", "tuned", "tund"), ("different", "talk", "talk")])
def test_what_cannot_be_decided_is_told(folder: Path, words: tuple[str, ...]) -> None:
    """An unknown id names the nearest one; an item is not another one than itself."""
    done = command(*words, cwd=folder)
    assert (done.returncode, done.stdout) == (1, "")
    assert "one item" in done.stderr or "did you mean 'tuned'?" in done.stderr


def test_what_names_a_joined_item_means_the_one_that_is_kept(folder: Path) -> None:
    """Lists, former entries and pairs, as another clone may bring them; a check reports none of them."""
    keep_apart(Catalogue.read(folder), "tuned", "talk").write(folder)
    list_file, former_file = folder / "lists" / "basics.csv", folder / "lists" / "former.csv"
    before = list_file.read_bytes()
    join(join(Catalogue.read(folder), "few-shot", "tuned"), "nolink", "few-shot").write(folder)
    list_file.write_bytes(before)
    former_file.write_text("list,entry,step,steps,number,section,title,items\nbasics,old,1,5,,,Old,tuned;nolink\n")
    assert Catalogue.check(folder) == []
    again = Catalogue.read(folder)
    assert {*again.aliases.items()} == {("tuned", "nolink"), ("few-shot", "nolink")}
    assert not {"tuned", "few-shot"} & {one for items in again.steps("basics")["items"] for one in items}
    assert [position for _, position in again.entries_of("nolink")] == [1, 2, 3, 4, 5]
    assert again.former["items"].tolist() == ["nolink"]
    assert again.different == {frozenset(("tuned", "talk"))}


def test_an_import_follows_the_joins(folder: Path, tmp_path: Path) -> None:
    """Who is not the joined item is not the kept one, and a correction may be asked for by either id."""
    other = tmp_path / "other.md"
    other.write_text("- [Tuned Models](https://example.org/talk)\n")
    assert import_sources(folder, [str(other)], write=False).suggestions
    keep_apart(Catalogue.read(folder), "tuned", "talk").write(folder)
    join(Catalogue.read(folder), "few-shot", "tuned").write(folder)
    assert not import_sources(folder, [str(other)], write=False).suggestions
    assert import_sources(folder, [str(other)], accepted={("tuned", "title")}).of_entries == {("other", 1): ("few-shot",)}
    join(Catalogue.read(folder), "nolink", "few-shot").write(folder)
    other.write_text("- [Tuned](https://example.org/elsewhere)\n")
    assert import_sources(folder, [str(other)], name="again").of_entries == {("again", 1): ("nolink",)}


def test_a_pair_said_to_be_both_is_reported_through_the_joins(folder: Path) -> None:
    """Two that went into one item cannot be different; the command that joins them leaves no such pair."""
    keep_apart(Catalogue.read(folder), "tuned", "talk").write(folder)
    kept = (folder / "lists" / "different.csv").read_bytes()
    join(join(Catalogue.read(folder), "few-shot", "tuned"), "few-shot", "talk").write(folder)
    assert Catalogue.check(folder) == []
    assert Catalogue.read(folder).different == set()
    (folder / "lists" / "different.csv").write_bytes(kept + b"few-shot,tund\n")
    first, second = Catalogue.check(folder)
    assert (first.line, first.message) == (2, "'talk' and 'tuned' are said to be the same and to be different; keep one")
    assert (second.line, second.column, second.severity) == (3, "other", "error")


def test_a_broken_table_of_former_entries_is_reported_by_its_line(folder: Path) -> None:
    """Not as a fault of the syllabus."""
    (folder / "lists" / "former.csv").write_text(
        "list,entry,step,steps,number,section,title,items\nbasics,old,x,5,,,Old,tuned\n"
    )
    [problem] = check_workbook(folder)
    assert (problem.file, problem.line, problem.column) == ("lists/former.csv", 2, "step")


def test_undoing_is_deciding_otherwise(folder: Path) -> None:
    """Called the same after having been called different, and the other way round, only the last word stands."""
    apart = keep_apart(Catalogue.read(folder), "tuned", "talk")
    joined = join(apart, "tuned", "talk")
    assert (joined.same, joined.different) == ({frozenset(("tuned", "talk"))}, set())
    with pytest.raises(CatalogueError, match="are one item"):
        keep_apart(joined, "tuned", "talk")
