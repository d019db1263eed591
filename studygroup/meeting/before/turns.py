"""Who has which role, and whose turn it is next, of an open workbook; see ``meeting.choose.rotation``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Literal

import msgspec

from studygroup.errors import ScheduleError
from studygroup.group.role_cards import RoleCard
from studygroup.group.schedule import Session
from studygroup.group.states import WAS_THERE
from studygroup.journal.types.records import Attendance, Away, Person, Plan, Rsvp, SlotRule, Swap, Turn
from studygroup.meeting.choose.rotation import ComingRoles, PastRoles, RoleSuggestion, Rotation, SessionRoles
from studygroup.meeting.facts.roles import RoleBook, role_book
from studygroup.text.text import to_short_day
from studygroup.workbook.workbook import Workbook

SEASON = 12
"""How many sessions ahead turns are suggested."""
NEAR = 2
"""In how many of the next sessions members are asked to take roles that no one has."""
_KINDS = (Attendance, Away, Person, Plan, Rsvp, SlotRule, Swap, Turn)


def turns_ahead(workbook: Workbook, sessions: int = SEASON) -> list[SessionRoles]:
    """Return the roles of the session under way or next and of those after it: who holds them, and who is suggested for the others."""
    try:
        first = workbook.schedule.next(workbook.clock())
    except ScheduleError:
        return []
    current = workbook.current
    # Asked for by each page of a group; it is the same for all until something is said that counts.
    state = first, workbook.settings, *(current.version(kind) for kind in _KINDS)
    kept = current.kept(("turns ahead", sessions), dict)
    if kept.get("state") != state:
        kept.update(state=state, found=_turns_from(workbook, first, sessions))
    found: list[SessionRoles] = kept["found"]
    return found


def _turns_from(workbook: Workbook, first: Session, sessions: int) -> list[SessionRoles]:
    """Return the roles of a session and of those after it."""
    coming = [first, *workbook.schedule.following(first, sessions - 1)][:sessions]
    said = role_book(workbook)
    names = {member: person.name for member, person in workbook.people.items()}
    plans = {plan.session: plan.roles for plan in workbook.current.current(Plan)}
    rotation = Rotation(workbook.settings.roles, names, _past(workbook, first, plans, said))
    refused = _refused(workbook, {one.id for one in coming})
    return list(
        rotation.ahead(_coming(workbook, one, plans.get(one.id, {}), said, refused.get(one.id, set())) for one in coming)
    )


def suggestions_for(workbook: Workbook, session: str) -> dict[str, RoleSuggestion]:
    """Return who is suggested for each role that no one has, by role; none for a session that is over or more than a season ahead."""
    found = next((one for one in turns_ahead(workbook) if one.session.id == session), None)
    return {one.role: one for one in found.suggested} if found else {}


class OpenRole(msgspec.Struct, frozen=True):
    """A role that no one has, with the name of the member whose turn it is and how many turns they had; empty where no one can be suggested."""

    role: str
    name: str = ""
    turns: str = ""

    def __str__(self) -> str:
        """Return it in a sentence, as agendas and messages ask for someone."""
        whose = f" It would be {self.name}’s turn: {self.turns}." if self.name else ""
        return f"Who would like to be {self.role}?{whose}"


def open_roles(workbook: Workbook, session: str, roles: Mapping[str, str]) -> Iterator[OpenRole]:
    """Yield the roles of a session to come that no one has, with whose turn it is."""
    suggested, people = suggestions_for(workbook, session), workbook.people
    for role in (role for role, name in roles.items() if not name):
        one = suggested.get(role)
        yield OpenRole(role, people[one.member].name, one.turns) if one and one.member else OpenRole(role)


def _past(workbook: Workbook, first: Session, plans: Mapping[str, Mapping[str, str]], said: RoleBook) -> Iterator[PastRoles]:
    there: defaultdict[str, set[str]] = defaultdict(set)
    for one in workbook.current.current(Attendance):
        if one.state in WAS_THERE:
            there[one.session].add(one.member)
    for session in workbook.schedule.earlier(first):
        if came := there.get(session.id):
            # Whoever was there could take a role.
            holders = said.holders(session, plans.get(session.id, {}), came, came)
            yield PastRoles(session.start.date(), frozenset(came), holders)


def _refused(workbook: Workbook, sessions: Collection[str]) -> dict[str, set[str]]:
    """Return who said that they will not come, by session."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one in workbook.current.current(Rsvp):
        if one.session in sessions and one.answer == "no":
            found[one.session].add(one.member)
    return found


