"""Who sits at a notebook: asked where no one has said so yet, shown at its top, and changed there; remembered for its folder."""

from __future__ import annotations

import html
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from studygroup.errors import NotSavedError, RecordError
from studygroup.forms.kit import widgets
from studygroup.forms.kit.form import STYLE, sheet
from studygroup.forms.kit.form_context import SaveStatus
from studygroup.forms.kit.inputs import TextLine
from studygroup.forms.kit.kernel import kept_open, open_workbook
from studygroup.forms.kit.pickers import FIELD, Pick, member_options
from studygroup.workbook.identity import HUB, MEMBER, note_me, who_am_i
from studygroup.workbook.workbook import Workbook

SCREEN = "screen"
"""The attribute of forms that have one screen for all of them; who sits there is shown at its top."""


class WhoForm(widgets.VBox):
    """The line "You are Ada Lovelace · Change", and the question that it leads to.

    On an empty roster the question is one's own name: whoever adds themselves becomes the facilitator.

    Parameters
    ----------
    chosen
        Called with the member's id once they said who they are.
    look
        Called when someone asks to look again who sits here.
    fixed
        Whether the notebook names who sits here, so that it cannot be changed.
    """

    def __init__(
        self, workbook: Workbook, chosen: Callable[[str], object], look: Callable[[], object], fixed: bool = False
    ) -> None:
        self.workbook, self._tell, self._fixed, self.receipt = workbook, chosen, fixed, SaveStatus()
        self.by, self._asks, self._refusal = "", False, ""
        self.line, self.about, self.update = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self.change = _button("Change", "Change who you are", lambda: self.ask())
        self.change.add_class("sg-as-link")
        self.member = Pick("Who are you?", [], self.receipt.refuse)
        self.name = TextLine(
            description="Your name", placeholder="Ada Lovelace", style=STYLE, layout=FIELD, refused=self.receipt.refuse
        )
        self.name.value = _named_by_host()
        self.save = _button("", "", self._choose, style="primary")
        self.cancel = _button("Cancel", "Leave it as it was", lambda: self.know(self.by))
        self.look = _button("Look again", "Look again whether you are on the roster", look)
        self._buttons = widgets.HBox(layout={"flex_flow": "row wrap"})
        self._buttons.add_class("sg-buttons")
        # What a click brings takes the focus.
        self._known, self._question = widgets.HBox(), widgets.VBox()
        for place in (self._known, self._question):
            place.add_class("sg-focus")
        self._known.add_class("sg-who")
        super().__init__()
        sheet(self)
        self._assist: tuple[widgets.Widget, ...] = tuple(self.children)

    def know(self, member: str) -> None:
        """Show who sits here; empty where no one is on the roster."""
        self.by, self._asks, self._refusal = member, False, ""
        self.receipt.clear()
        self.show()

    def ask(self) -> None:
        """Ask who sits here."""
        self._asks, self._refusal = True, ""
        self.receipt.clear()
        if self.member.options:
            self.member.value = ""
        self.show()

    def refuse(self, why: str) -> None:
        """Show why no one can enter anything here yet."""
        self.by, self._asks, self._refusal = "", False, why
        self.receipt.clear()
        self.show()

    def show(self) -> None:
        """Show what the journal says now."""
        people = self.workbook.people
        needed = self.workbook.journal.needs_update
        self.update.value = f"<p role='status'>{html.escape(needed)}</p>" if needed else ""
        if self._refusal:
            self.about.value = f"<p>{html.escape(self._refusal)}</p>"
            self._lay_out(self._question, self.about, buttons=[self.look])
        elif self._asks or (people and self.by not in people):
            self._asks = True
            self._show_question(not people)
        elif self.by:
            shown = f"<strong>{html.escape(people[self.by].name)}</strong>"
            fixed = bool(self._fixed or _named_by_host())
            self.line.value = f"You are {shown}" if fixed else f"You are {shown} <span aria-hidden='true'>·</span>"
            self._lay_out(self._known, self.line, *[self.change] * (not fixed))
        else:
            self.line.value = "No one is on the roster yet: first add yourself under People."
            self._lay_out(self._known, self.line)

    def _show_question(self, empty: bool) -> None:
        if empty:
            self.about.value = "<p><strong>Add yourself first.</strong> You become the facilitator; then add the others.</p>"
        else:
            self.about.value = (
                "<p>Choose your name. It is remembered on this computer, for this folder. "
                "Not in the list? Ask a facilitator to add you, then run this cell again.</p>"
            )
            self.member.offer([("choose a name", ""), *member_options(self.workbook)])
        self.save.description = "Add yourself" if empty else "That’s me"
        buttons = [self.save, self.cancel] if self.by in self.workbook.people else [self.save]
        self._lay_out(self._question, self.about, self.name if empty else self.member, buttons=buttons)

    def _lay_out(self, place: widgets.Box, *parts: widgets.Widget, buttons: Sequence[widgets.Widget] = ()) -> None:
        """Show widgets in a place; those that are there already stay, with the keyboard's focus."""
        for box, wanted in (
            (self._buttons, tuple(buttons)),
            (place, (*parts, self._buttons) if buttons else parts),
            (self, (place, *[self.update] * bool(self.update.value), self.receipt, *self._assist)),
        ):
            if box.children != wanted:
                box.children = wanted

    def _choose(self) -> None:
        # The second half of a double click.
        if not self._asks:
            return
        with self.workbook.lock, self.receipt.said.errors():
            self.workbook.refresh()
            if self.name in self._question.children:
                if self.workbook.people:
                    self.show()
                    self.receipt.tell("Someone was added meanwhile; choose your name.", "wrong")
                    return
                if not self.name.value.strip():
                    self.receipt.tell("Type your name first.", "wrong")
                    return
                member = self.workbook.add_person(self.name.value, role="facilitator").member
            else:
                member = str(self.member.value or "")
                if not member:
                    self.receipt.tell("Choose your name first.", "wrong")
                    return
            self._remember(member)

    def _remember(self, member: str) -> None:
        name = self.workbook.people[member].name
        told, kind = f"Saved: in this folder you are {name}, also after a restart.", "done"
        try:
            note_me(self.workbook, member)
        except (NotSavedError, OSError) as error:
            told, kind = f"You are {name} until the kernel restarts; that could not be saved: {error}", "wrong"
        self.know(member)
        self._tell(member)
        self.receipt.tell(told, kind)


