"""The group's settings on their way through git: committed with what was entered, joined key by key with what others changed."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from studygroup.errors import SettingsError, SyncError
from studygroup.group.setting_meanings import KEYS
from studygroup.group.settings import FILE, LARGEST, parse_settings
from studygroup.group.settings_file import table_of, with_values
from studygroup.group.settings_merge import SettingClash, Side, changed_keys, merge_settings
from studygroup.storage.git import Git
from studygroup.storage.git_merge import Entry, merged_lines
from studygroup.storage.shared_files import read_file
from studygroup.text.text import did_you_mean, plain_list

_BOM = "\ufeff"


class ClashError(SyncError):
    """You and others gave the same setting different values; nothing was changed.

    Attributes
    ----------
    clashes
        The settings, in the file's order; at least one.
    """

    def __init__(self, clashes: list[SettingClash], nothing: str) -> None:
        super().__init__(_undecided(clashes, nothing))
        self.clashes = tuple(clashes)


class SettingsPlan(msgspec.Struct, frozen=True):
    """What a sync does with the settings: the file to commit of what is here, and the file of a merge; None for none.

    ``kept_back`` says why what is here is not shared.
    """

    commit: Entry | None = None
    merged: Entry | None = None
    kept_back: str = ""


class SettingChoices:
    """Whose value counts for a key that both sides changed: what was said beforehand, then what is asked."""

    def __init__(
        self, mine: Iterable[str] = (), theirs: Iterable[str] = (), ask: Callable[[SettingClash], Side] | None = None
    ) -> None:
        self._said: dict[str, Side] = {}
        self._ask = ask
        self._answered: list[tuple[SettingClash, Side]] = []
        for side, keys in (("mine", mine), ("theirs", theirs)):
            for key in keys:
                if (top := key.partition(".")[0]) not in KEYS:
                    raise SyncError(f"There is no setting {top!r}{did_you_mean(top, KEYS)}; there are {plain_list(KEYS)}.")
                if self._said.setdefault(key, side) != side:  # type: ignore[arg-type]
                    raise SyncError(f"{key} is given with --mine and with --theirs; choose one.")

    def __call__(self, clash: SettingClash) -> Side:
        """Return whose value counts; an empty text where no one says so. What was asked is not asked again."""
        said = self._said.get(clash.key) or self._said.get(clash.key.partition(".")[0], "")
        if not said:
            said = next((side for one, side in self._answered if one == clash), "")
        if not said and self._ask:
            said = self._ask(clash)
            self.answer(clash, said)
        return said

    def answer(self, clash: SettingClash, side: Side) -> None:
        """Take an answer, for as long as both values are those that were asked about."""
        self._answered.append((clash, side))


class SettingsSides:
    """The settings file of a workbook in its repository: as it is here, as it was committed, and as others have it."""

    def __init__(self, git: Git) -> None:
        self._git = git
        self.path = FILE if git.inside == "." else f"{git.inside}/{FILE}"

    def plan(self, base: str, fetched: str, choices: SettingChoices, nothing: str) -> SettingsPlan:
        """Return what to do with the settings; nothing is done yet.

        Parameters
        ----------
        base, fetched
            The last commit that both share, and the one that others shared; empty for none.
        nothing
            What has become of what is here, for an error's text.

        Raises
        ------
        SyncError
            A key that both sides changed on which no one decided, or settings that cannot be used. It says what to do.
        """
        committed = self._entry(self._git.head())
        if not committed:
            return SettingsPlan()
        text, kept_back = self._to_commit(committed)
        mine = committed if text is None else (committed[0], self._blob(text))
        commit = mine if mine != committed else None
        old, other = self._entry(base), self._entry(fetched)
        if not other or other in (old, mine):
            return SettingsPlan(commit, None, kept_back)
        if kept_back:
            raise SyncError(f"{kept_back} Others changed the settings too. {nothing} Mend {self.path}, then sync again.")
        if mine == old:
            self._check(self._text(other), nothing)
            return SettingsPlan(commit, other, kept_back)
        merged = self._merged(self._text(old), self._text(mine), self._text(other), choices, nothing)
        return SettingsPlan(commit, None if merged is None else (mine[0], self._blob(merged)), kept_back)

    def to_commit(self) -> SettingsPlan:
        """Return what to commit of the settings where nothing can be fetched."""
        return self.plan("", "", SettingChoices(), "")

    def table(self, commit: str) -> dict[str, Any]:
        """Return the settings of a commit, unchecked; nothing where there are none that can be read."""
        try:
            return table_of(self._text(self._entry(commit)).removeprefix(_BOM))
        except SettingsError:
            return {}

    def only_settings_differ(self, one: str, other: str) -> bool:
        """Return whether two commits have the same file but for ``[tool.studygroup]``."""
        try:
            rests = [_rest_of(self._text(self._entry(commit))) for commit in (one, other)]
        except tomllib.TOMLDecodeError:
            return False
        return bool(self._entry(one)) and rests[0] == rests[1]

    def unshared_list(self, commit: str) -> str:
        """Return the name of the syllabus where its list is not in a commit with the settings; else an empty text."""
        name = self.table(commit).get("syllabus")
        place = f"{self.path.removesuffix(FILE)}lists/{name}.csv"
        return name if isinstance(name, str) and name and not self._git.tree(commit, place) else ""

    def _entry(self, commit: str) -> Entry | None:
        """Return the file of a commit; None where there is none, or it is no regular file."""
        entry = self._git.tree(commit, self.path).get(self.path)
        return entry if entry and entry[0].startswith("100") else None

    def _text(self, entry: Entry | None) -> str:
        # What is no UTF-8 is no TOML either, and is told as such.
        return self._git.contents(entry[1], self.path).decode("utf-8", "replace") if entry else ""

    def _blob(self, text: str) -> str:
        words = ("hash-object", "-w", "--stdin", f"--path={self.path}")
        return self._git.output(*words, given=text.encode()).decode().strip()

    def _to_commit(self, committed: Entry) -> tuple[str | None, str]:
        """Return what to commit of the file that is here, or None, and why it is not shared where it cannot be."""
        place = self._git.root / self.path
        try:
            here = read_file(place, self._git.root, LARGEST).decode()
        except FileNotFoundError:
            return None, ""
        except (OSError, UnicodeDecodeError) as error:
            return (
                None,
                f"{self.path} was not shared, as it cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}.",
            )
        if self._blob(here) == committed[1]:
            return None, ""
        before = self._text(committed)
        try:
            parse_settings(here.removeprefix(_BOM), self.path)
            if _outside(here) == _outside(before):
                return here, ""
            return _with_table(before, table_of(here.removeprefix(_BOM))), ""
        except SettingsError as error:
            return None, f"The settings here were not shared, as they cannot be used: {_sentence(error)}"

    def _check(self, text: str, nothing: str) -> None:
        try:
            parse_settings(text.removeprefix(_BOM), self.path)
        except SettingsError as error:
            raise SyncError(
                f"The settings that others shared cannot be used: {_sentence(error)} {nothing} Whoever changed them should mend "
                f"them; to see who did: git log refs/studygroup/fetched -- {self.path}"
            ) from None

    def _merged(self, base: str, ours: str, theirs: str, choices: SettingChoices, nothing: str) -> str | None:
        """Return the file with both sides' settings; None where git cannot join what else is in it."""
        try:
            other = table_of(theirs.removeprefix(_BOM), self.path)
        except SettingsError:
            self._check(theirs, nothing)
            raise
        try:
            before = table_of(base.removeprefix(_BOM), self.path)
        except SettingsError:
            # Both sides mended it, or made it.
            before, base = {}, theirs
        try:
            table, clashes = merge_settings(before, table_of(ours.removeprefix(_BOM), self.path), other, choices)
            if clashes:
                raise ClashError(clashes, nothing)
            text = self._joined(base, ours, theirs, table)
            if text is not None:
                parse_settings(text.removeprefix(_BOM), self.path)
        except SettingsError as error:
            self._check(theirs, nothing)
            raise SyncError(
                f"Your settings and those that others shared cannot be used together: {_sentence(error)} {nothing} "
                "Change yours (studygroup set), then sync again."
            ) from None
        return text

    def _joined(self, base: str, ours: str, theirs: str, table: Mapping[str, Any]) -> str | None:
        """Return the lines of both sides, with these settings; comments of both stay where git can join them."""
        sides = [_with_table(text, table) for text in (ours, base, theirs)]
        rests = [_outside(text) for text in sides]
        rest = merged_lines(self._git, *_encoded(rests))
        if rest is None:
            return None
        for favour in ("", "ours"):
            joined = merged_lines(self._git, *_encoded(sides), favour=favour)
            if joined is not None and _is(joined.decode(), table, rest.decode()):
                return joined.decode()
        return sides[0] if rest == rests[0].encode() else None


