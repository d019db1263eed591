"""Records about the group itself: who is in it, and when it meets."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from studygroup.errors import RecordError
from studygroup.group.slot import Slot, check_slot
from studygroup.journal.types.record import Command, Record
from studygroup.text.text import check_id, check_name

PersonRole = Literal["member", "facilitator"]


class Person(Record, frozen=True, kw_only=True, tag="person"):
    """A row of the roster: who someone is, from when and until when."""

    subject_fields = ("member",)
    member_fields = ("member",)
    own_fields = ("zone",)
    table = "people"
    columns = ("member", "name", "role", "zone", "joined", "left", "guest")

    member: str
    name: str
    role: PersonRole = "member"
    zone: str = ""
    joined: date | None = None
    left: date | None = None
    guest: bool = False

    def check(self) -> None:
        """Check the id, the name and the order of the dates."""
        check_id(self.member, "member id")
        check_name(self.name)
        if self.joined and self.left and self.left < self.joined:
            raise RecordError(f"{self.name} cannot leave on {self.left}, before joining on {self.joined}.")


class SlotRule(Record, frozen=True, kw_only=True, tag="slot"):
    """When the group meets from a date on; beside the slots of the settings, and before them for the same date."""

    subject_fields = ("valid_from",)
    newest = 2
    table = "slots"
    columns = ("valid_from", "weekday", "time", "zone", "every", "length_min", "at", "by")
    for_facilitators = True
    command = Command(
        "Change when the group meets, from a date on.",
        "--valid-from 2027-01-01 --weekday thursday --time 19:00 --zone Europe/Berlin",
        {
            "valid_from": "The first date it is valid for.",
            "weekday": "monday to sunday; with --every month, such as: first friday; give it for each day.",
            "time": "Local time: 19:00.",
            "zone": "IANA time zone: Europe/Berlin.",
            "every": "week, second week or month.",
            "length_min": "Length in minutes.",
        },
    )

    valid_from: date
    weekday: str | tuple[str, ...]
    time: str
    zone: str
    every: str = "week"
    length_min: int = 90

    @property
    def slot(self) -> Slot:
        """The rule as the schedule takes it."""
        return Slot(self.valid_from, self.weekday, self.time, self.zone, self.every, self.length_min)

    def plainest(self) -> SlotRule:
        """Return it with one day as a text; several days, which programs before version 2 cannot read, have that version."""
        days = self.slot.weekdays
        several = len(days) != 1
        return msgspec.structs.replace(self, v=2 if several else 1, weekday=days if several else days[0])

    def check(self) -> None:
        """Check each field as the settings' are."""
        if messages := check_slot(self.slot):
            raise RecordError(f"This slot is wrong: {'; '.join(messages)}.")
