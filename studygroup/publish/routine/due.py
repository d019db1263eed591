"""`studygroup due`: does what is due now and no more, each thing once; safe to repeat at any time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Literal

import msgspec

from studygroup.errors import MessageError, NotSavedError, StudygroupError, SyncError
from studygroup.journal.types.record import PROGRAM
from studygroup.meeting.before.attention import named_message
from studygroup.meeting.before.due import DueTask, due_tasks
from studygroup.meeting.choose.ballots import BallotView, have_not_voted, record_results
from studygroup.meeting.choose.surveys import have_not_answered
from studygroup.meeting.facts.deliveries import ADDRESS, PAGE, SITE, deliveries_of, messages_recorded
from studygroup.publish.messages.message_log import MessageLog
from studygroup.publish.messages.sending import Letter, letters, send, silent_members
from studygroup.publish.messages.targets import group_addresses, member_addresses
from studygroup.publish.pages.agenda_run import make_agenda_page
from studygroup.publish.pages.report_run import make_report_page
from studygroup.publish.site.site import FOLDER, make_site
from studygroup.publish.site.site_folder import MANIFEST
from studygroup.storage.shared_files import is_file
from studygroup.text.text import plain_list, to_short_day
from studygroup.workbook.workbook import Workbook

NO_ADDRESS = "no address is known; see docs/messages.md of the studygroup project"


class DueStep(msgspec.Struct, frozen=True):
    """One thing that was done, or failed; ``says`` is a sentence about it."""

    what: Literal["ballot", "agenda", "reminder", "report", "site"]
    session: str
    state: Literal["done", "failed"]
    says: str


Share = Callable[[], object]
Deliver = Callable[[Letter], str]


def run_due(workbook: Workbook, *, share: Share | None = None, deliver: Deliver | None = None) -> Iterator[DueStep]:
    """Do what is due now, and yield each step as it was done; what fails does not keep the rest from being done.

    Parameters
    ----------
    share
        Makes what is recorded known elsewhere, before anything is sent; see ``send``.
    deliver
        Sends one letter; see ``send``.

    Raises
    ------
    MessageError
        Someone on the roster has the id that the program writes under.
    NotSavedError
        The disk refused, so nothing more was done.
    SyncError
        Sharing failed before something was sent, so it was not sent, nor anything more done.
    """
    if PROGRAM in workbook.people:
        raise MessageError(
            f"{workbook.people[PROGRAM].name} has the id {PROGRAM}, under which the program writes. Nothing was done: see "
            "docs/routine.md of the studygroup project."
        )
    for ballot in record_results(workbook, by=PROGRAM):
        yield DueStep("ballot", ballot.session, "done", f"A ballot has closed. {_of_ballot(ballot)}")
    for task in due_tasks(workbook):
        if task.state == "due":
            yield from _do(workbook, task, share, deliver)
    if SITE in workbook.settings.due:
        yield from _make_site(workbook)


def _of_ballot(ballot: BallotView) -> str:
    """Return the results of a ballot that has closed."""
    chosen = ballot.outcome.winner if ballot.outcome else ""
    return f"{f'Chosen: {chosen}. ' if chosen else ''}{ballot.outcome}"


def _do(workbook: Workbook, task: DueTask, share: Share | None, deliver: Deliver | None) -> Iterator[DueStep]:
    """Make a task's page, send its message, and yield what became of both."""
    session = task.session
    what = named_message(task.kind, session)
    trouble: dict[str, str] = {}
    if why := _make_page(workbook, task):
        trouble[PAGE] = why
        yield DueStep(task.kind, session.id, "failed", f"The page of {what} could not be made: {why}")
    post, why = _letters(workbook, task)
    if why:
        trouble[ADDRESS] = why
        yield DueStep(task.kind, session.id, "failed", f"{_capital(what)} was not sent: {why}")
    outcomes = send(workbook, task.kind, session.id, post, by=PROGRAM, deliver=deliver, share=share, trouble=trouble)
    done = {state: [one for one in outcomes if one.state == state] for state in ("sent", "before", "unknown", "failed")}
    if done["sent"]:
        yield DueStep(task.kind, session.id, "done", f"Sent {what} to {plain_list(one.label for one in done['sent'])}.")
    elif not (trouble or outcomes):
        yield DueStep(
            task.kind, session.id, "done", f"Nothing is missing for {to_short_day(session.start)}: no reminder was sent."
        )
    elif len(done["before"]) == len(outcomes) and not trouble:
        yield DueStep(task.kind, session.id, "done", f"{_capital(what)} had been sent before.")
    for one in done["failed"]:
        yield DueStep(task.kind, session.id, "failed", f"{_capital(what)} was not sent to {one.label}: {one.why}.")
    if task.kind == "reminder" and (missed := unreached(workbook, session.id)):
        yield DueStep(
            task.kind, session.id, "failed", f"No address leads to {plain_list(missed)}, so no reminder reached them."
        )


