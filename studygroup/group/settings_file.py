"""Changes of a workbook's ``pyproject.toml``, key by key: its comments and its order stay."""

from __future__ import annotations

import calendar
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studygroup.errors import NotSavedError, SettingsError, as_text
from studygroup.group.setting_meanings import KEYS, default_of, to_toml
from studygroup.group.settings import FILE, LARGEST, Part, Settings, parse_settings, read_settings
from studygroup.storage.atomic import locked, write_atomically
from studygroup.storage.shared_files import make_folder, read_file
from studygroup.text.text import did_you_mean, plain_list

if TYPE_CHECKING:
    from tomlkit import TOMLDocument
    from tomlkit.items import AoT, Item

_LOCK_FOLDER = ".studygroup"
_YES_AND_NO = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_BY_HAND = f"Nothing was changed; please edit {FILE} by hand."


def is_list(key: str) -> bool:
    """Whether a key holds several values."""
    return key == "slots" or isinstance(default_of(key), (tuple, dict))


def parse_values(key: str, words: Sequence[str]) -> Any:
    """Return a key's value as TOML has it, from the words that someone typed.

    >>> parse_values("holidays", ["2026-12-25"]), parse_values("link_days", ["7"]), parse_values("show_reader_names", ["yes"])
    ([datetime.date(2026, 12, 25)], 7, True)

    Raises
    ------
    SettingsError
        The words are no such value; where something near them is one, it is named.
    """
    kind = KEYS[key].type
    if odd := next((word for word in words if not word.isascii() and as_text(word) != word), None):
        raise SettingsError(f"{key}: found {odd!r}, which is not UTF-8")
    if kind == tuple[date, ...]:
        return [_parse_day(key, word) for word in words]
    if kind == tuple[Part, ...]:
        return [_parse_part(key, word) for word in words]
    if kind == dict[str, str]:
        return dict(_parse_pair(key, word) for word in words)
    if is_list(key):
        return list(words)
    if len(words) != 1:
        raise SettingsError(f'{key}: takes one value, and {len(words)} were given; put quotes around several words: "…"')
    return _parse_one(key, words[0])


def _parse_one(key: str, word: str) -> str | int | bool:
    kind = KEYS[key].type
    if kind is bool:
        if word.lower() not in _YES_AND_NO:
            raise SettingsError(f"{key}: found {word!r}{did_you_mean(word, _YES_AND_NO)}; allowed: true or false")
        return _YES_AND_NO[word.lower()]
    if kind is int:
        if not re.fullmatch(r"[+-]?[0-9]{1,9}", word):
            raise SettingsError(f"{key}: found {word!r}; allowed: a whole number")
        return int(word)
    return word


def _parse_day(key: str, word: str) -> date:
    with suppress(ValueError):
        if re.fullmatch(r"\d{4}-\d\d-\d\d", word):
            return date.fromisoformat(word)
    guess = nearest_day(word)
    meant = f" (did you mean {guess.isoformat()!r}?)" if guess else ""
    raise SettingsError(f"{key}: {word!r} is not a date{meant}; write year, month and day, such as 2026-12-25")


def nearest_day(text: str) -> date | None:
    """Return the date that a text was probably meant to be, or None; a day that its month does not have becomes the last one.

    >>> [str(nearest_day(text)) for text in ("2026-2-30", "25.12.2026", "25 Dec 2026", "christmas")]
    ['2026-02-28', '2026-12-25', '2026-12-25', 'None']
    """
    from dateutil import parser

    numbers = re.fullmatch(r"\s*(\d{1,4})\D(\d{1,2})\D(\d{1,4})\s*", text)
    if not numbers:
        with suppress(ValueError, OverflowError):
            # Two defaults: a text without a year, a month and a day is no date.
            one, other = (parser.parse(text, default=datetime(*default)) for default in ((2000, 1, 1), (2001, 2, 2)))
            return one.date() if one == other else None
        return None
    first, month, last = map(int, numbers.groups())
    year, day = (first, last) if first > 31 else (last, first)
    if month > 12 >= day:
        day, month = month, day
    if not 2000 <= year < 2200 or not 1 <= day <= 99:
        return None
    month = min(max(month, 1), 12)
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _parse_part(key: str, word: str) -> dict[str, Any]:
    with suppress(tomllib.TOMLDecodeError):
        if isinstance(found := tomllib.loads(f"part = {word}").get("part"), dict):
            return found
    raise SettingsError(f'{key}: found {word!r}; write each part as {{title = "Talk", minutes = 20, role = "presenter"}}')


