"""What assist.js does in a real browser: names, states, times, the timer, the keyboard's focus."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from studygroup.forms.kit.assist import Assist
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.form_context import FormContext
from studygroup.forms.outgoing.announcing import AnnounceForm
from studygroup.group.settings import Part
from studygroup.meeting.before.running_order import running_order
from studygroup.workbook.workbook import Workbook
from tests.conftest import NOW

FORM = """<main class="jp-Notebook"><div class="sg-form">
<div class="sg-said">Nothing yet</div>
<div class="jupyter-widgets widget-text" title="A name"><input></div>
<div class="sg-choice" title="Done or not"><button class="mod-active">Not done</button><button>Done</button></div>
<button id="first" class="jupyter-button"><i class="fa fa-play"></i>First</button>
<div id="row"><button id="change">Change</button></div>
<select id="list"><option>a</option></select>
</div></main>"""


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page with a form, and assist.js at work on it."""
    made = browser.new_page()
    made.set_content(FORM)
    script = str(Assist._esm)
    made.add_script_tag(content=f"{script}\nglobalThis.startAssist = start;", type="module")
    made.wait_for_function("() => globalThis.startAssist !== undefined")
    made.evaluate("startAssist()")
    yield made
    made.close()


def test_what_a_screen_reader_needs_is_there(page: Any) -> None:
    """Live regions, groups with names, pressed buttons, named fields, and icons that are not read out."""
    page.locator("[aria-pressed]").first.wait_for()
    found = page.evaluate(
        """() => ['.sg-said:role', '.sg-said:aria-live', '.sg-choice:aria-label', '.mod-active:aria-pressed', 'input:aria-label',
        'i:aria-hidden'].map(one => document.querySelector(one.split(':')[0]).getAttribute(one.split(':')[1]))"""
    )
    assert found == ["status", "polite", "Done or not", "true", "A name", "true"]


def test_letters_on_a_forms_button_are_no_commands_of_jupyterlab(page: Any) -> None:
    """Without a modifier they stay with the form; Escape and combinations reach JupyterLab, as do keys elsewhere."""
    said = []
    for selector, key in (
        ("#first", "x"),
        ("#first", "Control+s"),
        ("#list", "d"),
        ("#first", "Shift+Enter"),
        ("#first", "Enter"),
        ("#first", "Escape"),
    ):
        page.locator(selector).focus()
        page.keyboard.press(key)
        said.append(page.locator(selector).get_attribute("data-lm-suppress-shortcuts"))
    assert said == ["", None, "", None, "", None]


def test_what_takes_a_buttons_place_takes_the_focus(page: Any) -> None:
    """The successor of a button pressed with a key, else what was before it; who moved on meanwhile is left alone."""
    focused = "document.activeElement.id"
    page.evaluate("change.onclick = () => setTimeout(() => row.innerHTML = '<p class=sg-focus><input id=field></p>', 50); 0")
    page.locator("#change").focus()
    page.keyboard.press("Enter")
    page.wait_for_function(f"{focused} === 'field'")
    page.evaluate("row.innerHTML = '<button id=gone>Gone</button>'; gone.onclick = () => row.replaceChildren(); 0")
    page.locator("#gone").focus()
    page.keyboard.press("Enter")
    page.wait_for_function(f"{focused} === 'first'")
    page.evaluate("first.onclick = () => setTimeout(() => row.innerHTML = '<p class=sg-focus><input id=late></p>', 50); 0")
    page.locator("#first").click()
    page.locator("#list").focus()
    page.locator("#late").wait_for()
    # What comes later is looked at together with all that is there by then.
    page.evaluate("row.insertAdjacentHTML('beforeend', '<p class=sg-said id=later></p>')")
    page.locator("#later[role=status]").wait_for(state="attached")
    assert page.evaluate(focused) == "list"


