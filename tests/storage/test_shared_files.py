"""A shared folder in which others put links, pipes, sockets and names of any bytes."""

from __future__ import annotations

import ast
import json
import os
import signal
import socket
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import pytest

from studygroup.catalogue.merging.source import read_sources
from studygroup.commands.check import check_workbook, fix_workbook
from studygroup.errors import CatalogueError, NotSavedError, SettingsError, StudygroupError, SyncError, TemplateError, WebError
from studygroup.forms.kit.drafts import Drafts
from studygroup.journal.tables import tables
from studygroup.publish.site.site import make_site
from studygroup.web.visitors.invites import Invites
from studygroup.workbook.forget import back_up
from studygroup.workbook.identity import note_me, noted_me
from studygroup.workbook.starter import template_path
from studygroup.workbook.sync import sync
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.support.clones import clones as clones
from tests.support.clones import git
from tests.support.clones import own_git as own_git
from tests.support.command_line import command

pytestmark = pytest.mark.usefixtures("own_git")

SESSION = "2026-11-20"
SECRET = b"export TOKEN=7f3a\n"
PACKAGE = Path(__file__).parents[2] / "studygroup"


@pytest.fixture(autouse=True)
def _never_waits() -> Iterator[None]:
    """Opening a pipe must not wait for a writer: a test that does fails."""

    def fail(number: int, frame: FrameType | None) -> None:
        raise AssertionError("it waits")

    before = signal.signal(signal.SIGALRM, fail)
    signal.alarm(120)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file outside of the workbook."""
    path = tmp_path / "home" / ".profile"
    path.parent.mkdir()
    path.write_bytes(SECRET)
    return path


def link(path: Path, target: Path) -> None:
    path.symlink_to(target)


def null(path: Path, target: Path) -> None:
    path.symlink_to("/dev/null")


def pipe(path: Path, target: Path) -> None:
    os.mkfifo(path)


def listening(path: Path, target: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(os.path.relpath(path))


def dangling(path: Path, target: Path) -> None:
    path.symlink_to("not there")


ODD: list[Callable[[Path, Path], None]] = [link, null, pipe, listening, dangling]
odd_ones = pytest.mark.parametrize("make", ODD, ids=[one.__name__ for one in ODD])


def records(book: Workbook, member: str) -> Path:
    return book.folder / "sessions" / SESSION / "records" / f"{member}.jsonl"


def enter_note(book: Workbook, text: str, by: str = "bo") -> None:
    book.enter("note", by=by, session=SESSION, text=text)


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return command(*words, cwd=folder)


# Records


@odd_ones
def test_a_save_goes_to_no_odd_file(
    group: Workbook, secret: Path, make: Callable[[Path, Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is acknowledged, and nothing is written to what a link leads to; the error says what is there and what to do."""
    enter_note(group, "before", by="ada-lovelace")
    monkeypatch.chdir(records(group, "bo").parent)
    make(records(group, "bo"), secret)
    with pytest.raises(
        NotSavedError, match=r"bo\.jsonl.*(is a symbolic link|is a named pipe|is a socket).*Nothing was changed\. Move it"
    ):
        enter_note(group, "lost")
    assert secret.read_bytes() == SECRET
    assert not (records(group, "bo").parent / "not there").exists()
    enter_note(group, "after", by="ada-lovelace")


@pytest.mark.parametrize("part", ["sessions", f"sessions/{SESSION}", f"sessions/{SESSION}/records", "lock"])
def test_a_save_goes_through_no_link(group: Workbook, secret: Path, part: str) -> None:
    """Folders above a records file and its lock may be no links either."""
    place = group.folder / part if part != "lock" else records(group, "bo").with_name(".bo.jsonl.lock")
    outside = secret.parent / "folder"
    outside.mkdir()
    if part == "lock":
        enter_note(group, "before")
        place.unlink()
    else:
        place.parent.mkdir(exist_ok=True)
        if place.exists():
            place.rename(group.folder / "moved")
    place.symlink_to(secret if part == "lock" else outside)
    with pytest.raises(NotSavedError, match="symbolic link"):
        enter_note(group, "lost")
    assert secret.read_bytes() == SECRET
    assert [*outside.iterdir()] == []


