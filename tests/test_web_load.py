"""A short version of what `make load` measures: nothing that was shown as saved is lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_a_kill_while_everybody_saves_loses_nothing_that_was_shown_as_saved() -> None:
    """kill -9 of the server, then every "Saved" that a page has seen is in the journal."""
    command = [sys.executable, str(ROOT / "benchmarks" / "load.py"), "kill", "--members", "10", "--kills", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=180)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 kills with 10 members saving" in done.stdout
