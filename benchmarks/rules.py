"""What each rule of the import earns: every rule is switched off in turn, and it is printed what changes, and what needs it.

usage: python benchmarks/rules.py [FOLDER ...] [--only PART] [--whole]

A folder holds lists; without one, those beside the project are read. A rule is a function of ``recognise/`` that finds something
(off, it finds nothing), or a pattern with a name (off, it matches nothing). It earns its place by changing twenty entries on two
lists, unless a case of tests/cases/faults.md or an export of tests/cases/exports needs it. Counting ends there; ``--whole`` goes on.
"""

from __future__ import annotations

import argparse
import functools
import importlib
import pkgutil
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FunctionType
from typing import Any, NamedTuple

import msgspec

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import studygroup.catalogue.recognise as recognise  # noqa: E402
from studygroup.catalogue.merging.source import make_source  # noqa: E402
from studygroup.catalogue.recognise.formats import parse_source  # noqa: E402
from tests.catalogue.test_reading_list import CASE  # noqa: E402

FEWEST_ENTRIES, FEWEST_LISTS = 20, 2
CASES, EXPORTS = ROOT / "tests" / "cases", ROOT / "tests" / "cases" / "exports"
BESIDE = [ROOT.parent / "shared" / name for name in ("reading-lists", "lists-to-learn-from")]
File = tuple[str, bytes]
NO_LISTS = {"score.py", "index.json", "labels.json"}
CHANGED = ("FoundWork", "_Draft", "Block", "Bullet", "Row", "Cited", "list[", "Callable")
NOTHING = re.compile(r"(?!)")
EMPTY = {"bool": False, "str": "", "float": 0.0, "int": 0, "None": None}


class Rule(NamedTuple):
    """A rule: its name, what is switched, what it is when it is off, and everywhere it is named."""

    name: str
    on: Any
    off: Any
    places: list[tuple[Any, str, Any]]

    def switch(self, value: Any) -> None:
        """Put a value in every place of the rule; what the import remembers is forgotten."""
        for owner, name, inside in self.places:
            before = vars(owner)[name]
            if inside is None:
                setattr(owner, name, value)
            elif isinstance(before, dict):
                setattr(owner, name, {**before, inside: value})
            else:
                setattr(owner, name, type(before)([value if place == inside else one for place, one in enumerate(before)]))
        for function in REMEMBERED:
            function.cache_clear()


MODULES = [importlib.import_module(one.name) for one in pkgutil.walk_packages(recognise.__path__, f"{recognise.__name__}.")]
# The vocabulary first: a pattern is named by where it is written, not by who takes it from there.
MODULES = sorted((one for one in MODULES if not hasattr(one, "__path__")), key=lambda one: ".vocabulary." not in one.__name__)
REMEMBERED = [one for module in MODULES for one in vars(module).values() if hasattr(one, "cache_clear")]


def rules() -> list[Rule]:
    """Return every rule of the import; a format's own fields (``records/``) are none."""
    found: dict[int, Rule] = {}
    for module in MODULES:
        part = module.__name__.removeprefix(f"{recognise.__name__}.")
        if not part.startswith(("records.", "formats", "list_reader", "reading_list", "entry", "accounts")):
            for name, value, off in _named(module):
                found.setdefault(id(value), Rule(f"{part}.{name}", value, off, []))
    for owner in [*MODULES, *classes()]:
        for name, value in vars(owner).items():
            for place, one in inside(value):
                if id(one) in found:
                    found[id(one)].places.append((owner, name, place))
    return [*found.values()]


