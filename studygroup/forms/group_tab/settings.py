"""The group's settings, one at a time: what it is for, what it is now, and a field to change it; as ``studygroup set`` does."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Any

from studygroup.forms.kit import widgets
from studygroup.forms.kit.form import BESIDE_LABELS, STYLE, WIDE, sheet
from studygroup.forms.kit.form_context import FormContext, SaveStatus
from studygroup.forms.kit.inputs import Area
from studygroup.forms.kit.pickers import Pick
from studygroup.group.setting_meanings import default_in_words, meaning, to_toml
from studygroup.group.settings_file import is_list
from studygroup.workbook.settings_change import SETTABLE, change_setting

IN_THE_FILE = {"running_order", "store", "hub_users", "id"}
"""Settings that are only changed in ``pyproject.toml``: tables, and what may hold a password."""


def setting_label(key: str) -> str:
    """Return what a form calls a setting.

    >>> setting_label("meeting_link")
    'Meeting link'
    """
    return key.replace("_", " ").capitalize()


class SettingsForm(widgets.VBox):
    """Change a setting in ``pyproject.toml``, whose comments stay; a list has a line for each of its values."""

    def __init__(self, context: FormContext) -> None:
        self.context, self.receipt = context, SaveStatus()
        keys = [key for key in SETTABLE if key not in IN_THE_FILE]
        self.key = Pick("Setting", [(setting_label(key), key) for key in keys], self.receipt.refuse)
        self.about = widgets.HTML()
        self.about.add_class("sg-below")
        self.value_field = Area(description="Value", style=STYLE, layout=WIDE, refused=self.receipt.refuse)
        self.save = widgets.Button(description="Save setting", button_style="primary", layout={"width": "auto"})
        self.default = widgets.Button(description="Use default", layout={"width": "auto"})
        self.save.on_click(lambda _: self._save())
        self.default.on_click(lambda _: self._to_default())
        buttons = widgets.HBox(
            [self.save, self.default], layout={"margin": f"2px 2px 2px {BESIDE_LABELS}", "flex_flow": "row wrap"}
        )
        buttons.add_class("sg-buttons")
        super().__init__([self.key, self.about, self.value_field, buttons, self.receipt])
        sheet(self)
        self._shown: tuple[str, str] = ("", "")
        self.key.observe(lambda _: self._turn(), "value")
        context.on_change(self.show)
        self.show()

    def show(self) -> None:
        """Show what the setting is now; what is being typed stays unless the setting changed."""
        key = str(self.key.value)
        now = "\n".join(self._values(key))
        if (key, now) != self._shown:
            self._shown, self.value_field.value = (key, now), now
            self.value_field.rows = 4 if is_list(key) else 2
        told = re.sub(r"`([^`]*)`", r"<code>\1</code>", html.escape(f"{meaning(key)}. Default: {default_in_words(key)}."))
        lines = " A line for each value." if is_list(key) else ""
        self.about.value = f"<p class='sg-quiet'>{told[:1].upper()}{told[1:]}{lines}</p>"

    def _turn(self) -> None:
        self.receipt.clear()
        self.show()

    def _values(self, key: str) -> list[str]:
        """Return the values of a setting as one types them."""
        value: Any = getattr(self.context.workbook.settings, key)
        if isinstance(value, bool):
            return ["true" if value else "false"]
        if isinstance(value, Sequence) and not isinstance(value, str):
            return [one if isinstance(one, str) else to_toml(one) for one in value]
        return [str(value)] if value != "" else []

    def _save(self) -> None:
        text = self.value_field.value
        typed = [line.strip() for line in text.splitlines() if line.strip()]
        key = str(self.key.value)
        if typed == self._values(key):
            self.receipt.tell("That is already its value. Change it first.", "wrong")
            return
        if not is_list(key):
            typed = [" ".join(typed)] if key != "how_to_join" else [text.strip()]
        self._change(key, typed)

    def _to_default(self) -> None:
        self._change(str(self.key.value), [])

    def _change(self, key: str, typed: Sequence[str]) -> None:
        """Change a setting, and offer to change it back."""
        before = self._values(key)
        with self.context.acting(self.receipt):
            change_setting(self.context.workbook.folder, key, typed, default=not typed or typed == [""])
            self.context.workbook.reread_settings()
            self.receipt.tell(f"Changed {setting_label(key).lower()}.", undo=lambda: self._change_back(key, before))
            self.context.changed()
            self.show()

    def _change_back(self, key: str, before: Sequence[str]) -> bool:
        with self.context.acting(self.receipt):
            change_setting(self.context.workbook.folder, key, before, default=not before)
            self.context.workbook.reread_settings()
            self.receipt.tell("Undone.")
            self.context.changed()
            self.show()
            return True
        return False
