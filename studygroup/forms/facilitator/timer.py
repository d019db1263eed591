"""The session's timer: it follows the running order, and runs in the browser."""

from __future__ import annotations

from itertools import accumulate

from studygroup.forms.facilitator.session_line import session_line
from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.form import repeats, sheet
from studygroup.forms.kit.form_context import ON_AGENDAS, FormContext, SaveStatus
from studygroup.forms.kit.turning import TurningButton
from studygroup.meeting.before.running_order import Slice


class TimerForm(widgets.VBox):
    """Start, pause, go on, the next part, the part before.

    The kernel keeps when it was started and for how long it ran; assist.js counts from that. It is kept on this machine, so that
    a restarted kernel shows it running.
    """

    def __init__(self, context: FormContext) -> None:
        self.context, self.receipt, self.session = context, SaveStatus(), ""
        self.about, self.parts = widgets.HTML(), widgets.HTML()
        self.run = TurningButton(self._run)
        self.back = repeats(_button("Previous part", "step-backward"))
        self.on = repeats(_button("Next part", "step-forward"))
        self.reset = _button("Reset", "undo")
        buttons = widgets.HBox([self.run, self.back, self.on, self.reset], layout={"flex_flow": "row wrap"})
        # Milliseconds since 1970: when it began, less what it stood still; and when it was paused, if it is.
        self._start: int | None = None
        self._paused: int | None = None
        self._slices: tuple[Slice, ...] = ()
        self._shown: object = None
        self.back.on_click(lambda _: self._step(-1))
        self.on.on_click(lambda _: self._step(1))
        self.reset.on_click(lambda _: self._set(None, None))
        self.pace = widgets.HTML()
        super().__init__([self.about, buttons, self.parts, self.pace, self.receipt])
        sheet(self)
        context.on_change(self.show)
        self.show()

    def show(self) -> None:
        """Follow the running order of the session; a timer that runs goes on."""
        session = self.context.session
        self.about.value = session_line(self.context, session)
        wanted = session, self.context.workbook.settings, self.context.version(*ON_AGENDAS)
        if wanted != self._shown:
            self._shown = wanted
            turned = session != self.session
            if turned:
                self.session = session
                self._start, self._paused = self._kept()
            before, self._slices, pace = self._slices, (), ""
            with self.context.acting(self.receipt):
                agenda = self.context.agenda_for(session)
                self._slices, pace = agenda.running_order, agenda.pace
            self.pace.value = block("told_next", pace) if pace else ""
            if turned or before != self._slices or not self.parts.value:
                self._draw()

    @property
    def elapsed_s(self) -> float:
        """For how long it has run, in seconds; 0 before it was started."""
        if self._start is None:
            return 0.0
        return ((self._now() if self._paused is None else self._paused) - self._start) / 1000

    @property
    def is_running(self) -> bool:
        """Whether it was started, also while it is paused."""
        return self._start is not None

    def start(self) -> None:
        """Start it, unless it runs already."""
        if self._start is None:
            self._run()

    def _now(self) -> int:
        return int(self.context.workbook.clock().timestamp() * 1000)

    def _run(self) -> None:
        """Start; or pause, or go on."""
        now = self._now()
        if self._start is None:
            self._set(now, None)
        elif self._paused is None:
            self._set(self._start, now)
        else:
            self._set(self._start + now - self._paused, None)

    def _step(self, by: int) -> None:
        """Go to the beginning of the next part; or of this one, or, in its first five seconds, of the one before."""
        begins = [0, *accumulate(part.minutes * 60 for part in self._slices)]
        elapsed = self.elapsed_s
        if by > 0:
            to = next((begin for begin in begins if begin > elapsed), begins[-1])
        else:
            to = next((begin for begin in reversed(begins) if begin <= elapsed - BACK_WITHIN_S), 0)
        now = self._now()
        paused = self._paused is not None or self._start is None
        self._set(now - to * 1000, now if paused else None)

    def _set(self, start: int | None, paused: int | None) -> None:
        self._start, self._paused = start, paused
        self.receipt.clear()
        with self.context.acting(self.receipt):
            self.context.drafts.keep(self._name, "" if start is None else f"{start} {paused or 0}")
        self._draw()
        self.context.note("timer", self.is_running)

    @property
    def _name(self) -> str:
        return f"timer {self.session}"

    def _kept(self) -> tuple[int | None, int | None]:
        """Return what the timer was set to before the kernel was started, if anything."""
        draft = self.context.drafts.get(self._name)
        try:
            start, paused = map(int, draft.text.split()) if draft else (0, 0)
        except ValueError:
            return None, None
        return start or None, paused or None

    def _draw(self) -> None:
        self.parts.value = block("timer", self._slices, self._start or 0, self._paused or 0)
        running = self._start is not None and self._paused is None
        label = "Pause" if running else "Start" if self._start is None else "Go on"
        self.run.show(label, label, icon="pause" if running else "play", style="primary")
        self.reset.disabled = self._start is None


BACK_WITHIN_S = 5
"""Seconds into a part within which going back means the part before it."""


def _button(label: str, icon: str) -> widgets.Button:
    return widgets.Button(description=label, icon=icon, layout={"width": "auto"})
