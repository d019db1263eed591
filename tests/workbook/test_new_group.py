"""What a new group is told and made of, without a terminal and without a process."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

import pytest

from studygroup.catalogue.items.table import RESERVED_NAMES, Catalogue
from studygroup.errors import ReadingListError, WorkbookError
from studygroup.version import __version__
from studygroup.workbook.first_list import SHIPPED, find_first_list
from studygroup.workbook.made_whole import made_whole
from studygroup.workbook.new_group import NewGroup, make_group
from studygroup.workbook.own_environment import install_words
from studygroup.workbook.starter import shipped_lists

TODAY = date(2026, 11, 20)


def group(folder: Path, list_name: str) -> NewGroup:
    return NewGroup(
        folder=folder,
        name="Club",
        weekdays=["friday"],
        time="19:00",
        zone="UTC",
        you="Ada",
        reads=find_first_list(list_name),
        git=False,
    )


def test_every_list_of_the_project_ships_with_a_title() -> None:
    """A list that is added without one would not be offered."""
    names = {path.stem for path in (shipped_lists() / "lists").glob("*.csv")} - {*RESERVED_NAMES}
    assert names == set(SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_list_comes_with_its_items_alone(tmp_path: Path, name: str) -> None:
    """The new catalogue has exactly the items that the list names, and nothing is wrong with it."""
    make_group(group(tmp_path / "club", name), TODAY)
    catalogue = Catalogue.read(tmp_path / "club")
    named = {item for cell in catalogue.lists[name]["items"] for item in cell.split(";") if item}
    assert [*catalogue.lists] == [name]
    assert set(catalogue.items["id"]) == named
    assert [one for one in Catalogue.check(tmp_path / "club", 2026) if one.severity == "error"] == []


def test_a_list_that_cannot_be_saved_leaves_nothing_half_made(tmp_path: Path) -> None:
    """Neither the folder nor those above it that were made for it."""

    def refuse(folder: Path) -> None:
        raise ReadingListError("no")

    found = find_first_list("llm-powerhouse")
    wrong = group(tmp_path / "a" / "b" / "club", "llm-powerhouse")
    broken = NewGroup(
        **{name: getattr(wrong, name) for name in wrong.__struct_fields__} | {"reads": type(found)("x", "x", 1, refuse)}
    )
    with pytest.raises(ReadingListError, match="no"):
        make_group(broken, TODAY)
    assert list(tmp_path.iterdir()) == []


def test_an_interruption_leaves_an_empty_folder_as_it_was(tmp_path: Path) -> None:
    """Whatever was made in it goes."""
    target = tmp_path / "club"
    target.mkdir()

    def interrupted() -> None:
        with made_whole(target) as made:
            (made / "sub").mkdir()
            (made / "sub" / "file").write_text("x")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(target.iterdir()) == []


def test_a_list_without_papers_is_refused(tmp_path: Path) -> None:
    """So that no one begins with an empty syllabus by mistake."""
    (tmp_path / "empty.md").write_text("# Nothing\n")
    with pytest.raises(ReadingListError, match="No papers were found in"):
        find_first_list(str(tmp_path / "empty.md"))


def test_a_full_folder_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    """What is in it stays."""
    (tmp_path / "thesis.tex").write_text("x")
    with pytest.raises(WorkbookError, match="is not empty; name a folder that does not exist yet"):
        make_group(group(tmp_path, "llm-powerhouse"), TODAY)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_the_environment_is_installed_from_where_the_program_came_from(tmp_path: Path) -> None:
    """A wheel that is still there, a checkout with its pins, a commit; else the same version from the index."""
    wheel = tmp_path / "studygroup-1-py3-none-any.whl"
    gone = {"url": wheel.as_uri(), "archive_info": {}}
    assert install_words(gone) == install_words({}) == [f"studygroup[web]=={__version__}"]
    wheel.write_bytes(b"")
    assert install_words(gone) == [f"studygroup[web] @ {wheel.as_uri()}"]
    checkout = {"url": tmp_path.as_uri(), "dir_info": {"editable": True}}
    assert install_words(checkout) == ["-e", f"{tmp_path}[web]"]
    (tmp_path / "constraints.txt").write_text("")
    assert install_words({**checkout, "dir_info": {}}) == ["-c", str(tmp_path / "constraints.txt"), f"{tmp_path}[web]"]
    commit = {"url": "https://example.org/sg.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}}
    assert install_words(commit) == ["studygroup[web] @ git+https://example.org/sg.git@abc"]


def test_a_repository_within_another_one_is_its_own(tmp_path: Path) -> None:
    """A group's folder inside of someone's project is not part of that project."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    made = make_group(
        NewGroup(folder=tmp_path / "club", name="Club", weekdays=["friday"], time="19:00", zone="UTC", you="Ada"), TODAY
    )
    git = ["git", "-C", str(made.folder), "rev-parse", "--show-toplevel"]
    assert subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip() == str(made.folder)
