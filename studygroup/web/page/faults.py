"""What goes wrong in a page: its visitor sees one sentence and a number, the log has the rest under that number.

The log holds where it happened and the kind of the error, but no message and no values, as those hold what people typed.
"""

from __future__ import annotations

import logging
import secrets
import sys
import traceback
from collections.abc import Callable

from studygroup.web.limits import Allowance

Show = Callable[[str], None]


def number() -> str:
    """Return a number by which a fault can be found, such as ``F-4821-0937``."""
    digits = f"{secrets.randbelow(10**8):08}"
    return f"F-{digits[:4]}-{digits[4:]}"


def sentence(fault: str) -> str:
    """Return what a visitor is told."""
    return (
        "Something went wrong here, and it is not your fault. What was saved before is safe. Please try again; if it happens "
        f"once more, tell your facilitator this number: {fault}"
    )


def places(error: BaseException | None) -> str:
    """Return where an error came from, innermost last, without what it says."""
    found = [
        f"{frame.filename}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__ if error else None)
    ]
    cause = (error.__cause__ or error.__context__) if error else None
    before = f"{places(cause)} | then " if cause else ""
    return f"{before}{type(error).__name__} at {' < '.join(reversed(found)) or 'an unknown place'}"


class FaultHandler(logging.Handler):
    """Prints log records without people's texts, and shows whoever's page it was that something went wrong.

    Parameters
    ----------
    page
        Returns how to show a sentence on the page that the present thread works for, or None.
    """

    def __init__(self, page: Callable[[], Show | None]) -> None:
        super().__init__(logging.WARNING)
        self._page = page
        # A visitor who provokes errors must not fill the disk.
        self._lines, self._left_out = Allowance(at_once=200, a_second=2), 0
        self._formatter = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def emit(self, record: logging.LogRecord) -> None:
        """Print one record."""
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            fault = number()
            said = f"{fault} {places(error)}"
            self._tell(sentence(fault))
        elif record.name.startswith("studygroup"):
            said = record.getMessage()
        else:
            # Other packages put what they were given into their messages: their own words only.
            said = str(record.msg)
        if self._lines.take(""):
            self._left_out += 1
            return
        if self._left_out:
            said, self._left_out = f"({self._left_out} lines before this one were left out) {said}", 0
        line = logging.makeLogRecord({**record.__dict__, "msg": said, "args": (), "exc_info": None, "exc_text": None})
        print(self._formatter.format(line).replace("\n", "\\n"), file=sys.stderr, flush=True)

    def _tell(self, said: str) -> None:
        try:
            show = self._page()
            if show:
                show(said)
        except Exception:
            # The page is gone, or it is the very thing that fails; the log has it.
            return


def install(page: Callable[[], Show | None]) -> None:
    """Have every warning and error of this process pass the handler, and no other."""
    logging.captureWarnings(True)
    root = logging.getLogger()
    root.handlers[:] = [FaultHandler(page)]
    root.setLevel(logging.WARNING)
    for name in list(logging.root.manager.loggerDict):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