def _encoded(texts: list[str]) -> tuple[bytes, bytes, bytes]:
    ours, base, theirs = (text.encode() for text in texts)
    return ours, base, theirs


def _is(text: str, table: Mapping[str, Any], rest: str) -> bool:
    """Return whether a file has these settings, and what else is in it is this."""
    try:
        return table_of(text.removeprefix(_BOM)) == table and _rest_of(text) == _rest_of(rest)
    except (SettingsError, tomllib.TOMLDecodeError):
        return False


def _with_table(text: str, table: Mapping[str, Any]) -> str:
    """Return a file's text with these settings, in the places where its keys are."""
    bare = text.removeprefix(_BOM)
    before = table_of(bare)
    changed = with_values(bare, {key: table.get(key) for key in changed_keys(before, table)})
    return text[: len(text) - len(bare)] + changed


def _rest_of(text: str) -> dict[str, Any]:
    """Return what a file has beside the settings."""
    found = tomllib.loads(text.removeprefix(_BOM))
    if isinstance(tool := found.get("tool"), dict):
        tool.pop("studygroup", None)
        if not tool:
            del found["tool"]
    return found


_HEADER = re.compile(r"\s*\[\[?\s*[^\[\]]+\]\]?\s*(#.*)?")
_OURS = re.compile(r"""\s*\[\[?\s*["']?tool["']?\s*\.\s*["']?studygroup["']?\s*[.\]]""")


