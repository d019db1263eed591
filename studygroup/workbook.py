"""One open workbook: a folder's settings, catalogue, journal and schedule, and the one way to enter a record."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

from studygroup.errors import RecordError, ScheduleError, StoreError, WorkbookError
from studygroup.journal.files import FilesStore
from studygroup.journal.follow import follow
from studygroup.journal.holdings import Holdings
from studygroup.journal.journal import Journal
from studygroup.journal.lines import encode, new_record
from studygroup.journal.record import Record, fields_of
from studygroup.journal.records import TYPES, Attendance, Close, Person, Plan, SlotRule, Withdraw
from studygroup.journal.renamed import Renamed, renamed
from studygroup.journal.subjects import key_of
from studygroup.record_checks import check_record
from studygroup.schedule import Change, Schedule
from studygroup.settings import FILE, Settings, read_settings
from studygroup.slot import Slot
from studygroup.text import check_name, comparable, did_you_mean, make_id

if TYPE_CHECKING:
    from studygroup.catalogue.table import Catalogue
    from studygroup.journal.sql import SqlStore


def find_workbook(start: Path) -> Path:
    """Return the workbook's folder: ``start`` or the nearest folder above it whose pyproject.toml has the group's settings.

    Raises
    ------
    WorkbookError
        There is none.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        try:
            if b"[tool.studygroup" in (folder / FILE).read_bytes():
                return folder
        except OSError:
            continue
    raise WorkbookError(
        f"No workbook in {start} or above it. Change into one, name it with --workbook DIR, or make one: studygroup new DIR"
    )


R = TypeVar("R", bound=Record)

# What is computed from the journal, and kept until something is entered.
_FROM_JOURNAL = ("journal", "records")


