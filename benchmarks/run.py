"""Measure what docs/architecture.md promises: each figure as a ratio against a limit, medians of one and the same run.

Run by `make bench`; `python benchmarks/run.py journal saving` measures what it names alone. Wall times on a busy machine
vary; both sides of a ratio are measured in turn, so that they vary alike.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
CLEAN = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

WITHOUT_TRAP = """
import sys
sys.modules["rfc3987_syntax"] = None
from papermill.__main__ import papermill
papermill(["empty.ipynb", "out.ipynb", "--kernel", "python3", "--no-progress-bar"])
"""
WITH_TRAP = WITHOUT_TRAP.replace('sys.modules["rfc3987_syntax"] = None\n', "")


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that one call takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def in_turn(*works: Callable[[], object], rounds: int) -> list[list[float]]:
    """Return the seconds of each work, measured in turn after one round that does not count."""
    times = [[timed(work) for work in works] for _ in range(rounds + 1)][1:]
    return [list(one) for one in zip(*times, strict=True)]


def medians(*works: Callable[[], object], rounds: int) -> list[float]:
    """Return the median seconds of each work, measured in turn after one round that does not count."""
    return [statistics.median(one) for one in in_turn(*works, rounds=rounds)]


def ratio(ours: list[float], others: list[float]) -> float:
    """Return the median of the ratios of what was measured one after the other, so that a busy minute hits both sides."""
    return statistics.median(one / other for one, other in zip(ours, others, strict=True))


def command(*words: str, cwd: Path) -> Callable[[], object]:
    """Return a call that runs a command quietly and fails when it does."""
    return lambda: subprocess.run(words, cwd=cwd, env=CLEAN, check=True, capture_output=True)


def copy_of_workbook(folder: Path) -> Path:
    """Return a copy of this project's workbook, without what is in its sessions."""
    target = folder / "book"
    (target / "sessions").mkdir(parents=True)
    for name in ("pyproject.toml", "catalogue.csv"):
        shutil.copy(ROOT / name, target)
    for name in ("lists", "notebooks"):
        shutil.copytree(ROOT / name, target / name)
    return target


def agenda(folder: Path) -> list[tuple[str, str, float, float | None]]:
    """Measure the whole agenda command against papermill on an empty notebook."""
    import nbformat

    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(metadata=kernel), folder / "empty.ipynb")
    book = copy_of_workbook(folder)
    times = in_turn(
        command(sys.executable, "-m", "studygroup", "agenda", cwd=book),
        command(sys.executable, "-c", WITHOUT_TRAP, cwd=folder),
        command(sys.executable, "-c", WITH_TRAP, cwd=folder),
        rounds=9,
    )
    ours, plain, trapped = map(statistics.median, times)
    return [
        (
            f"the week's agenda, whole command ({ours:.2f} s)",
            f"papermill, empty notebook, no trap ({plain:.2f} s)",
            ratio(times[0], times[1]),
            1.7,
        ),
        (
            f"papermill, empty notebook, with the import trap ({trapped:.2f} s)",
            "the same without",
            ratio(times[2], times[1]),
            None,
        ),
    ]


def reports(folder: Path) -> list[tuple[str, str, float, float | None]]:
    """Measure a year's reports, written and looked through, against papermill's command 52 times on an empty notebook."""
    import nbformat
    from report_data import write_year

    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(metadata=kernel), folder / "empty.ipynb")
    book = write_year(copy_of_workbook(folder)).folder
    report = [sys.executable, "-m", "studygroup", "report", "--all"]
    ours, unchanged, plain = medians(
        command(*report, "--force", cwd=book),
        command(*report, cwd=book),
        command(sys.executable, "-c", WITHOUT_TRAP, cwd=folder),
        rounds=3,
    )
    year = f"52 × papermill, empty notebook ({52 * plain:.0f} s)"
    return [
        (f"a year's 52 reports in one command ({ours:.1f} s)", year, ours / (52 * plain), 0.15),
        (f"the same where nothing changed ({unchanged:.1f} s)", year, unchanged / (52 * plain), None),
    ]