@odd_ones
def test_reading_goes_on_past_odd_entries_and_check_names_each(
    group: Workbook, secret: Path, make: Callable[[Path, Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is a link, a pipe or a socket under sessions/ is left out and told, with what to do."""
    enter_note(group, "good")
    sessions = group.folder / "sessions"
    folder = records(group, "bo").parent
    for place in (sessions, sessions / SESSION, folder):
        monkeypatch.chdir(place)
        make(place / "odd.jsonl", secret)
    monkeypatch.chdir(sessions)
    make(sessions / "2026-11-13", secret)
    make(sessions / SESSION / "agenda.md", secret)
    monkeypatch.chdir(group.folder)
    book = Workbook(group.folder, group.clock)
    assert list(tables.notes(book.current)["text"]) == ["good"]
    told = [problem for problem in check_workbook(group.folder) if "move" in problem.message.lower()]
    assert {problem.file for problem in told} == {
        "sessions/odd.jsonl",
        f"sessions/{SESSION}/odd.jsonl",
        f"sessions/{SESSION}/records/odd.jsonl",
        "sessions/2026-11-13",
        f"sessions/{SESSION}/agenda.md",
    }
    assert {problem.severity for problem in told} == {"error"}
    assert all("symbolic link" in one.message or "only regular files" in one.message for one in told)
    fix_workbook(group.folder)
    assert secret.read_bytes() == SECRET
    assert len([problem for problem in check_workbook(group.folder) if problem.severity == "error"]) == 5


def test_quarantine_tombstones_and_caches_are_no_way_out(group: Workbook, secret: Path) -> None:
    """A link in the place of what check, forget and readers write is not followed."""
    enter_note(group, "good")
    enter_note(group, "good", by="ada-lovelace")
    bad = records(group, "bo")
    bad.write_bytes(bad.read_bytes() + b"scribble\n")
    before = bad.read_bytes()
    (bad.parent / "quarantine").mkdir()
    (bad.parent / "quarantine" / "bo.jsonl").symlink_to(secret)
    [told] = fix_workbook(group.folder)
    assert told.severity == "error"
    assert "bo.jsonl is a symbolic link" in told.message
    assert bad.read_bytes() == before
    assert secret.read_bytes() == SECRET
    (bad.parent / "quarantine" / "bo.jsonl").unlink()
    (bad.parent / "quarantine").rmdir()
    outside = secret.parent / "folder"
    outside.mkdir()
    (bad.parent / "quarantine").symlink_to(outside)
    [told] = fix_workbook(group.folder)
    assert "quarantine is a symbolic link" in told.message
    assert [*outside.iterdir()] == []
    (group.folder / "sessions" / "forgotten.jsonl").symlink_to(secret)
    assert any("forgotten.jsonl" in problem.file for problem in check_workbook(group.folder))
    assert secret.read_bytes() == SECRET


def test_private_files_are_no_way_out(group: Workbook, secret: Path) -> None:
    """Drafts, who enters things here, the journal's cache and the keys of links follow no link that git brought."""
    outside = secret.parent / "folder"
    outside.mkdir()
    (group.folder / ".studygroup").symlink_to(outside)
    with pytest.raises(NotSavedError, match="symbolic link"):
        Drafts(group.folder, "bo").keep("note", "text")
    with pytest.raises(NotSavedError, match="symbolic link"):
        note_me(group, "bo")
    with pytest.raises(WebError, match="symbolic link"):
        Invites.of(group)
    for number in range(30):
        enter_note(group, f"{number} " + "x" * 50_000)
    Workbook(group.folder, group.clock).journal  # noqa: B018 - reading is what writes the cache
    assert [*outside.iterdir()] == []
    (group.folder / ".studygroup").unlink()
    (group.folder / ".studygroup" / "drafts" / "bo").mkdir(parents=True)
    drafts = Drafts(group.folder, "bo")
    drafts.keep("note", "text")
    [path] = drafts.folder.iterdir()
    path.unlink()
    path.symlink_to(secret)
    assert drafts.get("note") is None
    drafts.keep("note", "again")
    assert not path.is_symlink()
    (group.folder / ".studygroup" / "me").symlink_to(secret)
    note_me(group, "bo")
    assert noted_me(group) == "bo"
    (group.folder / ".studygroup" / "web").mkdir()
    (group.folder / ".studygroup" / "web" / "key").symlink_to(secret)
    with pytest.raises(WebError, match="symbolic link"):
        Invites.of(group)
    assert secret.read_bytes() == SECRET


@pytest.mark.parametrize("place", ["journal.cache", "me"])
def test_a_pipe_in_a_private_place_is_no_wait(group: Workbook, place: str) -> None:
    """Every command goes on where a named pipe has the name of one of our files."""
    for number in range(30):
        enter_note(group, f"{number} " + "x" * 50_000)
    (group.folder / ".studygroup").mkdir(exist_ok=True)
    (group.folder / ".studygroup" / place).unlink(missing_ok=True)
    os.mkfifo(group.folder / ".studygroup" / place)
    assert len(tables.notes(Workbook(group.folder, group.clock).current)) == 30
    done = run(group.folder, "show", "people", "--json")
    assert "Traceback" not in done.stderr


def test_the_workbook_itself_may_be_reached_through_a_link(group: Workbook, tmp_path: Path, clock: Clock) -> None:
    """Whoever opens it chose the way."""
    (tmp_path / "here").symlink_to(group.folder)
    book = Workbook(tmp_path / "here", clock)
    enter_note(book, "through a link")
    assert list(tables.notes(Workbook(group.folder, clock).current)["text"]) == ["through a link"]
    assert run(tmp_path / "here", "check").returncode == 0


# Catalogue, settings, templates, imports


@odd_ones
@pytest.mark.parametrize("name", ["catalogue.csv", "lists/basics.csv", "lists/same.csv"])
def test_the_catalogue_is_read_from_regular_files(
    workbook: Workbook, secret: Path, make: Callable[[Path, Path], None], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link or a pipe in the place of a table is told, not read, and nothing is written through it."""
    path = workbook.folder / name
    monkeypatch.chdir(path.parent)
    path.unlink(missing_ok=True)
    make(path, secret)
    monkeypatch.chdir(workbook.folder)
    with pytest.raises(CatalogueError, match=r"symbolic link|only regular files"):
        Workbook(workbook.folder, workbook.clock).catalogue  # noqa: B018 - reading is what fails
    assert any(path.name in str(problem) for problem in check_workbook(workbook.folder) if problem.severity == "error")
    assert secret.read_bytes() == SECRET


def test_a_linked_folder_of_lists_is_told(workbook: Workbook, secret: Path) -> None:
    """Lists are read from the workbook's own folder."""
    (workbook.folder / "lists").rename(secret.parent / "lists")
    (workbook.folder / "lists").symlink_to(secret.parent / "lists")
    with pytest.raises(CatalogueError, match="symbolic link"):
        Workbook(workbook.folder, workbook.clock).catalogue  # noqa: B018 - reading is what fails


@odd_ones
def test_settings_are_read_from_a_regular_file(
    workbook: Workbook, secret: Path, make: Callable[[Path, Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link or a pipe in their place is told."""
    monkeypatch.chdir(workbook.folder)
    (workbook.folder / "pyproject.toml").unlink()
    make(workbook.folder / "pyproject.toml", secret)
    with pytest.raises(SettingsError, match=r"symbolic link|only regular files"):
        Workbook.open(workbook.folder)


@odd_ones
def test_a_template_is_a_regular_file(
    workbook: Workbook, secret: Path, make: Callable[[Path, Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link or a pipe in the place of a workbook's own template is told, and the shipped one does not run instead."""
    folder = workbook.folder / "notebooks" / "templates"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    make(folder / "agenda.ipynb", secret)
    with pytest.raises(TemplateError, match=r"agenda\.ipynb is not used: .*(symbolic link|only regular files)"):
        template_path(workbook.folder, "agenda")


@odd_ones
def test_an_imported_folder_gives_only_its_own_files(
    tmp_path: Path,
    secret: Path,
    make: Callable[[Path, Path], None],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Links, pipes and sockets in it are left out, and it is said; what a person names may be their own link."""
    folder = tmp_path / "notes"
    (folder / "deep").mkdir(parents=True)
    (folder / "list.md").write_text("- [A paper](https://example.org/a)\n")
    monkeypatch.chdir(folder / "deep")
    make(folder / "deep" / "odd.md", secret)
    (folder / "around").symlink_to(folder)
    [source] = read_sources([str(folder)])
    assert source.name == "list"
    assert "odd.md was left out" in caplog.text
    (tmp_path / "mine.md").symlink_to(folder / "list.md")
    assert [one.name for one in read_sources([str(tmp_path / "mine.md")])] == ["mine"]


# Pages


def test_pages_replace_a_link(group: Workbook, secret: Path) -> None:
    """What a page is made into is a file of the workbook's own, whatever had its name."""
    folder = group.folder / "sessions" / SESSION
    folder.mkdir(exist_ok=True)
    for name in ("agenda.md", "agenda.html", "agenda.ipynb", "agenda.failed.ipynb", ".generated.json"):
        (folder / name).symlink_to(secret)
    done = run(group.folder, "agenda", "--session", SESSION)
    assert done.returncode == 0, done.stderr
    assert secret.read_bytes() == SECRET
    assert not [path.name for path in folder.iterdir() if path.is_symlink()]
    assert b"TOKEN" not in (folder / "agenda.md").read_bytes()


def test_the_site_is_written_into_no_linked_folder(group: Workbook, secret: Path) -> None:
    """The folder that the workbook gives it, and those in it, may be no links; a folder that someone named may."""
    outside = secret.parent / "folder"
    outside.mkdir()
    (group.folder / "site").symlink_to(outside)
    with pytest.raises(StudygroupError, match="symbolic link"):
        make_site(group)
    assert [*outside.iterdir()] == []
    chosen = secret.parent / "chosen"
    chosen.symlink_to(outside)
    make_site(group, chosen)
    assert (outside / "index.html").is_file()


# Names


@pytest.mark.parametrize("where", ["folder", "file"])
def test_names_of_any_bytes_stop_no_one(clones: list[Workbook], where: str) -> None:
    """Git carries names that are no UTF-8: they are read, kept out of the cache and shown as text."""
    ada, bo, _ = clones
    for number in range(30):
        enter_note(ada, f"{number} " + "x" * 50_000, by="ada")
    session = os.fsdecode(b"caf\xe9\x1b[31m") if where == "folder" else SESSION
    folder = ada.folder / "sessions" / session / "records"
    folder.mkdir(parents=True, exist_ok=True)
    copied = records(ada, "ada").read_bytes().splitlines()[-1].replace(b'"id":"0', b'"id":"1')
    (folder / os.fsdecode(b"zo\xeb\x1b[31m.jsonl")).write_bytes(copied + b"\n")
    done = run(ada.folder, "sync")
    assert done.returncode == 0, done.stderr
    sync(bo.folder)
    for _ in range(3):
        assert len(tables.notes(Workbook(bo.folder, bo.clock).current)) == 31
    enter_note(Workbook(bo.folder, bo.clock), "one more")
    for words in (["check"], ["check", "--json"], ["check", "--fix"], ["show", "notes"], ["sync"], ["history"]):
        done = run(bo.folder, *words)
        assert "Traceback" not in done.stderr
        assert "UnicodeEncodeError" not in done.stderr
    [told] = {
        problem["file"] for problem in json.loads(run(bo.folder, "check", "--json").stdout) if "zo\\xeb" in problem["file"]
    }
    assert told.endswith("zo\\xeb\x1b[31m.jsonl")


# Git


@pytest.mark.parametrize("target", ["file", "records", "session"])
def test_links_that_git_brings_lead_nowhere(
    clones: list[Workbook],
    secret: Path,
    tmp_path: Path,
    target: str,
) -> None:
    """Sync names them; sync, check --fix and saves neither change what they lead to nor share it."""
    ada, bo, _ = clones
    enter_note(ada, "good", by="ada")
    place = {
        "file": records(ada, "bo2"),
        "records": ada.folder / "sessions" / "2026-11-13" / "records",
        "session": ada.folder / "sessions" / "2026-11-13",
    }[target]
    hidden = secret if target == "file" else secret.parent
    if target == "records":
        place.parent.mkdir()
    (secret.parent / "records").mkdir()
    for folder in (secret.parent, secret.parent / "records"):
        (folder / "evil.jsonl").write_bytes(SECRET)
    place.symlink_to(os.path.relpath(hidden, place.parent))
    git(ada.folder, "add", "--force", ".")
    git(ada.folder, "commit", "--quiet", "--message", "links")
    git(ada.folder, "push", "--quiet", "origin", "HEAD")
    name = place.relative_to(ada.folder).as_posix()
    done = sync(bo.folder)
    assert name in str(done)
    assert "symbolic link" in str(done)
    for words in (["check", "--fix"], ["sync"], ["sync", "--with-removals"], ["check", "--fix"], ["sync"]):
        assert "Traceback" not in run(bo.folder, *words).stderr
    assert [path.read_bytes() for path in (secret, secret.parent / "evil.jsonl", secret.parent / "records" / "evil.jsonl")] == [
        SECRET,
        SECRET,
        SECRET,
    ]
    bare = tmp_path / "bare"
    assert "TOKEN" not in git(bare, "log", "--all", "-p")
    assert not [line for line in git(bare, "ls-tree", "-r", "main").splitlines() if "evil" in line]
    assert [problem.file for problem in check_workbook(bo.folder) if problem.severity == "error"] == [name]
    # And whoever enters something goes on.
    enter_note(bo, "still here", by="bo")
    sync(bo.folder)
    sync(ada.folder)
    assert set(tables.notes(Workbook(ada.folder, ada.clock).current)["text"]) == {"good", "still here"}


def test_a_link_in_the_place_of_shared_records_is_told_before_anything_is_committed(
    clones: list[Workbook],
    secret: Path,
) -> None:
    """What it leads to is not shared, and the records that were there are not taken for removed."""
    ada = clones[0]
    enter_note(ada, "good", by="ada")
    sync(ada.folder)
    records(ada, "ada").unlink()
    records(ada, "ada").symlink_to(secret)
    with pytest.raises(SyncError, match="missing"):
        sync(ada.folder)
    assert secret.read_bytes() == SECRET


def test_a_backup_has_only_what_is_in_the_folder(group: Workbook, secret: Path, tmp_path: Path) -> None:
    """Links and pipes are left out; records under names of any bytes are in."""
    enter_note(group, "good")
    folder = records(group, "bo").parent
    (folder / "link.jsonl").symlink_to(secret)
    os.mkfifo(folder / "pipe.jsonl")
    (folder / os.fsdecode(b"zo\xeb.jsonl")).write_bytes(b"{}\n")
    with tarfile.open(back_up(group, tmp_path)) as archive:
        names = {Path(name).name for name in archive.getnames()}
        assert all(entry.isfile() or entry.isdir() for entry in archive)
    assert {"bo.jsonl", os.fsdecode(b"zo\xeb.jsonl")} <= names
    assert not {"link.jsonl", "pipe.jsonl"} & names


# Systems without handles of folders


_WITHOUT_HANDLES = """
import os, sys
from pathlib import Path
os.supports_dir_fd, os.supports_fd = set(), set()
for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_DIRECTORY"):
    delattr(os, name)
from studygroup.workbook.workbook import Workbook
from studygroup.commands.check import check_workbook
from studygroup.errors import NotSavedError
book = Workbook(Path(sys.argv[1]))
book.enter("note", by="bo", session=sys.argv[2], text="good")
try:
    book.enter("note", by="zoe-o-brien", session=sys.argv[2], text="lost")
except NotSavedError as error:
    print(error)
print([record.text for record in Workbook(book.folder).journal.records if record.type == "note"])
print([problem.file for problem in check_workbook(book.folder) if problem.severity == "error"])
"""


def test_a_system_without_handles_of_folders_looks_first(group: Workbook, secret: Path) -> None:
    """As on Windows: links and pipes are refused there too."""
    [zoe] = [member for member in group.people if member.startswith("zoe")]
    enter_note(group, "first")
    records(group, zoe).symlink_to(secret)
    os.mkfifo(records(group, "pipe"))
    code = _WITHOUT_HANDLES.replace("zoe-o-brien", zoe)
    done = subprocess.run(
        [sys.executable, "-c", code, str(group.folder), SESSION], capture_output=True, text=True, timeout=120, check=True
    )
    said, notes, wrong = done.stdout.splitlines()
    assert "symbolic link" in said
    assert notes == "['first', 'good']"
    assert sorted(ast.literal_eval(wrong)) == [
        f"sessions/{SESSION}/records/pipe.jsonl",
        f"sessions/{SESSION}/records/{zoe}.jsonl",
    ]
    assert secret.read_bytes() == SECRET


# Nothing else opens files

# What other modules may do with files, and why that is no way out of a workbook.
_MAY_OPEN = {
    "studygroup.storage.shared_files": "the module that opens them",
    "studygroup.web.page.vendor": "fills the package's own folder when it is built",
    "studygroup.web.page.app": "the package's own files",
    "studygroup.publish.pages.export": "the package's own files",
    "studygroup.publish.site.site_pages": "the package's own files",
    "studygroup.publish.pages.freshness": "the package's own files",
    "studygroup.publish.site.site_note": "the package's own files",
    "studygroup.interface.demo.story": "the package's own files",
    "studygroup.workbook.starter": "the package's own notebooks",
    "studygroup.workbook.upgrade": "the package's own notebooks",
    "studygroup.catalogue.merging.source": "what a person named: their own links are followed",
    "studygroup.journal.keeping.archive": "a new file where a person named its folder; tar leaves out what is no file of ours",
    "studygroup.forms.catalogue_page.importing": "a scratch folder",
    "studygroup.publish.pages.pdf": "a scratch folder",
    "studygroup.publish.pages.run": "a scratch folder",
    "studygroup.storage.git_merge": "a scratch folder",
    "studygroup.workbook.first_list": "the package's own lists, and a workbook that is just being made",
    "studygroup.workbook.made_whole": "a workbook that is just being made",
    "studygroup.workbook.own_environment": "an environment that is just being made, and how the program was installed",
    "studygroup.commands.cli": "the null device",
    "studygroup.catalogue.recognise.vocabulary.tables": "the package's own table of words",
}
_CALLS = {
    "open", "read_bytes", "read_text", "write_bytes", "write_text", "glob", "rglob", "iterdir", "scandir", "listdir", "walk",
    "mkdir", "makedirs", "unlink", "rmdir", "rmtree", "touch", "symlink_to", "copyfile", "copytree", "fdopen",
}  # fmt: skip
_OURS = {
    "Workbook",
    "InvitingMemberForms",
    "InvitingWeekForms",
    "CatalogueForms",
    "folder",
    "place",
    "archive",
    "tarfile",
    "os.fdopen",
    "webbrowser",
}


def _opens(path: Path) -> list[str]:
    """Return the calls of a module that open, list, make or remove files in another way than by handles of our folders."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id == "open":
            # A handle that was opened before.
            if not (node.args and isinstance(node.args[0], ast.Name) and node.args[0].id == "handle"):
                found.append(f"{path.name}:{node.lineno} open")
        elif isinstance(node.func, ast.Attribute) and node.func.attr in _CALLS:
            of = ast.unparse(node.func.value)
            if of.rpartition(".")[2] not in _OURS:
                found.append(f"{path.name}:{node.lineno} {of}.{node.func.attr}")
    return found


def test_no_other_module_opens_files() -> None:
    """Whoever adds another way to open a file says here why it leads out of no workbook."""
    others = {}
    for path in PACKAGE.rglob("*.py"):
        name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
        if name not in _MAY_OPEN and (found := _opens(path)):
            others[name] = found
    assert others == {}
    assert {name for name in _MAY_OPEN if not _opens(PACKAGE.parent / f"{name.replace('.', '/')}.py")} == set()
