"""`kill -9` of the members' page while everyone saves: the journal against what each page showed, record by record.

    python benchmarks/load.py kill --members 50 --kills 5

After each kill, before the server starts again, the lines that were added to each member's file must be the answers that their page
showed as saved, in that order, and nothing else but maybe the one that was under way. Everyone also types a text that is not
saved; a page that is opened after the restart must show it.
"""

from __future__ import annotations

import asyncio
import random
import signal
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from clicker import Clicker, Server, open_all
from websockets.exceptions import ConnectionClosed

from studygroup.errors import RecordError
from studygroup.journal.types.lines import decode
from studygroup.journal.types.records import Rsvp

Files = dict[str, list[bytes]]
"""The lines of each file of records, by the member whose it is."""


@dataclass(frozen=True)
class Sitting:
    """What one member's page was shown from its opening to the kill.

    Attributes
    ----------
    shown
        The answers that it showed as saved, in order.
    under_way
        The answer that was sent and not yet shown as saved; empty where there was none.
    refused
        The answers to which the page said something else than that they are saved.
    """

    member: str
    shown: Sequence[str]
    under_way: str = ""
    refused: Sequence[str] = ()


def read_files(folder: Path) -> Files:
    """Return the lines of all records of a workbook; a torn end is a line of its own."""
    made: Files = {}
    for path in sorted(folder.glob("sessions/*/records/*.jsonl")):
        made.setdefault(path.stem, []).extend(line for line in path.read_bytes().split(b"\n") if line)
    return made


def compare(before: Files, after: Files, sittings: Sequence[Sitting]) -> list[str]:
    """Return what is wrong with the lines that were added while pages were open, a sentence each; empty where nothing is.

    Parameters
    ----------
    before, after
        The lines when the pages were opened, and after the kill.
    sittings
        One a member; who has none entered nothing.
    """
    wrong = []
    of = {one.member: one for one in sittings}
    for member in sorted(before.keys() | after.keys() | of.keys()):
        earlier, now = before.get(member, []), after.get(member, [])
        if now[: len(earlier)] != earlier:
            wrong.append(f"{member}: lines that were there before have changed")
        else:
            sitting = of.get(member, Sitting(member, ()))
            wrong += [f"{member}: {what}" for what in _wrong_with(sitting, earlier, now[len(earlier) :])]
    ids = Counter(record.id for lines in after.values() for record in map(_answer, lines) if record)
    return wrong + [f"{count} lines have the id {name}" for name, count in ids.items() if count > 1]


def _wrong_with(one: Sitting, earlier: Sequence[bytes], added: Sequence[bytes]) -> list[str]:
    """Return what is wrong with the lines that were added to one member's file."""
    wrong = [f"the page did not show as saved: {', '.join(one.refused)}"] if one.refused else []
    # Only the write that the kill met may be torn, and then it is the last.
    if added and one.under_way and _answer(added[-1]) is None:
        added = added[:-1]
    for line in added:
        if _answer(line) is None:
            return [*wrong, f"this is no whole answer: {line[:200].decode(errors='replace')}"]
    records = [record for record in map(_answer, added) if record]
    answers = [record.answer for record in records]
    if answers != list(one.shown) and answers != [*one.shown, one.under_way]:
        shown, kept = (", ".join(some) or "none" for some in (one.shown, answers))
        return [*wrong, f"shown as saved: {shown}; under way: {one.under_way or 'none'}; kept: {kept}"]
    last = next(filter(None, map(_answer, reversed(earlier))), None)
    for record in records:
        if (record.by, record.member, record.why) != (one.member, one.member, ""):
            wrong.append(f"{record.id} is by {record.by}, about {record.member}, with the reason {record.why!r}")
        replaced = last if last and last.session == record.session else None
        if record.replaces != (replaced.id if replaced else "") or (replaced and record.at <= replaced.at):
            wrong.append(
                f"{record.id} does not replace the answer before it, {replaced.id if replaced else 'as there is none'}"
            )
        last = record
    return wrong


def _answer(line: bytes) -> Rsvp | None:
    """Return the answer in a line; None where it holds no whole one."""
    try:
        record = decode(line)
    except (msgspec.DecodeError, RecordError):
        return None
    return record if isinstance(record, Rsvp) else None


async def kill_while_saving(server: Server, cookies: Mapping[str, str], kills: int) -> bool:
    """Kill the server while everyone saves, again and again, and print what was compared.

    Parameters
    ----------
    cookies
        Each member's cookie, by their id.

    Returns
    -------
    bool
        Whether nothing was wrong, with at least one save shown before every kill.
    """
    drafts = dict.fromkeys(cookies, "")
    wrong: list[str] = []
    shown, kept, busy = 0, 0, True
    for kill in range(kills + 1):
        before = read_files(server.folder)
        pages = {member: Clicker(server, cookie) for member, cookie in cookies.items()}
        await open_all(list(pages.values()))
        await asyncio.gather(*(page.open_tab("My reading") for page in pages.values()))
        wrong += [
            f"{member}: the page shows {page.typed!r} where {drafts[member]!r} was typed"
            for member, page in pages.items()
            if page.typed != drafts[member]
        ]
        if kill == kills:
            await asyncio.gather(*(page.close() for page in pages.values()))
            break
        drafts = {member: f"What {member} typed before kill {kill + 1}: $x^2$" for member in cookies}
        await asyncio.gather(*(page.type(drafts[member]) for member, page in pages.items()))
        await _kill(server, list(pages.values()))
        sittings = [Sitting(member, page.shown, page.under_way, page.refused) for member, page in pages.items()]
        after = read_files(server.folder)
        wrong += compare(before, after, sittings)
        seen = sum(len(one.shown) for one in sittings)
        shown, busy = shown + seen, busy and seen > 0
        kept += sum(map(len, after.values())) - sum(map(len, before.values()))
        server.start()
    for what in wrong[:50]:
        print(what)
    print(
        f"{kills} kills with {len(cookies)} members saving: shown as saved {shown}, in the journal {kept}, wrong {len(wrong)}"
    )
    print(f"drafts typed before a kill: {kills * len(cookies)}, looked for on a page opened after it")
    return not wrong and busy


async def _kill(server: Server, pages: Sequence[Clicker]) -> None:
    """Have everyone click, and kill the server in the middle of it."""

    async def click(one: Clicker) -> None:
        try:
            while True:
                await one.click()
                # The page lets no one save more than sixty times in a row.
                await asyncio.sleep(0.03)
        except ConnectionClosed:
            return

    tasks = [asyncio.create_task(click(one)) for one in pages]
    await asyncio.sleep(random.uniform(0.5, 1.5))
    server.stop(signal.SIGKILL)
    await asyncio.gather(*tasks)
    await asyncio.gather(*(page.close() for page in pages))
