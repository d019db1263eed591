"""Invite links in notebooks: who has one, a new one, the end of all of someone's."""

from __future__ import annotations

import html
import re
from pathlib import Path

import studygroup as sg
from studygroup.forms.group_tab.links import LinksForm
from studygroup.forms.kit.form_context import FormContext
from studygroup.web.visitors.invites import Invites
from studygroup.web.visitors.member_links import MemberLinks
from studygroup.workbook.workbook import Workbook
from tests.forms.test_choose_forms import button
from tests.forms.test_member_forms import told
from tests.forms.test_week_forms import texts

ADA = "ada-lovelace"


def rows(form: LinksForm) -> list[str]:
    return [texts(row) for row in form.rows.children]


def test_a_link_is_made_opened_and_ended(group: Workbook) -> None:
    """The row says what became of it; the link is shown once, in words and as a code; its end asks first."""
    form = LinksForm(FormContext(group, ADA), MemberLinks(group))
    assert rows(form) == [f"{name} No link yet" for name in ("Ada Lovelace", "Bo", "Zoë O'Brien-李")]
    assert "Links only work on this computer so far" in texts(form.about)
    button(form.rows.children[1], "Make link").click()
    link = form.panel.link.value
    assert link.startswith(f"{group.settings.page_address}/join#") and "Send this link to Bo privately" in texts(
        form.panel.about
    )
    assert "<svg" in form.panel.picture.value
    assert rows(form)[1] == "Bo Not opened yet, valid until Fri 4 Dec"
    invites = Invites.of(group)
    cookie = invites.redeem(link.partition("#")[2])
    assert cookie and invites.visitor(cookie)
    form.show()
    assert rows(form)[1] == "Bo Opened on 1 device"
    button(form.rows.children[1], "End").click()
    assert not form.panel.is_open and form.panel.link.value == ""
    button(form.confirm, "Keep them").click()
    assert invites.visitor(cookie)
    button(form.rows.children[1], "End").click()
    button(form.confirm, "End all links of Bo").click()
    assert told(form.receipt) == "Bo no longer has a link."
    assert not invites.visitor(cookie) and rows(form)[1] == "Bo No link yet"
    invites.close()


def test_a_link_that_no_one_opened_expires(group: Workbook) -> None:
    """The row says so; a second device needs a link of its own."""
    invites = Invites(group.folder / ".studygroup" / "web", group.clock, days=-1)
    invites.invite("bo")
    form = LinksForm(FormContext(group, ADA), MemberLinks(group))
    assert rows(form)[1] == "Bo Never opened, expired on Thu 19 Nov"
    assert form.links is not None
    used = form.links.make("bo").partition("#")[2]
    assert Invites.of(group).redeem(used)
    form.links.make("bo")
    form.show()
    assert rows(form)[1] == "Bo Opened on 1 device; a new link is valid until Fri 4 Dec"
    invites.close()


def test_only_a_facilitator_makes_and_ends_links(group: Workbook) -> None:
    """A member who opens the form is told; without the members' page it says what to install."""
    form = LinksForm(FormContext(group, "bo"), MemberLinks(group))
    button(form.rows.children[2], "Make link").click()
    assert told(form.receipt) == "Only a facilitator can make and end links." and not form.panel.is_open
    assert "pip install 'studygroup[web]'" in html.unescape(LinksForm(FormContext(group, ADA), None).about.value)


def test_member_ipynb_adds_a_device_where_the_page_is_served(group: Workbook, folder: Path) -> None:
    """In a folder that has never served it, a link would lead nowhere, so there is no button."""
    assert sg.member("bo", folder).screen.children[-1].device is None
    MemberLinks(group).states()
    device = sg.member(ADA, folder).screen.children[-1].device
    device.opener.click()
    link = device.panel.link.value
    assert Invites.of(group).member_of(re.sub("^[^#]*#", "", link)) == ADA


def test_the_week_has_the_form(group: Workbook, folder: Path) -> None:
    """With the links of its folder."""
    week = sg.week(ADA, folder)
    assert isinstance(week.shown.links, LinksForm) and week.shown.links.links is not None
    week.stop()
