"""Journals as a group of 50 makes them over years: mixed types, texts of 0.1 to 2 KiB, corrections and withdrawals."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec

MEMBERS = [f"member-{number:02}" for number in range(50)]
ITEMS = [f"work-{number:03}-on-language-models" for number in range(300)]

# How often each type comes, in a hundred records.
_MIX = {
    "reading": 30,
    "rsvp": 10,
    "attendance": 9,
    "summary": 8,
    "question": 8,
    "answer": 8,
    "rating": 6,
    "vote": 4,
    "note": 4,
    "claim": 4,
    "action": 3,
    "material": 2,
    "proposal": 2,
    "withdraw": 2,
}
_WORDS = (
    "attention scales with the data and the reward model learns what people prefer, which is not always what they mean; "
    "“retrieval” helps where facts change, café and naïve baselines too, a → b, 注意力 is all you need\\n\\n- one\\n- two\\n"
)
_CORPUS = _WORDS * 20


class Writer:
    """Makes lines of records in order of time, each with an id of its own."""

    def __init__(self, seed: int = 1, members: list[str] = MEMBERS) -> None:
        self.chance = random.Random(seed)
        self.members = members
        self.count = 0
        self.roots: dict[str, list[str]] = {}
        self.last = ""

    def line(self, kind: str, at: datetime, by: str, session: str, body: str) -> str:
        """Return one line, its body given as JSON without braces."""
        self.count += 1
        self.last = f"{int(at.timestamp() * 1000):012x}"
        name = f"{self.last[:8]}-{self.last[8:]}-7{self.count >> 16 & 0xFFF:03x}-8{self.count & 0xFFF:03x}-{self.count:012x}"
        self.last = name
        stamp = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return f'{{"v":1,"id":"{name}","at":"{stamp}","by":"{by}","session":"{session}","type":"{kind}",{body}}}'

    def thing(self, kind: str, at: datetime, by: str, session: str, body: str) -> str:
        """Return a line of a type about itself, every fifth a correction of an earlier one."""
        earlier = self.roots.setdefault(kind, [])
        if earlier and self.chance.random() < 0.2:
            return self.line(kind, at, by, session, f'{body},"of":"{self.chance.choice(earlier[-500:])}"')
        line = self.line(kind, at, by, session, body)
        earlier.append(self.last)
        return line

    def text(self) -> str:
        """Return a text of 0.1 to 2 KiB, short ones more often, as it is within JSON."""
        length = int(100 * 20 ** self.chance.random())
        start = self.chance.randrange(len(_CORPUS) - length - 2)
        return _CORPUS[start : start + length].replace("\\n", " ").replace("\\", "").replace("  ", "\\n")

    def record(self, kind: str, at: datetime, by: str, session: str) -> str:
        """Return a line of a type with what its author could have entered."""
        pick = self.chance.choice
        item, about = pick(ITEMS), f'"member":"{by}","item":"{pick(ITEMS)}"'
        if kind == "reading":
            return self.line(kind, at, by, session, f'{about},"status":"{pick(["unread", "reading", "skimmed", "read"])}"')
        if kind == "rsvp":
            return self.line(kind, at, by, session, f'"member":"{by}","answer":"{pick(["yes", "maybe", "no"])}"')
        if kind == "attendance":
            return self.line(
                kind, at, by, session, f'"member":"{pick(self.members)}","state":"{pick(["present", "late", "absent"])}"'
            )
        if kind == "rating":
            return self.line(kind, at, by, session, f'{about},"rating":{self.chance.randint(1, 5)}')
        if kind == "summary":
            return self.line(kind, at, by, session, f'{about},"big_idea":"{self.text()}","text":"{self.text()}"')
        if kind == "withdraw":
            return self.line(kind, at, by, session, f'"record":"{self.last}"')
        if kind == "vote":
            ballot = self.roots.get("ballot", [""])[-1]
            return self.line(kind, at, by, session, f'"ballot":"{ballot}","member":"{by}","choice":["{item}"]')
        bodies = {
            "question": f'"member":"{by}","text":"{self.text()}?","item":"{item}"',
            "answer": f'"question":"{pick(self.roots.get("question", [""])[-300:])}","member":"{by}","text":"{self.text()}"',
            "note": f'"text":"{self.text()}"',
            "action": f'"text":"{self.text()}","owner":"{by}","due":"{at.date() + timedelta(days=7)}"',
            "claim": f'{about},"claim":"{self.text()}","evidence":"{self.text()}","before":{self.chance.randint(0, 100)}',
            "material": f'"item":"{item}","label":"Slides of {item}","url":"https://example.org/{item}"',
            "proposal": f'"member":"{by}","item":"{item}","why":"{self.text()}"',
        }
        return self.thing(kind, at, by, session, bodies[kind])

    def session(self, day: date, each: int) -> Iterator[tuple[str, str]]:
        """Yield ``each`` lines of every member for one session, as (member, line)."""
        start = datetime(day.year, day.month, day.day, 23, tzinfo=UTC)
        facilitator, session = self.members[0], day.isoformat()
        yield facilitator, self.line("plan", start, facilitator, session, f'"items":["{self.chance.choice(ITEMS)}"]')
        shortlist = msgspec.json.encode(self.chance.sample(ITEMS, 4)).decode()
        until = (start + timedelta(days=6)).isoformat()
        yield facilitator, self.thing("ballot", start, facilitator, session, f'"shortlist":{shortlist},"until":"{until}"')
        yield facilitator, self.thing("question", start, facilitator, session, f'"member":"{facilitator}","text":"Why?"')
        kinds = self.chance.choices(list(_MIX), list(_MIX.values()), k=len(self.members) * each)
        for number, kind in enumerate(kinds):
            by = self.members[number % len(self.members)]
            yield by, self.record(kind, start + timedelta(seconds=number), by, session)
        yield facilitator, self.line("close", start + timedelta(days=1), facilitator, session, '"finished":["basics/one"]')


def write_journal(
    folder: Path, *, sessions: int, each: int, writer: Writer | None = None, first: date = date(2020, 1, 3)
) -> int:
    """Write the ``sessions/`` folder of a group that met weekly, of 50 or the writer's members, and return how many records it holds."""
    writer = writer or Writer()
    for week in range(sessions):
        day = first + timedelta(weeks=week)
        lines: dict[str, list[str]] = {}
        if week == 0:
            joined = day - timedelta(days=2)
            start = datetime(joined.year, joined.month, joined.day, tzinfo=UTC)
            for member in writer.members:
                body = f'"member":"{member}","name":"{member.title()}","joined":"{joined}"'
                lines.setdefault(member, []).append(writer.line("person", start, member, day.isoformat(), body))
        for member, line in writer.session(day, each):
            lines.setdefault(member, []).append(line)
        records = folder / day.isoformat() / "records"
        records.mkdir(parents=True, exist_ok=True)
        for member, texts in lines.items():
            with (records / f"{member}.jsonl").open("a", encoding="utf-8", newline="\n") as file:
                file.write("".join(f"{text}\n" for text in texts))
    return writer.count