def has_addresses(workbook: Workbook) -> bool:
    """Return whether any address is known here to which a message could go."""
    return bool(group_addresses(workbook.folder) or member_addresses(workbook.folder))


def unreached(workbook: Workbook, session: str) -> list[str]:
    """Return the names of those who have not replied, voted or said when they can meet, and whom no reminder reaches: they and the group have no address."""
    try:
        if group_addresses(workbook.folder):
            return []
        own = member_addresses(workbook.folder)
    except MessageError:
        return []
    others = {*have_not_voted(workbook), *have_not_answered(workbook)}
    asked = dict(silent_members(workbook, session)) | {one: workbook.people[one].name for one in sorted(others)}
    return [name for member, name in asked.items() if member not in own]


def _make_page(workbook: Workbook, task: DueTask) -> str:
    """Make the page of an agenda or a report unless this was done, and return why that failed, or an empty text."""
    name = task.kind
    mine = task.deliveries.by_program
    page = workbook.folder / "sessions" / task.session.id / f"{name}.html"
    if name == "reminder" or (mine is not None and PAGE not in mine.waiting and is_file(page, workbook.folder)):
        return ""
    make = make_agenda_page if name == "agenda" else make_report_page
    try:
        make(workbook, task.session.id)
    except NotSavedError:
        raise
    except StudygroupError as error:
        return _one_line(workbook, error)
    return ""


def _letters(workbook: Workbook, task: DueTask) -> tuple[list[Letter], str]:
    """Return what goes where, and why nothing can go, or an empty text."""
    try:
        addresses = group_addresses(workbook.folder)
        own = member_addresses(workbook.folder) if task.kind == "reminder" else {}
        if not addresses and not own:
            return [], NO_ADDRESS
        return letters(workbook, task.kind, task.session.id, addresses), ""
    except (NotSavedError, SyncError):
        raise
    except StudygroupError as error:
        return [], _one_line(workbook, error)


# --- the site ---------------------------------------------------------------------------------------------------------


def _make_site(workbook: Workbook) -> Iterator[DueStep]:
    """Make the site anew where there is one and something changed since, and yield what became of it."""
    folder = workbook.folder
    if not workbook.settings.site_address and not is_file(folder / FOLDER / MANIFEST, folder):
        return
    try:
        made = make_site(workbook)
    except NotSavedError:
        raise
    except StudygroupError as error:
        why = _one_line(workbook, error)
        _note_site(workbook, {SITE: why})
        yield DueStep("site", "", "failed", f"The site could not be made: {why}")
        return
    _note_site(workbook, {})
    if changed := len(made.changes.written) + len(made.changes.removed):
        yield DueStep("site", "", "done", f"Made the site: {changed} file{'s' * (changed != 1)} changed.")


def _note_site(workbook: Workbook, trouble: Mapping[str, str]) -> None:
    """Record why the site could not be made, once for each reason; or that it is well again, where it was not."""
    ailing = [
        session
        for session, message in messages_recorded(workbook)
        if message == SITE and deliveries_of(workbook, session, SITE).places("waiting")
    ]
    for session in ailing or ([workbook.session_for_notes()] if trouble else []):
        log = MessageLog(workbook, session, SITE, PROGRAM)
        log.expect((), {}, trouble)
        log.save()


def _one_line(workbook: Workbook, error: StudygroupError) -> str:
    """Return an error in a line that others may read: where the folder is on this machine is no one's business."""
    return " ".join(str(error).replace(f"{workbook.folder}/", "").split())[:300]


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
