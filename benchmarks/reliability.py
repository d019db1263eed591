"""What a crash, a power cut and many writers do to the journal: every save that was acknowledged must be there afterwards.

    python benchmarks/reliability.py crash --cycles 2000     # kill -9 at random moments, 8 writers
    python benchmarks/reliability.py power --cycles 200      # the file system is shut down without flushing; as root
    python benchmarks/reliability.py soak                    # 16 processes, 1,000 saves each

Each prints one line of figures and ends with 1 when something was lost or damaged.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import filelock  # noqa: F401 - before writers fork, or they would be killed while they import it

from studygroup.errors import NotSavedError
from studygroup.journal.files.files import FilesStore
from studygroup.journal.types.lines import new_record

# Source: Linux, fs/ext4/ext4.h, EXT4_IOC_SHUTDOWN; the flag says that not even the file system's own log is flushed.
_SHUTDOWN = 0x8004587D
_NO_FLUSH = 2
SKIPPED = 3
"""The exit code that says that power cuts cannot be simulated here."""


@dataclass
class Found:
    """What was acknowledged, and what of it was there afterwards."""

    acknowledged: int = 0
    lost: int = 0
    damaged: int = 0
    doubled: int = 0
    torn: int = 0
    problems: list[str] = field(default_factory=list)

    def add(self, folder: Path, acknowledged: Sequence[str]) -> None:
        """Open the journal and look for every acknowledged record."""
        journal = FilesStore(folder).read()
        there = {record.id for record in journal.records}
        lines = [line for path in folder.glob("*/records/*.jsonl") for line in path.read_bytes().split(b"\n")[:-1]]
        for problem in journal.problems:
            # A record that was cut off before it was acknowledged may be left as a line of its own, or as the last piece.
            torn = problem.severity == "note" or (problem.severity == "error" and "no record" in problem.message)
            self.torn += torn
            if not torn:
                self.damaged += 1
                self.problems.append(str(problem))
        whole = [line for line in lines if line.endswith(b"}")]
        self.doubled += len(whole) - len(set(whole))
        self.acknowledged += len(acknowledged)
        self.lost += len(set(acknowledged) - there)

    def report(self, what: str, seconds: float) -> int:
        """Print the figures and return the exit code."""
        print(
            f"{what}: {self.acknowledged:,} saves acknowledged, {self.lost} lost, {self.damaged} damaged, {self.doubled} doubled, "
            f"{self.torn} cut off before they were acknowledged; {seconds:.0f} s"
        )
        for problem in self.problems[:10]:
            print(f"  {problem}", file=sys.stderr)
        # Where nothing was acknowledged, nothing was tried.
        return 1 if self.lost or self.damaged or self.doubled or not self.acknowledged else 0


def _write(folder: Path, session: str, member: str, acknowledge: int, saves: int | None, seed: int) -> None:
    """Save record after record, and tell the parent of each once it was acknowledged."""
    chance = random.Random(seed)
    store = FilesStore(folder)
    done = 0
    while saves is None or done < saves:
        # From 0.2 to 64 KiB, small ones more often.
        size = int(200 * (64_000 / 200) ** chance.random())
        record = new_record("note", now=datetime.now(UTC), by=member, session=session, text="ü→x"[done % 3] * (size // 3))
        try:
            store.append(record)
        except NotSavedError:
            # The disk is gone: nothing more can be acknowledged.
            return
        os.write(acknowledge, record.id.encode() + b"\n")
        done += 1


@contextmanager
def _writers(
    folder: Path, session: str, members: Sequence[str], saves: int | None = None
) -> Iterator[tuple[list[int], list[int]]]:
    """Fork a writer for each member named; afterwards all of them are gone."""
    pids: list[int] = []
    pipes: list[int] = []
    try:
        for number, member in enumerate(members):
            reader, writer = os.pipe()
            fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 1 << 20)
            pid = os.fork()
            if not pid:
                with suppress(BaseException):
                    _write(folder, session, member, writer, saves, random.randrange(1 << 30) + number)
                os._exit(0)
            os.close(writer)
            pids.append(pid)
            pipes.append(reader)
        yield pids, pipes
    finally:
        for pid in pids:
            with suppress(ProcessLookupError, ChildProcessError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
        for pipe in pipes:
            os.close(pipe)


def _acknowledged(pipes: Sequence[int], wait: bool = True) -> list[str]:
    """Return the ids in the pipes, of those that are there now or until the writers end; half an id is none."""
    ids: list[str] = []
    for pipe in pipes:
        told = b""
        os.set_blocking(pipe, wait)
        with suppress(BlockingIOError):
            while piece := os.read(pipe, 1 << 20):
                told += piece
        ids += told.decode().split("\n")[:-1]
    return ids


def _kill(pids: Sequence[int]) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    for pid in pids:
        os.waitpid(pid, 0)


def crash(cycles: int, writers: int, seed: int) -> int:
    """Kill writers at random moments, again and again."""
    random.seed(seed)
    found = Found()
    began = time.monotonic()
    members = [f"member-{number // 2}" for number in range(writers)]
    folder = Path(tempfile.mkdtemp())
    acknowledged: list[str] = []
    try:
        for cycle in range(cycles):
            session = (date(2026, 1, 2) + timedelta(weeks=cycle // 20)).isoformat()
            with _writers(folder, session, members) as (pids, pipes):
                time.sleep(random.uniform(0, 0.06))
                _kill(pids)
                acknowledged += _acknowledged(pipes)
                pids.clear()
            if cycle % 20 == 19 or cycle == cycles - 1:
                # Every twenty kills the files are judged, and new ones begun.
                found.add(folder, acknowledged)
                acknowledged = []
                shutil.rmtree(folder)
                folder.mkdir()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return found.report(f"kill -9, {cycles} cycles, {writers} writers", time.monotonic() - began)


def power(cycles: int, writers: int, seed: int) -> int:
    """Cut the power of a file system of its own, again and again; only what was acknowledged before counts."""
    random.seed(seed)
    tools = all(shutil.which(tool) for tool in ("mkfs.ext4", "mount", "umount"))
    if os.geteuid() != 0 or not tools:
        print("power cuts: skipped; they need root, mount and mkfs.ext4 (Debian: e2fsprogs)")
        return SKIPPED
    found = Found()
    began = time.monotonic()
    work = Path(tempfile.mkdtemp())
    image, disk = work / "image", work / "disk"
    disk.mkdir()
    with image.open("wb") as file:
        file.truncate(256 << 20)
    subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True)
    acknowledged: list[str] = []
    try:
        for cycle in range(cycles):
            mounted = subprocess.run(
                ["mount", "-o", "loop", str(image), str(disk)], capture_output=True, text=True, check=False
            )
            if mounted.returncode:
                print(f"power cuts: skipped; no loop mount is possible here: {mounted.stderr.strip()}")
                return SKIPPED
            # What was acknowledged before the last cut must be there after it.
            found.add(disk / "sessions", acknowledged)
            shutil.rmtree(disk / "sessions", ignore_errors=True)
            session = (date(2026, 1, 2) + timedelta(weeks=cycle)).isoformat()
            with _writers(disk / "sessions", session, [f"member-{number // 2}" for number in range(writers)]) as (pids, pipes):
                handle = os.open(disk, os.O_RDONLY)
                time.sleep(random.uniform(0.01, 0.15))
                # What is told while the power goes may be told too late: it is neither here nor there.
                acknowledged = _acknowledged(pipes, wait=False)
                fcntl.ioctl(handle, _SHUTDOWN, struct.pack("I", _NO_FLUSH))
                os.close(handle)
                _kill(pids)
                pids.clear()
            _unmount(disk)
        subprocess.run(["mount", "-o", "loop", str(image), str(disk)], check=True)
        found.add(disk / "sessions", acknowledged)
    finally:
        _unmount(disk)
        shutil.rmtree(work, ignore_errors=True)
    return found.report(f"power cuts, {cycles} cycles, {writers} writers", time.monotonic() - began)


def _unmount(disk: Path) -> None:
    for _ in range(50):
        if not os.path.ismount(disk) or not subprocess.run(["umount", str(disk)], capture_output=True, check=False).returncode:
            return
        time.sleep(0.1)


def soak(processes: int, saves: int, seed: int) -> int:
    """Let many processes save to one session: mixed members, then two processes for each member."""
    random.seed(seed)
    worst = 0
    for each in (1, 2):
        folder = Path(tempfile.mkdtemp())
        began = time.monotonic()
        found = Found()
        try:
            members = [f"member-{number // each}" for number in range(processes)]
            with _writers(folder, "2026-11-27", members, saves) as (_, pipes):
                acknowledged = _acknowledged(pipes)
            found.add(folder, acknowledged)
            if len(acknowledged) != processes * saves or found.torn:
                found.damaged += 1
                found.problems.append(f"{processes * saves:,} saves were begun")
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        what = f"{processes} processes × {saves} saves, {each} a member"
        worst = max(worst, found.report(what, time.monotonic() - began))
    return worst


def main(words: Sequence[str] | None = None) -> int:
    """Run one of the three."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["crash", "power", "soak"])
    parser.add_argument("--cycles", type=int, default=200)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--processes", type=int, default=16)
    parser.add_argument("--saves", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 30))
    given = parser.parse_args(words)
    if given.what == "soak":
        return soak(given.processes, given.saves, given.seed)
    return (crash if given.what == "crash" else power)(given.cycles, given.writers, given.seed)


if __name__ == "__main__":
    sys.exit(main())