class Workbook:
    """The workbook in one folder.

    Parameters
    ----------
    folder
        The folder that holds ``pyproject.toml``, ``catalogue.csv``, ``lists/`` and ``sessions/``.
    clock
        Returns the present time, aware.

    Attributes
    ----------
    rehearsal
        The records that would have been written, once somebody put a list here; None: they are.
    """

    def __init__(self, folder: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.folder = folder
        self.clock = clock
        # Held by whoever looks and enters while other threads of the same process do so, as pages of a server.
        self.lock = threading.RLock()
        self.rehearsal: list[Record] | None = None
        self._renamed: tuple[Catalogue, Renamed] | None = None
        self._scheduled: tuple[Holdings, tuple[int, int], Schedule] | None = None
        self.settings: Settings = read_settings(folder / FILE)
        self.store: FilesStore | SqlStore = _open_store(os.environ.get("STUDYGROUP_STORE") or self.settings.store, folder)

    @classmethod
    def open(cls, folder: str | os.PathLike[str] | None = None) -> Workbook:
        """Return the workbook in ``folder``, or the one that the current folder lies in."""
        if folder is None:
            return cls(find_workbook(Path.cwd()))
        if not (Path(folder) / FILE).is_file():
            raise WorkbookError(f"{Path(folder).resolve()} is no workbook: it has no {FILE}. To make one: studygroup new DIR")
        return cls(Path(folder).resolve())

    @cached_property
    def catalogue(self) -> Catalogue:
        """The items and lists."""
        from studygroup.catalogue.table import Catalogue

        return Catalogue.read(self.folder)

    @cached_property
    def journal(self) -> Journal:
        """All records, read once; entering a record reads them again."""
        journal = self.store.read()
        if not self.rehearsal:
            return journal
        return Journal([journal.records, self.rehearsal], journal.unknown, journal.problems)

    @property
    def schedule(self) -> Schedule:
        """When sessions are, with what the plans changed; the same one until something is said of plans or slots."""
        holdings = self.journal.holdings
        version = holdings.version(Plan), holdings.version(SlotRule)
        kept = self._scheduled
        if kept is None or kept[0] is not holdings or kept[1] != version:
            kept = self._scheduled = holdings, version, self._schedule(holdings)
        return kept[2]

    def _schedule(self, holdings: Holdings) -> Schedule:
        counts = holdings.time_changes()
        changes = {
            plan.session: Change(
                start=plan.start,
                length_min=plan.length_min,
                cancelled=plan.cancelled,
                reason=plan.why,
                sequence=counts[plan.session],
            )
            for plan in holdings.current(Plan)
        }
        # A later slot moves what it finds: events that calendars have already must give way to it.
        set_later = sorted(slot.valid_from for slot in self.settings.slots)[1:]
        recorded = (rule.slot for rule in holdings.current(SlotRule))
        # Of two for the same date the recorded one comes later, and so holds.
        slots = tuple(sorted((*self.settings.slots, *recorded), key=lambda slot: slot.valid_from))
        return Schedule(slots, frozenset(self.settings.holidays), changes, (*set_later, *holdings.rule_changes()))

    @property
    def slots(self) -> tuple[Slot, ...]:
        """When the group meets, in order of the dates the rules are valid from: the settings' slots and those recorded."""
        return self.schedule.slots

    def session_for_notes(self) -> str:
        """Return the session that a record without a session of its own is filed under: the one under way or next.

        After the last session of a schedule, or before a new slot, it is today's date in the slot's zone.
        """
        try:
            return self.schedule.next(self.clock()).id
        except ScheduleError:
            return self.clock().astimezone(ZoneInfo(self.slots[-1].zone)).date().isoformat()

    def session_to_record(self) -> str:
        """Return the session that attendance and closing are about when nobody names one.

        The one under way, or about to start within the hour; else the last one if something was planned or attended there
        and it was not closed; else the next.
        """
        now = self.clock()
        upcoming = self.schedule.next(now)
        last = self.schedule.previous(now)
        if upcoming.start - timedelta(hours=1) > now and last is not None:
            holdings = self.journal.holdings
            of_last = {kind for kind in (Plan, Attendance, Close) for one in holdings.current(kind) if one.session == last.id}
            if of_last & {Plan, Attendance} and Close not in of_last:
                return last.id
        return upcoming.id

    @cached_property
    def records(self) -> tuple[Record, ...]:
        """The journal's records, with the items they name as the catalogue knows them now."""
        aliases = self.catalogue.aliases
        return tuple(renamed(record, aliases) for record in self.journal.records) if aliases else self.journal.records

    @property
    def holdings(self) -> Holdings:
        """What holds of ``records``; tables made from it are kept and changed where something was entered since."""
        catalogue = self.catalogue
        if self._renamed is None or self._renamed[0] is not catalogue:
            self._renamed = catalogue, Renamed(catalogue.aliases)
        renaming = self._renamed[1]
        return renaming.holdings(self.journal.holdings) if renaming.aliases else self.journal.holdings

    def follow(self, stop: threading.Event | None = None) -> Iterator[list[Record]]:
        """Yield what anybody enters that ``journal`` does not hold, within a second; it holds it then. ``stop`` ends it."""
        folder = self.store.folder if isinstance(self.store, FilesStore) else None
        for records in follow(self.store, folder, since=self.journal, stop=stop):
            self.refresh()
            yield records

    def reread(self) -> None:
        """Have catalogue and journal read again when somebody asks for them, as after others' changes arrived."""
        for name in ("catalogue", *_FROM_JOURNAL):
            self.__dict__.pop(name, None)

    def refresh(self) -> None:
        """Have the journal looked at again when somebody asks for it; only what is new in it is read."""
        for name in _FROM_JOURNAL:
            self.__dict__.pop(name, None)

    def refresh_sessions(self, sessions: Collection[str], members: Collection[str] = ()) -> None:
        """Look for what is new in the files of some sessions, with ``members`` only in what these typed.

        Quicker than ``refresh``, which looks at years of them.
        """
        if isinstance(self.store, FilesStore) and self.rehearsal is None and "journal" in self.__dict__:
            self.refresh()
            self.__dict__["journal"] = self.store.read_sessions(sessions, members)
        else:
            self.refresh()

    # People

    @property
    def people(self) -> dict[str, Person]:
        """The roster, by member id, with those who left."""
        return {person.member: person for person in self.journal.holdings.current(Person)}

    @property
    def facilitators(self) -> list[str]:
        """The ids of those who have a facilitator's rights and have not left by today."""
        people, today = self.people, self.today()
        named = [member for member in self.settings.facilitators if member in people]
        roles = [member for member, person in people.items() if person.role == "facilitator"]
        return [member for member in dict.fromkeys([*named, *roles]) if _is_here(people[member], today)]

    def member(self, wanted: str) -> str:
        """Return the id of the person whose id or name is ``wanted``, or who alone is called that by a part of the name or id.

        Raises
        ------
        RecordError
            Nobody, or more than one person, is called that.
        """
        people = self.people
        if wanted in people:
            return wanted
        called = comparable(wanted)
        found = [member for member, person in people.items() if comparable(person.name) == called]
        found = found or [member for member, person in people.items() if called in comparable(person.name).split()]
        # An id has no accents.
        found = found or [member for member in people if called in member.split("-")]
        if len(found) == 1:
            return found[0]
        if found:
            raise RecordError(f"{wanted!r} is the name of {', '.join(found)}; please give the id.")
        guess = did_you_mean(wanted, [*people, *(person.name for person in people.values())])
        add = f'To add somebody: studygroup member add "{wanted}"'
        raise RecordError(f"{wanted!r} is not on the roster{guess}. {add}")

    def add_person(
        self,
        name: str,
        *,
        by: str | None = None,
        role: str = "member",
        zone: str = "",
        guest: bool = False,
        left: date | None = None,
    ) -> Person:
        """Add somebody to the roster, or welcome back somebody who left, and return their record.

        ``left`` is the last day of who stays for a while, as a guest of one session.

        Raises
        ------
        RecordError
            The name cannot stand, or somebody on the roster has it.
        """
        name = check_name(name)
        people = self.people
        same = next((person for person in people.values() if comparable(person.name) == comparable(name)), None)
        if same is not None and (same.left is None or same.left > self.today()):
            raise RecordError(
                f"{same.name} is on the roster already, as {same.member}; give another name, e.g. with an initial."
            )
        member = same.member if same else make_id(name, taken=people, fallback="member")
        person: Person = self.enter(
            "person",
            by=by or member,
            member=member,
            name=name,
            role=role,
            zone=zone,
            guest=guest,
            joined=min(self.today(), left or self.today()),
            left=left,
        )
        return person

    def change_person(self, member: str, *, by: str | None = None, **changes: Any) -> Person:
        """Record a change of a person's ``name``, ``role``, ``zone``, ``left`` or ``guest``; the rest stays as it was."""
        member = self.member(member)
        person = self.people[member]
        if "name" in changes:
            name = check_name(changes["name"])
            others = (other for other in self.people.values() if other.member != member)
            if taken := next((other for other in others if comparable(other.name) == comparable(name)), None):
                raise RecordError(f"{taken.name} is the name of {taken.member}; give another one, e.g. with an initial.")
        fields = {name: getattr(person, name) for name in ("name", "role", "zone", "joined", "left", "guest")} | changes
        changed: Person = self.enter("person", by=by or member, member=member, **fields)
        return changed

    def today(self) -> date:
        """Return the date of now, in the zone of the group's latest slot."""
        return self.clock().astimezone(ZoneInfo(self.slots[-1].zone)).date()

    # Records

    def enter(self, kind: str, *, by: str, session: str = "", id: str = "", **fields: Any) -> Any:
        """Check one record against the roster, the catalogue and the schedule, save it, and return it.

        ``session`` may stay empty for what belongs to no session. What holds for the same subject is named as replaced. When
        this returns, the record is on the disk. A form that may try again gives the ``id`` it made for the entry: what was
        saved before is then returned, not saved twice.

        Raises
        ------
        RecordError
            Something in it is not acceptable; nothing was written.
        NotSavedError
            The disk refused.
        ScheduleError
            There is no such session.
        """
        filed = session or self.session_for_notes()
        record = new_record(kind, now=self.clock(), by=by, session=filed, id=id, **fields)
        if id and (before := self._record_or_none(id)):
            return _same_again(record, before)
        if held := self.held(type(record), *record.subject):
            record = new_record(kind, now=self.clock(), by=by, session=filed, replaces=held, id=record.id, **fields)
        check_record(record, self, self.clock())
        if self.rehearsal is None:
            self._append(record)
        else:
            encode(record)
            self.rehearsal.append(record)
        self.refresh()
        if isinstance(self.store, FilesStore) and self.rehearsal is None:
            # What others entered is looked for when somebody asks to refresh.
            self.__dict__["journal"] = self.store.read_entered(record)
        return record

    def _append(self, record: Record) -> None:
        """Write a record; when this returns, it is on the disk."""
        self.store.append(record)

    def amend(self, kind: str, *, by: str, session: str = "", id: str = "", **given: Any) -> Any:
        """Enter a record that starts from what holds for its subject: what is not given stays as it was; see ``enter``.

        A thing about itself, named by ``of``, stays with the session that it was first entered for.
        """
        filed = session or self.session_for_notes()
        struct = TYPES.get(kind, Record)
        known = {"session": filed} | given
        subject = tuple(str(known.get(name, "")) for name in struct.subject_fields)
        before = self.held(struct, *subject) if all(subject) else None
        if given.get("of"):
            if before is None:
                raise RecordError(f"There is no {kind} {given['of']}, or it was withdrawn; `studygroup history` lists ids.")
            filed = session or before.session
        return self.enter(kind, by=by, session=filed, id=id, **((fields_of(before) if before else {}) | given))

    def held(self, kind: type[R], *subject: str) -> R | None:
        """Return the record that holds for a subject, or None."""
        return self.journal.holdings.held(kind, key_of(subject))

    def find_record(self, record_id: str) -> Record:
        """Return the record of an id, or of the end of one (at least 6 characters) that only it has.

        Raises
        ------
        RecordError
            There is none, or more than one.
        """
        found = self._record_or_none(record_id)
        if found is not None:
            return found
        ends = {one.id: one for one in self.journal.holdings.records() if len(record_id) >= 6 and one.id.endswith(record_id)}
        if len(ends) == 1:
            return next(iter(ends.values()))
        if ends:
            raise RecordError(f"{record_id} is the end of {len(ends)} records' ids; please give more of it.")
        raise RecordError(f"There is no record {record_id}; `studygroup history` lists them with their ids.")

    def _record_or_none(self, record_id: str) -> Record | None:
        return self.journal.holdings.record(record_id)

    def undo(self, record_id: str, *, by: str) -> Record | None:
        """Withdraw a record and return what holds for its subject now, or None where nothing does.

        Raises
        ------
        RecordError
            There is no such record, it was withdrawn before, it is itself a withdrawal, or ``by`` may not withdraw it.
        """
        record = self.find_record(record_id)
        if self.held(Withdraw, record.id):
            raise RecordError(f"{record.id} was withdrawn before.")
        self.enter("withdraw", by=by, record=record.id)
        return self.held(type(record), *record.subject)


def _open_store(address: str, folder: Path) -> FilesStore | SqlStore:
    """Return the store that the settings name; without one, the files of the workbook."""
    if not address:
        return FilesStore(folder / "sessions", cache=folder / ".studygroup" / "journal.cache")
    from studygroup.journal.sql import SqlStore, is_sql

    if not is_sql(address):
        raise StoreError("store: write postgresql+psycopg://user@host/name, or leave it out for files.")
    return SqlStore(address)


def _same_again(record: Record, before: Record) -> Record:
    """Return what an earlier try saved under the same id; a retry is no second entry."""
    if (record.type, record.by, fields_of(record)) != (before.type, before.by, fields_of(before)):
        raise RecordError(f"The id {before.id} is taken by another record; a new entry needs a new id.")
    return before


def _is_here(person: Person, today: date) -> bool:
    return person.left is None or person.left >= today


def plan_fields(plan: Plan | None) -> Mapping[str, Any]:
    """Return a plan's own fields, so that a new plan can start from what holds; an empty plan where there is none."""
    return fields_of(plan) if plan else {}
