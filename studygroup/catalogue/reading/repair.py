"""A list's bytes as text: encodings, and UTF-8 that was once read as something else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

_BYTE_ORDER_MARKS: Mapping[bytes, str] = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be", b"\xef\xbb\xbf": "utf-8"}

_FOREIGN_RUN = re.compile(r"[^\x00-\x7f]{2,}")


def decode(data: bytes) -> tuple[str, str]:
    """Return a file's text with ``\\n`` between lines, and a note when it is not UTF-8 (else empty).

    Any bytes have a text: what is not UTF-8 is read as Windows-1252, the usual encoding of old English files.
    """
    note = ""
    mark = next((mark for mark in _BYTE_ORDER_MARKS if data.startswith(mark)), b"")
    encoding = _BYTE_ORDER_MARKS.get(mark, "utf-8")
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        text = data[len(mark) :].decode("cp1252", errors="replace")
        note = f"the file is not {encoding.upper()} (byte {error.start + len(mark)}); it was read as Windows-1252"
    return lines_of(text), note


def lines_of(text: str) -> str:
    """Return text with every line ending as ``\\n`` and without NUL or lone surrogates, as the Markdown reader counts lines."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text


def repair_mojibake(text: str) -> tuple[str, list[int]]:
    """Return text whose UTF-8 had been read as another encoding, put right, and the lines (from 1) that changed.

    >>> repair_mojibake("plain\\nThe World‚Äôs best")
    ('plain\\nThe World’s best', [2])
    """
    if text.isascii():
        return text, []
    lines = text.split("\n")
    changed = []
    for index, line in enumerate(lines):
        if not line.isascii() and (repaired := _repair_line(line)) != line:
            lines[index] = repaired
            changed.append(index + 1)
    return "\n".join(lines), changed


def _repair_line(line: str) -> str:
    import ftfy

    # ftfy judges a line as a whole; a lone emoji between ASCII is too little for it, and is decided by its bytes below.
    repaired = ftfy.fix_encoding(line)
    if "\n" in repaired:
        repaired = line
    return _FOREIGN_RUN.sub(lambda run: _as_mac_roman(run[0]), repaired)


@lru_cache(maxsize=4096)
def _as_mac_roman(run: str) -> str:
    """Return a run of characters decoded as UTF-8 that had been read as Mac-Roman, if it can have been that."""
    try:
        decoded = run.encode("mac_roman").decode("utf-8")
    except UnicodeError:
        return run
    # “Ü also has the bytes of one two-byte character: only Latin-1's and those of three bytes and more are certain.
    certain = all(character < "\u0100" or character > "\u07ff" for character in decoded)
    return decoded if certain and decoded.isprintable() | any(c in decoded for c in "\xa0\u200d\ufe0f\u2009\u200b") else run
