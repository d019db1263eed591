"""Sharing a workbook through git: what people entered goes out, what others entered comes in.

Only ``sessions/`` is committed. Nothing is forced, no other file is touched but by what others shared, and after any error
everything that was entered is still there.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import msgspec

from studygroup.atomic import locked
from studygroup.errors import SyncError
from studygroup.journal.heal import QUARANTINE
from studygroup.journal.lines import decode
from studygroup.journal.record import Record
from studygroup.text import plain_list

TRIES = 8
"""How often a push is tried again when somebody else was faster."""

_LONGEST_S = 120
_RECORDS = re.compile(r"(?:.*/)?sessions/(?:[^/]+/records/(?:quarantine/)?[^/]+|forgotten)\.jsonl")
_OTHERS_WERE_FASTER = ("non-fast-forward", "fetch first", "cannot lock ref", "failed to update ref", "incorrect old value")
_ADVICE = (
    (("Could not resolve", "unable to access", "Could not read from remote", "Connection", "timed out", "unreachable"),
     "There seems to be no way to it now; run `studygroup sync` again when there is"),
    (("Permission denied", "denied to", "403", "Authentication failed", "could not read Username", "declined", "protected"),
     "You may not write there; ask who keeps the repository for the right to push"),
    (("Please tell me who you are", "unable to auto-detect email", "empty ident"),
     'Tell git who you are: git config --global user.name "Your Name", and user.email'),
    (("index.lock",), "Another git is at work here; try again when it is done"),
    (("dubious ownership",), "Git does not trust this folder, as it is somebody else's; see git's advice above"),
)  # fmt: skip


class Synced(msgspec.Struct, frozen=True):
    """What a sync did: how many records went and came, by who typed them, and the other files that others changed."""

    sent: dict[str, int]
    arrived: dict[str, int]
    other_files: tuple[str, ...] = ()
    committed: bool = False
    remote: str = ""

    def __str__(self) -> str:
        """Return it in words."""
        parts = [f"Sent to {self.remote}: {_counted(self.sent)}." if self.sent else "Nothing to send."]
        parts.append(f"Arrived: {_counted(self.arrived)}." if self.arrived else "Nothing new from others.")
        if self.other_files:
            shown = plain_list(
                [*self.other_files[:5], *([f"{len(self.other_files) - 5} more"] if self.other_files[5:] else [])]
            )
            parts.append(f"Others also changed {shown}.")
        return " ".join(parts)

    def with_names(self, names: Mapping[str, str]) -> Synced:
        """Return it with what people are called, each by a name of their own, instead of their ids."""
        sent, arrived = ({names.get(one, one): count for one, count in each.items()} for each in (self.sent, self.arrived))
        return msgspec.structs.replace(self, sent=sent, arrived=arrived)


def _counted(by_member: dict[str, int]) -> str:
    total = sum(by_member.values())
    names = plain_list(f"{member} ({count})" for member, count in sorted(by_member.items()))
    return f"{total} record{'s' * (total != 1)} by {names}"


def sync(folder: Path, *, say: Callable[[str], None] = lambda line: None, removals: bool = False) -> Synced:
    """Commit what was entered, take in what others shared, send ours, and return what came and went.

    Parameters
    ----------
    folder
        The workbook's; it may lie within a larger repository.
    say
        Told what is going on, a line at a time.
    removals
        Also commit records that were removed on purpose, as after ``studygroup forget``.

    Raises
    ------
    SyncError
        No git, no repository, no remote, no way to it, no right, records that went missing, or a conflict in other files.
        It says what was done so far; nothing is lost.
    """
    git = _Git(folder)
    git.check_state()
    if not (remote := git.upstream()):
        done = _commit(git, removals)
        raise SyncError(
            f"{'What was entered is committed here. ' if done else ''}This repository has no remote to share with; "
            "add one: git remote add origin ADDRESS"
        )
    name, branch = remote
    for attempt in range(TRIES):
        say(f"Looking at {name} …")
        try:
            fetched = git.fetch(name, branch)
        except SyncError as error:
            done = _commit(git, removals)
            raise SyncError(f"{'What was entered is committed here, not sent. ' if done else ''}{error}") from None
        before = git.head()
        with git.locked_against_writers(fetched):
            committed = _commit(git, removals)
            ours = git.head()
            if fetched:
                git.merge(fetched)
        base = git.merge_base(ours, fetched) if fetched else ""
        if fetched and git.head() == fetched:
            return Synced({}, _records_between(git, before, fetched), _others(git, before, fetched), committed, name)
        say(f"Sending to {name} …")
        if git.push(name, branch):
            return Synced(
                _records_between(git, base, ours),
                _records_between(git, base, fetched) if fetched else {},
                _others(git, base, fetched) if fetched else (),
                committed,
                name,
            )
        # Somebody else was faster; those who lost wait for different times.
        time.sleep(random.uniform(0.05, 0.3) * (attempt + 1))
    raise SyncError(
        f"Others were faster {TRIES} times in a row. What was entered is committed here, not sent; run `studygroup sync` again."
    )


def _commit(git: _Git, removals: bool) -> bool:
    """Commit what changed in sessions/, and nothing else; return whether there was anything."""
    changed = git.changed_records()
    if not changed:
        return False
    if not removals and (gone := [path for path in changed if _lost_lines(git, path)]):
        raise SyncError(
            f"Records that were shared before are missing in {plain_list(gone)}. Nothing was done. "
            f"To have them back: git checkout -- {gone[0]}. If they were removed on purpose: studygroup sync --with-removals"
        )
    git("add", "-A", "--", *changed)
    git(
        "commit",
        "--quiet",
        "--message",
        f"Records of {plain_list(sorted({_member(path) for path in changed}))}",
        "--",
        *changed,
    )
    return True


def _member(path: str) -> str:
    return Path(path).stem


def _lost_lines(git: _Git, path: str) -> bool:
    """Return whether a records file lacks a line that it had in the last commit."""
    before = git.try_output("show", f"HEAD:{path}")
    if not before:
        return False
    here = git.root / path
    try:
        now = set(here.read_bytes().split(b"\n"))
        # What `studygroup check --fix` moved away is not lost.
        with suppress(FileNotFoundError):
            now |= set((here.parent / QUARANTINE / here.name).read_bytes().split(b"\n"))
    except OSError:
        return True
    return any(line.rstrip(b"\r") not in now for line in before.split(b"\n") if line.strip())


def _records_between(git: _Git, old: str, new: str) -> dict[str, int]:
    """Return how many records ``new`` has that ``old`` had not, by who typed them."""
    if not new or old == new:
        return {}
    old = old or git.empty_tree()
    shown = git.output(
        "diff",
        "--no-color",
        "--no-ext-diff",
        "--no-textconv",
        "--unified=0",
        old,
        new,
        "--",
        git.sessions,
        f":(exclude)*/{QUARANTINE}/*",
    )
    counts: Counter[str] = Counter()
    for line in shown.split(b"\n"):
        if line.startswith(b"+{"):
            try:
                record = decode(line[1:])
            except Exception:
                continue
            counts[record.by if isinstance(record, Record) else record.envelope.by] += 1
    return dict(counts)


def _others(git: _Git, old: str, new: str) -> tuple[str, ...]:
    """Return the files outside sessions/ that differ."""
    names = git.names("diff", "--name-only", "-z", old or git.empty_tree(), new)
    return tuple(name for name in names if not _RECORDS.fullmatch(name))


class _Git:
    """Git in a workbook's folder: never asks, speaks English, and its errors become ours."""

    def __init__(self, folder: Path) -> None:
        self.root = folder
        # By it records merge line by line also where the repository's own attributes do not say so.
        self._attributes = tempfile.NamedTemporaryFile(prefix="studygroup-")  # noqa: SIM115 - kept as long as this object
        self._attributes.write(b"*.jsonl merge=union\n")
        self._attributes.flush()
        try:
            self.root = Path(os.fsdecode(self.output("rev-parse", "--show-toplevel")).rstrip("\n"))
        except SyncError as error:
            if "not a git repository" not in str(error):
                raise
            raise SyncError(
                f"{folder} is in no git repository. To make one: git init; git add .; git commit -m Start; "
                "git remote add origin ADDRESS"
            ) from None
        inside = folder.resolve().relative_to(self.root.resolve()).as_posix()
        self.sessions = "sessions" if inside == "." else f"{inside}/sessions"

    def run(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        """Run git and return what came of it."""
        environment = {**os.environ, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_EDITOR": "true"}
        environment.setdefault("GIT_SSH_COMMAND", "ssh -o BatchMode=yes -o ConnectTimeout=20")
        command = ["git", "-c", "core.quotepath=off", "-c", f"core.attributesFile={self._attributes.name}", *words]
        try:
            return subprocess.run(
                command, cwd=self.root, env=environment, capture_output=True, timeout=_LONGEST_S, stdin=subprocess.DEVNULL
            )
        except FileNotFoundError:
            raise SyncError("git is not installed; install it, or share the workbook's folder another way.") from None
        except subprocess.TimeoutExpired:
            raise SyncError(
                f"git {words[0]} took longer than {_LONGEST_S} seconds; try again with a better connection."
            ) from None

    def __call__(self, *words: str) -> None:
        """Run git, or raise SyncError with what it said and what to do."""
        self.output(*words)

    def output(self, *words: str) -> bytes:
        """Return what git prints."""
        done = self.run(*words)
        if done.returncode:
            raise SyncError(_explain(words[0], done))
        return done.stdout

    def try_output(self, *words: str) -> bytes:
        """Return what git prints, or nothing where it fails."""
        done = self.run(*words)
        return done.stdout if not done.returncode else b""

    def names(self, *words: str) -> list[str]:
        """Return the paths that git prints, each ended by NUL."""
        return [os.fsdecode(name) for name in self.output(*words).split(b"\0") if name]

    def line(self, *words: str) -> str:
        """Return the one line that git prints, or an empty text where it fails."""
        return self.try_output(*words).decode(errors="replace").strip()

    def empty_tree(self) -> str:
        """Return the tree without a file, in the repository's own hash."""
        return self.line("hash-object", "-t", "tree", "/dev/null")

    def head(self) -> str:
        """Return the commit that is checked out, empty before the first one."""
        return self.line("rev-parse", "--verify", "--quiet", "HEAD")

    def merge_base(self, one: str, other: str) -> str:
        """Return the last commit that two share, or an empty text."""
        return self.line("merge-base", one, other)

    def check_state(self) -> None:
        """Refuse to work in the middle of something else."""
        for name, what in (("MERGE_HEAD", "merge"), ("rebase-merge", "rebase"), ("rebase-apply", "rebase"),
                           ("CHERRY_PICK_HEAD", "cherry-pick"), ("REVERT_HEAD", "revert")):  # fmt: skip
            path = self.root / os.fsdecode(self.output("rev-parse", "--git-path", name)).strip()
            if path.exists():
                raise SyncError(f"A {what} is under way in {self.root}; finish it (git status says how), then sync again.")
        if not self.line("symbolic-ref", "--quiet", "HEAD"):
            raise SyncError(f"{self.root} is on no branch; check one out (git switch main), then sync again.")

    def upstream(self) -> tuple[str, str] | None:
        """Return the remote and its branch that this one belongs to, or None where there is no remote."""
        branch = self.line("symbolic-ref", "--short", "HEAD")
        remote = self.line("config", f"branch.{branch}.remote")
        if remote and remote != ".":
            merge = self.line("config", f"branch.{branch}.merge")
            return remote, merge.removeprefix("refs/heads/") or branch
        remotes = self.line("remote").split()
        if "origin" in remotes or len(remotes) == 1:
            return ("origin" if "origin" in remotes else remotes[0]), branch
        if remotes:
            raise SyncError(f"This branch belongs to none of {plain_list(remotes)}; choose: git push -u {remotes[0]} {branch}")
        return None

    def fetch(self, remote: str, branch: str) -> str:
        """Return the remote branch's commit, empty where the remote does not have it yet."""
        self("fetch", "--quiet", remote)
        return self.line("rev-parse", "--verify", "--quiet", f"refs/remotes/{remote}/{branch}")

    def changed_records(self) -> list[str]:
        """Return the records files that differ from the last commit or are new, as git names them."""
        tracked = self.names("diff", "--name-only", "-z", "HEAD", "--", self.sessions) if self.head() else []
        new = self.names("ls-files", "--others", "--exclude-standard", "-z", "--", self.sessions)
        if not self.head():
            new += self.names("ls-files", "-z", "--", self.sessions)
        return sorted({name for name in (*tracked, *new) if _RECORDS.fullmatch(name)})

    @contextmanager
    def locked_against_writers(self, fetched: str) -> Iterator[None]:
        """Keep forms from writing to the records files that a merge will replace."""
        incoming = self.names("diff", "--name-only", "-z", f"HEAD...{fetched}") if fetched and self.head() else []
        with ExitStack() as stack:
            for name in sorted(incoming):
                if _RECORDS.fullmatch(name) and (self.root / name).exists():
                    stack.enter_context(locked(self.root / name))
            yield

    def merge(self, fetched: str) -> None:
        """Take in the remote's commits; a conflict takes the merge back and is told."""
        done = self.run("merge", "--quiet", "--no-edit", fetched)
        if not done.returncode:
            return
        conflicts = self.names("diff", "--name-only", "--diff-filter=U", "-z")
        if conflicts and all(_RECORDS.fullmatch(name) for name in conflicts):
            # Somebody was forgotten there and entered something here: the records stay, and readers scrub them.
            self("add", "--", *conflicts)
            self("commit", "--quiet", "--no-edit")
            return
        if conflicts or self.line("rev-parse", "--verify", "--quiet", "MERGE_HEAD"):
            self.run("merge", "--abort")
            raise SyncError(
                f"Others and you changed {plain_list(conflicts)}, and git cannot join that. What was entered is committed here, "
                "not sent; nothing else was changed. Join them by hand (git pull, then edit), then sync again."
            )
        said = done.stderr.decode(errors="replace") + done.stdout.decode(errors="replace")
        files = plain_list(line.strip() for line in said.splitlines() if line.startswith("\t"))
        if files:
            raise SyncError(
                f"Others changed {files}, which you changed too and did not commit. What was entered is committed here, not "
                "sent; nothing else was touched. Commit those files, or put them aside (git stash), then sync again."
            )
        raise SyncError(_explain("merge", done))

    def push(self, remote: str, branch: str) -> bool:
        """Send this branch; return False when others were faster, and raise SyncError for any other refusal."""
        done = self.run("push", "--quiet", "--set-upstream", remote, f"HEAD:refs/heads/{branch}")
        if not done.returncode:
            return True
        said = done.stderr.decode(errors="replace")
        if any(words in said for words in _OTHERS_WERE_FASTER):
            return False
        raise SyncError(f"What was entered is committed here, not sent. {_explain('push', done)}")


def _explain(command: str, done: subprocess.CompletedProcess[bytes]) -> str:
    """Return what git said, in a line, and what to do; addresses lose what could be a password."""
    said = (done.stderr or done.stdout).decode(errors="replace")
    lines: Sequence[str] = [line.strip() for line in said.splitlines() if line.strip() and not line.startswith("hint:")]
    shown = re.sub(r"://[^/@\s]+@", "://", " ".join(lines))
    advice = next((advice for words, advice in _ADVICE if any(word in said for word in words)), "See git status")
    return f"git {command}: {shown[:600]}. {advice}."
