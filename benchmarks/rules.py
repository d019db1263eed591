"""What each rule of the import earns: every rule is switched off in turn, and it is printed what changes, and which case needs it.

usage: python benchmarks/rules.py [FOLDER ...]

A folder holds lists (`*.md`); without one, those beside the project are read. A rule is one of `evidence.RULES`, of
`citation.FORMS`, or what a document repeats. It should change twenty entries on two lists, or a case of `tests/cases/` needs it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from studygroup.catalogue.recognise import reading_list  # noqa: E402
from studygroup.catalogue.recognise.documents import passage  # noqa: E402
from studygroup.catalogue.recognise.lines import citation, evidence  # noqa: E402
from tests.catalogue.test_reading_list import cases, shown  # noqa: E402

NOW = datetime(2026, 11, 20, tzinfo=UTC)
FEWEST_ENTRIES, FEWEST_LISTS = 20, 2


def switches() -> Iterator[tuple[str, Callable[[], Callable[[], None]]]]:
    """Yield each rule's name, and a function that switches it off and returns one that switches it on again."""
    for rule in evidence.RULES:
        yield (
            f"evidence: {rule.__name__}",
            lambda rule=rule: _without(evidence, "RULES", [one for one in evidence.RULES if one is not rule]),
        )
    for form in citation.FORMS:
        kept = tuple(one for one in citation.FORMS if one is not form)
        yield f"citation: {form.__name__.strip('_')}", lambda kept=kept: _without(citation, "FORMS", kept)
    for name in ("attach_recurring", "likely"):
        yield f"repeats: {name}", lambda name=name: _without(passage, name, list)
    yield "repeats: weigh", lambda: _without(passage, "weigh", lambda works: None)


def _without(module: object, name: str, value: object) -> Callable[[], None]:
    before = getattr(module, name)
    setattr(module, name, value)
    return lambda: setattr(module, name, before)


def entries(data: bytes) -> set[bytes]:
    """Return what a list is read as, entry by entry, without their places and how sure they are."""
    found = reading_list.parse_reading_list(data, "list", now=NOW).entries
    return {msgspec.json.encode(msgspec.structs.replace(one, position=0, sure=1.0)) for one in found}


def main(folders: list[Path]) -> int:
    """Print a line a rule; return how many rules earn too little."""
    lists = {path.name: path.read_bytes() for folder in folders for path in sorted(folder.glob("*.md"))}
    before = {name: entries(data) for name, data in lists.items()}
    needed = [(case.id, *case.values) for case in cases()]
    idle = 0
    for name, switch_off in switches():
        switch_on = switch_off()
        try:
            changed = {one: len(before[one] ^ entries(data)) for one, data in lists.items()}
            lost = [
                one
                for one, given, expected in needed
                if shown(reading_list.parse_reading_list(given, "list", now=NOW)) != expected
            ]
        finally:
            switch_on()
        several = sum(count > 0 for count in changed.values())
        earns = (sum(changed.values()) >= FEWEST_ENTRIES and several >= FEWEST_LISTS) or bool(lost)
        idle += not earns
        case = f"; needed by {len(lost)} cases, first “{lost[0]}”" if lost else ""
        print(f"{name:40} {sum(changed.values()):6} entries on {several:2} lists{case}{'' if earns else '; earns too little'}")
    return idle


if __name__ == "__main__":
    beside = [ROOT.parent / "shared" / name for name in ("reading-lists", "lists-to-learn-from")]
    sys.exit(main([Path(one) for one in sys.argv[1:]] or [one for one in beside if one.is_dir()]) > 0)