def _parse_pair(key: str, word: str) -> tuple[str, str]:
    name, is_pair, value = word.partition("=")
    if not is_pair or not name.strip() or not value.strip():
        raise SettingsError(f"{key}: found {word!r}; write USER=MEMBER, such as zoe=zoe-obrien-li")
    return name.strip(), value.strip()


def with_added(now: Any, more: Any) -> Any:
    """Return a list or a table with what it does not have yet.

    >>> with_added(["UTC"], ["Asia/Kolkata", "UTC", "Asia/Kolkata"]), with_added({"zoe": "zoe"}, {"bo": "bo-2"})
    (['UTC', 'Asia/Kolkata'], {'zoe': 'zoe', 'bo': 'bo-2'})
    """
    if isinstance(now, Mapping):
        return {**now, **more}
    added = [*now]
    for value in more:
        if value not in added:
            added.append(value)
    return added


def without(key: str, now: Any, words: Sequence[str]) -> Any:
    """Return a list or a table without some of its values; a table's are named by their keys.

    Raises
    ------
    SettingsError
        A value is not there; the nearest one that is there is named.
    """
    wanted: Sequence[Any] = words if isinstance(now, Mapping) else parse_values(key, words)
    for value in wanted:
        if value not in now:
            shown = [str(one) for one in now]
            there = f"there is {plain_list(shown)}" if shown else "it is empty"
            raise SettingsError(f"{key}: {str(value)!r} is not in it{did_you_mean(str(value), shown)}; {there}")
    if isinstance(now, Mapping):
        return {name: value for name, value in now.items() if name not in wanted}
    return [value for value in now if value not in wanted]


def table_of(text: str, file: str = FILE) -> dict[str, Any]:
    """Return the keys of ``[tool.studygroup]`` as they are in a file's text, unchecked.

    Raises
    ------
    SettingsError
        The text is no TOML, or has no such table.
    """
    try:
        tool = tomllib.loads(text).get("tool")
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file} is not valid TOML: {error}.") from None
    table = tool.get("studygroup") if isinstance(tool, dict) else None
    if not isinstance(table, dict):
        raise SettingsError(f"{file} has no table [tool.studygroup]: it holds the group's name, slots and syllabus.")
    return table


def with_values(text: str, changes: Mapping[str, Any], file: str = FILE) -> str:
    """Return a file's text with other values of ``[tool.studygroup]``; a value of None takes its key out.

    Raises
    ------
    SettingsError
        The text is no TOML, has no such table, or cannot be changed without changing something else.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    wanted = tomllib.loads(text) if table_of(text, file) is not None else {}
    table = wanted["tool"]["studygroup"]
    for key, value in changes.items():
        table.pop(key, None)
        if value is not None:
            table[key] = value
    try:
        document = tomlkit.parse(text)
        for key, value in changes.items():
            _change(document, key, value)
        changed = tomlkit.dumps(document)
        found = tomllib.loads(changed)
    except (TOMLKitError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{file} cannot be changed by a program as it is written: {error}. {_BY_HAND}") from None
    if found != wanted:
        raise SettingsError(f"{file} cannot be changed by a program as it is written. {_BY_HAND}")
    return changed


def _pieces(document: TOMLDocument) -> list[Any]:
    """Return the pieces of ``[tool.studygroup]``: other tables may come between its keys and the tables within it."""
    held: list[Any] = [document]
    for wanted in ("tool", "studygroup"):
        bodies = (one.body if hasattr(one, "body") else one.value.body for one in held)
        held = [item for body in bodies for name, item in body if name is not None and name.key == wanted]
    return held


def _change(document: TOMLDocument, key: str, value: Any) -> None:
    """Give a key its value, or take it out, in the place where it is."""
    from tomlkit.items import AoT, Array, Table

    pieces = _pieces(document)
    holders = [piece for piece in pieces if key in piece]
    held: Any = holders[0][key] if holders else None
    if held is None and value is not None:
        _append(pieces, key, value)
    elif isinstance(held, (Array, AoT)) and isinstance(value, list) and len(holders) == 1 and _change_array(held, value):
        return
    elif isinstance(held, Mapping) and isinstance(value, Mapping):
        for name in [name for name in held if name not in value]:
            del held[name]  # type: ignore[attr-defined]
        for name, inner in value.items():
            if held.get(name) != inner:
                held[name] = inner  # type: ignore[index]
    elif value is not None and not isinstance(held, (AoT, Table)):
        holders[0][key] = _inline(value)
    else:
        for piece in holders:
            del piece[key]
        if value is not None:
            _append(pieces, key, value)


def _change_array(array: Any, value: list[Any]) -> bool:
    """Bring a list's values to other ones, one by one, so that comments within it stay; return whether that was possible."""
    from tomlkit.items import AoT

    if isinstance(array, AoT):
        return _change_tables(array, value)
    kept = [one for one in array.unwrap() if one in value]
    if value[: len(kept)] != kept or any(isinstance(one, dict) for one in value):
        return False
    for one in [one for one in array.unwrap() if one not in value]:
        array.remove(one)
    for one in value[len(kept) :]:
        array.append(one)
    return True


