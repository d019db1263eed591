"""Fields that forms are made of: one choice with one click, and a text that is kept while it is typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from studygroup.errors import StudygroupError
from studygroup.forms.kit import widgets
from studygroup.forms.kit.form import BESIDE_LABELS, STYLE
from studygroup.forms.kit.form_context import FormContext, SaveStatus
from studygroup.forms.kit.inputs import Area, Refusing
from studygroup.text.text import to_html


class Choice(Refusing, widgets.ToggleButtons):
    """One of several words, chosen with one click; nothing is chosen while nothing was entered.

    Parameters
    ----------
    options
        (label, value) pairs.
    label
        What is chosen, for everyone who cannot see where the buttons stand.
    choose
        Called with the value that a person chose, never because of ``show``.
    refused
        Called with a sentence when a page sends a choice that is not offered.
    shown
        Whether the label is beside the buttons.
    clear
        Called when the chosen button is pressed once more, so that nothing is chosen; without it the button stays.
    """

    def __init__(
        self,
        options: Sequence[tuple[str, Any]],
        label: str,
        choose: Callable[[Any], None],
        refused: Callable[[str], None] = lambda _: None,
        shown: bool = False,
        clear: Callable[[], object] | None = None,
    ) -> None:
        super().__init__(
            refused=refused,
            options=options,
            value=None,
            description=label if shown else "",
            tooltip=label,
            style={"button_width": "auto", **(STYLE if shown else {})},
            layout={"width": "auto"},
        )
        self._choose, self._clear, self._quiet = choose, clear, False
        self.add_class("sg-choice")
        if clear:
            # assist.js sends that nothing is chosen when the chosen button is pressed.
            self.add_class("sg-clears")
        self.observe(self._chosen, "value")

    def show(self, value: Any) -> None:
        """Show what is current, without choosing it."""
        with self._without_choosing():
            self.value = value if value in self._options_values else None

    @contextmanager
    def _without_choosing(self) -> Iterator[None]:
        self._quiet = True
        try:
            yield
        finally:
            self._quiet = False

    def _chosen(self, change: dict[str, Any]) -> None:
        if self._quiet:
            return
        if change["new"] is not None:
            self._choose(change["new"])
        elif self._clear:
            self._clear()

    @property
    def refusal(self) -> str:
        """Why a choice was refused."""
        return "That choice is not offered here; nothing was saved. Please choose one of the buttons."

    def fits(self, value: Any) -> bool:
        """Whether there is such a button, or it is taken away."""
        if value is None:
            return self._clear is not None and self.index is not None
        return bool(0 <= value < len(self.options))


class DraftText(widgets.VBox):
    """A long text in Markdown: kept as a draft while it is typed, with a preview that shows math.

    Parameters
    ----------
    label
        What is to be written.
    name
        Under which the draft is kept; may change with ``load``.
    receipt
        Where it is told when a draft cannot be kept.
    """

    def __init__(
        self,
        context: FormContext,
        label: str,
        receipt: SaveStatus,
        *,
        placeholder: str = "",
        rows: int = 3,
        preview: bool = True,
    ) -> None:
        self.context, self.receipt = context, receipt
        self.name, self.seen, self._saved = "", "", ""
        self.area = Area(
            description=label,
            placeholder=placeholder,
            rows=rows,
            style=STYLE,
            layout={"width": "auto", "max_width": "56em"},
            refused=lambda message: self.receipt.refuse(message),
        )
        self.shown, self._quiet = self._preview() if preview else None, False
        self.area.observe(self._typed, "value")
        super().__init__([self.area, self.shown] if self.shown else [self.area], layout=widgets.Layout())

    @staticmethod
    def _preview() -> widgets.HTML:
        made = widgets.HTML(layout=widgets.Layout(display="none", max_width="56em", margin=f"0 0 0 {BESIDE_LABELS}"))
        made.add_class("sg-preview")
        return made

    @property
    def text(self) -> str:
        """What is in the field."""
        return str(self.area.value)

    @property
    def changed(self) -> bool:
        """Whether it says something else than what was saved."""
        return self.text.strip() != self._saved.strip()

    def load(self, name: str, saved: str, seen: str = "", earlier: Sequence[str] = ()) -> bool:
        """Show the text of a name: its draft, else what was saved; return whether it is a draft.

        ``seen`` is the id of the current record; a draft remembers the one that its writer saw. ``earlier`` are names under
        which a draft of the same text may have been kept.
        """
        draft = self.context.drafts.moved(name, earlier)
        self.name, self._saved = name, saved
        self.seen = draft.seen if draft else seen
        self._set(draft.text if draft else saved)
        return draft is not None

    def follow(self, saved: str, seen: str) -> None:
        """Show what was saved elsewhere since, unless something is being typed here."""
        if seen != self.seen and not self.changed:
            self._saved, self.seen = saved, seen
            self._set(saved)

    def done(self, saved: str, seen: str) -> None:
        """Forget the draft, as its text was saved."""
        self._saved, self.seen = saved, seen
        self.context.drafts.drop(self.name)
        self._set(saved)

    def _set(self, text: str) -> None:
        self._quiet = True
        try:
            self.area.value = text
        finally:
            self._quiet = False
        self._show_preview()

    def _typed(self, _: Any) -> None:
        if self._quiet:
            return
        try:
            if self.changed:
                self.context.drafts.keep(self.name, self.text, self.seen)
            else:
                self.context.drafts.drop(self.name)
        except StudygroupError as error:
            self.receipt.tell(str(error), "wrong")
        self._show_preview()

    def _show_preview(self) -> None:
        if self.shown:
            text = self.text.strip()
            self.shown.layout.display = None if text else "none"
            self.shown.value = to_html(text[:LONGEST_PREVIEW]) if text else ""


LONGEST_PREVIEW = 20_000
"""Characters that a preview shows; more would be slow to lay out while someone types."""
