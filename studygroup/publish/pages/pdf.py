"""A page as PDF, printed by a Chromium of this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from studygroup.errors import PageError
from studygroup.storage.atomic import write_atomically

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_SECONDS = 120


def find_chromium() -> str | None:
    """Return the path of the first Chromium that the PATH has, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def write_pdf(page: Path, target: Path, root: Path | None = None) -> None:
    """Print an HTML page to a PDF file, as its style sheet says for paper; without a network.

    Parameters
    ----------
    root
        The folder of the workbook that the PDF file belongs to; see ``write_atomically``.

    Raises
    ------
    PageError
        No Chromium is on this machine, or it could not print; what was at ``target`` still stands.
    NotSavedError
        The file could not be written.
    """
    browser = find_chromium()
    if browser is None:
        raise PageError(
            f"{target} needs a Chromium to print it, and the PATH has none of {', '.join(BROWSERS)}. On Debian: apt-get install "
            f"chromium. Until then: open {page} in a browser and print it."
        )
    with tempfile.TemporaryDirectory(prefix="studygroup-") as scratch:
        printed = Path(scratch) / "page.pdf"
        command = [
            browser,
            "--headless",
            # A profile of its own: one that is open in a window would take the command over.
            f"--user-data-dir={scratch}/profile",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--no-first-run",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--no-pdf-header-footer",
            f"--print-to-pdf={printed}",
            # Chromium refuses its sandbox to root; the page itself runs nothing.
            *(["--no-sandbox"] if sys.platform != "win32" and os.geteuid() == 0 else []),
            page.resolve().as_uri(),
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise PageError(f"{browser} could not print {page}: {error}.") from error
        if not printed.is_file():
            last = next(reversed(done.stderr.strip().splitlines()), f"it ended with {done.returncode}")
            raise PageError(f"{browser} could not print {page}: {last}")
        write_atomically(target, printed.read_bytes(), root)
