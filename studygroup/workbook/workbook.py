"""One open workbook: a folder's settings, catalogue, journal and schedule, and the one way to enter a record."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast
from zoneinfo import ZoneInfo

from studygroup.errors import NotSavedError, RecordError, ScheduleError, StoreError, WorkbookError
from studygroup.group.schedule import Change, Schedule
from studygroup.group.settings import FILE, LARGEST, Settings, read_settings
from studygroup.group.slot import Slot
from studygroup.group.states import WAS_THERE
from studygroup.journal.current.forgotten import Forgotten, read_forgotten
from studygroup.journal.current.journal import Journal
from studygroup.journal.current.renamed import Renamed, renamed
from studygroup.journal.current.roster import Roster
from studygroup.journal.current.state import CurrentState
from studygroup.journal.files.files import FilesStore
from studygroup.journal.keeping.follow import follow
from studygroup.journal.types.lines import encode, new_id, new_record, replacing
from studygroup.journal.types.record import PROGRAM, Record, fields_of
from studygroup.journal.types.records import TYPES, Attendance, Close, Person, Plan, SlotRule, Withdraw
from studygroup.journal.types.subjects import key_of
from studygroup.storage.shared_files import exists, open_folder, read_file
from studygroup.text.text import check_name, comparable, did_you_mean, make_id, names_like, session_day
from studygroup.workbook.planned_reads import planned_reads
from studygroup.workbook.record_checks import check_record

if TYPE_CHECKING:
    from studygroup.catalogue.items.table import Catalogue
    from studygroup.journal.sql.sql import SqlStore


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
            if b"[tool.studygroup" in read_file(folder / FILE, folder, LARGEST):
                return folder
        except OSError:
            continue
    raise WorkbookError(
        f"No workbook in {start} or above it. Change into one, name it with --workbook DIR, or make one: studygroup new DIR"
    )


R = TypeVar("R", bound=Record)
T = TypeVar("T")

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
    new_id
        Returns the id of a new record.

    Attributes
    ----------
    rehearsal
        The records that would have been written, once someone put a list here; None: they are.
    """

    def __init__(
        self,
        folder: Path,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        new_id: Callable[[], str] = new_id,
    ) -> None:
        self.folder = folder
        self.clock = clock
        self.new_id = new_id
        # Held by whoever looks and enters while other threads of the same process do so, as pages of a server.
        self.lock = threading.RLock()
        self.rehearsal: list[Record] | None = None
        self._kept: dict[Hashable, tuple[Hashable, Any]] = {}
        self._settings_written = _written(folder)
        self.settings: Settings = read_settings(folder / FILE)
        self.store: FilesStore | SqlStore = _open_store(os.environ.get("STUDYGROUP_STORE") or self.settings.store, folder)

    @classmethod
    def open(cls, folder: str | os.PathLike[str] | None = None) -> Workbook:
        """Return the workbook in ``folder``, or the one that the current folder lies in."""
        if folder is None:
            return cls(find_workbook(Path.cwd()))
        if not exists(Path(folder) / FILE, Path(folder)):
            raise WorkbookError(
                f"{Path(folder).resolve()} is not a workbook: it has no {FILE}. To make one: studygroup new DIR"
            )
        return cls(Path(folder).resolve())

    @cached_property
    def catalogue(self) -> Catalogue:
        """The items and lists."""
        from studygroup.catalogue.items.table import Catalogue

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
        current_state = self.journal.current_state
        versions = current_state.version(Plan), current_state.version(SlotRule)
        key = current_state, self.settings, *versions
        return self.kept("schedule", key, lambda: self._schedule(current_state))

    def _schedule(self, current_state: CurrentState) -> Schedule:
        counts = current_state.time_changes()
        changes = {
            plan.session: Change(
                start=plan.start,
                length_min=plan.length_min,
                cancelled=plan.cancelled,
                reason=plan.why,
                sequence=counts[plan.session],
            )
            for plan in current_state.current(Plan)
        }
        # A later slot moves what it finds: events that calendars have already must give way to it.
        set_later = sorted(slot.valid_from for slot in self.settings.slots)[1:]
        recorded = (rule.slot for rule in current_state.current(SlotRule))
        # Of two for the same date the recorded one comes later, and so counts.
        slots = tuple(sorted((*self.settings.slots, *recorded), key=lambda slot: slot.valid_from))
        return Schedule(slots, frozenset(self.settings.holidays), changes, (*set_later, *current_state.rule_changes()))

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
        """Return the session that attendance and closing are about when no one names one.

        The one under way, or about to start within the hour; else the last one if something was planned or attended there
        and it was not closed; else the next.
        """
        now = self.clock()
        upcoming = self.schedule.next(now)
        last = self.schedule.previous(now)
        if upcoming.start - timedelta(hours=1) > now and last is not None:
            current_state = self.journal.current_state
            of_last = {
                kind for kind in (Plan, Attendance, Close) for one in current_state.current(kind) if one.session == last.id
            }
            if of_last & {Plan, Attendance} and Close not in of_last:
                return last.id
        return upcoming.id

    @cached_property
    def records(self) -> tuple[Record, ...]:
        """The journal's records, with the items they name as the catalogue knows them now."""
        aliases = self.aliases
        return tuple(renamed(record, aliases) for record in self.journal.records) if aliases else self.journal.records

    @property
    def current(self) -> CurrentState:
        """What is current of ``records``, and the tables made from it; forms, pages and commands ask nothing else.

        Items that someone called the same are one here, whichever of them a record names.
        """
        renaming = self._renaming()
        return renaming.current_state(self.journal.current_state) if renaming.aliases else self.journal.current_state

    @property
    def aliases(self) -> Mapping[str, str]:
        """From an item's id that went into another item to the id that stayed."""
        return self._renaming().aliases

    def _renaming(self) -> Renamed:
        catalogue = self.catalogue
        return self.kept("renamed", catalogue, lambda: Renamed(catalogue.aliases))

    def kept(self, name: Hashable, key: Hashable, make: Callable[[], T]) -> T:
        """Return what ``make`` returned under a name, made anew when the key is another: once for all forms and pages that ask."""
        held = self._kept.get(name)
        if held is None or held[0] != key:
            held = self._kept[name] = key, make()
        return cast("T", held[1])

    def as_now(self, record: R) -> R:
        """Return a record with the items that it names as the catalogue knows them now."""
        return cast("R", renamed(record, self.aliases)) if any(record.named_items) else record

    def follow(self, stop: threading.Event | None = None) -> Iterator[list[Record]]:
        """Yield what anyone enters that ``journal`` does not hold, within a second; it holds it then. ``stop`` ends it."""
        folder = self.store.folder if isinstance(self.store, FilesStore) else None
        for records in follow(self.store, folder, since=self.journal, stop=stop):
            self.refresh()
            yield records

    def reread(self) -> None:
        """Have catalogue and journal read again when someone asks for them, as after others' changes arrived; settings at once.

        Raises
        ------
        SettingsError
            The settings were changed, and are wrong now; those that were read before stay.
        """
        self.reread_settings()
        for name in ("catalogue", *_FROM_JOURNAL):
            self.__dict__.pop(name, None)

    def reread_settings(self) -> None:
        """Read the settings again where their file changed; where records are kept stays as it is until a restart.

        Raises
        ------
        SettingsError
            They are wrong now; those that were read before stay.
        """
        written = _written(self.folder)
        if written != self._settings_written:
            self.settings = read_settings(self.folder / FILE)
            self._settings_written = written

    def refresh(self) -> None:
        """Have the journal looked at again when someone asks for it; only what is new in it is read."""
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
        """Everyone on the roster, by member id, with those who left."""
        return {person.member: person for person in self.journal.current_state.current(Person)}

    @property
    def roster(self) -> Roster:
        """Who is a member, a guest or a facilitator on which day; the same one until someone enters something of it."""
        current_state = self.journal.current_state
        versions = (current_state.version(kind) for kind in (Person, Attendance, Plan, SlotRule))
        key = current_state, current_state.starts, self.settings, *versions
        return self.kept("roster", key, lambda: self._roster(current_state))

    def _roster(self, current_state: CurrentState) -> Roster:
        # Tombstones are looked up once each time the journal is read anew.
        read = current_state, current_state.starts
        gone = self.kept("forgotten", read, self._forgotten_since)
        return Roster(self.people, self._records_of, self._first_attended, self.settings.facilitators, gone)

    def _forgotten_since(self) -> Mapping[str, date]:
        """Return since which day each pseudonym has stood for someone who was forgotten."""
        zone = ZoneInfo(self.slots[-1].zone)
        return {one.pseudonym: one.at.astimezone(zone).date() for one in self.forgotten().tombstones}

    def _records_of(self, member: str) -> list[Person]:
        current_state = self.journal.current_state
        return sorted(filter(current_state.stands, current_state.of_subject(Person, member)), key=attrgetter("order"))

    def _first_attended(self) -> dict[str, date]:
        """Return the day of the first session at which each person was."""
        first: dict[str, str] = {}
        for one in self.journal.current_state.current(Attendance):
            if one.state in WAS_THERE:
                first.setdefault(one.member, one.session)
        days = {session: self.day_of(session) for session in {*first.values()}}
        return {member: day for member, session in first.items() if (day := days[session])}

    def day_of(self, session: str) -> date | None:
        """Return the day on which a session starts, as it is scheduled now; the day that its id names where it is not."""
        try:
            return self.schedule.find(session).start.date()
        except ScheduleError:
            return session_day(session)

    @property
    def facilitators(self) -> list[str]:
        """The ids of those who have a facilitator's rights and have not left by today."""
        return self.roster.facilitators_on(self.today())

    def member(self, wanted: str) -> str:
        """Return the id of the person whose id or name is ``wanted``, or who alone is called that by a part of the name or id.

        Raises
        ------
        RecordError
            No one, or more than one person, is called that.
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
        add = f'To add someone: studygroup member add "{wanted}"'
        raise RecordError(f"{wanted!r} is not on the roster{guess}. {add}")

    def people_like(self, name: str, but: str = "") -> list[Person]:
        """Return whom a new name may mean: people whose names are nearly the same; no one where one is the same but for case.

        ``but`` is the id of the person who gets the name, if they are on the roster.
        """
        people = {member: person for member, person in self.people.items() if member != but}
        return [people[member] for member in names_like(name, {member: person.name for member, person in people.items()})]

    def add_person(
        self,
        name: str,
        *,
        by: str | None = None,
        role: str = "member",
        zone: str = "",
        guest: bool = False,
        left: date | None = None,
        since: date | None = None,
    ) -> Person:
        """Add someone to the roster, or welcome back someone who left, and return their record.

        ``since`` is their first day, today without it; ``left`` is the last day of who stays for a while, as a guest of one session.

        Raises
        ------
        RecordError
            The name cannot stand, or someone on the roster has it.
        """
        name = check_name(name)
        people = self.people
        same = next((person for person in people.values() if comparable(person.name) == comparable(name)), None)
        if same is not None and (same.left is None or same.left > self.today()):
            raise RecordError(
                f"{same.name} is already on the roster (as {same.member}). Add an initial to tell two people apart."
            )
        member = same.member if same else self.new_member_id(name, people)
        person: Person = self.enter(
            "person",
            by=by or member,
            member=member,
            name=name,
            role=role,
            zone=zone,
            guest=guest,
            joined=since or min(self.today(), left or self.today()),
            left=left,
        )
        return person

    def new_member_id(self, name: str, taken: Iterable[str]) -> str:
        """Return an id for someone new; that of a person who was forgotten is not given again, as whatever has it is theirs.

        Raises
        ------
        StoreError
            The database cannot be read.
        """
        known, forgotten = {*taken, PROGRAM}, self.forgotten()
        while forgotten.is_gone(member := make_id(name, taken=known, fallback="member")):
            known.add(member)
        return member

    def forgotten(self) -> Forgotten:
        """Return who was forgotten in the workbook's journal.

        Raises
        ------
        StoreError
            The database cannot be read.
        """
        return read_forgotten(self.store.folder) if isinstance(self.store, FilesStore) else self.store.forgotten()

    def change_person(self, member: str, *, by: str | None = None, **changes: Any) -> Person:
        """Record a change of a person's ``name``, ``role``, ``zone``, ``joined``, ``left`` or ``guest``; the rest stays as it was.

        A guest who becomes a member is one from today on, unless ``joined`` says since when.
        """
        member = self.member(member)
        person = self.people[member]
        if "name" in changes:
            name = check_name(changes["name"])
            others = (other for other in self.people.values() if other.member != member)
            if taken := next((other for other in others if comparable(other.name) == comparable(name)), None):
                raise RecordError(f"{taken.name} is the name of {taken.member}; give another one, e.g. with an initial.")
        if person.guest and changes.get("guest") is False and changes.get("joined", person.joined) == person.joined:
            changes["joined"] = self.today()
        left, since = changes.get("left"), self.roster.joined(member)
        if isinstance(left, date) and since and person.joined and since <= left < person.joined:
            # They were there before they were put on the roster.
            changes.setdefault("joined", since)
        fields = {name: getattr(person, name) for name in ("name", "role", "zone", "joined", "left", "guest")} | changes
        changed: Person = self.enter("person", by=by or member, member=member, **fields)
        return changed

    def today(self) -> date:
        """Return the date of now, in the zone of the group's latest slot."""
        return self.clock().astimezone(ZoneInfo(self.slots[-1].zone)).date()

    # Records

    def enter(self, kind: str, *, by: str, session: str = "", id: str = "", **fields: Any) -> Any:
        """Check one record against the roster, the catalogue and the schedule, save it, and return it.

        ``session`` may stay empty for what belongs to no session. What is current for the same subject is named as replaced. When
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
        return self._enter(kind, by, session, id, fields)

    def check(self, kind: str, *, by: str, session: str, **fields: Any) -> None:
        """Check a record as ``enter`` does, and write nothing; raises as that does."""
        check_record(self.as_now(new_record(kind, now=self.clock(), by=by, session=session, **fields)), self, self.clock())

    def keep_read(self, session: str, *, by: str, **plan: Any) -> Plan:
        """Enter a plan that says only what a session reads anyway, as its first attendance does, whoever enters that.

        ``plan`` has the plan's fields, with ``read``.
        """
        kept: Plan = self._enter("plan", by, session, "", plan, rights=False)
        return kept

    def _enter(self, kind: str, by: str, session: str, id: str, fields: dict[str, Any], *, rights: bool = True) -> Any:
        filed = session or self.session_for_notes()
        if kind in {"plan", "close"} and rights:
            fields |= self._read(kind, filed, fields)
        record = self.as_now(new_record(kind, now=self.clock(), by=by, session=filed, id=id or self.new_id(), **fields))
        if id and (before := self._record_or_none(id)):
            _same_again(record, before)
            if self.rehearsal is None:
                self.store.confirm(before)
            return before
        held = self.latest(type(record), *record.subject)
        if held and record.gives_way_to(held) and self.facilitators and by not in self.facilitators:
            # What a facilitator entered stays current; this is beside it.
            held = self.check_in(record.session, by)
        if held:
            record = replacing(record, held)
        check_record(record, self, self.clock(), rights=rights)
        if self.rehearsal is None:
            written = self._append(record, again=bool(id))
            if written is not record:
                self.refresh()
                return _same_again(record, written)
        else:
            encode(record)
            self.rehearsal.append(record)
        self.refresh()
        if isinstance(self.store, FilesStore) and self.rehearsal is None:
            # What others entered is looked for when someone asks to refresh.
            self.__dict__["journal"] = self.store.read_entered(record)
        return record

    def _read(self, kind: str, session: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a plan or a closing of a session keeps of what is read."""
        plan, close = self.latest(Plan, session), self.latest(Close, session)
        if kind == "close":
            return {} if fields.get("read") or plan is None else {"read": plan.read}
        given = (*fields.get("read", ()), *(plan.read if plan else ()), *(close.read if close else ()))
        kept = bool(close) or any(one.session == session for one in self.current.current(Attendance))
        entries, items = fields.get("entries", ()), [self.aliases.get(item, item) for item in fields.get("items", ())]
        return {"read": planned_reads(self.catalogue, self.settings.syllabus, entries, items, given, kept=kept)}

    def _append(self, record: Record, again: bool) -> Record:
        """Write a record and return it, or what an earlier try wrote under its id; when this returns, it is on the disk."""
        try:
            return self.store.append(record, again)
        except NotSavedError:
            # It may be there all the same: whoever tries again looks.
            self.refresh()
            raise

    def amend(self, kind: str, *, by: str, session: str = "", id: str = "", **given: Any) -> Any:
        """Enter a record that starts from what is current for its subject: what is not given stays as it was; see ``enter``.

        A thing about itself, named by ``of``, stays with the session that it was first entered for.
        """
        filed = session or self.session_for_notes()
        struct = TYPES.get(kind, Record)
        known = {"session": filed} | given
        subject = tuple(str(known.get(name, "")) for name in struct.subject_fields)
        before = self.latest(struct, *subject) if any(subject) else None
        if given.get("of"):
            if before is None:
                raise RecordError(f"There is no {kind} {given['of']}, or it was undone; `studygroup history` lists ids.")
            filed = session or before.session
        return self.enter(kind, by=by, session=filed, id=id, **((fields_of(before) if before else {}) | given))

    def latest(self, kind: type[R], *subject: str) -> R | None:
        """Return the record that is current for a subject, or None; an item may be given by any id that went into it."""
        if not kind.item_fields:
            # What names no item is the same under any name, and is there even when the catalogue cannot be read.
            return self.journal.current_state.latest(kind, key_of(subject))
        aliases = self.aliases
        named = (
            aliases.get(part, part) if field in kind.item_fields else part
            for field, part in zip(kind.subject_fields, subject, strict=True)
        )
        return self.current.latest(kind, key_of(tuple(named)))

    def check_in(self, session: str, member: str) -> Attendance | None:
        """Return the last thing that a member said of their own attendance, whether or not it is current; None for nothing."""
        current_state = self.journal.current_state
        said = filter(current_state.stands, current_state.of_subject(Attendance, key_of((session, member))))
        return max((one for one in said if one.by == member), key=attrgetter("order"), default=None)

    def ids_of(self, item: str) -> tuple[str, ...]:
        """Return the id of an item and those that went into it, in order; its own first."""
        return (item, *sorted(gone for gone, kept in self.aliases.items() if kept == item))

    def find_record(self, record_id: str) -> Record:
        """Return the record of an id, or of the end of one (at least 6 characters) that only it has; its items as of now.

        Raises
        ------
        RecordError
            There is none, or more than one.
        """
        found = self._record_or_none(record_id)
        if found is not None:
            return found
        ends = {
            one.id: one for one in self.journal.current_state.records() if len(record_id) >= 6 and one.id.endswith(record_id)
        }
        if len(ends) == 1:
            return self.as_now(next(iter(ends.values())))
        if ends:
            raise RecordError(f"{record_id} is the end of {len(ends)} records' ids; please give more of it.")
        raise RecordError(f"There is no record {record_id}; `studygroup history` lists them with their ids.")

    def _record_or_none(self, record_id: str) -> Record | None:
        record = self.journal.current_state.record(record_id)
        return record and self.as_now(record)

    def undo(self, record_id: str, *, by: str) -> Record | None:
        """Undo a record and return what is current for its subject now, or None where nothing is.

        Raises
        ------
        RecordError
            There is no such record, it was undone before, it is itself a withdrawal, or ``by`` may not withdraw it.
        """
        record = self.find_record(record_id)
        if self.latest(Withdraw, record.id):
            raise RecordError(f"{record.id} was undone before.")
        self.enter("withdraw", by=by, record=record.id)
        return self.latest(type(record), *record.subject)


