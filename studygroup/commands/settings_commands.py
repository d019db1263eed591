"""Commands on the group's settings: settings prints them, set changes one."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from studygroup.commands.console import (
    By,
    DryRun,
    Json,
    WorkbookDir,
    app,
    go_ahead,
    open_workbook,
    print_json,
    saved,
    say,
    who_enters,
)
from studygroup.group.setting_meanings import KEYS, MEANINGS, default_in_words, default_of, meaning, to_toml
from studygroup.group.slot import Slot, parse_weekdays
from studygroup.text.text import did_you_mean, plain_list
from studygroup.workbook.workbook import Workbook, find_workbook

_AND_ZONES = "; in which zones its times are shown, with: studygroup set zones ZONE ZONE"
_WIDTH = 100


@app.command("settings")
def show_settings(
    context: typer.Context,
    keys: Annotated[list[str] | None, typer.Argument(metavar="KEY", help="Only these; else all.")] = None,
    as_json: Json = False,
    workbook: WorkbookDir = None,
) -> None:
    """Print the group's settings, with defaults and meanings. `studygroup set` changes one.

    Example: studygroup settings zones holidays
    """
    for key in keys or ():
        if key not in MEANINGS:
            raise typer.BadParameter(_no_key(key, MEANINGS))
    book = open_workbook(context, workbook)
    values = {key: _value(book, key) for key in keys or MEANINGS}
    if as_json:
        rows = (
            {"key": key, "value": value, "default": default_of(key), "meaning": meaning(key)} for key, value in values.items()
        )
        print_json([*rows])
        return
    for number, (key, value) in enumerate(values.items()):
        print("\n" * bool(number) + _in_text(key, value))


def _value(book: Workbook, key: str) -> Any:
    """Return what counts for a key; the slots include those that were recorded, and an address shows no password."""
    if key == "slots":
        return book.slots
    value = getattr(book.settings, key)
    return re.sub(r"(?<=://)([^:/@\s]*):[^@\s]*@", r"\1:***@", value) if key == "store" else value


def _in_text(key: str, value: Any) -> str:
    """Return a setting as lines: the key with its value, what it means, its default."""
    if key == "slots":
        shown = "".join(f"\n  {_slot_in_words(slot)}" for slot in value)
    elif key == "running_order":
        shown = "".join(f"\n  {part.minutes} min  {part.title}{f' ({part.role})' if part.role else ''}" for part in value)
    else:
        shown = f" {to_toml(value)}"
    default = default_in_words(key).replace("`", "")
    told = f"{meaning(key)}; {'required' if KEYS[key].required else f'default: {default}'}".replace("`", "")
    return f"{key} ={shown}\n" + textwrap.fill(told, _WIDTH, initial_indent="    ", subsequent_indent="    ")


def _slot_in_words(slot: Slot) -> str:
    every = "" if slot.every == "week" else f" every {slot.every},"
    return f"{plain_list(slot.weekdays)} {slot.time} {slot.zone},{every} {slot.length_min} minutes, from {slot.valid_from} on"


def _no_key(key: str, allowed: Mapping[str, Any] | tuple[str, ...]) -> str:
    if key.lower() in {"time", "zone", "timezone", "weekday", "weekdays", "day", "length"}:
        return f"when the group meets is set with: studygroup set slot WEEKDAY TIME ZONE --from DATE{_AND_ZONES if 'zone' in key else ''}"
    return f"there is no setting {key!r}{did_you_mean(key, allowed)}; there are {plain_list(allowed)}"


@app.command("set")
def set_setting(
    context: typer.Context,
    key: Annotated[str, typer.Argument(help="A setting, as `studygroup settings` lists them; or slot.")],
    values: Annotated[
        list[str] | None,
        typer.Argument(metavar="VALUE", help="Its value; for a list each of its values; for slot WEEKDAY TIME ZONE."),
    ] = None,
    add: Annotated[list[str] | None, typer.Option(metavar="VALUE", help="Put this into a list; may be repeated.")] = None,
    remove: Annotated[list[str] | None, typer.Option(metavar="VALUE", help="Take this out of a list; may be repeated.")] = None,
    default: Annotated[bool, typer.Option("--default", help="Go back to the setting's default.")] = False,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="With slot: the first day it is valid for.")
    ] = None,
    every: Annotated[str, typer.Option(help="With slot: week, second week or month.")] = "",
    length: Annotated[int | None, typer.Option(help="With slot: minutes.")] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="With slot: don't ask, also where a planned or a past session changes.")
    ] = False,
    by: By = "",
    dry_run: DryRun = False,
    workbook: WorkbookDir = None,
) -> None:
    """Change one of the group's settings in pyproject.toml. Its comments and its order stay.

    A slot, which says when the group meets from a day on, is entered as a record instead; where a planned or a past session would
    change, you are asked first.

    Example: studygroup set holidays --add 2026-12-25 --add 2027-01-01

    Example: studygroup set slot friday 19:00 Europe/Berlin --from 2027-01-08
    """
    from studygroup.workbook.settings_change import SETTABLE, change_setting

    if key in {"slot", "slots"}:
        if add or remove or default:
            raise typer.BadParameter(
                "a slot takes no --add, --remove or --default; a new one replaces it from its first day on"
            )
        book = open_workbook(context, workbook, dry_run)
        slot = _slot_meant(book, values or [], first, every, length)
        if not (yes or dry_run):
            _ask_about(book, slot)
        _enter_slot(book, slot, by)
        return
    if key not in SETTABLE:
        raise typer.BadParameter(_no_key(key, ("slot", *SETTABLE)))
    if first or every or length or by or yes:
        raise typer.BadParameter("--from, --every, --length, --yes and --by go with slot")
    if bool(values) + bool(add or remove) + default != 1:
        raise typer.BadParameter(f"give {key} a value, or one of --add, --remove and --default")
    folder = find_workbook(workbook or context.obj or Path.cwd())
    done = change_setting(folder, key, values or (), add=add or (), remove=remove or (), default=default, dry_run=dry_run)
    if done.before == done.after:
        say(f"{key} is {to_toml(done.after)} already.")
        return
    before = "" if done.before is None else to_toml(done.before)
    told = f" (before: {before})" if before and len(before) < _WIDTH else ""
    say(f"{'Would be saved' if dry_run else 'Saved'}: {key} = {to_toml(done.after)}{told}")


def _slot_meant(book: Workbook, words: list[str], first: datetime | None, every: str, length: int | None) -> Slot:
    """Return the slot that words and options mean, unchecked."""
    from studygroup.meeting.before.meeting_times import new_slot

    weekdays, time, zone = _slot_words(words)
    if first is None:
        raise typer.BadParameter(f"add the first day on which it is valid: --from {book.today()}")
    return new_slot(book, weekdays, time, zone, valid_from=first.date(), every=every, length_min=length)


def _ask_about(book: Workbook, slot: Slot) -> None:
    """Ask before a slot changes sessions that someone planned or that are past.

    Raises
    ------
    RecordError
        The answer is no, or no one is there to give one.
    """
    from studygroup.group.slot import check_slot
    from studygroup.meeting.before.meeting_times import question_about

    if check_slot(slot) or not (question := question_about(book, slot)):
        return
    go_ahead(question, False, "the group meets as before")


def _enter_slot(book: Workbook, slot: Slot, by: str) -> None:
    """Enter a record of when the group meets."""
    from studygroup.meeting.before.meeting_times import enter_slot

    rule = enter_slot(book, slot, by=who_enters(book, by))
    saved(book, _slot_in_words(rule.slot))


def _slot_words(words: list[str]) -> tuple[list[str], str, str]:
    """Return the weekdays, the time and the zone (or an empty text) that words name.

    >>> _slot_words(["second", "tuesday", "fourth tuesday", "19:00", "Europe/Berlin"])
    (['second tuesday', 'fourth tuesday'], '19:00', 'Europe/Berlin')

    Raises
    ------
    BadParameter
        There is no weekday or no time among them.
    """
    at = next((number for number, word in enumerate(words) if re.match(r"\d", word)), 0)
    if not at or len(words) > at + 2:
        raise typer.BadParameter("write a slot as WEEKDAY TIME ZONE: friday 19:00 Europe/Berlin")
    return parse_weekdays(" ".join(words[:at])), words[at], words[at + 1] if len(words) > at + 1 else ""
