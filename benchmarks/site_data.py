"""Years of a big group, written as its files would be: items, weekly sessions, and what twelve members say at each."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from studygroup.catalogue.items.columns import COLUMNS
from studygroup.journal.types.lines import encode, new_record
from studygroup.workbook.workbook import Workbook

MEMBERS = ("Ada Lovelace", "Zoë O'Brien-李", *(f"Member {number}" for number in range(3, 13)))
IDS = ("ada-lovelace", "zoe-obrien-li", *(f"member-{number}" for number in range(3, 13)))
FIRST = date(2020, 1, 3)
_SETTINGS = """\
[tool.studygroup]
name = "Friday papers"
description = "A paper a week, since 2020."
how_to_join = "Say hello in **#papers**; no preparation needed the first time."
zones = ["UTC", "Europe/Berlin", "Asia/Kolkata"]
text_channel = "#papers"
voice_channel = "#papers-voice"
meeting_link = "https://meet.example.org/papers"
syllabus = "papers"
site_address = "https://papers.example.org/"

[[tool.studygroup.slots]]
valid_from = 2020-01-01
weekday = "friday"
time = "23:00"
zone = "UTC"
every = "week"
length_min = 90
"""
_WORDS = [
    "Attention",
    "Scaling",
    "Laws",
    "Sparse",
    "Experts",
    "Retrieval",
    "Alignment",
    "Tokens",
    "Prompting",
    "Reasoning",
    "Quantised",
    "Adapters",
    "Long",
    "Context",
]
_TEXTS = (
    "Few examples in the prompt are enough: $p(y \\mid x_1, \\dots, x_k)$ does the work of training.",
    "The loss falls as a power law, $$L(N) = (N_c / N)^{\\alpha_N}$$ over seven orders of magnitude.\n\n- no gradient\n- no new weights",
    "It changed how I evaluate: *always* with and without examples. See [the appendix](https://example.org/appendix).",
)


def write_book(folder: Path, *, items: int, sessions: int, texts: Sequence[str] = _TEXTS) -> Workbook:
    """Write a workbook with so many items and so many weekly sessions held, and return it, a day after the last of them."""
    (folder / "lists").mkdir(parents=True)
    (folder / "pyproject.toml").write_text(_SETTINGS)
    _write_catalogue(folder, items)
    chance = random.Random(1)
    lines: dict[tuple[str, str], list[bytes]] = {}

    def enter(kind: str, week: int, by: str, second: int = 0, **fields: Any) -> None:
        at = datetime(2020, 1, 3, 23, tzinfo=UTC) + timedelta(weeks=week, seconds=second)
        session = (FIRST + timedelta(weeks=week)).isoformat()
        lines.setdefault((session, by), []).append(encode(new_record(kind, now=at, by=by, session=session, **fields)))

    for member, name in zip(IDS, MEMBERS, strict=True):
        role = "facilitator" if member == IDS[0] else "member"
        enter("person", 0, IDS[0], member=member, name=name, role=role, joined=FIRST)
    for week in range(sessions):
        _hold(enter, week, f"item-{week % items:04}", chance, texts)
    for (session, member), own in lines.items():
        records = folder / "sessions" / session / "records"
        records.mkdir(parents=True, exist_ok=True)
        (records / f"{member}.jsonl").write_bytes(b"\n".join([*own, b""]))
    now = datetime(2020, 1, 4, 12, tzinfo=UTC) + timedelta(weeks=sessions - 1)
    return Workbook(folder, lambda: now)


def _hold(enter: Any, week: int, item: str, chance: random.Random, texts: Sequence[str]) -> None:
    """Enter what is said at one session, and before and after it."""
    roles = {"presenter": IDS[week % 12], "scribe": IDS[(week + 1) % 12]}
    enter("plan", week, IDS[0], entries=[f"papers/{item}"], roles=roles)
    for number, member in enumerate(IDS):
        enter("rsvp", week, member, number, member=member, answer=chance.choice(["yes", "yes", "maybe", "no"]), why="a reason")
        state = chance.choice(["present", "present", "late", "absent"])
        enter("attendance", week, IDS[0], number, member=member, state=state)
        enter("reading", week, member, number, member=member, item=item, status=chance.choice(["read", "skimmed", "reading"]))
        if number % 4 == 0:
            big, why = (f"{texts[(week + number // 4 + shift) % len(texts)]} ({week}.{number})" for shift in (0, 1))
            enter("summary", week, member, number, member=member, item=item, big_idea=big, relevance=why)
            enter("rating", week, member, number, member=member, item=item, rating=chance.randint(2, 5))
    asker = IDS[1 + week % 11]
    enter(
        "question",
        week,
        asker,
        member=asker,
        text=f"Does it hold for code, too ({week})? {texts[week % len(texts)]}",
        item=item,
    )
    enter("note", week, IDS[2], text=f"{texts[week % len(texts)]} ({week})", decision=week % 3 == 0)
    enter("action", week, IDS[2], text="Find the code", owner=IDS[3], done=week % 4 > 0)
    enter(
        "material", week, IDS[2], item=item, label="Recording of the session", url="https://example.org/rec", role="recording"
    )
    enter("close", week, IDS[0], 7200, finished=[f"papers/{item}"])


def _write_catalogue(folder: Path, items: int) -> None:
    rows, entries = [",".join(COLUMNS)], ["entry,position,number,line,section,title,url,items,columns"]
    for number in range(items):
        item, section = f"item-{number:04}", f"Papers > {_WORDS[number * 13 // items]}"
        title = f"{_WORDS[number % 13]} {_WORDS[number * 7 % 13]} {number}"
        cells = {
            "id": item,
            "title": title,
            "kind": "paper",
            "url": f"https://arxiv.org/abs/2005.{number:05}",
            "authors": "Ann Lee; Bo Chen; Cy Diaz; Di Ek; Ed Fox",
            "year": "2020",
            "section": section,
            "importance": "It began prompting.",
            "about": "A large model learns from a few examples.",
        }
        rows.append(",".join(cells.get(column, "") for column in COLUMNS))
        entries.append(f"{item},{number + 1},{number + 1},{number + 3},{section},{title},{cells['url']},{item},{{}}")
    (folder / "catalogue.csv").write_text("\n".join([*rows, ""]))
    (folder / "lists" / "papers.csv").write_text("\n".join([*entries, ""]))
