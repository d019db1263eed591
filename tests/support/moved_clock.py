"""A whole process with its clock moved, by Debian's faketime."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.support.needs import program


def started_at(now: datetime, folder: Path, *words: str, environment: dict[str, str]) -> subprocess.Popen[str]:
    """Start ``studygroup`` in a folder as a process whose clock begins at ``now`` and goes on; the test ends it."""
    moved = {"TZ": "UTC", "NO_FAKE_STAT": "1"}
    return subprocess.Popen(
        [program("faketime"), "-f", f"@{now.astimezone(UTC):%Y-%m-%d %H:%M:%S}", sys.executable, "-m", "studygroup", *words],
        cwd=folder,
        env={**os.environ, **moved, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
