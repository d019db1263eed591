"""Invite links: which are valid, for whom, for how long and how often."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from studygroup.errors import WebError
from studygroup.web.visitors.invites import COOKIE_DAYS, Invites
from tests.conftest import Clock

T = TypeVar("T")


def given(value: T | None) -> T:
    """Return what must be there."""
    assert value is not None
    return value


@pytest.fixture
def invites(tmp_path: Path, clock: Clock) -> Invites:
    return Invites(tmp_path / "web", clock)


def test_a_link_becomes_a_cookie_once(invites: Invites) -> None:
    """Looking at it does not use it up; redeeming it does."""
    token = invites.invite("ada")
    for _ in range(3):
        assert given(invites.look(token)).member == "ada"
    cookie = invites.redeem(token)
    assert cookie is not None
    assert given(invites.visitor(cookie)).member == "ada"
    assert invites.look(token) is None
    assert invites.redeem(token) is None


def test_a_setting_allows_more_devices(tmp_path: Path, clock: Clock) -> None:
    """With three devices it can be redeemed three times, each with pages of its own."""
    invites = Invites(tmp_path, clock, devices=3)
    token = invites.invite("ada")
    cookies = [invites.redeem(token) for _ in range(4)]
    assert cookies[3] is None
    visitors = [invites.visitor(cookie or "") for cookie in cookies[:3]]
    assert len({invites.session_of(visitor) for visitor in visitors if visitor}) == 3


def test_links_and_cookies_expire(invites: Invites, clock: Clock) -> None:
    """A link after 14 days, a device after half a year, to the second."""
    token, other = invites.invite("ada"), invites.invite("ada")
    clock.now += timedelta(days=14)
    cookie = given(invites.redeem(token))
    clock.now += timedelta(seconds=1)
    assert invites.look(other) is None
    assert invites.redeem(other) is None
    clock.now += timedelta(days=COOKIE_DAYS, seconds=-1)
    assert invites.visitor(cookie)
    clock.now += timedelta(seconds=1)
    assert invites.visitor(cookie) is None


def test_revoking_ends_one_members_links_and_devices(invites: Invites) -> None:
    """No one else’s, and a new link works again."""
    cookie = given(invites.redeem(invites.invite("ada")))
    open_link, others = invites.invite("ada"), given(invites.redeem(invites.invite("bo")))
    invites.revoke("ada")
    assert (invites.visitor(cookie), invites.look(open_link), invites.redeem(open_link)) == (None, None, None)
    assert invites.visitor(others)
    assert invites.redeem(invites.invite("ada"))


def test_signing_out_ends_one_device(tmp_path: Path, clock: Clock) -> None:
    """Also for whoever copied its cookie; the member's other devices stay."""
    invites = Invites(tmp_path, clock, devices=2)
    token = invites.invite("ada")
    one, two = given(invites.redeem(token)), given(invites.redeem(token))
    invites.sign_out(given(invites.visitor(one)))
    assert invites.visitor(one) is None
    assert invites.visitor(two)


def test_revoking_is_seen_by_another_process(tmp_path: Path, clock: Clock) -> None:
    """A second program that revokes changes what the first one sees."""
    here, there = Invites(tmp_path, clock), Invites(tmp_path, clock)
    cookie = given(here.redeem(here.invite("ada")))
    there.revoke("ada")
    assert here.visitor(cookie) is None


def test_forged_texts_hold_nothing(invites: Invites, tmp_path: Path, clock: Clock) -> None:
    """Changed anywhere, cut, of another workbook, a link as a cookie, a cookie as a link, nonsense: all the same None."""
    token = invites.invite("ada")
    cookie = given(invites.redeem(invites.invite("ada")))
    stranger = Invites(tmp_path / "other", clock)
    changed = [token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in range(len(token) - 1)]
    forged = [*changed, token[:-3], "", ".", "x" * 10_000, "é☃.a", "\0", stranger.invite("ada"), cookie]
    assert [invites.look(text) for text in forged] == [None] * len(forged)
    assert [invites.redeem(text) for text in forged] == [None] * len(forged)
    assert invites.visitor(token) is None
    assert invites.look(token)


def test_of_many_at_once_one_succeeds(tmp_path: Path, clock: Clock) -> None:
    """Eight threads on two connections redeem one link."""
    two = [Invites(tmp_path, clock), Invites(tmp_path, clock)]
    token = two[0].invite("ada")
    cookies: list[str | None] = []
    threads = [threading.Thread(target=lambda one=two[at % 2]: cookies.append(one.redeem(token))) for at in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(cookie is not None for cookie in cookies) == 1


def test_keys_are_for_their_owner_only(invites: Invites, tmp_path: Path, clock: Clock) -> None:
    """Whatever the umask; a key that others can read is refused, with the command that mends it."""
    folder = tmp_path / "web"
    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    assert modes == {"key": 0o600, "links.sqlite": 0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    (folder / "key").chmod(0o644)
    with pytest.raises(WebError, match="chmod 600"):
        Invites(folder, clock)


def test_two_first_starts_agree_on_one_key(tmp_path: Path) -> None:
    """A link of one process holds in another that started at the same moment."""
    code = (
        "import sys; from pathlib import Path; from datetime import UTC, datetime; from studygroup.web.visitors.invites import Invites;"
        "print(Invites(Path(sys.argv[1]), lambda: datetime.now(UTC)).invite('ada'))"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    tokens = [process.communicate()[0].strip() for process in started]
    here = Invites(tmp_path, lambda: datetime.now(UTC))
    assert all(here.look(token) for token in tokens)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["key", "links.sqlite"]


def test_all_open_pages_are_looked_up_at_once(invites: Invites, clock: Clock) -> None:
    """Whose link was revoked, who signed out and whose days are over is out; all others stay."""
    visitors = {name: given(invites.visitor(invites.admit(name))) for name in ("ada", "bo", "cy")}
    assert invites.holding(visitors.values()) == {*visitors.values()}
    invites.revoke("ada")
    invites.sign_out(visitors["bo"])
    assert invites.holding(visitors.values()) == {visitors["cy"]}
    clock.now += timedelta(days=COOKIE_DAYS + 1)
    assert invites.holding(visitors.values()) == set()
