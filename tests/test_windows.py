"""A workbook needs nothing that Windows lacks: tried on Linux, with those parts taken away, and by no one on Windows yet."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from studygroup.workbook.workbook import Workbook

SESSION = "2026-11-20"

_WITHOUT = """
import sys
for name in ("fcntl", "grp", "pty", "pwd", "resource", "termios", "tty"):
    sys.modules[name] = None
"""

_IMPORT_ALL = """
import importlib, json, pkgutil
from pathlib import Path
import studygroup
from studygroup.web.page.environment import set_environment
# Solara reads this once, when it is imported.
set_environment(Path(sys.argv[1]), "http://127.0.0.1:8321", "Papers")
failed = {}
for module in pkgutil.walk_packages(studygroup.__path__, "studygroup."):
    if module.name.endswith("__main__"):
        continue
    try:
        importlib.import_module(module.name)
    except ImportError as error:
        failed[module.name] = str(error)
print(json.dumps(failed))
"""

_ENTER = """
import json, os
from pathlib import Path
os.supports_dir_fd, os.supports_fd = set(), set()
for name in (
    "O_CLOEXEC", "O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK", "fchown", "fdatasync", "fork", "geteuid", "getuid", "killpg", "mkfifo",
    "pread", "pwrite", "setsid",
):
    delattr(os, name)
from studygroup.workbook.workbook import Workbook
book = Workbook(Path(sys.argv[1]))
for text in ("first", "second"):
    book.enter("note", by="bo", session=sys.argv[2], text=text)
print(json.dumps([record.text for record in Workbook(book.folder).journal.records if record.type == "note"]))
"""


def _run(code: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _WITHOUT + code, *words], capture_output=True, text=True, timeout=240, check=True
    )


@pytest.mark.slow
def test_no_module_needs_what_only_posix_has(tmp_path: Path) -> None:
    """Every module of the package can be imported where ``fcntl``, ``resource`` and their like cannot."""
    assert json.loads(_run(_IMPORT_ALL, str(tmp_path)).stdout) == {}


def test_records_are_entered_and_read_without_it(group: Workbook) -> None:
    """Also without file handles of folders, ``pread`` and ``fdatasync``; that nothing is locked is said."""
    done = _run(_ENTER, str(group.folder), SESSION)
    assert json.loads(done.stdout) == ["first", "second"]
    assert "cannot lock files" in done.stderr