def _named(module: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield each rule that a module defines: its name there, itself, and what it is when it is off."""
    own = [one for one in vars(module).values() if isinstance(one, type) and one.__module__ == module.__name__]
    for owner in (module, *own):
        prefix = "" if owner is module else f"{owner.__name__}."
        for name, value in vars(owner).items():
            function = getattr(value, "func", None) or getattr(value, "__wrapped__", None) or value
            if isinstance(value, re.Pattern):
                yield prefix + name, value, NOTHING
            elif isinstance(value, dict) and value and all(isinstance(one, re.Pattern) for one in value.values()):
                yield from ((f"{prefix}{name}[{key}]", one, NOTHING) for key, one in value.items())
            elif isinstance(function, FunctionType) and function.__module__ == module.__name__ and not name.startswith("__"):
                empty = _empty(str(function.__annotations__.get("return")))
                off = functools.wraps(function)(lambda *_, empty=empty, **__: [] if empty == [] else empty)
                yield prefix + name, value, property(off) if isinstance(value, functools.cached_property) else off


def _empty(said: str) -> Any:
    """Return what a function returns that finds nothing, by its annotation."""
    if said.endswith("| None"):
        return None
    if said in EMPTY:
        return EMPTY[said]
    return ("",) * said.count("str") if said.startswith("tuple[str, str") else []


def classes() -> list[type]:
    """Return the classes of the import."""
    own = (one for module in MODULES for one in vars(module).values() if isinstance(one, type))
    return [*{one: None for one in own if one.__module__.startswith(recognise.__name__)}]


def inside(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield what a name stands for, and what is in it when it stands for several."""
    yield None, value
    if isinstance(value, dict):
        yield from value.items()
    elif type(value) in (list, tuple):
        yield from enumerate(value)


def read(name: str, data: bytes) -> set[bytes]:
    """Return what a file is read as, its entries (without their places and how sure they are) and its problems."""
    try:
        found = parse_source(make_source("l", "l", data, name))
    except Exception as wrong:  # A rule that others rely on may be off.
        return {repr(wrong).encode()}
    entries = (msgspec.structs.replace(one, position=0, sure=1.0) for one in found.entries)
    return {msgspec.json.encode(one) for one in (*entries, *found.problems)}


def lists(folders: list[Path]) -> dict[str, File]:
    """Return the files of folders and of their folders, the smallest first."""
    files = [one for folder in folders for one in folder.rglob("*") if one.is_file() and one.name not in NO_LISTS]
    files = [one for one in files if one.suffix in {".md", ".html", ".csv", ".bib", ".yaml", ".yml", ".json"}]
    return {str(one): (one.name, one.read_bytes()) for one in sorted(files, key=lambda one: (one.stat().st_size, one.name))}


def needed() -> dict[str, File]:
    """Return what must come out as it does: each case of FAULTS, each export as its documentation shows it."""
    cases = {
        f"case “{one['name']}”": ("l.md", one["given"].encode())
        for one in CASE.finditer((CASES / "faults.md").read_text("utf-8"))
    }
    return cases | {f"export {one.name}": (one.name, one.read_bytes()) for one in sorted(EXPORTS.iterdir())}


def watch(found: Sequence[Rule], files: dict[str, File]) -> dict[str, list[str]]:
    """Return the files on which each rule found something; on all others it cannot change anything."""
    now: set[str] = set()
    said: dict[str, list[str]] = {rule.name: [] for rule in found}
    for rule in found:
        rule.switch(
            _Watched(rule.on, lambda name=rule.name: now.add(name)) if isinstance(rule.on, re.Pattern) else _watched(rule, now)
        )
    try:
        for key, file in files.items():
            now.clear()
            read(*file)
            for name in now:
                said[name].append(key)
            for function in REMEMBERED:
                function.cache_clear()
    finally:
        for rule in found:
            rule.switch(rule.on)
    return said


class _Watched:
    """A pattern that tells when it matches."""

    def __init__(self, pattern: re.Pattern[str], tell: Callable[[], None]) -> None:
        self.pattern, self.tell = pattern, tell

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.pattern, name)
        if not callable(method):
            return method

        def told(*given: Any, **named: Any) -> Any:
            text = next((one for one in reversed(given) if isinstance(one, str)), "")
            if self.pattern.search(text):
                self.tell()
            return method(*given, **named)

        return told


def _watched(rule: Rule, now: set[str]) -> Any:
    """Return a function that tells when it finds something, or when it is called if it may change what it is given."""
    function = getattr(rule.on, "func", None) or getattr(rule.on, "__wrapped__", None) or rule.on
    given = [str(one) for name, one in function.__annotations__.items() if name != "return"]
    changes = any(word in one for one in given for word in CHANGED) or (function.__qualname__ != function.__name__)
    off = _empty(str(function.__annotations__.get("return")))

    @functools.wraps(function)
    def told(*given: Any, **named: Any) -> Any:
        result = function(*given, **named)
        if changes or result != off:
            now.add(rule.name)
        return result

    return property(told) if isinstance(rule.on, functools.cached_property) else told


def changed(
    rule: Rule, files: dict[str, File], before: dict[str, set[bytes]], enough: Callable[[list[int]], bool]
) -> dict[str, int]:
    """Return how many entries of which files change without a rule; ``enough`` says of the counts so far that this will do."""
    found: dict[str, int] = {}
    rule.switch(rule.off)
    try:
        for key, file in files.items():
            if many := len(before[key] ^ read(*file)):
                found[key] = many
                if enough([*found.values()]):
                    break
    finally:
        rule.switch(rule.on)
    return found


def earns(counts: list[int]) -> bool:
    """Return whether so many entries on so many lists are enough."""
    return sum(counts) >= FEWEST_ENTRIES and len(counts) >= FEWEST_LISTS


def main(folders: list[Path], only: str, *, whole: bool) -> int:
    """Print a line a rule; return how many rules earn too little."""
    files, proofs = lists(folders), needed()
    before = {key: read(*file) for key, file in (files | proofs).items()}
    idle = []
    tried = [rule for rule in rules() if only in rule.name]
    spoke = watch(tried, files | proofs)
    for rule in tried:
        here = {key: files[key] for key in spoke[rule.name] if key in files}
        counts = [*changed(rule, here, before, lambda counts: not whole and earns(counts)).values()]
        lost = (
            []
            if earns(counts) and not whole
            else [*changed(rule, {key: proofs[key] for key in spoke[rule.name] if key in proofs}, before, lambda _: not whole)]
        )
        least = "" if whole or not earns(counts) else "at least "
        proof = f"; needed by {lost[0]}" + (f" and {len(lost) - 1} more" if len(lost) > 1 else "") if lost else ""
        good = earns(counts) or bool(lost)
        print(
            f"{rule.name:60} {least}{sum(counts)} entries on {len(counts)} lists{proof}{'' if good else '; earns too little'}",
            flush=True,
        )
        idle += [] if good else [rule.name]
    print(f"{len(idle)} rules earn too little" + "".join(f"\n  {name}" for name in idle))
    return len(idle)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path, default=[one for one in BESIDE if one.is_dir()])
    parser.add_argument("--only", default="", help="the rules whose name has this in it")
    parser.add_argument("--whole", action="store_true", help="count on all lists")
    given = parser.parse_args()
    sys.exit(main(given.folders, given.only, whole=given.whole) > 0)
