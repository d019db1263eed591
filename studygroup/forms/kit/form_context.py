"""One person's place at a workbook: who enters, and the one way in which forms save."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from studygroup.errors import ScheduleError
from studygroup.forms.kit import widgets
from studygroup.forms.kit.drafts import Drafts
from studygroup.forms.kit.form import StatusLine, clock_time, close
from studygroup.forms.kit.turning import TurningButton
from studygroup.group.states import WAS_THERE
from studygroup.journal.keeping.history import says
from studygroup.journal.types.lines import new_id
from studygroup.journal.types.record import Record, fields_of
from studygroup.journal.types.records import TYPES, Attendance, Ballot
from studygroup.meeting.before.agenda import Agenda, Assignment, agenda_of
from studygroup.meeting.before.planning import attend
from studygroup.text.text import normalise
from studygroup.workbook.workbook import Workbook

DOUBLE_CLICK_S = 1.0
"""Within how long after a save a click with nothing typed belongs to the click that saved."""


class SaveStatus(widgets.HBox):
    """The outcome of a click: "Saved 23:04" with a button that undoes it, or what went wrong and how to go on."""

    def __init__(self) -> None:
        self.said = StatusLine()
        self._told = 0
        self._take_back: Callable[[], object] | None = None
        self._told_at = 0.0
        super().__init__([self.said])
        self.add_class("sg-receipt")

    @cached_property
    def undo(self) -> TurningButton:
        """Undoes what was told; made when it is first needed, as most receipts of a page never say anything."""
        return TurningButton(self._undo)

    def tell(self, message: str, kind: str = "done", undo: Callable[[], object] | None = None) -> None:
        """Show a message; with ``undo`` also the button that calls it, once unless it returns False."""
        self.said.tell(message, kind)
        self._take_back, self._told_at = undo, time.monotonic()
        if undo:
            # A click on the button of what was told before is none on this one.
            self._told += 1
            self.undo.show(self._told, "Undo", "Undo what was just saved")
        self.children = [self.said, self.undo] if undo else [self.said]

    def refuse(self, message: str) -> None:
        """Say why what was sent is not taken."""
        self.tell(message, "wrong")

    @property
    def tells_of_a_save(self) -> bool:
        """Whether it told of a save a moment ago: a click with nothing typed is then the second half of a double click."""
        return self._take_back is not None and time.monotonic() - self._told_at < DOUBLE_CLICK_S

    def clear(self) -> None:
        """Show nothing."""
        self.said.value, self._take_back, self.children = "", None, [self.said]

    def close(self) -> None:
        """Let go, of the button too where it is not shown."""
        if "undo" in vars(self):
            close(self.undo)
        super().close()

    def _undo(self) -> None:
        take_back, self._take_back = self._take_back, None
        if take_back and take_back() is False and self.undo in self.children:
            self._take_back = take_back


HELD = "held"
"""Stands for a type of record: what it is about are not people, but the sessions that someone attended."""
DECIDING = ("plan", "guide", "close", HELD, "swap", "turn", "away", "person", "slot", "result")
"""The types of what decides when a session is, what it reads and who does what."""
ON_AGENDAS = (*DECIDING, "rsvp", "reading", "question", "answer", "second", "action", "pace")
"""The types of what an agenda shows."""


@dataclass
class _Watcher:
    """Who is told of changes: of which types, all without any, of which only about whom, and what was so when it was told last."""

    show: Callable[[], None]
    kinds: tuple[str, ...]
    own: tuple[str, ...]
    member: str
    state: Hashable = None

    def answers(self, receipt: SaveStatus | None) -> bool:
        """Whether it belongs to the form in which a receipt stands."""
        form = getattr(self.show, "__self__", None)
        return receipt is not None and any(value is receipt for value in vars(form).values())


class FormContext:
    """Where one person's forms save.

    Parameters
    ----------
    workbook
        Shared with other forms, and in a server with other people's.
    by
        The id of the member who enters. It is decided by the host and is in no widget. Empty while no one is on the roster.
    """

    def __init__(self, workbook: Workbook, by: str) -> None:
        self.workbook = workbook
        self.by = by
        self._watchers: list[_Watcher] = []
        self._deeds: dict[str, Hashable] = {}

    @property
    def by(self) -> str:
        """Who enters; whoever it is has drafts of their own."""
        return self._by

    @by.setter
    def by(self, member: str) -> None:
        self._by, self.drafts = member, Drafts(self.workbook.folder, member)

    @property
    def by_facilitator(self) -> bool:
        """Whether a facilitator enters."""
        return self.by in self.workbook.facilitators or not self.workbook.facilitators

    @property
    def agenda(self) -> Agenda:
        """The agenda of the session under way or next; made anew when something was entered, or another session is next."""
        return self.agenda_for(self.workbook.schedule.next(self.workbook.clock()).id)

    def agenda_for(self, session: str) -> Agenda:
        """Return the agenda of a session; made anew when something was entered."""
        workbook = self.workbook
        key = workbook.settings, workbook.catalogue, self.version(*ON_AGENDAS)
        return workbook.kept(("agenda", session), key, lambda: agenda_of(workbook, session))

    @property
    def coming(self) -> Agenda:
        """The next agenda as far as plans, people and attendance decide it: when, where, who does what, what is read.

        What is said meanwhile otherwise (answers, questions, readings) may be missing in it, so that it need not be made anew
        for every click of everyone.
        """
        workbook = self.workbook
        session = workbook.schedule.next(workbook.clock()).id
        key = session, workbook.settings, workbook.catalogue, self.version(*DECIDING)
        return workbook.kept("coming agenda", key, lambda: self.agenda_for(session))

    @property
    def coming_reads(self) -> tuple[Assignment, ...]:
        """What the next session reads; nothing where no session comes."""
        try:
            return self.coming.reads
        except ScheduleError:
            return ()

    @property
    def session(self) -> str:
        """The session that is entered for: the one under way, about to begin or not closed yet, else the next."""
        try:
            return self.workbook.session_to_record()
        except ScheduleError:
            return self.workbook.session_for_notes()

    def version(self, *kinds: str) -> Hashable:
        """Return what changes whenever something was said of one of these types; a form that shows no other has nothing to do."""
        current_state = self.workbook.current
        said = current_state, current_state.starts, len(current_state)
        return self.workbook.kept(("version", kinds), said, lambda: (*said[:2], *map(self._version, kinds)))

    def _version(self, kind: str) -> Hashable:
        return self._held_sessions if kind == HELD else self.workbook.current.version(TYPES[kind])

    @property
    def _held_sessions(self) -> frozenset[tuple[str, bool]]:
        """The sessions that attendance was entered of, each with whether someone was there."""
        current_state = self.workbook.current
        key = current_state, current_state.version(Attendance)
        find = lambda: frozenset((one.session, one.state in WAS_THERE) for one in current_state.current(Attendance))  # noqa: E731
        return self.workbook.kept("held sessions", key, find)

    @property
    def moment(self) -> Hashable:
        """What is another whenever something was entered, another session is next or has begun, a ballot has closed, or settings or catalogue were read again."""
        return self._everything(self._around())

    def on_change(self, show: Callable[[], None], *kinds: str, own: tuple[str, ...] = (), member: str = "") -> None:
        """Have ``show`` called whenever something was entered, here or by others.

        With ``kinds`` only when it was of one of these types, or of a type in ``own`` and about the member; or when another
        session is next or has begun, or the catalogue was read again.
        """
        watcher = _Watcher(show, kinds, own, member)
        watcher.state = self._state(watcher, self._around())
        self._watchers.append(watcher)

    def is_behind(self) -> bool:
        """Whether some form has not been told yet of something that it shows."""
        around = self._around()
        return any(self._state(watcher, around) != watcher.state for watcher in self._watchers)

    def changed(self, first: SaveStatus | None = None) -> None:
        """Have every form that something changed for show what the journal says now; with ``first`` only the receipt's form."""
        with self.workbook.lock:
            around = self._around()
            for watcher in self._watchers:
                if first is not None and not watcher.answers(first):
                    continue
                state = self._state(watcher, around)
                if state != watcher.state:
                    watcher.state = state
                    watcher.show()

    def note(self, deed: str, value: Hashable = True) -> None:
        """Note what was done here that no record tells, such as a text that was copied; whoever is told of everything hears of it."""
        self._deeds[deed] = value
        self.changed()

    def noted(self, deed: str) -> Hashable:
        """Return what was noted of a deed, or None."""
        return self._deeds.get(deed)

    def entered(self, receipt: SaveStatus) -> None:
        """Have the form of a receipt show what was entered; then all others, with what others entered, in a kernel once that is sent."""

        def look() -> None:
            with self.acting(receipt):
                self.workbook.refresh()
                self.changed()

        self.changed(first=receipt)
        try:
            asyncio.get_running_loop().call_soon(look)
        except RuntimeError:
            look()

    def _state(self, watcher: _Watcher, around: tuple[Hashable, ...]) -> Hashable:
        """Return what is so for one who is told of changes."""
        if not watcher.kinds:
            return self._everything(around)
        current_state = self.workbook.current
        own = [current_state.own_version(TYPES[kind], watcher.member) for kind in watcher.own]
        return (*around, self.version(*watcher.kinds), *own)

    def _everything(self, around: tuple[Hashable, ...]) -> Hashable:
        current_state = self.workbook.current
        return (*around, current_state, current_state.starts, len(current_state), tuple(self._deeds.items()))

    def _around(self) -> tuple[Hashable, ...]:
        """Return what changes with time, with the settings and with the catalogue."""
        workbook = self.workbook
        now = workbook.clock()
        try:
            session = workbook.schedule.next(now)
        except ScheduleError:
            return "", False, workbook.settings, workbook.catalogue
        closed = sum(ballot.until <= now for ballot in workbook.current.current(Ballot))
        return session.id, session.has_begun(now), session.takes_check_ins(now), closed, workbook.settings, workbook.catalogue

    @contextmanager
    def acting(self, receipt: SaveStatus) -> Iterator[None]:
        """Hold the workbook while a click is answered; what goes wrong is told as a sentence."""
        with self.workbook.lock, receipt.said.errors():
            yield

    def save(
        self,
        receipt: SaveStatus,
        kind: str,
        *,
        what: str = "",
        seen: str | None = None,
        session: str = "",
        id: str = "",
        **fields: Any,
    ) -> Record | None:
        """Enter one record and return it; None when it was not saved, and the receipt says why.

        Parameters
        ----------
        what
            Said after the time of saving, such as "Ada: late".
        seen
            The id of the record that the form showed for the subject, empty for none: what someone else entered since is
            shown before it is replaced. None for what has no earlier record.
        id
            Made by the form for a thing of its own, so that a retry is no second entry; see ``EntryId``.
        """
        return self.enter(receipt, kind, fields, what=what, seen=seen, session=session, id=id)

    def enter(
        self,
        receipt: SaveStatus,
        kind: str,
        fields: dict[str, Any],
        *,
        what: str = "",
        seen: str | None = None,
        session: str = "",
        id: str = "",
        way: Callable[[], Record] | None = None,
        beside: SaveStatus | None = None,
    ) -> Record | None:
        """Do what ``save`` does, with the record's fields as one value.

        Parameters
        ----------
        way
            How it is entered where the workbook has a way of its own, as for people.
        beside
            Where it is told that it was saved, when the place of ``receipt`` closes then.
        """
        receipt.clear()
        done = beside or receipt
        with self.acting(receipt):
            if not self.by and way is None:
                receipt.tell(
                    "No one is on the roster yet. First add yourself under People; what you typed here stays.", "wrong"
                )
                return None
            # What is entered these days is filed with the session it is about, or with the one to come; the rest is looked at after
            # the answer.
            coming = self.workbook.session_for_notes()
            self.workbook.refresh_sessions({session or coming, coming}, self._who_may_say(kind, fields))
            if seen is not None:
                held = self._held(kind, session, fields)
                if held and _says_the_same(held, fields):
                    self._told(done, held, what)
                    return held
                if (held.id if held else "") != seen:
                    receipt.tell(self._overtaken(held), "wrong")
                    self.changed()
                    return None
            record: Record = way() if way else self._enter(kind, session, id, fields)
            self._told(done, record, what)
            self.entered(done)
            return record
        return None

    def _enter(self, kind: str, session: str, id: str, fields: dict[str, Any]) -> Record:
        if kind == "attendance":
            return attend(self.workbook, session, fields["member"], fields["state"], by=self.by, id=id)
        record: Record = self.workbook.enter(kind, by=self.by, session=session, id=id, **fields)
        return record

    def _who_may_say(self, kind: str, fields: dict[str, Any]) -> Collection[str]:
        """Return whose files can hold what an entry would replace; none for everyone's: in a big group that is a file for each."""
        if "member" not in TYPES[kind].subject_fields or kind == "person":
            return ()
        return {fields["member"], self.by, *self.workbook.facilitators}

    def _told(self, receipt: SaveStatus, record: Record, what: str) -> None:
        done = f"Saved {clock_time(record.at, self.workbook)}{f': {what}' if what else ''}"
        receipt.tell(done, undo=lambda: self.undo(receipt, record))

    def undo(
        self,
        receipt: SaveStatus,
        record: Record,
        *,
        beside: SaveStatus | None = None,
        again: Callable[[], object] | None = None,
    ) -> bool:
        """Undo a record, so that what it replaced is current again, and return whether that was saved.

        ``again`` enters once more what was withdrawn and gets a button; ``beside`` as in ``save``.
        """
        with self.acting(receipt):
            before = self.workbook.undo(record.id, by=self.by)
            told = f"Undone. {f'Current again: {says(before)}.' if before else ''}".strip()
            (beside or receipt).tell(told, undo=again)
            self.entered(beside or receipt)
            return True
        return False

    def clear(self, receipt: SaveStatus, kind: str, *, seen: str, told: str, session: str = "", **subject: str) -> bool:
        """Undo all that was entered about a subject, so that it is as if no one had said anything; return whether that was saved.

        ``seen`` as in ``save``; ``told`` is said afterwards, beside a button that enters again what was current.
        """
        receipt.clear()
        with self.acting(receipt):
            self.workbook.refresh()
            held = left = self._held(kind, session, subject)
            if held is None or held.id != seen:
                receipt.tell(self._overtaken(held), "wrong")
                self.changed()
                return False
            while left is not None:
                left = self.workbook.undo(left.id, by=self.by)
            again = held
            receipt.tell(f"Undone. {told}", undo=lambda: self._enter_again(receipt, again))
            self.entered(receipt)
            return True
        return False

    def _enter_again(self, receipt: SaveStatus, record: Record) -> bool:
        return self.enter(receipt, record.type, fields_of(record), session=record.session, what="as before") is not None

    def latest(self, kind: str, **subject: str) -> Record | None:
        """Return the current record of a subject, given by its fields."""
        struct = TYPES[kind]
        return self.workbook.latest(struct, *(subject[name] for name in struct.subject_fields))

    def _held(self, kind: str, session: str, fields: dict[str, Any]) -> Record | None:
        named = {"session": session} | fields
        return self.latest(kind, **{name: str(named[name]) for name in TYPES[kind].subject_fields})

    def _overtaken(self, held: Record | None) -> str:
        if held is None:
            return "What you saw here was undone meanwhile. Save again if it should count."
        person = self.workbook.people.get(held.by)
        who = "You, in another window," if held.by == self.by else person.name if person else held.by
        return f"{who} entered this at {clock_time(held.at, self.workbook)}, meanwhile: {says(held)}. To replace it, do it once more."


class EntryId:
    """The id of what is about to be entered: the same one as long as it says the same, so that a retry is no second entry."""

    def __init__(self) -> None:
        self._said: Hashable = None
        self._id = ""

    def of(self, *said: Hashable) -> str:
        """Return the id for an entry that says this."""
        if not self._id or said != self._said:
            self._said, self._id = said, new_id()
        return self._id

    def done(self) -> None:
        """Forget it, as it was entered: the same words again are another entry."""
        self._id = ""


def _says_the_same(held: Record, fields: dict[str, Any]) -> bool:
    known = fields_of(held)
    return all(known.get(name) == _as_kept(value) for name, value in fields.items() if name != "of")


def _as_kept(value: Any) -> Any:
    """Return a value as its record would hold it."""
    if isinstance(value, str):
        return normalise(value)
    return tuple(value) if isinstance(value, list) else value
