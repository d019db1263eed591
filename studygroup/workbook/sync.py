"""Sharing a workbook through git: what people entered goes out, what others entered comes in.

Only ``sessions/`` and the settings are committed. Nothing is forced, no other file is touched but by what others shared, and after any error
everything that was entered is still there.
"""

from __future__ import annotations

import os
import random
import re
import stat
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import msgspec

from studygroup.errors import SyncError, as_text
from studygroup.group.settings_file import locked_settings
from studygroup.group.settings_merge import changed_keys
from studygroup.journal.types.lines import decode
from studygroup.journal.types.record import Record
from studygroup.journal.types.repair import QUARANTINE
from studygroup.storage.atomic import locked
from studygroup.storage.git import Git, explain
from studygroup.storage.git_merge import Entry, merged_tree
from studygroup.storage.shared_files import (
    RefusedError,
    entries_below,
    is_file,
    odd_entries,
    open_folder,
    read_file,
)
from studygroup.text.text import plain_list
from studygroup.workbook import trust
from studygroup.workbook.settings_sharing import SettingChoices, SettingsPlan, SettingsSides

TRIES = 8
"""How often a push is tried again when someone else was faster."""

_RECORDS = re.compile(r"(?:.*/)?sessions/(?:[^/\n]+/records/(?:quarantine/)?[^/\n]+|forgotten)\.jsonl")
_FILE = "100644"
_OTHERS_WERE_FASTER = ("non-fast-forward", "fetch first", "cannot lock ref", "failed to update ref", "incorrect old value")


class Synced(msgspec.Struct, frozen=True):
    """What a sync did: how many records went and came, by who typed them, and the other files that others changed.

    ``runs`` are those of the other files that something runs: a page, a notebook, ``make``. ``left_out`` says which entries of
    the sessions' folder are symbolic links or other things that are no regular files. ``settings_sent`` and
    ``settings_arrived`` are keys of the settings; ``settings_note`` says what was not shared of them, or what they still need.
    """

    sent: dict[str, int]
    arrived: dict[str, int]
    other_files: tuple[str, ...] = ()
    committed: bool = False
    remote: str = ""
    runs: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    settings_sent: tuple[str, ...] = ()
    settings_arrived: tuple[str, ...] = ()
    settings_note: str = ""

    def __str__(self) -> str:
        """Return it in words."""
        sent, arrived = _counted(self.sent, self.settings_sent), _counted(self.arrived, self.settings_arrived)
        parts = [f"Sent to {self.remote}: {sent}." if sent else "Nothing to send."]
        parts.append(f"Arrived: {arrived}." if arrived else "Nothing new from others.")
        if self.settings_note:
            parts.append(self.settings_note)
        if self.other_files:
            shown = plain_list(
                [*self.other_files[:5], *([f"{len(self.other_files) - 5} more"] if self.other_files[5:] else [])]
            )
            parts.append(f"Others also changed {shown}.")
        if self.left_out:
            parts.append(f"Not used and not shared: {plain_list(self.left_out)}. `studygroup check` says what to do.")
        if self.runs:
            some = [*self.runs[:5], *([f"{len(self.runs) - 5} more"] if self.runs[5:] else [])]
            parts.append(f"Read before it runs here, with your rights: {plain_list(some)}.")
        return " ".join(parts)

    def with_names(self, names: Mapping[str, str]) -> Synced:
        """Return it with what people are called, each by a name of their own, instead of their ids."""
        sent, arrived = ({names.get(one, one): count for one, count in each.items()} for each in (self.sent, self.arrived))
        return msgspec.structs.replace(self, sent=sent, arrived=arrived)


def _counted(by_member: dict[str, int], keys: tuple[str, ...]) -> str:
    total = sum(by_member.values())
    several = len(by_member) > 1
    names = plain_list(f"{member} ({count})" if several else member for member, count in sorted(by_member.items()))
    records = f"{total} record{'s' * (total != 1)} by {names}" if total else ""
    settings = f"the setting{'s' * (len(keys) != 1)} {plain_list(keys)}" if keys else ""
    return " and ".join(filter(None, (records, settings)))


