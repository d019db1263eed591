"""Fields that take from a browser what a person can enter in them, and refuse everything else with a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from traitlets import TraitError

from studygroup.forms.kit import widgets
from studygroup.text.text import not_a_character

_LONGEST_NAME_BYTES = 255


class Refusing(widgets.DOMWidget):
    """A field that holds only what a person can enter.

    A browser can send any value for any trait of any field. What does not fit changes nothing, the browser is shown what the
    field holds, and the form says why.

    Parameters
    ----------
    refused
        Called with a sentence when a browser sends what does not fit.
    """

    entered: ClassVar = frozenset({"value", "index"})
    """What a browser says of a field when a person enters something."""

    def __init__(self, *arguments: Any, refused: Callable[[str], None] = lambda _: None, **traits: Any) -> None:
        self._refused = refused
        super().__init__(*arguments, **traits)

    @property
    def refusal(self) -> str:
        """Why a value was refused."""
        return f"That cannot be entered under {self.description}; nothing was saved. Please enter it again."

    def fits(self, value: Any) -> bool:
        """Whether a value of the right type can be entered."""
        return True

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what a browser sends, if it fits."""
        if self.entered.issuperset(sync_data) and all(self._holds(name, value) for name, value in sync_data.items()):
            super().set_state(sync_data)
        else:
            self._refused(self.refusal)
            self.send_state([name for name in sync_data if name in self.keys])

    def _holds(self, name: str, value: Any) -> bool:
        """Whether a trait can hold what was sent for it; nothing is set yet, so that errors of what a form does then are told."""
        trait = self.traits().get(name)
        if trait is None or name not in self.keys:
            return False
        from_json = trait.metadata.get("from_json", lambda sent, _: sent)
        try:
            made = from_json(value, self)
            if made is not None and hasattr(trait, "validate"):
                trait.validate(self, made)
        except (TraitError, ValueError, TypeError, AttributeError, LookupError, OverflowError, OSError):
            return False
        return (made is not None or trait.allow_none) and self.fits(made)


class TextLine(Refusing, widgets.Text):
    """A line of text."""


class Area(Refusing, widgets.Textarea):
    """A text of several lines."""


class Tick(Refusing, widgets.Checkbox):
    """Yes or no."""


class Day(Refusing, widgets.DatePicker):
    """A day, or none."""


class Moment(Refusing, widgets.NaiveDatetimePicker):
    """A day and a time, or none."""


class Number(Refusing, widgets.IntText):
    """A whole number. One beyond the bounds stays in the field, so that whoever typed it sees it; ``problem`` says what is wrong.

    Fields of ipywidgets with bounds change such a number without a word.

    Parameters
    ----------
    least, most
        The bounds.
    """

    def __init__(self, *, least: int, most: int, **traits: Any) -> None:
        self.least, self.most = least, most
        super().__init__(**traits)

    @property
    def problem(self) -> str:
        """Why its number cannot be saved; empty if it can."""
        return "" if self.least <= self.value <= self.most else self.refusal

    @property
    def refusal(self) -> str:
        """Which numbers can be entered."""
        return (
            f"{self.description}: a whole number from {self.least} to {self.most:,}. Nothing was saved; please enter it again."
        )

    def fits(self, value: Any) -> bool:
        """Whether it is whole; no browser's field sends one of more digits than it can count."""
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53


class Radio(Refusing, widgets.RadioButtons):
    """One of a few, each with a mark before it."""

    @property
    def refusal(self) -> str:
        """Why a choice was refused."""
        return "That choice is not offered here; nothing was saved. Please choose one that is."

    def fits(self, value: Any) -> bool:
        """Whether there is such a line."""
        return value is not None and 0 <= value < len(self.options)


class Upload(Refusing, widgets.FileUpload):
    """Files from the browser's machine."""

    # A browser that cannot read a file says so.
    entered: ClassVar = frozenset({"value", "error"})

    @property
    def refusal(self) -> str:
        """Why files were refused."""
        return "The upload has no file name; nothing was saved. Please choose the file again."

    def fits(self, value: Any) -> bool:
        """Whether each file has a name that a folder can hold, and bytes."""
        return isinstance(value, str) or all(_is_file(one) for one in value)


def _is_file(sent: Mapping[str, Any]) -> bool:
    name = sent.get("name")
    if not isinstance(name, str) or not_a_character(name) or not isinstance(sent.get("content"), bytes | memoryview):
        return False
    last = file_name(name)
    return last not in {"", ".", ".."} and len(last.encode()) <= _LONGEST_NAME_BYTES


def file_name(sent: str) -> str:
    """Return a file's name, without the folders that a browser may send with it.

    >>> file_name("C:\\\\lists\\\\papers.md")
    'papers.md'
    """
    return sent.replace("\\", "/").rpartition("/")[2]
