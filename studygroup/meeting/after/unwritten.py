"""Which members have read a session's papers and written no summary of them."""

from __future__ import annotations

import msgspec

from studygroup.group.states import HAS_READ
from studygroup.journal.types.records import Reading, Summary
from studygroup.meeting.after.report import missing_of_session
from studygroup.text.text import comparable, plain_list, to_short_day
from studygroup.workbook.workbook import Workbook


class PaperSummaries(msgspec.Struct, frozen=True):
    """A paper of a session: how many members have skimmed or read it, and the names of those of them who wrote no summary."""

    title: str
    readers: int
    missing: tuple[str, ...]

    @property
    def written(self) -> int:
        """How many of those who have read it wrote a summary."""
        return self.readers - len(self.missing)


def summaries_of_session(workbook: Workbook, session: str) -> list[PaperSummaries]:
    """Return the papers that a session reads, each with whose summary is missing, by name; none of a cancelled session."""
    agenda, _ = missing_of_session(workbook, session)
    if agenda.cancelled:
        return []
    people = workbook.people
    members = workbook.roster.members_at(workbook.schedule.find(session)) - set(workbook.roster.forgotten)
    found = []
    for work in {work.id: work for read in agenda.reads for work in read.works}.values():
        held = {member: workbook.latest(Reading, member, work.id) for member in members}
        readers = [member for member, reading in held.items() if reading and reading.status in HAS_READ]
        missing = [people[member].name for member in readers if workbook.latest(Summary, member, work.id) is None]
        found.append(PaperSummaries(work.title, len(readers), tuple(sorted(missing, key=comparable))))
    return found


def summaries_reminder(workbook: Workbook, session: str) -> str:
    """Return a text that reminds those whose summaries of a session's papers are missing; empty where none is."""
    lines = [f"{one.title}: {plain_list(one.missing)}" for one in summaries_of_session(workbook, session) if one.missing]
    if not lines:
        return ""
    day = to_short_day(workbook.schedule.find(session).start)
    return "\n".join(
        [
            f"Your summaries of what we read on {day} are still missing:",
            "",
            *lines,
            "",
            "Two sentences are enough: write them under My reading on your page. Thank you!",
        ]
    )
