"""The commands that send messages to a group's channels: announce when someone says so, due when they are due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from studygroup.commands.console import (
    AnnouncedSession,
    By,
    Json,
    WorkbookDir,
    app,
    open_workbook,
    print_json,
    say,
    warn_of_records,
    who_enters,
)
from studygroup.errors import MessageError
from studygroup.text.text import did_you_mean, plain_list

if TYPE_CHECKING:
    from studygroup.publish.messages.sending import Delivery, Kind
    from studygroup.publish.messages.targets import Target
    from studygroup.publish.routine.due import DueStep
    from studygroup.workbook.workbook import Workbook


@app.command()
def announce(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="agenda|report|reminder", help="What is announced.")],
    session: AnnouncedSession = "",
    to: Annotated[
        list[str] | None,
        typer.Option("--to", metavar="URL", help="An apprise address; give it for each. Default: the group's."),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Also where it was sent before.")] = False,
    arrived: Annotated[
        bool,
        typer.Option(
            "--arrived",
            help="Send nothing; record that the message arrived where it may have been sent, or that someone posted it by hand.",
        ),
    ] = False,
    lost: Annotated[bool, typer.Option("--lost", help="Send it where it may have been sent: it did not arrive there.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be sent, and send nothing.")] = False,
    by: By = "",
    as_json: Json = False,
    workbook: WorkbookDir = None,
) -> None:
    """Send the agenda, the report or a reminder to your channels. Each goes to each of them once.

    Addresses are set in STUDYGROUP_ANNOUNCE, with blanks between, or in .studygroup/addresses.toml, which git does not see; they
    are never printed. Exit code 1 when a delivery failed: the same command then tries just that one again.

    Example: studygroup announce agenda --dry-run

    Example: studygroup announce agenda --arrived
    """
    from studygroup.publish.messages.sending import KINDS, letters, send, session_of
    from studygroup.publish.messages.targets import Target, group_addresses, member_addresses

    if kind not in KINDS:
        raise typer.BadParameter(f"{kind!r} is not a message{did_you_mean(kind, KINDS)}; there are {plain_list(KINDS)}")
    if again + arrived + lost > 1:
        raise typer.BadParameter("choose one of --again, --arrived and --lost")
    book = open_workbook(context, workbook)
    about = session_of(book, kind, session)
    addresses = group_addresses(book.folder, to or ())
    if (arrived or lost) and _settled(book, kind, about, addresses, who_enters(book, by), lost=lost):
        return
    if not addresses and not (kind == "reminder" and member_addresses(book.folder)):
        if not dry_run:
            raise MessageError(_no_address(book))
        say(f"{_no_address(book)} This is what would go to Discord:")
        addresses = [Target("", "discord-address")]
    post = letters(book, kind, about, addresses)
    if not post:
        say(f"Nothing is missing for {about}, so nothing is sent.")
    if dry_run:
        shown = [{"to": letter.address.label, "title": letter.title, "text": letter.text} for letter in post]
        _print_each(shown, [f"--- {one['to']}: {one['title']}\n{one['text']}" for one in shown], as_json)
        return
    done = send(book, kind, about, post, by=who_enters(book, by), again=again, lost=lost)
    _print_each(done, [_outcome(one) for one in done], as_json)
    if any(one.state == "unknown" for one in done):
        say("What may have been sent is not sent again. Look there: if it arrived, add --arrived, and if not, --lost.")
    if failed := sum(one.state == "failed" for one in done):
        raise MessageError(
            f"{failed} of {len(done)} could not be sent. The same command sends just what is missing; what arrived is recorded."
        )


def _no_address(book: Workbook) -> str:
    from studygroup.publish.messages.targets import FILE, VARIABLE

    return (
        f'No address is known. Name one with --to, set {VARIABLE}, or write group = ["discord://…"] into {book.folder / FILE}.'
    )


def _settled(book: Workbook, kind: Kind, session: str, addresses: Sequence[Target], by: str, *, lost: bool) -> bool:
    """Record that a message arrived, or is lost where no address here leads; return whether nothing is left to send."""
    from studygroup.meeting.facts.deliveries import deliveries_of
    from studygroup.publish.messages.sending import settle
    from studygroup.publish.messages.targets import member_addresses

    unsure = deliveries_of(book, session, kind).places("unknown")
    here = [one.label for one in (*addresses, *(member_addresses(book.folder).values() if kind == "reminder" else ()))]
    if not lost:
        places = unsure or [one.label for one in addresses]
        settle(book, kind, session, by=by, arrived=places)
        say(f"Recorded that it arrived at {plain_list(places) or 'no place, as no address is known here'}.")
        return True
    elsewhere = [place for place in unsure if place not in here]
    if elsewhere:
        settle(book, kind, session, by=by, lost=elsewhere)
        say(f"Recorded that it did not arrive at {plain_list(elsewhere)}: the next studygroup due sends it there.")
    if not unsure:
        say("There is nothing to settle: it is known of every message whether it was sent.")
    return len(elsewhere) == len(unsure)


def _outcome(done: Delivery) -> str:
    """Return in a line what became of one delivery."""
    known = {"sent": "sent", "before": "was sent before", "unknown": "may have been sent, not sent again"}
    return f"{done.label}: {known.get(done.state, f'not sent, {done.why}')}"


def _print_each(values: Sequence[object], lines: Sequence[str], as_json: bool) -> None:
    """Print values for machines, or a line for each for people."""
    if as_json:
        print_json(values)
        return
    for line in lines:
        print(line)


@app.command()
def due(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the coming four weeks as a timeline; do nothing.")] = False,
    here: Annotated[
        str,
        typer.Option("--here", metavar="NAME", help="Make this folder on this machine, under a name, the place that does it."),
    ] = "",
    share: Annotated[
        bool,
        typer.Option("--sync", help="Share through git before and after, and before anything is sent, what is about to be."),
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing where there was nothing to do, as for cron.")] = False,
    trust_templates: Annotated[
        bool,
        typer.Option(
            "--trust-templates", help="Run templates that came with git; see docs/security.md of the studygroup project."
        ),
    ] = False,
    as_json: Json = False,
    workbook: WorkbookDir = None,
) -> None:
    """Do what is due now. It announces the agenda, reminds those who have not answered, reports a closed session, and makes the site.

    Each is done once, so the command can be repeated at any time, as every hour. It is done in one place, which the setting
    due_place names; elsewhere this prints what would be done. Exit code 1 when something failed, which is tried again next time.

    Example: studygroup due --dry-run

    Example: studygroup due --here attic
    """
    if dry_run and (here or share):
        raise typer.BadParameter("--dry-run does nothing; leave out --here and --sync")
    book = open_workbook(context, workbook)
    if here:
        _make_place(book, here)
    elif dry_run:
        _print_timeline(book, as_json)
    else:
        _do_what_is_due(book, share=share, trust_templates=trust_templates, quiet=quiet, as_json=as_json)


def _make_place(book: Workbook, name: str) -> None:
    from studygroup.publish.routine.place import make_this_the_place

    done = make_this_the_place(book, name)
    before = f" It was {done.before} before." if done.before and done.before != done.after else ""
    say(f"What is due is done here from now on, as {name}.{before} Others learn of it with the next studygroup sync.")
    say(
        "Now have studygroup due run every hour: docs/routine.md of the studygroup project has a line for cron. What comes first:"
    )
    say("  studygroup due --dry-run")


def _print_timeline(book: Workbook, as_json: bool) -> None:
    from studygroup.meeting.before.attention import attention
    from studygroup.publish.routine.timeline import timeline

    shown, notes = timeline(book), attention(book)
    if as_json:
        print_json({"place": book.settings.due_place, "timeline": shown, "attention": notes})
        return
    for moment in shown:
        print(moment)
    _say_where(book)
    _say_unreached(book)
    for text in notes:
        say(text)


def _say_where(book: Workbook) -> None:
    """Say which place does what is due, if any."""
    place = book.settings.due_place
    if place:
        say(f"Done at {place}, for {', '.join(book.settings.due) or 'nothing: the setting due is empty'}.")
    else:
        say(
            "No place is set yet, so nothing runs by itself. To do it here: studygroup due --here NAME. On GitHub: studygroup github"
        )


def _say_unreached(book: Workbook) -> None:
    """Say who would get no reminder, as no address leads to them."""
    from studygroup.errors import ScheduleError
    from studygroup.publish.routine.due import has_addresses, unreached
    from studygroup.text.text import plain_list

    if not has_addresses(book):
        say(
            "No address is known here, so no message can be sent from here. docs/messages.md of the studygroup project says how to set one."
        )
        return
    try:
        names = unreached(book, book.schedule.next(book.clock()).id)
    except ScheduleError:
        return
    if names and book.settings.due_place:
        say(f"No address known here leads to {plain_list(names)}: no reminder would reach them from here.")


def _do_what_is_due(book: Workbook, *, share: bool, trust_templates: bool, quiet: bool, as_json: bool) -> None:
    from studygroup.publish.routine.place import is_the_place
    from studygroup.storage.atomic import locked_if_free
    from studygroup.storage.shared_files import make_folder
    from studygroup.workbook.sync import sync
    from studygroup.workbook.workbook import Workbook

    if not is_the_place(book):
        _print_what_would_be(book, as_json)
        return
    state = book.folder / ".studygroup"
    make_folder(state, book.folder, mode=0o700)
    with locked_if_free(state / "due", book.folder) as free:
        if not free:
            say("Another studygroup due is at work here; it does what is due.")
            return
        if share:
            sync(book.folder)
            # Settings may have come, such as another place.
            book = Workbook.open(book.folder)
        if not is_the_place(book):
            _print_what_would_be(book, as_json)
            return
        if trust_templates:
            _trust_templates(book)
        _run(book, share=share, quiet=quiet, as_json=as_json)


def _trust_templates(book: Workbook) -> None:
    from studygroup.workbook import trust

    for page in ("agenda", "report"):
        if trust.unread(book.folder, page):
            trust.accept(book.folder, page)


def _print_what_would_be(book: Workbook, as_json: bool) -> None:
    """Print what is due now, where it is not done."""
    from studygroup.publish.routine.place import place_here
    from studygroup.publish.routine.timeline import timeline

    here, shown = place_here(book), [moment for moment in timeline(book) if moment.state == "due"]
    if as_json:
        print_json({"place": book.settings.due_place, "here": here, "due": shown})
        return
    for moment in shown:
        print(moment)
    if not shown:
        print("Nothing is due now.")
    if book.settings.due_place:
        say(f"Only printed: this is done at {book.settings.due_place}, and here is {here or 'no place with a name'}.")
    else:
        _say_where(book)


def _run(book: Workbook, *, share: bool, quiet: bool, as_json: bool) -> None:
    """Do what is due, tell each step when it is done, and what a facilitator should look at."""
    from studygroup.meeting.before.attention import attention
    from studygroup.publish.routine.due import run_due
    from studygroup.workbook.sync import sync

    def share_all() -> None:
        sync(book.folder)
        book.reread()

    steps = []
    try:
        for step in run_due(book, share=share_all if share else None):
            steps.append(step)
            if not as_json:
                (say if step.state == "failed" else print)(step.says)
    finally:
        if share:
            share_all()
    warn_of_records(book)
    told = () if as_json else {(step.session, step.what) for step in steps if step.state == "failed"}
    _tell(steps, attention(book, told), quiet, as_json)
    if failed := sum(step.state == "failed" for step in steps):
        raise MessageError(f"{failed} of {len(steps)} failed; it is tried again the next time that studygroup due runs.")


def _tell(steps: Sequence[DueStep], notes: Sequence[str], quiet: bool, as_json: bool) -> None:
    """Tell what remains to be told at the end: what a facilitator should look at, and that nothing was due."""
    if as_json:
        print_json({"steps": steps, "attention": notes})
        return
    if not steps and not quiet:
        print("Nothing is due now.")
    for text in notes:
        say(text)


@app.command()
def github(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; say what would be written.")] = False,
    as_json: Json = False,
    workbook: WorkbookDir = None,
) -> None:
    """Write workflows for GitHub. They do what is due every hour, and publish the site on GitHub Pages.

    They go into .github/workflows: commit them. One that someone edited stays as it is. They name the secrets, and contain none.

    Example: studygroup github
    """
    from studygroup.publish.routine.workflows import write_workflows

    book = open_workbook(context, workbook)
    done = write_workflows(book.folder, sql=bool(book.settings.store), dry_run=dry_run)
    if as_json:
        print_json(done)
        return
    words = {
        "written": "Would be written" if dry_run else "Written",
        "current": "Up to date",
        "edited": "Left alone, as it was edited",
    }
    for one in done.files:
        print(f"{words[one.state]}: {one.path}")
    for line in _next_at_github(book, done.repository):
        say(line)


def _next_at_github(book: Workbook, repository: str) -> Iterator[str]:
    """Yield what remains to be done by hand."""
    from studygroup.publish.messages.targets import VARIABLE, WHOLE_FILE

    place = f"github:{repository or 'OWNER/NAME'}"
    yield "Next:"
    if book.settings.due_place != place:
        before = f" (now it is {book.settings.due_place})" if book.settings.due_place else ""
        yield f"  studygroup set due_place {place}{before}"
    yield f"  At GitHub, under Settings, Secrets and variables, Actions: add the secret {VARIABLE} with the group's addresses,"
    yield f"  or {WHOLE_FILE} with all that .studygroup/addresses.toml would hold, members' own addresses too."
    yield "  Under Settings, Pages: choose GitHub Actions as the source."
    yield "  Commit .github/workflows and pyproject.toml, and push. docs/routine.md of the studygroup project says more."
