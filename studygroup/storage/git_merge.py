"""Joining two commits beside the folder: no file in it is touched, and git is never left in the middle of a merge."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from studygroup.storage.git import Git

Entry = tuple[str, str]
"""A file of a commit: its mode and its blob; an empty blob says that there is none."""


def merged_tree(git: Git, base: str, ours: str, theirs: str, settled: Mapping[str, Entry]) -> tuple[str, list[str]]:
    """Return the tree that joins two commits, and the files that could not be joined; of those, none may be left out.

    Parameters
    ----------
    base
        The last commit that both share.
    settled
        What is known beforehand, whatever git would make of it: paths with their files.

    Returns
    -------
    The tree, empty where a file could not be joined, and the paths of those that could not.
    """
    with tempfile.TemporaryDirectory(prefix="studygroup-") as scratch:
        index = str(Path(scratch) / "index")
        git("read-tree", "-i", "-m", "--aggressive", "--no-sparse-checkout", base, ours, theirs, index=index)
        git.stage(settled, index)
        sides: dict[str, dict[str, Entry]] = {}
        for line in git.names("ls-files", "--unmerged", "-z", index=index):
            kind, _, path = line.partition("\t")
            mode, blob, side = kind.split()
            sides.setdefault(path, {})[side] = mode, blob
        joined = {path: _joined(git, path, found) for path, found in sides.items()}
        if apart := sorted(path for path, entry in joined.items() if entry is None):
            return "", apart
        git.stage({path: entry for path, entry in joined.items() if entry is not None}, index)
        return git.output("write-tree", index=index).decode().strip(), []


def _joined(git: Git, path: str, sides: Mapping[str, Entry]) -> Entry | None:
    """Return a file that both sides changed, joined line by line; None where that cannot be."""
    if len(sides) != 3 or not all(mode.startswith("100") for mode, _ in sides.values()):
        return None
    wanted = git.output("check-attr", "-z", "merge", "--", path).split(b"\0")[2].decode()
    if wanted not in {"unspecified", "set", "text", "union"}:
        return None
    (old, base), (mine, ours), (other, theirs) = (sides[side] for side in "123")
    mine_now, before, theirs_now = (git.output("cat-file", "blob", blob) for blob in (ours, base, theirs))
    text = merged_lines(git, mine_now, before, theirs_now, favour="union" if wanted == "union" else "")
    if text is None:
        return None
    return other if mine == old else mine, git.output("hash-object", "-w", "--stdin", given=text).decode().strip()


def merged_lines(git: Git, ours: bytes, base: bytes, theirs: bytes, favour: str = "") -> bytes | None:
    """Return a file with the lines that two sides changed since ``base``; None where both changed the same lines.

    Parameters
    ----------
    favour
        Which lines count where both changed the same ones: ``ours``, ``theirs``, ``union`` for both.
    """
    with tempfile.TemporaryDirectory(prefix="studygroup-") as scratch:
        paths = [Path(scratch) / name for name in ("ours", "base", "theirs")]
        for path, content in zip(paths, (ours, base, theirs), strict=True):
            path.write_bytes(content)
        done = git.run("merge-file", "-p", "--quiet", *([f"--{favour}"] if favour else []), *map(str, paths))
    return None if done.returncode else done.stdout
