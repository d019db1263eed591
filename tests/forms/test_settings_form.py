"""The group's settings as a form."""

from __future__ import annotations

import pytest

from studygroup.forms.group_tab.settings import SettingsForm
from studygroup.forms.kit.form_context import FormContext
from studygroup.workbook.workbook import Workbook
from tests.forms.test_member_forms import told


@pytest.fixture
def form(group: Workbook) -> SettingsForm:
    """The form of Ada, the facilitator."""
    return SettingsForm(FormContext(group, "ada-lovelace"))


def test_a_setting_is_changed_and_changed_back(form: SettingsForm, group: Workbook) -> None:
    """It is in the file at once, whose comments stay; Undo puts back what was there."""
    path = group.folder / "pyproject.toml"
    path.write_text("# Ours\n" + path.read_text())
    group.reread_settings()
    form.key.value = "text_channel"
    assert form.value_field.value == "#papers" and "Default:" in form.about.value
    form.value_field.value = "#elsewhere"
    form.save.click()
    assert told(form.receipt) == "Changed text channel."
    assert group.settings.text_channel == "#elsewhere"
    assert path.read_text().startswith("# Ours\n")
    form.receipt.undo.button.click()
    assert (group.settings.text_channel, form.value_field.value) == ("#papers", "#papers")


def test_a_list_has_a_line_for_each_value(form: SettingsForm, group: Workbook) -> None:
    """Days too; a value that is none is told and stays in the field; the default comes back with a button."""
    form.key.value = "zones"
    assert form.value_field.value.splitlines() == ["UTC", "America/New_York", "Asia/Kolkata"]
    form.value_field.value = "Europe/Berlin\nEurope/Nowhere"
    form.save.click()
    assert "Europe/Nowhere" in told(form.receipt) and group.settings.zones[0] == "UTC"
    assert form.value_field.value == "Europe/Berlin\nEurope/Nowhere"
    form.value_field.value = "Europe/Berlin\n\n"
    form.save.click()
    assert group.settings.zones == ("Europe/Berlin",)
    form.default.click()
    assert group.settings.zones == ("UTC",)
    form.key.value = "holidays"
    form.value_field.value = "2026-12-25\n2027-01-01"
    form.save.click()
    assert [day.isoformat() for day in group.settings.holidays] == ["2026-12-25", "2027-01-01"]
    assert form.value_field.value.splitlines() == ["2026-12-25", "2027-01-01"]


def test_an_empty_click_and_a_long_text_are_answered(form: SettingsForm, group: Workbook) -> None:
    """Nothing is written then."""
    path = group.folder / "pyproject.toml"
    before = path.read_text()
    form.save.click()
    assert told(form.receipt) == "That is already its value. Change it first."
    form.value_field.value = "x" * 30_000
    form.save.click()
    assert "a setting has at most 20,000" in told(form.receipt)
    assert path.read_text() == before