def _coming(
    workbook: Workbook, session: Session, roles: Mapping[str, str], said: RoleBook, refused: Collection[str]
) -> ComingRoles:
    here = workbook.roster.members_at(session)
    absent = said.absent(session.id, session.start.date())
    return ComingRoles(
        session,
        frozenset(here),
        dict.fromkeys(refused, "cannot come") | dict.fromkeys(absent, "is away"),
        said.declined(session.id),
        said.holders(session, roles, here),
    )


class MemberTurn(msgspec.Struct, frozen=True):
    """A role in a session to come, as it concerns one member.

    ``state``: "mine"; "waits": theirs, and they asked ``other`` to take it; "asked": ``other`` asks them; "offered": ``other`` looks for
    someone; "open": no one has it; "turn": no one has it and they are suggested, for a ``reason``; "declined": they declined it. ``card`` is that of a role which is theirs or may be.
    ``in_return`` is the turn that whoever asks takes for it, such as "scribe on Fri 4 Dec".
    """

    session: Session
    role: str
    state: Literal["mine", "waits", "asked", "offered", "open", "turn", "declined"]
    other: str = ""
    reason: str = ""
    card: RoleCard | None = None
    in_return: str = ""

    @property
    def key(self) -> str:
        """What tells it from others."""
        return f"{self.session.id} {self.role}"


def turns_of(workbook: Workbook, member: str) -> list[MemberTurn]:
    """Return what a member can take, give away or answer, in order of the sessions: their turns, and open roles of the next sessions."""
    offers = {(one.session, one.role, one.member): one for one in workbook.current.current(Swap) if not one.to}
    found = []
    for place, one in enumerate(turns_ahead(workbook)):
        is_member = member in workbook.roster.members_at(one.session)
        for role in workbook.settings.roles:
            turn = _turn_of(workbook, member, one, role, offers)
            if is_member and turn and (turn.state not in {"open", "offered", "turn"} or place < NEAR):
                found.append(turn)
    return found


def _turn_of(
    workbook: Workbook, member: str, one: SessionRoles, role: str, offers: Mapping[tuple[str, str, str], Swap]
) -> MemberTurn | None:
    holder, people, card = one.holders.get(role, ""), workbook.people, workbook.settings.card(role)
    offer = offers.get((one.session.id, role, holder))
    if holder == member:
        asked = people.get(offer.asked) if offer else None
        back = _in_return(workbook, offer)
        return MemberTurn(
            one.session, role, "waits" if asked else "mine", asked.name if asked else "", card=card, in_return=back
        )
    if holder:
        if offer is None or offer.asked not in {"", member}:
            return None
        state: Literal["asked", "offered"] = "asked" if offer.asked else "offered"
        return MemberTurn(one.session, role, state, people[holder].name, card=card, in_return=_in_return(workbook, offer))
    said = workbook.latest(Turn, one.session.id, member, role)
    if said is not None and said.answer == "decline":
        return MemberTurn(one.session, role, "declined")
    suggestion = one.suggestion(role)
    if suggestion is not None and suggestion.member == member:
        return MemberTurn(one.session, role, "turn", reason=suggestion.reason)
    return MemberTurn(one.session, role, "open")


def _in_return(workbook: Workbook, offer: Swap | None) -> str:
    """Return the turn that is wanted in return for one, in words; empty for none."""
    if offer is None or not offer.for_role:
        return ""
    return f"{offer.for_role} on {to_short_day(workbook.schedule.find(offer.for_session).start)}"


def turns_held(workbook: Workbook, member: str) -> list[tuple[Session, str]]:
    """Return the roles that a member has in coming sessions, each with its session, in order: what can be exchanged."""
    ahead = turns_ahead(workbook)
    return [(one.session, role) for one in ahead for role, holder in one.holders.items() if holder == member]