def sync(
    folder: Path,
    *,
    say: Callable[[str], None] = lambda line: None,
    removals: bool = False,
    choices: SettingChoices | None = None,
) -> Synced:
    """Commit what was entered, take in what others shared, send ours, and return what came and went.

    Parameters
    ----------
    folder
        The workbook's; it may lie within a larger repository.
    say
        Told what is going on, a line at a time.
    removals
        Also commit records that were removed on purpose, as after ``studygroup forget``.
    choices
        Whose value counts for a setting that was changed both here and by others.

    Raises
    ------
    SyncError
        No git, no repository, no remote, no way to it, no right, records that went missing, a conflict in other files. It says
        what was done so far; nothing is lost.
    ClashError
        A setting that both sides changed on which no one decided.
    """
    git = _Repository(folder)
    git.check_state()
    if not (remote := git.upstream()):
        done = _commit(git, removals, git.settings.to_commit())
        raise SyncError(
            f"{'Saved on this computer. ' if done else ''}To share with others, connect this folder to a repository, such as an empty one on GitHub: "
            "git remote add origin ADDRESS"
        )
    name, branch = remote
    since: str | None = None
    committed = False
    for attempt in range(TRIES):
        say(f"Looking at {name} …")
        try:
            fetched = git.fetch(name, branch)
        except SyncError as error:
            done = _commit(git, removals, git.settings.to_commit())
            raise SyncError(f"{'Your entries are committed here but not sent. ' if done else ''}{error}") from None
        turn = _take_turn(git, fetched, removals, choices or SettingChoices(), committed)
        committed = committed or turn.committed
        # What came in a turn in which someone else was faster has come all the same.
        since = turn.base if since is None else since
        even = bool(fetched) and git.head() == fetched
        if not even:
            say(f"Sending to {name} …")
        if even or git.push(name, branch):
            return _told(git, since, fetched, turn, committed, name)
        # Someone else was faster; those who lost wait for different times.
        time.sleep(random.uniform(0.05, 0.3) * (attempt + 1))
    raise SyncError(
        f"Others were faster {TRIES} times in a row. Your entries are committed here but not sent; run `studygroup sync` again."
    )


class _Turn(msgspec.Struct, frozen=True):
    """What one try did: the commit that both sides shared, the one that is ours alone, and what to say of the settings."""

    base: str
    ours: str
    committed: bool
    note: str


def _take_turn(git: _Repository, fetched: str, removals: bool, choices: SettingChoices, committed: bool) -> _Turn:
    """Commit what is here, and take in what was fetched."""
    base = git.merge_base(git.head(), fetched)
    nothing = "Your entries are committed here but not sent." if committed else "Nothing was changed."
    # What has to be asked is asked before anyone is kept from saving.
    git.settings.plan(base, fetched, choices, nothing)
    with git.locked_against_writers(fetched):
        settings = git.settings.plan(base, fetched, choices, nothing)
        new = _commit(git, removals, settings)
        ours = git.head()
        if fetched and fetched != base:
            git.take_in(base, ours, fetched, settings.merged)
            trust.note_arrivals(git.folder, _others(git, base, fetched))
    return _Turn(base, ours, new, settings.kept_back)


def _told(git: _Repository, since: str, fetched: str, turn: _Turn, committed: bool, remote: str) -> Synced:
    """Return what came and went: ``since`` is what both sides had before, ``fetched`` what others shared."""
    head = git.head()
    others = _others(git, since, fetched) if fetched else ()
    before, theirs, now = (git.settings.table(commit) for commit in (since, fetched, head))
    sent = changed_keys(theirs, now) if fetched else []
    note = turn.note
    if "syllabus" in sent and (name := git.settings.unshared_list(head)):
        note = (
            f"The list {name} is not in git yet, so others lack it: git add catalogue.csv lists, git commit, then sync again."
        )
    return Synced(
        sent={} if head == fetched else _records_between(git, turn.base, turn.ours),
        arrived=_records_between(git, since, fetched) if fetched else {},
        other_files=others,
        committed=committed,
        remote=remote,
        runs=tuple(filter(trust.runs, others)),
        left_out=git.left_out(),
        settings_sent=tuple(sent),
        settings_arrived=tuple(key for key in changed_keys(before, theirs) if now.get(key) == theirs.get(key)) if since else (),
        settings_note=note,
    )