def _outside(text: str) -> str:
    """Return the lines that are not in ``[tool.studygroup]`` or a table within it.

    >>> _outside("[a]\\nx = 1\\n[tool.studygroup]\\nname = 'A'\\n[[tool.studygroup.slots]]\\nzone = 'UTC'\\n[b]\\n")
    '[a]\\nx = 1\\n[b]\\n'
    """
    kept, inside = [], False
    for line in re.findall(r"[^\n]*\n|[^\n]+", text):
        if _HEADER.fullmatch(line.strip()):
            inside = bool(_OURS.match(line))
        if not inside:
            kept.append(line)
    return "".join(kept)


def _sentence(error: SettingsError) -> str:
    """Return what is wrong as one line that ends like a sentence."""
    text = " ".join(line.strip() for line in str(error).splitlines())
    return text if text.endswith(".") else f"{text}."


def _undecided(clashes: list[SettingClash], nothing: str) -> str:
    """Return what to say of keys that two clones gave different values."""
    told = "\n".join(f"  {clash}" for clash in clashes)
    mine, theirs = (" ".join(f"{side} {shlex.quote(clash.key)}" for clash in clashes) for side in ("--mine", "--theirs"))
    return (
        f"You and others changed the same setting to different values. {nothing}\n{told}\n"
        f"To keep yours: studygroup sync {mine}\nTo take theirs: studygroup sync {theirs}"
    )
