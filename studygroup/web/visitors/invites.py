"""Invite links: made, shown, redeemed and revoked, and the cookie that a redeemed one becomes.

A link holds a signed token: member, generation, its own id, until when. What must be remembered (which were redeemed, each
member's generation) is in ``.studygroup/web/``, which git ignores, and readable by its owner only.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec
from itsdangerous import BadData, URLSafeSerializer

from studygroup.errors import WebError
from studygroup.group.given_links import GivenLinks
from studygroup.storage.shared_files import Folder, open_folder, set_rights, write_all
from studygroup.workbook.workbook import Workbook

Said = TypeVar("Said", "Invitation", "Visitor")

COOKIE_DAYS = 180
"""How long a device stays signed in."""

_LARGEST_KEY = 1024
_TABLES = """
CREATE TABLE IF NOT EXISTS generation (member TEXT PRIMARY KEY, number INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS ended (login TEXT PRIMARY KEY, until INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS redeemed (link TEXT PRIMARY KEY, times INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS given (member TEXT PRIMARY KEY, link TEXT NOT NULL, until INTEGER NOT NULL, opened INTEGER NOT NULL);
"""


class Invitation(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What a link's token says; ``until`` in seconds since 1970."""

    member: str
    generation: int
    link: str
    until: int


class Visitor(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What a cookie says: who is signed in on one device; ``login`` is that device's own."""

    member: str
    generation: int
    login: str
    until: int


class Invites:
    """The links of one workbook.

    Parameters
    ----------
    folder
        Where keys and what was redeemed are kept; made with mode 0700 when missing.
    clock
        Returns the present time, aware.
    days
        How long a new link is valid.
    devices
        On how many devices one link can be redeemed.
    root
        The workbook's folder, where ``folder`` is in one: no link is followed on the way from there.
    """

    def __init__(
        self, folder: Path, clock: Callable[[], datetime], *, days: int = 14, devices: int = 1, root: Path | None = None
    ) -> None:
        self._clock, self._days, self._devices = clock, days, devices
        try:
            with open_folder(folder, root or folder, create=True, mode=0o700) as place:
                place.make_private()
                key = _read_or_make_key(place)
                _make_private(place, "links.sqlite")
            self._lock = threading.Lock()
            self._db = sqlite3.connect(folder / "links.sqlite", timeout=10, check_same_thread=False, isolation_level=None)
            weakref.finalize(self, self._db.close)
            self._db.executescript(_TABLES)
        except (OSError, sqlite3.Error) as error:
            raise WebError(f"{folder} cannot be used for links: {error}. Allow writing there, then try again.") from error
        self._links = _signer(key, "link")
        self._cookies = _signer(key, "cookie")
        self._session_key = hmac.digest(key, b"session", hashlib.sha256)

    @classmethod
    def of(cls, book: Workbook) -> Invites:
        """Return the links of a workbook, as its settings have them."""
        settings = book.settings
        folder = book.folder / ".studygroup" / "web"
        return cls(folder, book.clock, days=settings.link_days, devices=settings.link_devices, root=book.folder)

    def close(self) -> None:
        """Let go of the files."""
        self._db.close()

    # Links

    def invite(self, member: str) -> str:
        """Return the token of a new link for a member."""
        until = int((self._clock() + timedelta(days=self._days)).timestamp())
        link = secrets.token_urlsafe(9)
        made = self._dump(self._links, Invitation(member, self.generation(member), link, until))
        with self._lock:
            self._db.execute(
                "INSERT INTO given VALUES (?, ?, ?, 0) ON CONFLICT (member) DO UPDATE SET link = excluded.link, until = excluded.until",
                (member, link, until),
            )
        return made

    def given(self) -> dict[str, GivenLinks]:
        """Return what became of the links of each member who was given one since theirs were last revoked."""
        with self._lock:
            rows = self._db.execute(
                "SELECT member, given.until, opened, COALESCE(times, 0) FROM given LEFT JOIN redeemed ON redeemed.link = given.link"
            ).fetchall()
        now = self._clock().timestamp()
        return {
            member: GivenLinks(datetime.fromtimestamp(until, UTC), int(opened), waits=until >= now and times < self._devices)
            for member, until, opened, times in rows
        }

    def look(self, token: str) -> Invitation | None:
        """Return what a token says, or None where it is no longer valid: tampered with, expired, revoked or used up."""
        invitation = self._load(self._links, token, Invitation)
        if invitation is None or self._times(invitation.link) >= self._devices:
            return None
        return invitation

    def member_of(self, token: str) -> str:
        """Return whose link a token is, also where it was used before, or empty: only for telling them that they are in."""
        invitation = self._load(self._links, token, Invitation)
        return invitation.member if invitation else ""

    def redeem(self, token: str) -> str | None:
        """Use a link on one more device and return that device's cookie, or None where the link is no longer valid.

        Of two who redeem it at the same moment only one succeeds, also in two processes.
        """
        invitation = self._load(self._links, token, Invitation)
        if invitation is None or not self._use(invitation):
            return None
        return self._cookie(invitation.member, invitation.generation)

    def admit(self, member: str) -> str:
        """Return a device's cookie for a member whom someone else vouches for, such as a hub."""
        return self._cookie(member, self.generation(member))

    def _cookie(self, member: str, generation: int) -> str:
        until = int((self._clock() + timedelta(days=COOKIE_DAYS)).timestamp())
        return self._dump(self._cookies, Visitor(member, generation, secrets.token_urlsafe(12), until))

    def _use(self, invitation: Invitation) -> bool:
        """Count one use of a link; return whether it had one left."""
        with self._lock, closing(self._db.cursor()) as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            try:
                # Links that expired are refused by their date, so their uses need no longer be known.
                cursor.execute("DELETE FROM redeemed WHERE until < ?", (int(self._clock().timestamp()) - 86_400,))
                cursor.execute(
                    "INSERT INTO redeemed VALUES (?, 1, ?) ON CONFLICT (link) DO UPDATE SET times = times + 1 WHERE times < ?",
                    (invitation.link, invitation.until, self._devices),
                )
                used = cursor.rowcount == 1
                if used:
                    cursor.execute("UPDATE given SET opened = opened + 1 WHERE member = ?", (invitation.member,))
                cursor.execute("COMMIT")
            except BaseException:
                cursor.execute("ROLLBACK")
                raise
        return used

    def _times(self, link: str) -> int:
        with self._lock:
            row = self._db.execute("SELECT times FROM redeemed WHERE link = ?", (link,)).fetchone()
        return int(row[0]) if row else 0

    # Who is here

    def visitor(self, cookie: str) -> Visitor | None:
        """Return who a cookie says is here, or None where it is no longer valid."""
        return self._load(self._cookies, cookie, Visitor)

    def session_of(self, visitor: Visitor) -> str:
        """Return the id that a device's pages go by: no one can guess it, and it says nothing."""
        text = f"{visitor.member} {visitor.generation} {visitor.login}".encode()
        return hmac.new(self._session_key, text, hashlib.sha256).hexdigest()

    def sign_out(self, visitor: Visitor) -> None:
        """End one device's cookie."""
        with self._lock:
            self._db.execute("DELETE FROM ended WHERE until < ?", (int(self._clock().timestamp()) - 86_400,))
            self._db.execute("INSERT OR IGNORE INTO ended VALUES (?, ?)", (visitor.login, visitor.until))

    def _is_signed_out(self, login: str) -> bool:
        with self._lock:
            return self._db.execute("SELECT 1 FROM ended WHERE login = ?", (login,)).fetchone() is not None

    # Revoking

    def generation(self, member: str) -> int:
        """Return how often a member's links were revoked; links and cookies of an earlier generation hold no more."""
        with self._lock:
            row = self._db.execute("SELECT number FROM generation WHERE member = ?", (member,)).fetchone()
        return int(row[0]) if row else 0

    def revoke(self, member: str) -> None:
        """End all of a member's links and cookies."""
        with self._lock:
            self._db.execute(
                "INSERT INTO generation VALUES (?, 1) ON CONFLICT (member) DO UPDATE SET number = number + 1", (member,)
            )
            self._db.execute("DELETE FROM given WHERE member = ?", (member,))

    def forget(self, member: str) -> None:
        """Take a member who was forgotten out of the files; their id never counts again, so neither do their links and devices."""
        with self._lock:
            for table in ("given", "generation"):
                self._db.execute(f"DELETE FROM {table} WHERE member = ?", (member,))
            self._db.execute("VACUUM")

    # Signing

    def _dump(self, signer: URLSafeSerializer, said: Invitation | Visitor) -> str:
        dumped = signer.dumps(msgspec.to_builtins(said))
        return dumped if isinstance(dumped, str) else dumped.decode()

    def _load(self, signer: URLSafeSerializer, text: str, kind: type[Said]) -> Said | None:
        """Return what a signed text says where the signature, the date and the member's generation hold, else None."""
        if len(text) > 600:
            return None
        try:
            said = msgspec.convert(signer.loads(text), kind)
        except (BadData, msgspec.ValidationError, UnicodeError):
            return None
        return said if self.holds(said) else None

    def holding(self, visitors: Iterable[Visitor]) -> set[Visitor]:
        """Return whose cookies still hold, looked up at once for all of them."""
        with self._lock:
            generations = dict(self._db.execute("SELECT member, number FROM generation"))
            ended = {login for (login,) in self._db.execute("SELECT login FROM ended")}
        now = self._clock().timestamp()
        return {
            one
            for one in visitors
            if one.until >= now and one.generation == generations.get(one.member, 0) and one.login not in ended
        }

    def holds(self, said: Invitation | Visitor) -> bool:
        """Return whether what was once signed is still valid: by its date, its member's generation, and that no one signed out."""
        if said.until < self._clock().timestamp() or said.generation != self.generation(said.member):
            return False
        return not (isinstance(said, Visitor) and self._is_signed_out(said.login))


def _signer(key: bytes, purpose: str) -> URLSafeSerializer:
    options = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    return URLSafeSerializer(key, salt=f"studygroup {purpose}", signer_kwargs=options)


def _make_private(place: Folder, name: str) -> None:
    """Create an empty file that only its owner can read, where there is none."""
    handle = place.open(name, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        set_rights(handle, 0o600)
    finally:
        os.close(handle)


def _read_or_make_key(place: Folder) -> bytes:
    """Return the key in a file; made on first use, under another name first, so that two starts agree on one."""
    path = place.path / "key"
    if place.kind("key") is None:
        fresh = f".key-{secrets.token_hex(8)}"
        handle = place.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            write_all(handle, secrets.token_hex(32).encode())
            os.fsync(handle)
            with suppress(FileExistsError):
                place.link(fresh, "key")
        finally:
            os.close(handle)
            place.remove(fresh)
    if place.status("key").st_mode & 0o077:
        raise WebError(f"{path} can be read by others. It signs the members' links: chmod 600 {path}, then try again.")
    key = place.read("key", _LARGEST_KEY).strip()
    if len(key) < 32:
        raise WebError(f"{path} holds no key. Delete it: a new one is made, and every member needs a new link.")
    return key
