"""Git, run so that no one's settings change what it does: it never asks, speaks English, and its errors become ours."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from studygroup.errors import SyncError

_LONGEST_S = 120
# Every setting that could change what the commands below do; a person's, a machine's or a repository's own does not count.
_SETTINGS = (
    "advice.detachedHead=false", "color.ui=false", "core.autocrlf=input", "core.commentChar=#", "core.editor=true",
    "core.fsmonitor=false", "core.quotePath=false", "core.safecrlf=false", "core.untrackedCache=false",
    "commit.verbose=false", "diff.algorithm=default", "diff.renames=true", "diff.suppressBlankEmpty=false",
    "fetch.prune=false", "fetch.pruneTags=false", "fetch.recurseSubmodules=false", "i18n.commitEncoding=UTF-8",
    "merge.autoStash=false", "merge.conflictStyle=merge", "merge.default=text", "merge.directoryRenames=false", "merge.log=false",
    "merge.renames=true", "merge.renormalize=false", "merge.stat=false", "merge.verifySignatures=false",
    "push.followTags=false", "push.gpgSign=false", "push.recurseSubmodules=no", "rerere.autoUpdate=false", "rerere.enabled=false",
    "submodule.recurse=false",
)  # fmt: skip
# What leads git to another repository, or changes how it reads paths; set for whoever is called from a hook of git's.
_LEAD_AWAY = frozenset({
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE", "GIT_PREFIX", "GIT_IMPLICIT_WORK_TREE", "GIT_GRAFT_FILE", "GIT_SHALLOW_FILE", "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS", "GIT_ATTR_SOURCE", "GIT_DIFF_OPTS", "GIT_EXTERNAL_DIFF", "LANGUAGE",
})  # fmt: skip
_ADVICE = (
    (("Could not resolve", "unable to access", "Could not read from remote", "Connection", "timed out", "unreachable"),
     "There seems to be no way to it now; run `studygroup sync` again when there is"),
    (("checked out branch",),
     "The remote is someone's working folder; share through a repository without one (git init --bare)"),
    (("Permission denied", "denied to", "403", "Authentication failed", "could not read Username", "declined", "protected"),
     "You may not write there; ask who keeps the repository for the right to push"),
    (("Please tell me who you are", "unable to auto-detect email", "empty ident", "no email was given"),
     'Tell git who you are: git config --global user.name "Your Name", and user.email'),
    (("index.lock",), "Another git is at work here; try again when it is done"),
    (("dubious ownership",), "Git does not trust this folder, as it belongs to someone else; see git's advice above"),
)  # fmt: skip


def _run(
    folder: Path, *words: str, given: bytes = b"", settings: Iterable[str] = (), index: str = "", hooks: bool = False
) -> subprocess.CompletedProcess[bytes]:
    environment = {name: value for name, value in os.environ.items() if name not in _LEAD_AWAY}
    environment |= {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_EDITOR": "true", "GIT_LITERAL_PATHSPECS": "1"}
    environment.setdefault("GIT_SSH_COMMAND", "ssh -o BatchMode=yes -o ConnectTimeout=20")
    if index:
        environment["GIT_INDEX_FILE"] = index
    chosen = (*_SETTINGS, *settings, *([] if hooks else [f"core.hooksPath={os.devnull}"]))
    command = ["git", "--no-pager", *(word for setting in chosen for word in ("-c", setting)), *words]
    try:
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=_LONGEST_S, input=given)
    except FileNotFoundError:
        raise SyncError("git is not installed; install it, or share the workbook's folder another way.") from None
    except subprocess.TimeoutExpired:
        raise SyncError(f"git {words[0]} took longer than {_LONGEST_S} seconds; try again with a better connection.") from None


def own_name() -> str:
    """Return the name that git has for whoever commits on this machine; empty where it has none, or is not installed."""
    try:
        return _run(Path.cwd(), "config", "user.name").stdout.decode(errors="replace").strip()
    except SyncError:
        return ""


def begin_repository(folder: Path, message: str, author: str) -> bool:
    """Make a repository of a folder, with all that is not ignored in its first commit; return whether git knows who commits here.

    Where git does not know, the commit is by ``author``, with an address that reaches no one.

    Raises
    ------
    SyncError
        Git is not installed, or refused.
    """

    def git(*words: str, settings: Iterable[str] = ()) -> None:
        done = _run(folder, *words, settings=settings)
        if done.returncode:
            raise SyncError(explain(words[0], done))

    named = _run(folder, "config", "init.defaultBranch").stdout.strip()
    git("init", "--quiet", "--template=", settings=() if named else ("init.defaultBranch=main",))
    # A machine's name is no address: git makes one up of it, or refuses.
    known = not _run(folder, "var", "GIT_COMMITTER_IDENT", settings=("user.useConfigOnly=true",)).returncode
    git("add", "--all")
    by = () if known else (f"user.name={author}", "user.email=nobody@studygroup.invalid")
    git("commit", "--quiet", "--no-gpg-sign", "-m", message, settings=by)
    return known


class Git:
    """Git in the repository that a folder is in."""

    def __init__(self, folder: Path) -> None:
        # What a commit has never changes, and is asked for again and again.
        self._trees: dict[tuple[str, str], dict[str, tuple[str, str]]] = {}
        self.root = folder
        try:
            self.root = Path(os.fsdecode(self.output("rev-parse", "--show-toplevel")).rstrip("\n"))
        except SyncError as error:
            if "not a git repository" not in str(error):
                raise
            raise SyncError(
                f"{folder} is not in a git repository. To make one: git init; git add .; git commit -m Start; "
                "git remote add origin ADDRESS"
            ) from None
        self.inside = folder.resolve().relative_to(self.root.resolve()).as_posix()

    def run(
        self, *words: str, given: bytes = b"", settings: Iterable[str] = (), index: str = "", hooks: bool = False
    ) -> subprocess.CompletedProcess[bytes]:
        """Run git and return its results.

        Parameters
        ----------
        given
            What git reads from its standard input.
        settings
            More settings, each ``key=value``.
        index
            An index file to work with, instead of the repository's.
        hooks
            Whether the repository's hooks run.
        """
        return _run(self.root, *words, given=given, settings=settings, index=index, hooks=hooks)

    def __call__(self, *words: str, given: bytes = b"", index: str = "") -> None:
        """Run git, or raise SyncError with what it said and what to do."""
        self.output(*words, given=given, index=index)

    def output(self, *words: str, given: bytes = b"", index: str = "") -> bytes:
        """Return what git prints."""
        done = self.run(*words, given=given, index=index)
        if done.returncode:
            raise SyncError(explain(words[0], done))
        return done.stdout

    def try_output(self, *words: str) -> bytes:
        """Return what git prints, or nothing where it fails."""
        done = self.run(*words)
        return done.stdout if not done.returncode else b""

    def names(self, *words: str, index: str = "") -> list[str]:
        """Return the paths that git prints, each ended by NUL."""
        return [os.fsdecode(name) for name in self.output(*words, index=index).split(b"\0") if name]

    def line(self, *words: str) -> str:
        """Return the one line that git prints, or an empty text where it fails."""
        return self.try_output(*words).decode(errors="replace").strip()

    def head(self) -> str:
        """Return the commit that is checked out, empty before the first one."""
        return self.line("rev-parse", "--verify", "--quiet", "HEAD")

    def branch(self) -> str:
        """Return the branch that is checked out, empty where there is none."""
        return self.line("symbolic-ref", "--quiet", "--short", "HEAD")

    def empty_tree(self) -> str:
        """Return the tree without a file, in the repository's own hash."""
        return self.line("hash-object", "-t", "tree", "/dev/null")

    def merge_base(self, one: str, other: str) -> str:
        """Return the last commit that two share, or an empty text."""
        return self.line("merge-base", one, other) if one and other else ""

    def tree(self, commit: str, path: str) -> dict[str, tuple[str, str]]:
        """Return the mode and the blob of each file that a commit has under a path; nothing for an empty commit."""
        if not commit:
            return {}
        if (commit, path) in self._trees:
            return self._trees[commit, path]
        found = {}
        for entry in self.names("ls-tree", "-r", "-z", "--full-tree", commit, "--", path):
            mode, _, rest = entry.partition(" ")
            blob, _, name = rest.partition(" ")[2].partition("\t")
            found[name] = mode, blob
        self._trees[commit, path] = found
        return found

    def contents(self, blob: str, path: str) -> bytes:
        """Return a blob as it would be checked out at a path; nothing for an empty blob."""
        return self.output("cat-file", "--filters", f"--path={path}", blob) if blob else b""

    def stage(self, entries: Mapping[str, tuple[str, str]], index: str = "") -> None:
        """Put these files into an index, each as (mode, blob), whatever was there; a blob that is empty takes the file out."""
        gone = "0" * len(self.empty_tree())
        lines = []
        for path, (mode, blob) in entries.items():
            # Taken out first, so that nothing of a conflict stays.
            lines.append(b"0 %b\t%b\0" % (gone.encode(), os.fsencode(path)))
            if blob:
                lines.append(b"%b %b\t%b\0" % (mode.encode(), blob.encode(), os.fsencode(path)))
        self("update-index", "-z", "--index-info", given=b"".join(lines), index=index)

    def commit(self, entries: Mapping[str, tuple[str, str]], message: str) -> None:
        """Commit these files as they are given (see ``stage``), and nothing else; what else is staged stays staged."""
        head = self.head()
        with tempfile.TemporaryDirectory(prefix="studygroup-") as scratch:
            index = str(Path(scratch) / "index")
            self("read-tree", head or "--empty", index=index)
            self.stage(entries, index)
            tree = self.output("write-tree", index=index).decode().strip()
        commit = self.signed("commit-tree", tree, *(["-p", head] if head else []), "-m", message).decode().strip()
        # The index goes first: were it behind the commit, the next commit by hand would take the records out.
        self.stage(entries)
        self("update-ref", "-m", f"commit: {message}", "HEAD", commit, head)
        self.run("update-index", "-q", "--refresh")

    def signed(self, *words: str) -> bytes:
        """Return what a command prints that makes a commit: a signed one where its author signs commits and git can do so."""
        if self.line("config", "--type=bool", "commit.gpgSign") == "true":
            done = self.run(words[0], "--gpg-sign", *words[1:])
            if not done.returncode:
                return done.stdout
        return self.output(words[0], "--no-gpg-sign", *words[1:])


def explain(command: str, done: subprocess.CompletedProcess[bytes]) -> str:
    """Return what git said, in a line, and what to do; addresses lose what could be a password."""
    said = (done.stderr or done.stdout).decode(errors="replace")
    lines: Sequence[str] = [line.strip() for line in said.splitlines() if line.strip() and not line.startswith("hint:")]
    shown = re.sub(r"://[^/@\s]+@", "://", " ".join(lines))
    advice = next((advice for words, advice in _ADVICE if any(word in said for word in words)), "See git status")
    return f"git {command}: {shown[:600]}. {advice}."