def site(folder: Path) -> list[tuple[str, str, float, float | None]]:
    """Measure writing the site of 1,000 items and 200 sessions, anew and where nothing changed."""
    from site_data import write_book

    book = write_book(folder / "book", items=1000, sessions=200).folder
    write = command(sys.executable, "-m", "studygroup", "site", cwd=book)

    def anew() -> None:
        shutil.rmtree(book / "site", ignore_errors=True)
        write()

    new, again = medians(anew, write, rounds=3)
    return [
        (f"the site of 1,000 items and 200 sessions ({new:.1f} s)", "4 s", new / 4, 1.0),
        (f"the same where nothing changed ({again:.1f} s)", "0.5 s", again / 0.5, 1.0),
    ]


def new(folder: Path) -> list[tuple[str, str, float, float | None]]:
    """Measure making a group with a list, git and its first agenda, without installing anything."""
    made = [
        sys.executable,
        "-m",
        "studygroup",
        "new",
        "club",
        "--read",
        "modern-llm-study-group",
        "--no-environment",
        "--no-lab",
    ]
    make = command(*made, cwd=folder)

    def anew() -> None:
        shutil.rmtree(folder / "club", ignore_errors=True)
        make()

    [seconds] = medians(anew, rounds=3)
    return [(f"a new group with its first agenda ({seconds:.1f} s)", "5 s", seconds / 5, 1.0)]


def catalogue(folder: Path) -> list[tuple[str, str, float, float | None]]:
    """Measure loading, checking and searching a catalogue of 100,000 rows."""
    import pandas as pd

    from studygroup.catalogue.items.check_tables import check_items
    from studygroup.catalogue.items.columns import COLUMNS
    from studygroup.catalogue.items.csv_table import read_items
    from studygroup.catalogue.items.table import Catalogue

    words = [
        "attention",
        "model",
        "language",
        "learning",
        "data",
        "scaling",
        "retrieval",
        "prompt",
        "chain",
        "thought",
        "reward",
        "tool",
        "code",
        "pile",
    ]
    titles = [f"{words[n % 14].title()} {words[n // 14 % 14]} {words[n // 196 % 14]} number {n}" for n in range(100_000)]
    frame = pd.DataFrame({column: [""] * len(titles) for column in COLUMNS})
    frame = frame.assign(
        id=[f"item-{n}" for n in range(len(titles))],
        title=titles,
        kind="paper",
        url=[f"https://example.org/{n}" for n in range(len(titles))],
        authors="Ann Lee; Bo Chen",
        year="2021",
        about="A sentence that says what the work is and what it found, as long as such sentences are.",
    )
    path = folder / "catalogue.csv"
    frame.to_csv(path, index=False, lineterminator="\n")
    load, check, plain = medians(
        lambda: read_items(path),
        lambda: check_items(path),
        lambda: pd.read_csv(path, dtype=str, keep_default_na=False, na_filter=False),
        rounds=5,
    )
    book = Catalogue.read(folder)
    book.search("a")
    texts = [title[:length] for title in titles[::9_000] for length in range(1, 25)]
    search = statistics.median(timed(lambda text=text: book.search(text)) for text in texts)
    return [
        (f"loading 100,000 rows ({load:.2f} s)", f"pandas.read_csv ({plain:.2f} s)", load / plain, 1.5),
        (f"checking them ({check:.2f} s)", "pandas.read_csv", check / plain, 5.0),
        (f"search as one types, 100,000 items ({search * 1000:.0f} ms)", "50 ms", search / 0.05, 1.0),
    ]


def reading_list(folder: Path) -> list[tuple[str, str, float, float | None]]:
    """Measure the import of a 1 MB list against markdown-it-py's own parse of it."""
    from markdown_it import MarkdownIt

    from studygroup.catalogue.recognise.reading_list import parse_reading_list

    parts = []
    for n in range(2_000):
        parts.append(f"## Section {n}\n\n| Title | Link | Year |\n|---|---|---|\n")
        parts.extend(f"| A Paper On Subject {n} {row} | [Link](https://example.org/{n}/{row}) | 2021 |\n" for row in range(3))
        parts.append("\n")
        parts.extend(
            f"- [A Work About Matter {n} {row}](https://arxiv.org/abs/2101.{n % 9000 + row:05}) by Ann Lee\n"
            for row in range(3)
        )
        parts.append("\n")
    text = "".join(parts)
    reader = MarkdownIt("gfm-like", {"linkify": False})
    ours, plain = medians(lambda: parse_reading_list(text, "big"), lambda: reader.parse(text), rounds=3)
    return [
        (
            f"importing a {len(text) / 1e6:.1f} MB list ({ours:.2f} s)",
            f"markdown-it-py parsing it ({plain:.2f} s)",
            ours / plain,
            2.0,
        )
    ]


