"""When the group meets: day, time, zone and length, now and from a day on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec

from studygroup.errors import ScheduleError
from studygroup.forms.facilitator.planning import LONGEST, SHORTEST
from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.confirm import Confirm
from studygroup.forms.kit.form import BESIDE_LABELS, STYLE, sheet
from studygroup.forms.kit.form_context import FormContext, SaveStatus
from studygroup.forms.kit.inputs import Day, Number, TextLine
from studygroup.forms.kit.pickers import FIELD, Pick, ZoneField
from studygroup.group.slot import EVERY, Slot, check_slot, days_in_words, nearest_weekdays, parse_weekdays, slot_in_words
from studygroup.journal.types.records import SlotRule
from studygroup.meeting.before.meeting_times import enter_slot, new_slot, question_about, same_times
from studygroup.text.text import session_day, to_date

LABELS = {
    "every": "Every",
    "weekday": "Day",
    "time": "Time",
    "zone": "Time zone",
    "length_min": "Minutes",
    "valid_from": "Valid from",
}
"""The fields' labels, by the slot's fields."""

_LONGEST = 60  # characters of a day, a time or a zone that are looked at; none that is right has as many
_MOST_DAYS = 36  # more than there are different ones, so that one of them is wrong


class SlotForm(widgets.VBox):
    """When the group meets, and from when on it meets at another time; one button records a change."""

    def __init__(self, context: FormContext) -> None:
        self.context, self.receipt, self.confirm = context, SaveStatus(), Confirm()
        self.about = widgets.HTML()
        field: dict[str, Any] = {"style": STYLE, "layout": FIELD, "refused": self.receipt.refuse}
        self.day = TextLine(description=LABELS["weekday"], placeholder="such as Friday, or second Tuesday", **field)
        self.time = TextLine(description=LABELS["time"], placeholder="such as 19:00", **field)
        self.zone = ZoneField(self.receipt.refuse)
        self.zone.placeholder = "such as Europe/Berlin"
        self.every = Pick(LABELS["every"], [(one, one) for one in EVERY], self.receipt.refuse)
        self.minutes = Number(description=LABELS["length_min"], least=SHORTEST, most=LONGEST, **field)
        self.first = Day(description=LABELS["valid_from"], tooltip="The first day on which this applies", **field)
        self.change = widgets.Button(
            description="Change when we meet",
            button_style="primary",
            layout={"width": "auto", "margin": f"2px 2px 2px {BESIDE_LABELS}"},
        )
        # In this order they are filled: days set how often, where they can only mean one.
        self._fields: dict[str, Any] = {
            "every": self.every,
            "weekday": self.day,
            "time": self.time,
            "zone": self.zone,
            "length_min": self.minutes,
            "valid_from": self.first,
        }
        self._offered: dict[str, Any] = {}
        self._filled = {name: field.value for name, field in self._fields.items()}
        self._seen: dict[date, str] = {}
        self.day.observe(lambda _: self._fit_every(), "value")
        self.change.on_click(lambda _: self._change())
        fields = [self.day, self.time, self.zone, self.every, self.minutes, self.first]
        super().__init__([self.about, *fields, self.change, self.confirm, self.receipt])
        sheet(self)
        context.on_change(self.show, "slot", "plan")
        self.show()

    # --- showing ------------------------------------------------------------------------------------------------------

    def show(self) -> None:
        """Show when the group meets as the journal has it; what is being typed stays."""
        workbook = self.context.workbook
        today, schedule = workbook.today(), workbook.schedule
        # Of two from the same date the later one counts.
        slots = {slot.valid_from: slot for slot in schedule.slots}
        current = schedule.slot_on(today)
        begun = current is not None and current.valid_from <= today
        coming = [(since, slot_in_words(slot)) for since, slot in slots.items() if since > today]
        self.about.value = block("meets", (current.valid_from, slot_in_words(current)) if current and begun else None, coming)
        self._seen = {rule.valid_from: rule.id for rule in workbook.current.current(SlotRule)}
        if current is not None:
            self._fill(msgspec.structs.asdict(current) | {"weekday": days_in_words(current), "valid_from": self._next_day()})

    def _fill(self, offered: dict[str, Any]) -> None:
        """Put the current slot into the fields in which nothing else was typed, where it has changed."""
        before, self._offered = self._offered, offered
        for name, field in self._fields.items():
            if offered[name] != before.get(name) and field.value == self._filled[name]:
                field.value = self._filled[name] = offered[name]

    def _next_day(self) -> date:
        """Return the day after the next session, so that a change leaves that one alone; without one, today."""
        workbook = self.context.workbook
        try:
            session = workbook.schedule.next(workbook.clock())
        except ScheduleError:
            return workbook.today()
        day = session.start.date()
        return max(day, session_day(session.id) or day) + timedelta(days=1)

    def _fit_every(self) -> None:
        """Choose "month" for days such as "second tuesday", which are a month's, and no longer for others."""
        days = self._days()
        if any(" " in day for day in days):
            self.every.value = "month"
        elif days and self.every.value == "month":
            self.every.value = "week"

    # --- saving -------------------------------------------------------------------------------------------------------

    def _days(self) -> list[str]:
        return [day[:_LONGEST] for day in parse_weekdays(self.day.value)[:_MOST_DAYS]]

    def _change(self) -> None:
        """Save what the fields say; of what changes sessions that are planned or past, ask first."""
        self.confirm.dismiss()
        with self.context.acting(self.receipt):
            workbook = self.context.workbook
            if not self.context.by:
                self.receipt.refuse("No one is on the roster yet. First add yourself under People; what you typed here stays.")
                return
            slot = self._typed()
            problems = self._problems(slot)
            if slot is None or problems:
                self.receipt.refuse("\n".join([*problems, "Nothing was saved; what you typed is still there."]))
                return
            before = workbook.schedule.slot_on(slot.valid_from)
            if before is not None and before.valid_from <= slot.valid_from and same_times(before, slot):
                if not self.receipt.tells_of_a_save:
                    self.receipt.refuse(f"On {to_date(slot.valid_from)} you already meet then: {slot_in_words(slot)}.")
                return
            workbook.check("slot", by=self.context.by, session=workbook.session_for_notes(), **msgspec.structs.asdict(slot))
            if question := question_about(workbook, slot):
                self.receipt.clear()
                self.confirm.ask(question, ("Yes, change it", lambda: self._save(slot)), leave="Leave it as it was")
                return
            self._save(slot)

    def _typed(self) -> Slot | None:
        """Return what the fields say; None without a first day."""
        if self.first.value is None:
            return None
        return msgspec.structs.replace(
            new_slot(
                self.context.workbook,
                self._days(),
                self.time.value.strip()[:_LONGEST],
                valid_from=self.first.value,
                every=str(self.every.value),
                length_min=self.minutes.value,
            ),
            zone=self.zone.value.strip()[:_LONGEST],
        )

    def _problems(self, slot: Slot | None) -> list[str]:
        """Return what is wrong with the fields, a sentence each that begins with its label."""
        if slot is None:
            return [f"{LABELS['valid_from']}: pick a day, such as {to_date(self._next_day())}."]
        if not slot.weekdays:
            return [f"{LABELS['weekday']}: write one, such as Friday or second Tuesday."]
        found = []
        for message in check_slot(slot):
            name, _, text = message.partition(": ")
            if name == "weekday" and "did you mean" not in text:
                text += self._nearest_days()
            found.append(f"{LABELS[name]}: {text}.")
        return found

    def _nearest_days(self) -> str:
        """Return the days that were probably meant, such as those of "2nd tues", in brackets; empty if those were typed."""
        guess = nearest_weekdays(self.day.value[:_LONGEST])
        return f" (did you mean {guess!r}?)" if guess and parse_weekdays(guess) != self._days() else ""

    def _save(self, slot: Slot) -> None:
        saved = self.context.enter(
            self.receipt,
            "slot",
            msgspec.structs.asdict(slot),
            what=f"{slot_in_words(slot)}, from {to_date(slot.valid_from)} on",
            seen=self._seen.get(slot.valid_from, ""),
            way=lambda: enter_slot(self.context.workbook, slot, by=self.context.by),
        )
        if saved is not None:
            # What is there was saved: it follows the next change.
            self._filled = {name: field.value for name, field in self._fields.items()}