def _change_tables(tables: AoT, value: list[Any]) -> bool:
    """Bring slots to other ones, so that comments within them stay; return whether that was possible."""
    import tomlkit

    wanted = {str(one["valid_from"]): one for one in value if isinstance(one, Mapping) and "valid_from" in one}
    there = [str(one.get("valid_from")) for one in tables.unwrap()]
    if len(wanted) != len(value) or not value or len(set(there)) != len(there):
        return False
    if [day for day in wanted if day in there] != [day for day in there if day in wanted]:
        return False
    for number in reversed([number for number, day in enumerate(there) if day not in wanted]):
        del tables[number]
    for number, (day, one) in enumerate(wanted.items()):
        if day not in there:
            if number and not tables[number - 1].as_string().endswith("\n\n"):
                tables[number - 1].add(tomlkit.nl())
            tables.insert(number, tomlkit.item(dict(one)))
            continue
        table = tables[number]
        for name in [name for name in table if name not in one]:
            del table[name]
        for name, inner in one.items():
            if table.get(name) != inner:
                table[name] = _inline(inner)
    return True


def _append(pieces: list[Any], key: str, value: Any) -> None:
    """Put a new key behind the last one that is no table: comments before a table stay with it."""
    from tomlkit.items import AoT, Table

    for piece in pieces:
        plain = [held for name, held in piece.value.body if name is not None and not isinstance(held, (AoT, Table))]
        if plain and (end := plain[-1].trivia).trail:
            newline = "\r\n" if end.trail.endswith("\r\n") else "\n"
            end.trail += f"{key} = {_inline(value).as_string()}{newline}"
            return
    pieces[0][key] = _inline(value)


def _inline(value: Any) -> Item:
    """Return a value as an item on one line; several tables have a line each."""
    import tomlkit

    if isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
        lines = "".join(f"  {to_toml(one)},\n" for one in value)
        return tomlkit.value(f"[\n{lines}]")
    return tomlkit.value(to_toml(value))


@contextmanager
def locked_settings(folder: Path) -> Iterator[None]:
    """Keep other programs from changing a workbook's settings."""
    make_folder(folder / _LOCK_FOLDER, folder)
    with locked(folder / _LOCK_FOLDER / FILE, folder):
        yield


def change_file(
    folder: Path,
    change: Callable[[dict[str, Any]], Mapping[str, Any]],
    check: Callable[[Settings], None] = lambda settings: None,
    dry_run: bool = False,
) -> tuple[dict[str, Any], Settings]:
    """Change a workbook's settings file, and return what ``[tool.studygroup]`` was before and the settings since.

    Parameters
    ----------
    folder
        The workbook's.
    change
        Given the keys of ``[tool.studygroup]``, returns those to change, each with its value (see ``with_values``).
    check
        Given the settings since, raises an error where they cannot be; nothing is written then.
    dry_run
        Write nothing.

    Raises
    ------
    SettingsError
        The file cannot be read, or with the change it would be wrong; it is as it was.
    NotSavedError
        The disk refused; the file is as it was.
    """
    path = folder / FILE
    try:
        with locked_settings(folder):
            data = _read(path)
            text = data.decode("utf-8-sig")
            before = table_of(text, str(path))
            changed = with_values(text, change(before), str(path))
            settings = parse_settings(changed, str(path))
            check(settings)
            if changed != text and not dry_run:
                begin = data[: len(data) - len(text.encode())]
                write_atomically(path, begin + changed.encode(), folder)
    except OSError as error:
        raise NotSavedError(f"{path} was not saved: {error.strerror}. It is as it was.") from error
    return before, settings


def _read(path: Path) -> bytes:
    """Return the file's bytes; what is wrong with it is told as whoever only reads settings is told."""
    try:
        data = read_file(path, path.parent, LARGEST)
        data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        read_settings(path)
        raise
    return data