def _commit(git: _Repository, removals: bool, settings: SettingsPlan) -> bool:
    """Commit what changed in sessions/ and in the settings, and nothing else; return whether there was anything."""
    changed = git.changed_records()
    if not changed and not settings.commit:
        return False
    before = git.records(git.head())
    if not removals and (gone := [path for path in changed if _lost_lines(git, path, before.get(path, ("", ""))[1])]):
        raise SyncError(
            f"Records that were shared before are missing in {plain_list(gone)}. Nothing was done. "
            f"To have them back: git checkout -- {gone[0]}. If they were removed on purpose: studygroup sync --with-removals"
        )
    people = f"Records of {plain_list(sorted({_member(path) for path in changed}))}" if changed else ""
    told = " and ".join(filter(None, (people, "settings" if settings.commit else "")))
    own = {git.settings.path: settings.commit} if settings.commit else {}
    git.commit({**changed, **own}, told[0].upper() + told[1:])
    return True


def _member(path: str) -> str:
    return Path(path).stem


def _lines(content: bytes) -> list[bytes]:
    """Return the lines with something in them, however they end."""
    return [line for line in (one.rstrip(b"\r") for one in content.split(b"\n")) if line.strip()]


def _lost_lines(git: _Repository, path: str, blob: str) -> bool:
    """Return whether a records file lacks a line that it had in the last commit, where it was this blob."""
    before = git.contents(blob, path)
    here = git.root / path
    now = set[bytes]()
    try:
        now |= set(_lines(read_file(here, git.root)))
    except OSError:
        return True
    # What `studygroup check --fix` moved away is not lost.
    with suppress(OSError):
        now |= set(_lines(read_file(here.parent / QUARANTINE / here.name, git.root)))
    return not now.issuperset(_lines(before))


def _joined(base: bytes, ours: bytes, fetched: bytes) -> bytes:
    """Return every line that one of two sides has, but for those that the other one took out on purpose."""
    had, mine, theirs = (_lines(content) for content in (base, ours, fetched))
    gone = set(had) - (set(mine) & set(theirs))
    return b"".join(line + b"\n" for line in dict.fromkeys([*mine, *theirs]) if line not in gone)


def _records_between(git: _Repository, old: str, new: str) -> dict[str, int]:
    """Return how many records ``new`` has that ``old`` had not, by who typed them."""
    if not new or old == new:
        return {}
    options = ("-r", "-p", "--no-color", "--no-ext-diff", "--no-textconv", "--text", "--no-renames", "--unified=0")
    shown = git.output("diff-tree", *options, old or git.empty_tree(), new, "--", git.sessions)
    counts: Counter[str] = Counter()
    counted = True
    for line in shown.split(b"\n"):
        if line.startswith(b"+++ "):
            counted = f"/{QUARANTINE}/".encode() not in line
        elif counted and line.startswith(b"+{"):
            try:
                record = decode(line[1:])
            except Exception:
                continue
            counts[record.by if isinstance(record, Record) else record.envelope.by] += 1
    return dict(counts)


def _others(git: _Repository, old: str, new: str) -> tuple[str, ...]:
    """Return the files outside sessions/ that differ; of the settings file, when more than the settings does."""
    found = [name for name in git.changed_between(old, new) if not _RECORDS.fullmatch(name)]
    if git.settings.path in found and git.settings.only_settings_differ(old, new):
        found.remove(git.settings.path)
    return tuple(found)


