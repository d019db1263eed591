"""Many members with open pages, all clicking: how long until each sees what they saved, and whether all of it is kept.

    python benchmarks/load.py clicks --members 200 --seconds 60
    python benchmarks/load.py pages --members 200 --pages 500
    python benchmarks/load.py kill --members 50 --kills 5           # make load runs these three

A real server in a process of its own, on loopback; the browsers are sockets that say what a browser says (`clicker.py`).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

import httpx
from clicker import Clicker, Server, Workbook, cookies_of, make_group, open_all
from load_kill import kill_while_saving

P99_MS, A_PAGE_MB, BACK = 250, 1.0, 1.10


def percentile(values: list[float], part: float) -> float:
    """Return the value below which a part of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else float("nan")


async def measure_clicks(server: Server, cookies: list[str], seconds: float, every_s: float) -> bool:
    """Print what clicking costs; return whether the goals are reached."""
    warm = Clicker(server, cookies[0])
    await warm.open()
    await warm.close()
    # Nothing says when the memory of a page is given back.
    await asyncio.sleep(1)
    before = server.memory_mb()
    clickers = [Clicker(server, cookie) for cookie in cookies]
    started = time.perf_counter()
    await open_all(clickers)
    opened = time.perf_counter() - started
    a_page = (server.memory_mb() - before) / len(clickers)
    end = time.perf_counter() + seconds
    cpu, server_cpu = sum(os.times()[:2]), server.cpu_s()
    await asyncio.gather(*(one.click_on(every_s, end, random.uniform(0, every_s)) for one in clickers))
    own, theirs = sum(os.times()[:2]) - cpu, server.cpu_s() - server_cpu
    waits = [wait for one in clickers for wait in one.waits]
    saved = sum(len(one.shown) for one in clickers)
    sent = saved + sum(len(one.refused) + bool(one.under_way) for one in clickers)
    kept = sum(record.type == "rsvp" for record in Workbook(server.folder).records)
    p50, p99 = (percentile(waits, part) * 1000 for part in (0.5, 0.99))
    print(f"pages open                {len(clickers)}, {opened / len(clickers) * 1000:.0f} ms each")
    print(f"memory a page             {a_page:.2f} MB (goal: at most {A_PAGE_MB})")
    print(f"clicks                    {sent}, {sent / seconds:.0f} a second; saved {saved}, in the journal {kept}")
    print(
        f"click to shown            p50 {p50:.0f} ms, p99 {p99:.0f} ms (goal: at most {P99_MS}), longest {max(waits) * 1000:.0f} ms"
    )
    print(f"CPU a click               {theirs / sent * 1000:.1f} ms of the server, {own / sent * 1000:.1f} ms of the clickers")
    for one in clickers:
        await one.close()
    return p99 <= P99_MS and a_page <= A_PAGE_MB and saved == sent == kept


async def measure_pages(server: Server, cookies: list[str], pages: int) -> bool:
    """Print whether memory comes back after many pages; fifty before, as the first pages also fill caches."""
    figures = []
    async with httpx.AsyncClient(timeout=60) as client:
        for count in (50, pages):
            for start in range(0, count, 50):
                some = [Clicker(server, cookies[number % len(cookies)]) for number in range(start, min(start + 50, count))]
                await open_all(some)
                most = server.memory_mb()
                for one in some:
                    await one.leave(client)
            # As above.
            await asyncio.sleep(2)
            figures.append(server.memory_mb())
            print(f"after {count} pages: {figures[-1]:.0f} MB; {most:.0f} MB with the last fifty open")
    return figures[-1] <= figures[0] * BACK


def main() -> None:
    """Run one of the measurements; exit code 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=["clicks", "pages", "kill"])
    parser.add_argument("--members", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--every", type=float, default=2.0, help="seconds between one member's clicks")
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--kills", type=int, default=5)
    given = parser.parse_args()
    place = Path(tempfile.mkdtemp(prefix="studygroup-load-"))
    try:
        members = make_group(place / "book", given.members)
        by_member = cookies_of(place / "book", members)
        cookies = list(by_member.values())
        server = Server(place / "book").start()
        try:
            if given.what == "clicks":
                good = asyncio.run(measure_clicks(server, cookies, given.seconds, given.every))
            elif given.what == "pages":
                good = asyncio.run(measure_pages(server, cookies, given.pages))
            else:
                good = asyncio.run(kill_while_saving(server, by_member, given.kills))
        finally:
            server.stop()
        if "ERROR" in server.log:
            print(server.log[-2000:])
            good = False
    finally:
        shutil.rmtree(place)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