@pytest.mark.parametrize(
    ("ago_s", "paused", "told", "states", "beside"),
    [
        (None, False, "Not started.", ["ahead", "ahead"], "5 min"),
        (10, False, "Now: <Arrive>", ["here", "ahead"], "4:5"),
        (310, True, "Paused: Discuss", ["over", "here"], "over"),
        (1000, False, "The time is over.", ["over", "over"], "over"),
    ],
)
def test_the_timer_counts_in_the_browser(
    page: Any, ago_s: int | None, paused: bool, told: str, states: list[str], beside: str
) -> None:
    """From when it was started; what is read out says where it is, in words."""
    parts = [Part(title="<Arrive>", minutes=5), Part(title="Discuss", minutes=10)]
    slices = running_order(parts, NOW, 15, {})
    now = int(time.time() * 1000)
    shown = block("timer", slices, now - ago_s * 1000 if ago_s else 0, now if paused else 0)
    page.evaluate("shown => document.querySelector('.sg-form').insertAdjacentHTML('beforeend', shown)", shown)
    page.wait_for_function("document.querySelector('.sg-now').textContent !== ''")
    assert page.locator(".sg-now").inner_text() == told
    found = page.evaluate("[...document.querySelectorAll('[data-seconds]')].map(part => part.dataset.state)")
    assert found == states
    assert page.locator(".sg-left").first.inner_text().startswith(beside)
    assert ("longer than planned" in page.locator(".sg-past").inner_text()) == (told == "The time is over.")


def test_copied_is_said_of_the_text_that_was_copied_alone(page: Any, group: Workbook) -> None:
    """The form's line for another message takes the place of "Copied", and the next copy is told again."""
    form = AnnounceForm(FormContext(group, "ada-lovelace"))
    page.evaluate(
        """() => { document.body.innerHTML =
        '<div class="sg-copies"><textarea></textarea><button class="sg-copy">Copy message</button><p></p></div>'; }"""
    )
    button, told = page.get_by_role("button", name="Copy message"), page.locator("p")

    def draw() -> None:
        page.evaluate(
            # As a widget does: an unchanged line is not drawn again.
            """([text, line]) => {
                const [area, told] = [document.querySelector('textarea'), document.querySelector('p')];
                area.value = text;
                if (told.dataset.line !== line) { told.innerHTML = line; told.dataset.line = line; }
            }""",
            [form.text.area.value, line_of(form)],
        )

    for kind in ("agenda", "reminder"):
        form.kind.value = kind
        draw()
        assert told.inner_text() == ""
        button.click()
        page.wait_for_function("() => document.querySelector('p').textContent !== ''")
        assert "cop" in told.inner_text().lower()


def line_of(form: AnnounceForm) -> str:
    """Return the line beside the button, as the page is given it."""
    return str(form.text.children[1].children[1].value)


def test_a_double_click_reaches_a_button_once_but_a_stepper_twice(page: Any) -> None:
    """So does a key that is held down; two clicks, each of its own, are two."""
    page.evaluate(
        """() => {
          document.querySelector('.sg-form').insertAdjacentHTML('beforeend', "<div class='sg-repeats'><button id='on'>Next</button></div>");
          globalThis.clicks = { first: 0, on: 0 };
          for (const id of ['first', 'on']) document.getElementById(id).addEventListener('click', () => { clicks[id] += 1; });
        }"""
    )
    page.locator("#first").dblclick()
    page.locator("#on").dblclick()
    assert page.evaluate("clicks") == {"first": 1, "on": 2}
    for button in ("#first", "#on"):
        page.locator(button).focus()
        for _ in range(3):
            page.keyboard.down("Enter")
        page.keyboard.up("Enter")
    assert page.evaluate("clicks") == {"first": 2, "on": 5}
    page.locator("#first").click()
    assert page.evaluate("clicks.first") == 3


def test_a_button_that_takes_anothers_place_takes_its_focus(page: Any) -> None:
    """Whoever starts the timer with the keyboard can pause it with the next key."""
    page.evaluate(
        """() => {
          const form = document.querySelector('.sg-form');
          form.insertAdjacentHTML('beforeend', "<div class='sg-turns'><button id='start'>Start</button></div>");
          // As the kernel does, some time after the click.
          document.getElementById('start').addEventListener('click', () => setTimeout(() => {
            document.querySelector('.sg-turns').innerHTML = "<button id='pause'>Pause</button>";
          }, 20));
        }"""
    )
    page.locator("#start").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'pause'")
