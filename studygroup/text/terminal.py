"""What a terminal gets: signs that would steer it are shown as text, whoever typed them.

Names, titles and file names come from others. On a terminal an escape sequence in them could change the screen, the title or the
clipboard, and a carriage return or a change of direction could make a line look like another one. To a file or a pipe everything
goes as it is.
"""

from __future__ import annotations

import codecs
import io
import re
import shlex
import shutil
import sys
from pathlib import Path
from typing import TextIO

from studygroup.errors import as_text

_KEPT = "\n\t"
_SHOWN = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in _KEPT} | {
    # Line and paragraph separators, and what embeds, overrides or isolates a direction.
    code: f"\\u{code:04x}"
    for code in (*range(0x2028, 0x202F), *range(0x2066, 0x206A))
}


def visible(text: str) -> str:
    r"""Return a text with control characters as escapes; line ends and tabs stay.

    >>> visible("red\x1b[31m")
    'red\\x1b[31m'
    """
    return as_text(text.replace("\r\n", "\n")).translate(_SHOWN)


def command_line(*words: str, folder: Path | None = None, environment: Path | None = None) -> str:
    """Return a command of this program as it can be typed, also where its environment is not on the PATH.

    Parameters
    ----------
    folder
        Where it is typed; else the current folder.
    environment
        The Python environment that is meant; else the one that runs.

    Returns
    -------
    The program's name where the PATH leads to this one, else its file: below the folder from there, else whole. Where it has no
    file, Python with ``-m studygroup``.
    """
    here, python = folder or Path.cwd(), Path(sys.executable)
    if environment is not None:
        python = environment / python.parent.name / python.name
    own = _own_programs(python, environment is None)
    found = shutil.which("studygroup")
    if found and any(Path(found).samefile(one) for one in own):
        return shlex.join(["studygroup", *words])
    if own:
        program = own[0]
        return shlex.join([str(program.relative_to(here)) if program.is_relative_to(here) else str(program), *words])
    return shlex.join(
        [str(python.relative_to(here)) if python.is_relative_to(here) else str(python), "-m", "studygroup", *words]
    )


def _own_programs(python: Path, runs: bool) -> list[Path]:
    """Return the files that start the program with a Python; with ``runs`` also the one that started this process."""
    found = [shutil.which("studygroup", path=str(python.parent))]
    if runs:
        started = Path(sys.argv[0])
        found += [str(started.absolute())] if started.stem == "studygroup" and started.is_file() else []
    return [Path(one) for one in found if one]


_COMMAND = re.compile(r"(?<=`)studygroup(?= [a-z])|(?<=: )studygroup(?= [a-z])|(?<=^      )studygroup(?= [a-z])", re.MULTILINE)


def as_typed_here(message: str) -> str:
    """Return a message in which commands of this program, written as ``studygroup …``, can be typed as they are."""
    return _COMMAND.sub(lambda _: command_line(), message) if _COMMAND.search(message) else message


def guard_terminals() -> None:
    """Have standard output and standard error show control characters as text where they are terminals."""
    sys.stdout = _guarded(sys.stdout)
    sys.stderr = _guarded(sys.stderr)


def unguarded(stream: TextIO) -> TextIO:
    """Return the stream behind a guarded one, for progress bars, which go back to the start of their line."""
    return stream.below if isinstance(stream, _Terminal) else stream


def _guarded(stream: TextIO) -> TextIO:
    if not isinstance(stream, io.TextIOWrapper) or isinstance(stream, _Terminal) or not stream.isatty():
        return stream
    return _Terminal(stream)


class _Terminal(io.TextIOWrapper):
    """A terminal's text stream, guarded; its ``buffer`` is too."""

    def __init__(self, below: io.TextIOWrapper) -> None:
        self.below = below
        options = {"encoding": below.encoding, "errors": "backslashreplace", "newline": "\n"}
        super().__init__(_Buffer(below), line_buffering=True, **options)  # type: ignore[arg-type]


class _Buffer(io.BufferedIOBase):
    """The bytes on their way to a terminal."""

    def __init__(self, below: io.TextIOWrapper) -> None:
        self._below = below
        self._decoder = codecs.getincrementaldecoder(below.encoding)("replace")

    def writable(self) -> bool:
        """Return that it is."""
        return True

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        """Show the bytes' text."""
        self._below.write(visible(self._decoder.decode(bytes(data))))
        self._below.flush()
        return len(data)

    def flush(self) -> None:
        """Show what waits."""
        self._below.flush()

    def close(self) -> None:
        """Leave the terminal open: it is not ours."""

    def fileno(self) -> int:
        """Return the terminal's own."""
        return self._below.fileno()

    def isatty(self) -> bool:
        """Return that it is one."""
        return True
