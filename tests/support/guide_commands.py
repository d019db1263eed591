"""The commands that the guides show, and the group in which they are run."""

from __future__ import annotations

import re
import shlex
import shutil
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from studygroup.meeting.before.planning import plan_session
from studygroup.workbook.workbook import Workbook
from tests.support.clones import git

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 27, 23, 20, tzinfo=UTC)
"""When the guides' commands are run: a session has been going on for twenty minutes."""

# So that the guides' Q80148, A55999 and 3e0f41a8b3c2 are there.
QUESTION, ACTION = "019ac0de-0000-7000-8000-000000012bb0", "019ac0de-0000-7000-8000-0000000219d2"
NOTE = "019ac0de-0000-7000-8000-3e0f41a8b3c2"
LIST = "# Oaks\n\n- [x] [How Oaks Grow](https://example.org/a) by Ann Lee\n- [ ] [Acorns](https://example.org/b)\n"
SCHEDULE = "| Date | Paper | Presenter |\n|---|---|---|\n| 2027-03-05 | [Acorns](https://example.org/b) | Ada Lovelace |\n"


class Shown(msgspec.Struct, frozen=True):
    """A command as a guide shows it; ``printed`` is None where the guide does not show what it prints."""

    page: str
    line: int
    command: str
    printed: str | None = None

    @property
    def words(self) -> list[str]:
        """The command's words, without the comment behind it."""
        return shlex.split(self.command, comments=True)


def commands_of(page: str, text: str) -> list[Shown]:
    """Return the commands in a page's bash and console blocks, and those in the column "Type this" of its tables, in order.

    >>> text = "```console\\n$ studygroup me   # who\\nada\\n```\\n\\n  ```bash\\n  make lab\\n  ```\\n"
    >>> [(one.line, one.words, one.printed) for one in commands_of("x.md", text)]
    [(2, ['studygroup', 'me'], 'ada'), (7, ['make', 'lab'], None)]
    """
    found: list[Shown] = []
    for block in re.finditer(r"^( *)```(bash|console)\n(.*?)^\1```$", text, re.MULTILINE | re.DOTALL):
        start = text.count("\n", 0, block.start(3)) + 1
        lines = [line.removeprefix(block[1]) for line in block[3].splitlines()]
        if block[2] == "bash":
            found += [Shown(page, start + place, line) for place, line in enumerate(lines) if shlex.split(line, comments=True)]
            continue
        places = [place for place, line in enumerate(lines) if line.startswith("$ ")]
        for place, end in zip(places, [*places[1:], len(lines)], strict=True):
            found.append(Shown(page, start + place, lines[place][2:], "\n".join(lines[place + 1 : end])))
    for table in re.finditer(r"^\| [^|\n]+ \| Type this \| [^|\n]+ \|\n\|[-|]+\|\n((?:\|.*\n)+)", text, re.MULTILINE):
        start = text.count("\n", 0, table.start(1)) + 1
        for place, row in enumerate(table[1].splitlines()):
            cell = re.split(r" \| ", row)[1]
            found += [Shown(page, start + place, command) for command in re.findall("`([^`]+)`", cell)]
    return found


def addresses() -> str:
    """Return the file with addresses that docs/messages.md shows, with those of all members."""
    text = (ROOT / "docs" / "messages.md").read_text(encoding="utf-8")
    block, *_ = re.findall(r"^```toml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    others = ("zoe-obrien", "grace-hopper", "ramon-y-cajal")
    return "\n".join([block, *(f'{name} = "mailto://USER:PASSWORD@mail.example.org?to={name}@example.org"' for name in others)])


def make_guide_group(folder: Path) -> None:
    """Make the group of the guides: this project's own workbook with four members, a session a week ago, and one under way.

    It is a clone, with git; beside it lies the repository that it shares with.
    """
    folder.mkdir()
    for name in ("pyproject.toml", "catalogue.csv", ".gitignore", ".gitattributes"):
        shutil.copy(ROOT / name, folder)
    for name in ("lists", "notebooks"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    settings = (folder / "pyproject.toml").read_text(encoding="utf-8")
    own = '[tool.studygroup]\npage_address = "https://papers.example.org"\n'
    (folder / "pyproject.toml").write_text(settings.replace("[tool.studygroup]\n", own, 1), encoding="utf-8")
    (folder / ".studygroup").mkdir()
    (folder / ".studygroup" / "addresses.toml").write_text(addresses(), encoding="utf-8")
    for name, text in {"list.md": LIST, "README.md": LIST, "schedule.md": SCHEDULE}.items():
        (folder / name).write_text(text)
    book = Workbook(folder, lambda: NOW)
    ada = book.add_person("Ada Lovelace", role="facilitator").member
    for name in ("Zoë O'Brien", "Grace Hopper", "Ramón y Cajal"):
        book.add_person(name, by=ada)
    plan_session(book, "2026-11-20", by=ada, steps=[1], roles={"presenter": "Grace Hopper"})
    book.enter("attendance", by=ada, session="2026-11-20", member="grace-hopper", state="present")
    book.enter("attendance", by=ada, session="2026-11-20", member=ada, state="late")
    item = book.catalogue.steps(book.settings.syllabus)["items"].iloc[0][0]
    asked = "Why are larger models better at learning from examples?"
    book.enter("question", by="zoe-obrien", session="2026-11-20", id=QUESTION, member="zoe-obrien", item=item, text=asked)
    book.enter("action", by=ada, session="2026-11-20", id=ACTION, text="Find the slides", owner="grace-hopper")
    book.enter("note", by=ada, session="2026-11-27", id=NOTE, text="We begin with the figures.")
    git(folder.parent, "init", "--quiet", "--bare", "--initial-branch=main", "bare")
    for words in (
        ("init", "--quiet", "--initial-branch=main"),
        ("add", "."),
        ("commit", "--quiet", "--message", "Begin"),
        ("remote", "add", "origin", "../bare"),
        ("push", "--quiet", "--set-upstream", "origin", "main"),
    ):
        git(folder, *words)