def _written(folder: Path) -> tuple[int, int, int]:
    """Return what tells the settings' file from one that was changed; zeros where it cannot be looked at."""
    try:
        with open_folder(folder, folder) as place:
            status = place.status(FILE)
    except OSError:
        return 0, 0, 0
    return status.st_ino, status.st_size, status.st_mtime_ns


def _open_store(address: str, folder: Path) -> FilesStore | SqlStore:
    """Return the store that the settings name; without one, the files of the workbook."""
    if not address:
        return FilesStore(folder / "sessions", cache=folder / ".studygroup" / "journal.cache")
    from studygroup.journal.sql.sql import SqlStore, is_sql

    if not is_sql(address):
        raise StoreError("store: write postgresql+psycopg://user@host/name, or leave it out for files.")
    return SqlStore(address)


def _same_again(record: Record, before: Record) -> Record:
    """Return what an earlier try saved under the same id; a retry is no second entry."""
    if (record.type, record.by, fields_of(record)) != (before.type, before.by, fields_of(before)):
        raise RecordError(f"The id {before.id} is taken by another record; a new entry needs a new id.")
    return before


def plan_fields(plan: Plan | None) -> Mapping[str, Any]:
    """Return a plan's own fields, so that a new plan can start from what is current; an empty plan where there is none."""
    return fields_of(plan) if plan else {}
