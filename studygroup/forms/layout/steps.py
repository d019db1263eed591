"""What there is to do before, during and after a session, one step after the other; each ticks itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from studygroup.forms.kit.form import counted
from studygroup.forms.kit.form_context import FormContext
from studygroup.forms.layout.checklist import ScreenStep
from studygroup.group.schedule import Session
from studygroup.group.states import WAS_THERE
from studygroup.journal.types.records import Action, Attendance, Close, Plan
from studygroup.meeting.after.report import missing_of_session
from studygroup.meeting.before.agenda import Agenda
from studygroup.meeting.before.attention import changes_since
from studygroup.meeting.facts.deliveries import deliveries_of
from studygroup.storage.shared_files import is_file
from studygroup.text.text import plain_list, to_short_day

PREPARE, LIVE, WRAP_UP, GROUP = "Prepare", "Live", "Wrap up", "Group"
"""The tabs of the screen."""


def steps_before(context: FormContext, session: Session) -> list[ScreenStep]:
    """Return what there is to do before a session."""
    agenda = context.agenda_for(session.id)
    if agenda.cancelled:
        return []
    return [
        _reading(agenda),
        *_roles(agenda),
        ScreenStep("time", "Time", f"{to_short_day(session.start)}, {session.start:%H:%M}", True, place="time"),
        _replies(agenda),
        _agenda_page(context, session),
        _announcement(context, session),
    ]


def _reading(agenda: Agenda) -> ScreenStep:
    papers = counted(len(agenda.reads), "paper")
    if not agenda.reads:
        told, label = "Nothing to read yet.", "Add a paper"
        return ScreenStep("reading", "Reading", "Nothing yet", False, told, label, "words")
    if not agenda.planned:
        told = f"{papers} from the list, not confirmed yet."
        return ScreenStep(
            "reading", "Reading", f"{papers}, not confirmed", False, told, "Confirm reading", "reads", act="confirm"
        )
    return ScreenStep("reading", "Reading", f"{papers}, confirmed", True, place="reads")


def _roles(agenda: Agenda) -> Iterator[ScreenStep]:
    for role, name in agenda.roles.items():
        told, label = f"No {role} yet.", f"Choose {role}"
        yield ScreenStep(
            f"role {role}", role.capitalize(), name or "No one yet", bool(name), told, label, f"role-{_slug(role)}"
        )


def _slug(role: str) -> str:
    return "-".join(role.split())


def _replies(agenda: Agenda) -> ScreenStep:
    answered = agenda.threads.coming + agenda.threads.maybe + agenda.threads.not_coming
    left = agenda.members - answered
    note = f"{answered} of {agenda.members} have replied"
    told = f"{counted(left, 'member')} {'hasn’t' if left == 1 else 'haven’t'} replied yet."
    return ScreenStep("replies", "RSVPs", note, left <= 0, told, "Remind them", "announce", act="remind", waits=True)


def _agenda_page(context: FormContext, session: Session) -> ScreenStep:
    workbook = context.workbook
    path = workbook.folder / "sessions" / session.id / "agenda.html"
    made = datetime.fromtimestamp(path.stat().st_mtime).astimezone() if is_file(path, workbook.folder) else None
    plan = workbook.latest(Plan, session.id)
    if made is None:
        note, told = "Not made yet", "The agenda isn’t made yet."
    elif plan is not None and plan.at > made:
        note, told = "The plan changed since", "The plan changed after the agenda was made."
    else:
        return ScreenStep("agenda", "Agenda", "Made", True, place="agenda")
    return ScreenStep("agenda", "Agenda", note, False, told, "Make agenda", "agenda", act="make agenda")


def _announcement(context: FormContext, session: Session) -> ScreenStep:
    copied = bool(context.noted(f"copied {session.id}"))
    arrived = deliveries_of(context.workbook, session.id, "agenda").arrived
    if changes := changes_since(context.workbook, session.id, arrived):
        told = f"Since you announced it, {plain_list(changes)}."
        return ScreenStep("announcement", "Announcement", "Changed since", False, told, "Send the change", "announce")
    posted = arrived is not None
    note = "Posted" if posted else "Copied" if copied else "Not posted yet"
    told = "The session isn’t announced yet."
    return ScreenStep("announcement", "Announcement", note, posted or copied, told, "Announce", "announce")


def steps_during(context: FormContext, session: Session, running: bool) -> list[ScreenStep]:
    """Return what there is to do while a session is under way; ``running``: whether its timer was started."""
    unmarked = len(_unmarked(context, session))
    told, label = _not_marked(unmarked), "Take attendance"
    marked = ScreenStep("attendance", "Attendance", "", not unmarked, told, label, "attendance", LIVE)
    timer = ScreenStep("timer", "Timer", "", running, "The timer isn’t running.", "Start the timer", "timer", LIVE, "start")
    over = session.end <= context.workbook.clock()
    told = "The session isn’t closed yet." if over else "When you are through, close the session."
    close = ScreenStep("close", "Close session", "", False, told, "Close session", "close", WRAP_UP, "close" if over else "")
    return [close] if over else [timer, marked, close]


def _unmarked(context: FormContext, session: Session) -> set[str]:
    workbook = context.workbook
    return {member for member in workbook.roster.members_at(session) if workbook.latest(Attendance, session.id, member) is None}


def steps_after(context: FormContext, session: Session) -> list[ScreenStep]:
    """Return what there is to do after a session."""
    workbook = context.workbook
    agenda, missing = missing_of_session(workbook, session.id)
    if agenda.cancelled:
        return []
    closed = workbook.latest(Close, session.id)
    told, label = "The session isn’t closed yet.", "Close session"
    return [
        _attended(context, session),
        _actions(context, session),
        ScreenStep("close", label, _ended(agenda, closed), closed is not None, told, label, "close", WRAP_UP, "close"),
        _summaries(sum(one.about == "summaries" for one in missing)),
        _report_page(context, session),
        *_outward(context),
    ]


def _attended(context: FormContext, session: Session) -> ScreenStep:
    workbook = context.workbook
    members, unmarked = workbook.roster.members_at(session), len(_unmarked(context, session))
    held = [one for one in workbook.current.current(Attendance) if one.session == session.id]
    there = sum(one.state in WAS_THERE for one in held)
    note = f"{there} of {len(members)} were there" if held else "Not taken yet"
    done, told = bool(held) and not unmarked, _not_marked(unmarked)
    return ScreenStep("attendance", "Attendance", note, done, told, "Take attendance", "attendance", LIVE)


def _not_marked(unmarked: int) -> str:
    return f"{counted(unmarked, 'member')} {'isn’t' if unmarked == 1 else 'aren’t'} marked yet."


def _actions(context: FormContext, session: Session) -> ScreenStep:
    actions = [one for one in context.workbook.current.current(Action) if one.session == session.id]
    left = sum(not one.owner and not one.done for one in actions)
    note = f"{left} without an owner" if left else f"{len(actions)}, each with an owner" if actions else "None"
    told = f"{counted(left, 'action')} {'has' if left == 1 else 'have'} no owner."
    return ScreenStep("actions", "Actions", note, not left, told, "Choose owners", "actions", LIVE)


def _summaries(left: int) -> ScreenStep:
    note = f"{counted(left, 'paper')} without one" if left else "Each paper has one"
    told = f"{counted(left, 'paper')} {'has' if left == 1 else 'have'} no summary."
    return ScreenStep(
        "summaries", "Summaries", note, not left, told, "Remind them", "summaries", WRAP_UP, "remind writers", waits=True
    )


def _outward(context: FormContext) -> Iterator[ScreenStep]:
    """Yield whether the site was made here, and everything shared, since something was entered last."""
    entered = len(context.workbook.journal.records)
    made, shared = context.noted("site") == entered, context.noted("shared") == entered
    note, told = "Up to date" if made else "Not updated yet", "The site isn’t updated yet."
    yield ScreenStep("site", "Site", note, made, told, "Make site", "site", WRAP_UP, "make site", waits=True)
    if (context.workbook.folder / ".git").exists():
        note, told = "Everything is shared" if shared else "Not shared yet", "Your changes aren’t shared yet."
        yield ScreenStep("share", "Share", note, shared, told, "Share", "share", WRAP_UP, "share", waits=True)


def _ended(agenda: Agenda, closed: Close | None) -> str:
    if closed is None:
        return f"{counted(len(agenda.reads), 'paper')} to close"
    goes_on = len(closed.continues)
    return f"{len(agenda.reads) - goes_on} finished, {goes_on} {'continues' if goes_on == 1 else 'continue'}"


def _report_page(context: FormContext, session: Session) -> ScreenStep:
    workbook = context.workbook
    path = workbook.folder / "sessions" / session.id / "report.html"
    made = is_file(path, workbook.folder)
    note, told, label = "Made" if made else "Not made yet", "The report isn’t made yet.", "Make report"
    return ScreenStep("report", "Report", note, made, told, label, "report", WRAP_UP, "make report")
