"""Files written whole or not at all: with disks that are really full and folders that really cannot be written."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import studygroup
from studygroup.errors import NotSavedError
from studygroup.storage.atomic import _explain, write_all_atomically, write_atomically

# Drops root's rights, which no permission stops, then tries to write; prints what the person would read.
TRY_TO_WRITE = """
import os, resource, sys
from pathlib import Path
from studygroup.storage.atomic import write_all_atomically
from studygroup.errors import NotSavedError
size, *paths = sys.argv[1:]
if size == "as-nobody":
    if os.geteuid() == 0:
        os.setgroups([]); os.setgid(65534); os.setuid(65534)
    size = "10"
elif size == "limited":
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
    size = "5000"
contents = {Path(path): b"x" * (10 if number == 0 else int(size)) for number, path in enumerate(paths)}
try:
    write_all_atomically(contents)
except NotSavedError as error:
    print(error)
"""


def try_to_write(size: str, *paths: Path) -> str:
    """Write 10 bytes to the first path and ``size`` to the others in a process of its own; return the message."""
    root = str(Path(studygroup.__file__).parents[1])
    command = [sys.executable, "-c", TRY_TO_WRITE, size, *map(str, paths)]
    environment = {**os.environ, "PYTHONPATH": root}
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout.strip()


def content_of(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder, hidden ones too."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that any user can reach, unlike ``tmp_path``."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


def test_writes_and_replaces(tmp_path: Path) -> None:
    """A file is made, then replaced; nothing else stays behind."""
    path = tmp_path / "a.csv"
    write_atomically(path, b"old")
    write_atomically(path, b"new\r\n\x00")
    assert content_of(tmp_path) == {"a.csv": b"new\r\n\x00"}


def test_mode_is_kept(tmp_path: Path) -> None:
    """An existing file keeps its mode; a new one gets what the umask leaves."""
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(b"")
    old.chmod(0o640)
    before = os.umask(0o027)
    try:
        write_all_atomically({old: b"1", new: b"2"})
    finally:
        os.umask(before)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (old, new)] == [0o640, 0o640]
    old.chmod(0o604)
    write_atomically(old, b"3")
    assert stat.S_IMODE(old.stat().st_mode) == 0o604


def test_symbolic_link_is_followed(tmp_path: Path) -> None:
    """Behind a link the file that it names is replaced; the link stays a link."""
    (tmp_path / "real").mkdir()
    link = tmp_path / "link.csv"
    link.symlink_to("real/a.csv")
    write_atomically(link, b"new")
    assert link.is_symlink() and content_of(tmp_path / "real") == {"a.csv": b"new"}


def test_longest_name(tmp_path: Path) -> None:
    """A name as long as the system allows can be written."""
    path = tmp_path / ("n" * 255)
    write_atomically(path, b"x")
    assert path.read_bytes() == b"x"


def test_folder_in_the_way(tmp_path: Path) -> None:
    """A folder in the file's place is reported before any of the files is touched."""
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_bytes(b"old")
    second.mkdir()
    with pytest.raises(NotSavedError) as caught:
        write_all_atomically({first: b"new", second: b"new"})
    assert str(caught.value) == (
        f"{second} was not saved: Is a directory. What was there before is unchanged. "
        "A folder is where the file should be; move it away, then save again."
    )
    assert content_of(tmp_path) == {"first": b"old"} and not content_of(second)


def test_missing_folder(tmp_path: Path) -> None:
    """A missing folder, and a file where a folder is needed, are said."""
    with pytest.raises(NotSavedError, match=r"was not saved: No such file or directory\. .* Make the folder first"):
        write_atomically(tmp_path / "none" / "a.csv", b"")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(NotSavedError, match=r"was not saved: Not a directory\. .* A file is where the folder"):
        write_atomically(tmp_path / "file" / "a.csv", b"")


def test_size_limit_reached(tmp_path: Path) -> None:
    """When the second of two files cannot be written whole, both old files stand and no temporary one stays."""
    old = {"first": b"old 1", "second": b"old 2"}
    for name, data in old.items():
        (tmp_path / name).write_bytes(data)
    message = try_to_write("limited", tmp_path / "first", tmp_path / "second")
    assert content_of(tmp_path) == old
    assert message.startswith(f"{tmp_path / 'second'} was not saved: File too large. What was there before is unchanged.")


def test_read_only_folder(open_folder: Path) -> None:
    """A folder without the right to write is said, and its files stand."""
    (open_folder / "a.csv").write_bytes(b"old")
    (open_folder / "a.csv").chmod(0o666)
    open_folder.chmod(0o555)
    message = try_to_write("as-nobody", open_folder / "a.csv")
    assert content_of(open_folder) == {"a.csv": b"old"}
    assert message == (
        f"{open_folder / 'a.csv'} was not saved: Permission denied. What was there before is unchanged. "
        "Allow writing there, or choose another folder, then save again."
    )


def test_write_protected_file(open_folder: Path) -> None:
    """A file that its owner protected is not replaced although its folder would allow it."""
    (open_folder / "a.csv").write_bytes(b"old")
    (open_folder / "a.csv").chmod(0o444)
    open_folder.chmod(0o777)
    assert "Permission denied" in try_to_write("as-nobody", open_folder / "a.csv")
    assert content_of(open_folder) == {"a.csv": b"old"}


def mounted(folder: Path, options: str) -> bool:
    """Mount a small disk in memory; return whether this machine lets us."""
    command = ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def test_full_and_read_only_disk(tmp_path: Path) -> None:
    """A full disk and a read-only one keep every old file; where none can be mounted, the messages are tested alone."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if not mounted(disk, "size=64k"):
        messages = [_explain(disk / "b", OSError(code, os.strerror(code)), []) for code in (errno.ENOSPC, errno.EROFS)]
    else:
        try:
            (disk / "a").write_bytes(b"old")
            messages = [try_to_write("200000", disk / "a", disk / "b")]
            assert content_of(disk) == {"a": b"old"}
            subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
            messages.append(try_to_write("10", disk / "b"))
            assert content_of(disk) == {"a": b"old"}
        finally:
            subprocess.run(["umount", str(disk)], check=True)
    assert messages == [
        f"{disk / 'b'} was not saved: No space left on device. What was there before is unchanged. "
        "Make room there, then save again.",
        f"{disk / 'b'} was not saved: Read-only file system. What was there before is unchanged. "
        "Allow writing there, or choose another folder, then save again.",
    ]


def test_ctrl_c_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while the bytes go to the disk keeps the old file and removes the temporary one."""
    path = tmp_path / "a.csv"
    path.write_bytes(b"old")
    sync = os.fsync

    def interrupted(descriptor: int) -> None:
        sync(descriptor)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, b"new")
    assert content_of(tmp_path) == {"a.csv": b"old"}