class _Repository(Git):
    """The repository that a workbook is in, and the workbook's records in it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder
        self.settings = SettingsSides(self)
        self.sessions = "sessions" if self.inside == "." else f"{self.inside}/sessions"

    def check_state(self) -> None:
        """Refuse to work in the middle of something else."""
        place = self.root / os.fsdecode(self.output("rev-parse", "--git-dir")).rstrip("\n")
        for name, what in (("MERGE_HEAD", "merge"), ("rebase-merge", "rebase"), ("rebase-apply", "rebase"),
                           ("CHERRY_PICK_HEAD", "cherry-pick"), ("REVERT_HEAD", "revert")):  # fmt: skip
            if (place / name).exists():
                raise SyncError(f"A {what} is under way in {self.root}; finish it (git status says how), then sync again.")
        if not self.branch():
            raise SyncError(f"{self.root} is on no branch; check one out (git switch {self._usual_branch()}), then sync again.")

    def _usual_branch(self) -> str:
        """Return the branch that the remote has checked out, or the likeliest of those that are here."""
        for remote in (
            remote for remote in ("origin", *self.line("remote").split()) if self.line("config", f"remote.{remote}.url")
        ):
            if here := self.line("symbolic-ref", "--quiet", "--short", f"refs/remotes/{remote}/HEAD"):
                return here.removeprefix(f"{remote}/")
            for line in self.line("ls-remote", "--symref", remote, "HEAD").splitlines():
                if line.startswith("ref: refs/heads/"):
                    return line.removeprefix("ref: refs/heads/").partition("\t")[0]
        latest = self.line("for-each-ref", "--sort=-committerdate", "--count=1", "--format=%(refname:short)", "refs/heads")
        return latest or self.line("config", "init.defaultBranch") or "main"

    def upstream(self) -> tuple[str, str] | None:
        """Return the remote and its branch that this one belongs to, or None where there is no remote."""
        branch = self.branch()
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
        # A reference of our own: not every clone keeps the remote's branches, and an editor may fetch at the same moment.
        mine = "refs/studygroup/fetched"
        done = self.run("fetch", "--quiet", remote, f"+refs/heads/{branch}:{mine}")
        if done.returncode:
            if b"couldn't find remote ref" in done.stderr:
                return ""
            raise SyncError(explain("fetch", done))
        return self.line("rev-parse", "--verify", "--quiet", mine)

    def records(self, commit: str) -> dict[str, tuple[str, str]]:
        """Return the mode and the blob of every records file in a commit."""
        found = self.tree(commit, self.sessions)
        if any(mode == "160000" for mode, _ in found.values()):
            raise SyncError(
                f"{self.sessions} holds a git repository of its own (a submodule); records can't be shared from there."
            )
        return {path: entry for path, entry in found.items() if _RECORDS.fullmatch(path) and entry[0].startswith("100")}

    def changed_records(self) -> dict[str, tuple[str, str]]:
        """Return the records files that differ from the last commit, each with its mode and blob; an empty blob says it is gone.

        They are looked for in the folder, not asked of git: no ignore rule, filter of a view or mark in the index hides one.
        """
        before = self.records(self.head())
        here = self._record_files()
        given = b"".join(os.fsencode(path) + b"\n" for path in here)
        blobs = self.output("hash-object", "-w", "--stdin-paths", given=given).decode().split() if here else []
        now = {path: (before.get(path, (_FILE,))[0], blob) for path, blob in zip(here, blobs, strict=True)}
        # A sparse checkout leaves files out of the folder that are in the repository.
        left_out = {name[2:] for name in self.names("ls-files", "-t", "-z", "--", self.sessions) if name.startswith("S ")}
        gone = {path: (mode, "") for path, (mode, _) in before.items() if path not in now and path not in left_out}
        return dict(sorted((gone | {path: entry for path, entry in now.items() if before.get(path) != entry}).items()))

    def _record_files(self) -> list[str]:
        top = self.root / self.sessions
        try:
            open_folder(top, self.root).__exit__()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise SyncError(f"{top} cannot be shared: {error.strerror}. Put the folder itself there.") from error
        found = []
        for path, mode in entries_below(top, self.root):
            if path.name == ".git":
                raise SyncError(
                    f"{path.parent} is a git repository of its own; records can't be shared from there. Move its .git away."
                )
            # What is behind a link is no one's to share.
            if stat.S_ISREG(mode):
                found.append(path.relative_to(self.root).as_posix())
        return sorted(path for path in found if _RECORDS.fullmatch(path))

    def left_out(self) -> tuple[str, ...]:
        """Return what is in the sessions' folder and is no regular file, each with what it is."""
        odd = odd_entries(self.root / self.sessions, self.root)
        told = sorted(f"{as_text(path.relative_to(self.root).as_posix())} ({what})" for path, what in odd)
        return (*told[:5], *([f"{len(told) - 5} more"] if told[5:] else []))

    def changed_between(self, old: str, new: str) -> list[str]:
        """Return the files that differ between two commits; the first may be empty."""
        return self.names("diff-tree", "-r", "--no-renames", "--name-only", "-z", old or self.empty_tree(), new)

    @contextmanager
    def locked_against_writers(self, fetched: str) -> Iterator[None]:
        """Keep forms from writing to the settings, and to the records files that a merge will replace."""
        head = self.head()
        incoming = self.changed_between(self.merge_base(head, fetched), fetched) if fetched and head else []
        with ExitStack() as stack:
            # Where nothing can be written, no one else changes the settings either.
            with suppress(OSError):
                stack.enter_context(locked_settings(self.folder))
            for name in sorted(incoming):
                # A link has no writers: forms refuse it.
                if _RECORDS.fullmatch(name) and is_file(self.root / name, self.root):
                    with suppress(RefusedError):
                        stack.enter_context(locked(self.root / name, self.root))
            yield

    def take_in(self, base: str, ours: str, fetched: str, settings: Entry | None) -> None:
        """Take in the remote's commits: they are joined beside the folder, and come into it as a whole or not at all.

        ``settings`` is the settings file of both, None where git joins it.
        """
        target = fetched if base == ours else self._join(base, ours, fetched, settings)
        own = (f"branch.{self.branch()}.mergeOptions=",)
        options = ("--quiet", "--no-squash", "--no-edit", "--no-rerere-autoupdate", "--strategy=recursive", "--ff-only")
        done = self.run("merge", *options, target, settings=own)
        if done.returncode or self.head() != target:
            raise self._refused(done)

    def _join(self, base: str, ours: str, fetched: str, settings: Entry | None) -> str:
        """Return a commit that joins two."""
        if not base:
            raise SyncError(
                "What the remote holds was not made from this repository, so git cannot join the two. Your entries are "
                "committed here but not sent. If they belong together: git pull --no-rebase --allow-unrelated-histories, then sync again."
            )
        settled = self._settled_records(base, ours, fetched)
        if settings:
            settled[self.settings.path] = settings
        tree, apart = merged_tree(self, base, ours, fetched, settled)
        if apart:
            raise SyncError(
                f"Others and you changed {plain_list(apart)}, and git cannot join that. Your entries are committed here, "
                "not sent; nothing else was changed. Join them by hand (git pull, then edit), then sync again."
            )
        message = ("-m", "Join what others shared")
        return self.signed("commit-tree", tree, "-p", ours, "-p", fetched, *message).decode().strip()

    def _settled_records(self, base: str, ours: str, fetched: str) -> dict[str, Entry]:
        """Return what the records files of a merge should be, whatever git would make of them.

        Attributes and drivers of the repository do not decide it, nor what git takes for a renamed file. Where someone was
        forgotten there and entered something here, the new lines stay, and readers scrub them.
        """
        old, mine, theirs = (self.records(commit) for commit in (base, ours, fetched))
        wanted: dict[str, Entry] = {}
        for path in sorted({*old, *mine, *theirs}):
            sides = [side.get(path, (_FILE, "")) for side in (old, mine, theirs)]
            if sides[1] in (sides[0], sides[2]):
                wanted[path] = sides[2]
            elif sides[2] == sides[0]:
                wanted[path] = sides[1]
            else:
                lines = _joined(*(self.contents(blob, path) for _, blob in sides))
                blob = (
                    self.output("hash-object", "-w", "--stdin", f"--path={path}", given=lines).decode().strip() if lines else ""
                )
                wanted[path] = sides[1][0], blob
        return wanted

    def _refused(self, done: subprocess.CompletedProcess[bytes]) -> SyncError:
        """Return why git began no merge."""
        said = done.stderr.decode(errors="replace") + done.stdout.decode(errors="replace")
        files = plain_list(line.strip() for line in said.splitlines() if line.startswith("\t"))
        if files:
            return SyncError(
                f"Others changed {files}, which you changed too and did not commit. Your entries are committed here but not "
                "sent; nothing else was touched. Commit those files, or put them aside (git stash), then sync again."
            )
        return SyncError(explain("merge", done))

    def push(self, remote: str, branch: str) -> bool:
        """Send this branch; return False when others were faster, and raise SyncError for any other refusal."""
        words = ("push", "--quiet", "--set-upstream", remote, f"HEAD:refs/heads/{branch}")
        # Hooks run here alone: what git-lfs keeps is sent by one.
        done = self.run(*words, settings=(f"remote.{remote}.mirror=false",), hooks=True)
        if not done.returncode:
            return True
        said = done.stderr.decode(errors="replace")
        if any(words in said for words in _OTHERS_WERE_FASTER):
            return False
        raise SyncError(f"Your entries are committed here but not sent. {explain('push', done)}")