def merging(folder: Path) -> list[tuple[str, str, float, float | None]]:
    """Measure 20,000 entries imported into a catalogue of 100,000 items; a tenth of them are there already."""
    import random

    import pandas as pd

    from studygroup.catalogue.items.columns import COLUMNS
    from studygroup.catalogue.merging.importer import import_lists
    from studygroup.catalogue.recognise.entry import Entry, ReadingList

    chance = random.Random(1)
    words = [f"{first}{last}" for first in ("trans", "inter", "over", "sub", "auto", "multi") for last in _STEMS]

    def title() -> str:
        return " ".join(chance.choice(words) for _ in range(chance.randint(4, 9))).capitalize()

    titles = [title() for _ in range(100_000)]
    cells = {column: [""] * len(titles) for column in COLUMNS} | {
        "id": [f"work-{number}" for number in range(len(titles))],
        "title": titles,
        "kind": ["paper"] * len(titles),
        "url": [f"https://example.org/{number}" for number in range(len(titles))],
    }
    items = pd.DataFrame(cells).astype("str")
    items["year"] = pd.Series([None] * len(titles), dtype="Int64")
    entries = [
        Entry(
            position=number + 1, title=titles[number * 5] if number % 10 == 0 else title(), url=f"https://example.com/{number}"
        )
        for number in range(20_000)
    ]
    one = ReadingList("big", entries=tuple(entries))
    took = statistics.median(timed(lambda: import_lists(items, {}, [one])) for _ in range(3))
    return [(f"20,000 entries against 100,000 items ({took:.1f} s)", "10 s", took / 10, 1.0)]


_STEMS = [
    "former",
    "learning",
    "scale",
    "policy",
    "reward",
    "token",
    "graph",
    "search",
    "layer",
    "kernel",
    "sparse",
    "dense",
    "value",
    "prompt",
    "retrieval",
    "memory",
    "agent",
    "model",
    "data",
    "noise",
    "signal",
    "vision",
    "speech",
    "code",
    "proof",
    "plan",
    "world",
    "action",
    "state",
]


