"""Commands that make a workbook: of a new group, which on a terminal is asked for whatever was not given, and of a made-up one."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Annotated, Generic, TypeVar

import typer

from studygroup.commands.console import app, open_page, say
from studygroup.errors import ReadingListError, StudygroupError, WorkbookError
from studygroup.text.terminal import command_line
from studygroup.text.text import check_name, make_id, plain_list

if TYPE_CHECKING:
    from studygroup.workbook.first_list import FirstList
    from studygroup.workbook.new_group import MadeGroup, NewGroup

T = TypeVar("T")
_NOTHING = "nothing yet"
_AFTER_DEMO = {
    ("site", "--open"): "what everyone can see",
    ("lab",): "the facilitator's notebook",
    ("serve",): "the members' page",
    ("invite", "--all"): "a link to it for each member",
}
"""What to do with a demo, and what each command shows."""


@dataclass(frozen=True)
class GroupQuestion(Generic[T]):
    """Something to be said about a new group: by a flag, by an answer on a terminal, or by its default.

    ``read`` checks an answer and raises a StudygroupError; ``nearest`` returns the right answer that was probably meant, or an
    empty text.
    """

    flag: str
    words: str
    default: str
    read: Callable[[str], T]
    nearest: Callable[[str], str] = lambda typed: ""

    def answer(self, given: str | None, asks: bool) -> T:
        """Return what was given, else what is typed, else the default; on a terminal, what is wrong is asked again."""
        if given is not None or not asks:
            try:
                return self.read(self.default if given is None else given)
            except StudygroupError as error:
                raise typer.BadParameter(str(error), param_hint=self.flag) from None
        default = self.default
        while True:
            typed = typer.prompt(self.words, default=default, err=True)
            try:
                return self.read(typed)
            except StudygroupError as error:
                say(fill(str(error), 78, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False))
            default = self.nearest(typed) or default


@app.command()
def new(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="A new or empty folder. Without it, you are asked.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="The group's name. Default: the folder's.")] = None,
    weekday: Annotated[
        list[str] | None,
        typer.Option(
            help="The day it meets. Default: friday. Give it twice for two days a week, or say 'second tuesday' for a day of the month."
        ),
    ] = None,
    time: Annotated[str | None, typer.Option(help="The local time. Default: 19:00.")] = None,
    zone: Annotated[str | None, typer.Option(help="The time zone, such as Europe/Berlin. Default: this machine's.")] = None,
    you: Annotated[
        str | None, typer.Option(metavar="NAME", help="Your name. Default: the one git has. You are the first facilitator.")
    ] = None,
    read: Annotated[
        str | None,
        typer.Option(
            metavar="LIST_OR_FILE",
            help="What you read: a file, an https:// address, or a list that comes with the program, such as "
            "modern-llm-study-group. By default, nothing yet.",
        ),
    ] = None,
    git: Annotated[bool, typer.Option("--git/--no-git", help="Make a git repository with a first commit.")] = True,
    environment: Annotated[
        bool,
        typer.Option(
            "--environment/--no-environment",
            help="Install the program into the folder's own .venv, with the members' page; it takes a minute or two.",
        ),
    ] = True,
    open_it: Annotated[bool, typer.Option("--open", help="Open the first agenda in your browser.")] = False,
    lab: Annotated[
        bool | None, typer.Option("--lab/--no-lab", help="Open JupyterLab when all is made; on a terminal, you are asked.")
    ] = None,
) -> None:
    """Create a workbook for a new group. It has a folder, a list, a roster, git, a first agenda, and an environment to run it.

    On a terminal it asks for whatever is not given; elsewhere it asks nothing and takes the defaults.

    Example: studygroup new

    Example: studygroup new papers --name "Paper club" --weekday tuesday --time 18:30 --zone Europe/Berlin --you "Ada Lovelace" --read list.md
    """
    from studygroup.workbook.new_group import make_group

    asks = sys.stdin.isatty() and sys.stderr.isatty()
    days = None if weekday is None else ", ".join(weekday)
    try:
        group = _answers(asks, folder, name, (days, time, zone), you, read, git)
    except typer.Abort:
        say("")
        raise WorkbookError("Stopped; nothing was made.") from None
    made = make_group(group, date.today())
    say(f"{chr(10) * asks}{group.name} is ready:")
    print(made.folder)
    _tell(group, made)
    page = _first_agenda(made.folder)
    own = _own_environment(made.folder) if environment else None
    if lab is None and asks:
        lab = _confirm("\nOpen the agenda and JupyterLab in your browser now?")
        open_it = open_it or lab
    if open_it and page:
        open_page(page)
    _tell_next(made.folder, own, {("lab",): ""})
    if lab:
        _open_lab(made.folder, own)


@app.command()
def demo(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A folder that does not exist yet, or is empty.", show_default=True)
    ] = Path("studygroup-demo"),
    as_of: Annotated[
        str,
        typer.Option(
            "--as-of",
            metavar="DATE",
            help="The day for which it is made, today by default; the next session is two days later. The same day gives the same files.",
        ),
    ] = "",
    open_it: Annotated[bool, typer.Option("--open", help="Open its site in your browser.")] = False,
) -> None:
    """Make a made-up group to look at. Thirteen weeks are behind it and one is ahead, with agenda, reports and site.

    Its people are invented, the papers are real. It takes half a minute; delete the folder when you have seen enough.

    Example: studygroup demo --open

    Example: studygroup demo lanterns --as-of 2026-11-27
    """
    from studygroup.interface.demo.player import make_demo
    from studygroup.publish.site.site import FOLDER

    day = _day_of_demo(as_of)
    made = make_demo(folder.expanduser(), day, lambda stage: say(f"{stage} …"))
    say("The demo is ready:")
    print(made.folder)
    _line("Group", f"{made.name}: {made.members} members, {made.sessions} sessions held, one ahead")
    _line("Entered", f"{made.records} records; {made.reports} reports and {made.pages} pages of a site made of them")
    _line("You", f"{made.facilitator}, facilitator")
    _tell_next(made.folder, None, _AFTER_DEMO)
    if open_it:
        open_page(made.folder / FOLDER / "index.html")


def _day_of_demo(typed: str) -> date:
    """Return the day for which a demo is made: what was typed, else today in UTC, as nothing in it may be later than now."""
    try:
        day = date.fromisoformat(typed) if typed else datetime.now(UTC).date()
    except ValueError:
        raise typer.BadParameter(f"{typed!r} is not a date; write it as 2026-11-27.", param_hint="--as-of") from None
    if not 1901 <= day.year <= 8999:
        raise typer.BadParameter(f"{typed} is too far away; choose a day from 1901 to 8999.", param_hint="--as-of")
    return day


def _answers(
    asks: bool,
    folder: Path | None,
    name: str | None,
    slot: tuple[str | None, str | None, str | None],
    you: str | None,
    read: str | None,
    git: bool,
) -> NewGroup:
    """Return what flags, answers and defaults say about the group."""
    from studygroup.group.slot import machine_zone, nearest_time, nearest_weekdays, nearest_zone
    from studygroup.workbook import new_group

    if folder is None and not asks:
        raise typer.BadParameter("name a folder that does not exist yet, such as: studygroup new papers")
    if folder is not None:
        _free_folder(str(folder))
    days, time, zone = slot
    if asks:
        say("A new group. Enter takes what is in brackets; Ctrl-C stops, and nothing is made.\n")

    def group_name(value: str) -> str:
        return check_name(value, "group's name")

    called = folder.resolve().name if folder else "Paper club"
    name = GroupQuestion("--name", "The group's name", called, group_name).answer(name, asks)
    if folder is None:
        folder = GroupQuestion("DIR", "Its folder", make_id(name, fallback="group"), _free_folder).answer(None, asks)
    return new_group.NewGroup(
        folder=folder,
        name=name,
        weekdays=GroupQuestion("--weekday", "It meets every", "friday", new_group.check_weekdays, nearest_weekdays).answer(
            days, asks
        ),
        time=GroupQuestion("--time", "At", "19:00", new_group.check_time, nearest_time).answer(time, asks),
        zone=GroupQuestion(
            "--zone", "Time zone", machine_zone() if zone is None else "", new_group.check_zone, nearest_zone
        ).answer(zone, asks),
        you=GroupQuestion("--you", "Your name", new_group.your_name() if you is None else "", check_name).answer(you, asks),
        reads=_reads(read, asks),
        git=git,
    )


def _free_folder(value: str) -> Path:
    from studygroup.workbook.starter import check_free

    folder = Path(value).expanduser()
    check_free(folder)
    return folder


def _reads(read: str | None, asks: bool) -> FirstList | None:
    """Return the first list; None where there is none yet."""
    from studygroup.workbook.first_list import SHIPPED, find_first_list, nearest_list

    numbers = {str(number): name for number, name in enumerate(SHIPPED, start=1)}

    def find(value: str) -> FirstList | None:
        if value.strip().lower() in {"", "nothing", _NOTHING}:
            return None
        by_number = value.strip() in numbers and read is None
        if value.strip().isdecimal() and not by_number and not Path(value).exists():
            raise ReadingListError(f"There is no list {value}; there are {plain_list(SHIPPED if read else numbers)}.")
        found = find_first_list(numbers[value.strip()] if by_number else value)
        if asks:
            say(f"  {found.title}: {found.readings}.")
        return found

    if asks and read is None:
        say("\nWhat will you read? A list that comes with the program:")
        for number, name in numbers.items():
            say(f"  {number}  {SHIPPED[name]}")
        say("or a list of your own: a file, or an https:// address.")
    return GroupQuestion("--read", "Number, file or address", _NOTHING, find, nearest_list).answer(read, asks)


def _tell(group: NewGroup, made: MadeGroup) -> None:
    """Say what was made, a line each."""
    read = f"{group.reads.title}, {group.reads.readings}" if group.reads else _NOTHING
    _line("Meets", f"{plain_list(day.title() for day in group.weekdays)} at {group.time}, {group.zone}")
    _line("You", f"{group.you}, facilitator")
    _line("Reads", read)
    if not group.git:
        return
    if made.git_refused:
        _line("Git", f"no repository: {made.git_refused}")
        _line("", "Later, in the folder: git init && git add . && git commit -m Begin")
        return
    _line("Git", "a repository with a first commit")
    if not made.git_knows_you:
        _line("", "Before you share anything, tell git who you are:")
        _line("", f"  {shlex.join(['git', 'config', '--global', 'user.name', group.you])}")
        _line("", "  git config --global user.email you@example.org")


def _line(word: str, told: str) -> None:
    say(f"  {word:<8} {told}")


def _first_agenda(folder: Path) -> Path | None:
    """Write the first agenda and return its page; None where that failed, which is no reason to leave without a group."""
    from studygroup.publish.pages.agenda_run import make_agenda_page
    from studygroup.workbook.workbook import Workbook

    try:
        page = make_agenda_page(Workbook.open(folder), None, progress=False)[0].page
    except StudygroupError as error:
        _line("Agenda", f"not made: {error}")
        return None
    _line("Agenda", str(page.relative_to(folder)))
    return page


def _own_environment(folder: Path) -> Path | None:
    """Give a workbook its own environment and return it; None where that failed, with what to run later."""
    from studygroup.workbook.own_environment import FOLDER, commands, make_environment

    _line("Program", f"installing into {FOLDER}, which takes a minute or two …")
    try:
        made = make_environment(folder)
    except (WorkbookError, KeyboardInterrupt) as error:
        why = "stopped" if isinstance(error, KeyboardInterrupt) else str(error)
        _line("", f"No environment of its own yet: {why.rstrip('.')}.")
        _line("", "The program that made the group runs it all the same. Later:")
        for words in (["cd", str(folder)], *commands(folder)):
            say(f"    {shlex.join(words)}")
        return None
    _line("", f"installed, with the members' page: {FOLDER}")
    return made


def _confirm(words: str) -> bool:
    """Return whether someone says yes; who leaves instead says no."""
    try:
        return typer.confirm(words, default=True, err=True)
    except typer.Abort:
        say("")
        return False


def _tell_next(folder: Path, own: Path | None, commands: Mapping[tuple[str, ...], str]) -> None:
    """Say what to type next, each line as it can be typed; ``commands`` has what each is for, which may be empty."""
    here = Path.cwd()
    say("\nNext:")
    if folder != here:
        say(f"  {shlex.join(['cd', str(folder.relative_to(here) if folder.is_relative_to(here) else folder)])}")
    lines = {command_line(*words, folder=folder, environment=own): what for words, what in commands.items()}
    width = max(map(len, lines))
    for line, what in lines.items():
        say(f"  {line:<{width}}   # {what}" if what else f"  {line}")


def _open_lab(folder: Path, own: Path | None) -> None:
    """Open JupyterLab with the environment that was made, else with this one."""
    from studygroup.workbook.own_environment import python_of

    python = str(python_of(folder)) if own else sys.executable
    command = [python, "-m", "studygroup", "lab", "--workbook", str(folder)]
    os.chdir(folder)
    sys.stdout.flush()
    if os.name != "nt":
        os.execv(command[0], command)
    raise typer.Exit(subprocess.run(command).returncode)