class OpenForms:
    """The forms of whoever sits at a notebook, each in a place of its own: places keep their cells when someone else sits down.

    Its attributes are those of the forms; each form is shown in its place, once it is clear who sits here.

    Parameters
    ----------
    kind
        Makes the forms of a member on a workbook.
    member
        Whom the notebook names; empty for whoever sits here.
    otherwise
        Who it is where no one said so; None where that has to be asked.
    """

    def __init__(
        self, kind: Callable[[Workbook, str], Any], workbook: Workbook, member: str, otherwise: Callable[[Workbook], str | None]
    ) -> None:
        self._kind, self._workbook, self._member, self._otherwise = kind, workbook, member, otherwise
        self._places: dict[str, widgets.VBox] = {}
        self._watched: list[Any] = []
        self._who = WhoForm(workbook, self._sit_down, self.show, fixed=bool(member))
        self._nothing = widgets.HTML("<p class='sg-quiet'>First say at the top of this notebook who you are.</p>")
        self._who_has_a_place = False
        self.shown: Any = None
        """The forms of whoever sits here now, or None."""

    @property
    def who(self) -> WhoForm:
        """Who sits here; a notebook that shows it nowhere has it above the first form it shows."""
        self._who_has_a_place = True
        return self._who

    def __getattr__(self, name: str) -> Any:
        """Return a form's place, or another attribute of the forms."""
        if name.startswith("_"):
            raise AttributeError(name)
        with self._workbook.lock:
            form = None if self.shown is None else getattr(self.shown, name)
            if form is not None and not isinstance(form, widgets.Widget):
                return form
            if name not in self._places:
                first = name == SCREEN or (not self._who_has_a_place and not self._places)
                self._places[name] = widgets.VBox([self._who] * first, layout=widgets.Layout())
                if name == SCREEN:
                    self._places[name].add_class("sg-screen")
                self._fill(name)
            return self._places[name]

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """Return what a notebook shows of all forms together, where they have a screen for that."""
        return getattr(self, SCREEN)._repr_mimebundle_(**options) if hasattr(self._kind, SCREEN) else None

    def show(self) -> None:
        """Look who sits here, and show what the journal says now.

        Raises
        ------
        RecordError
            Whom the notebook names is not on the roster.
        """
        with self._workbook.lock:
            self._workbook.refresh()
            member, refusal = self._look()
            if refusal:
                self._sit_down(None)
                self._who.refuse(refusal)
            elif member is None:
                self._sit_down(None)
                self._who.ask()
            else:
                self._sit_down(member)
                self._who.know(member)

    def stop(self) -> None:
        """Stop following what others enter."""
        for forms in self._watched:
            if hasattr(forms, "stop"):
                forms.stop()

    def _look(self) -> tuple[str | None, str]:
        """Return who sits here, None if that has to be asked; and why the person whom the host names cannot sit here."""
        try:
            return who_am_i(self._workbook, self._member), ""
        except RecordError:
            if self._member:
                raise
        host = _named_by_host()
        if host and self._workbook.people:
            begin = f"On this hub you are {host}" if os.environ.get(HUB) else f"{MEMBER} says that you are {host}"
            return None, (
                f"{begin}, which is not the name or id of one person on the roster. Ask a facilitator to add you under that name "
                "(in week.ipynb, People); then click Look again."
            )
        return self._otherwise(self._workbook), ""

    def _sit_down(self, member: str | None) -> None:
        """Show a member's forms in the places, or none."""
        if member is None:
            self.shown = None
        elif self.shown is None or self.shown.context.by != member:
            self.shown = kept_open(self._kind, self._workbook, member)
            if not any(self.shown is one for one in self._watched):
                self._watched.append(self.shown)
                self.shown.context.on_change(self._follow, "person")
        else:
            self.shown.show()
        for name in self._places:
            self._fill(name)

    def _fill(self, name: str) -> None:
        place = self._places[name]
        form = None if self.shown is None else getattr(self.shown, name, None)
        who = [self._who] if self._who in place.children else []
        nothing = [] if who else [self._nothing]
        place.children = [*who, *([form] if isinstance(form, widgets.Widget) else nothing)]

    def _follow(self) -> None:
        """Show who sits here by the name that they have now, also when they were the first to be added."""
        if self.shown is not None and self.shown.context.by != self._who.by:
            self._who.know(self.shown.context.by)
        else:
            self._who.show()


_opened: dict[tuple[Any, Path, str], OpenForms] = {}


def open_forms(
    kind: Callable[[Workbook, str], Any],
    member: str,
    folder: str | os.PathLike[str] | None,
    otherwise: Callable[[Workbook], str | None] = lambda _: None,
) -> OpenForms:
    """Return the forms of a kind in this kernel; a cell that is run again finds the same ones, as the journal has them now.

    Raises
    ------
    RecordError
        Whom the notebook names is not on the roster.
    """
    workbook = open_workbook(folder)
    key = kind, workbook.folder, member
    forms = _opened.get(key) or OpenForms(kind, workbook, member, otherwise)
    forms.show()
    _opened[key] = forms
    return forms


def _named_by_host() -> str:
    """Return whom the host of the notebook names, whom nothing that is clicked can change; or an empty text."""
    return os.environ.get(HUB, "") or os.environ.get(MEMBER, "")


def _button(description: str, tooltip: str, act: Callable[[], object], style: str = "") -> widgets.Button:
    button = widgets.Button(description=description, tooltip=tooltip, button_style=style, layout={"width": "auto"})
    button.on_click(lambda _: act())
    return button