def saving(folder: Path) -> list[tuple[str, str, float, float | None]]:
    """Measure one acknowledged save against one append with fdatasync of the same bytes."""
    from studygroup.journal.files.files import FilesStore
    from studygroup.journal.types.lines import encode, new_record

    store = FilesStore(folder / "sessions")
    now = datetime(2026, 11, 27, 23, tzinfo=UTC)
    records = iter(
        [
            new_record("reading", now=now, by="ada", session="2026-11-27", member="ada", item="lora", status="read")
            for _ in range(2_000)
        ]
    )
    line = encode(next(records)) + b"\n"
    handle = os.open(folder / "plain.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def append() -> None:
        os.write(handle, line)
        getattr(os, "fdatasync", os.fsync)(handle)

    times = in_turn(lambda: store.append(next(records)), append, rounds=500)
    ours, plain = map(statistics.median, times)
    os.close(handle)
    return [
        (
            f"one save, acknowledged ({ours * 1e6:.0f} µs)",
            f"one append with fdatasync ({plain * 1e6:.0f} µs)",
            ratio(*times),
            1.5,
        )
    ]


def journal(folder: Path) -> list[tuple[str, str, float, float | None]]:
    """Measure a big journal against msgspec alone, and opening a year's. ``STUDYGROUP_BENCH_RECORDS`` makes the big one smaller.

    Each measurement has a process of its own: what memory a process already has would favour whoever comes second.
    """
    from journal_data import write_journal

    wanted = int(os.environ.get("STUDYGROUP_BENCH_RECORDS", "1000000"))
    big, year = folder / "big" / "sessions", folder / "year" / "sessions"
    count = write_journal(big, sessions=max(1, wanted // (77 * 50)), each=77)
    year_count = write_journal(year, sessions=52, each=12)
    # Files that were just written are read again by every reader, as their dates could not tell another change.
    time.sleep(3)

    def seconds(what: str, sessions: Path) -> dict[str, float]:
        done = subprocess.run(
            [sys.executable, str(ROOT / "benchmarks" / "journal_speed.py"), what, str(sessions)],
            check=True,
            capture_output=True,
            env=CLEAN,
        )
        found: dict[str, float] = json.loads(done.stdout)
        return found

    rounds = [(seconds("plain", big), seconds("tables", big)) for _ in range(4)][1:]
    times = [list(one) for one in zip(*((a["seconds"], b["seconds"], b["more"]) for a, b in rounds), strict=True)]
    plain, ours, more = map(statistics.median, times)
    seconds("cached", year)
    years = [(seconds("uncached", year), seconds("cached", year)) for _ in range(5)]
    cold, kept, kept_tables = (
        statistics.median(one) for one in zip(*((a["seconds"], b["journal"], b["seconds"]) for a, b in years), strict=True)
    )
    return [
        (
            f"{count:,} records to all tables, cold ({ours:.2f} s)",
            f"msgspec decoding the lines ({plain:.2f} s)",
            ratio(times[1], times[0]),
            4.0,
        ),
        (f"1,000 records more, to all tables ({more:.2f} s)", "the cold load", ratio(times[2], times[1]), 0.05),
        (f"opening a year, {year_count:,} records, all tables, no cache ({cold * 1000:.0f} ms)", "1 s", cold, 1.0),
        (f"opening a year from the cache, what is current ({kept * 1000:.0f} ms)", "200 ms", kept / 0.2, 1.0),
        (f"the same with all tables ({kept_tables * 1000:.0f} ms)", "200 ms", kept_tables / 0.2, 1.0),
    ]


def clicking(folder: Path) -> list[tuple[str, str, float, float | None]]:
    """Measure how long a form of a big group needs to answer a click."""
    from click_speed import write_big_workbook

    found = []
    for joined in (False, True):
        book = folder / ("joined" if joined else "plain")
        count = write_big_workbook(book, joined=joined)
        # As above: what was just written would be read again.
        time.sleep(3)
        done = subprocess.run(
            [sys.executable, str(ROOT / "benchmarks" / "click_speed.py"), str(book)], check=True, capture_output=True, env=CLEAN
        )
        seconds = json.loads(done.stdout)["seconds"]
        how = "an item went into another" if joined else "200 members, a year"
        found.append((f"a click, {count:,} records, {how} ({seconds * 1000:.0f} ms)", "150 ms", seconds / 0.15, 1.0))
    return found


def starting(folder: Path) -> list[tuple[str, str, float, float | None]]:
    """Measure how long it takes until something can begin: importing the interface, and a command that reads nothing."""
    python = sys.executable
    nothing = command(python, "-c", "pass", cwd=folder)
    imported = command(python, "-c", "import studygroup as sg; sg.Group", cwd=folder)
    interface = command(python, "-c", "import studygroup", cwd=folder)
    bare = command(python, "-m", "studygroup", "--version", cwd=folder)
    *times, pass_times = in_turn(interface, imported, bare, nothing, rounds=15)
    names = ("import studygroup", "import studygroup, and sg.Group", "studygroup --version")
    pass_s = statistics.median(pass_times)
    return [
        (
            f"{name} ({statistics.median(one) * 1000:.0f} ms)",
            f"python -c pass ({pass_s * 1000:.0f} ms)",
            ratio(one, pass_times),
            limit,
        )
        for name, one, limit in zip(names, times, (12.0, None, 12.0), strict=True)
    ]


MEASURES = {
    measure.__name__: measure
    for measure in (starting, agenda, new, reports, site, catalogue, reading_list, merging, journal, clicking, saving)
}


def main() -> None:
    """Measure everything, or what the command line names, and print one table."""
    parser = argparse.ArgumentParser(description="Measure, and print each ratio with its limit.")
    parser.add_argument("what", nargs="*", metavar="WHAT", help=f"{', '.join(MEASURES)}; all of them when none is named")
    wanted = parser.parse_args().what or [*MEASURES]
    if unknown := [name for name in wanted if name not in MEASURES]:
        parser.error(f"{', '.join(unknown)}: choose from {', '.join(MEASURES)}")
    rows = []
    for measure in map(MEASURES.__getitem__, wanted):
        print(f"measuring {measure.__name__} …", file=sys.stderr)
        with tempfile.TemporaryDirectory() as folder:
            rows += measure(Path(folder))
    width, other = (max(len(row[column]) for row in rows) for column in (0, 1))
    print(f"{'what':{width}}  {'against':{other}}  {'ratio':>6}  at most")
    for what, against, ratio, limit in rows:
        verdict = "" if limit is None else f"{limit:>5.2f} ×  {'reached' if ratio <= limit else 'not reached'}"
        print(f"{what:{width}}  {against:{other}}  {ratio:>4.2f} ×  {verdict}")


if __name__ == "__main__":
    main()
