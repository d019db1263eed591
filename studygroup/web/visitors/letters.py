"""Invite links on their way to members' own addresses, through apprise: each to its member alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from studygroup.errors import WebError
from studygroup.group.settings import Settings
from studygroup.publish.messages.sending import Letter, deliver_letter
from studygroup.publish.messages.targets import Target
from studygroup.web.hosts import guide, only_here_hint
from studygroup.web.visitors.invites import Invites


class LetterResult(msgspec.Struct, frozen=True):
    """The outcome of one member's link: ``to`` names the service, and neither address nor link; ``why`` it failed, or empty."""

    member: str
    name: str
    to: str
    why: str


def often(settings: Settings) -> str:
    """Return on how many devices a link can be used, in words."""
    return "once" if settings.link_devices == 1 else f"on {settings.link_devices} devices"


def link_terms(settings: Settings) -> str:
    """Return how long any link is valid, and on how many devices: "Links expire after 14 days and work on one device."."""
    return f"Links expire after {_days(settings)} and work on {_devices(settings)}."


def _days(settings: Settings) -> str:
    return f"{settings.link_days} day{'s' * (settings.link_days != 1)}"


def _devices(settings: Settings) -> str:
    return "one device" if settings.link_devices == 1 else f"{settings.link_devices} devices"


def validity(settings: Settings, names: list[str]) -> str:
    """Return how long the links that were made for some members are valid, and how to treat them."""
    days, devices = _days(settings), _devices(settings)
    if len(names) == 1:
        return f"Valid for {days}, on {devices}. Send it privately: anyone with this link can act as {names[0]}."
    return f"Each is valid for {days}, on {devices}. Send each privately: anyone with a link can act as its member."


def letter(settings: Settings, name: str, link: str, address: Target) -> Letter:
    """Return what a member is sent."""
    text = (
        f"Hello {name},\n\nthis is your invite link to the page of {settings.name}:\n\n{link}\n\n"
        f'Open it and press "Continue as {name}". It can be used {often(settings)}, for {settings.link_days} days. '
        "Keep it to yourself: anyone who has it can act under your name."
    )
    return Letter(address, f"{settings.name}: your invite link", text)


def send_links(
    settings: Settings, folder: Path, invites: Invites, names: Mapping[str, str], addresses: Mapping[str, Target]
) -> Iterator[LetterResult]:
    """Make a link for each member, send it to their address, and yield what became of it.

    Parameters
    ----------
    folder
        The workbook's.
    names
        Who is invited: names by member id.
    addresses
        At least of all of those.

    Raises
    ------
    WebError
        Members could not open the links, or someone has no address; then nothing was sent.
    """
    if hint := only_here_hint(settings.page_address, folder, "No link was sent: links only work"):
        raise WebError(hint)
    if without := [names[member] for member in names if member not in addresses]:
        raise WebError(
            f"No address is known for {', '.join(without)}, so nothing was sent. Write theirs into .studygroup/addresses.toml under "
            f"[members]{guide(folder, 'docs/messages.md')}, or give them their links yourself: studygroup invite NAME"
        )
    for member, name in names.items():
        link = f"{settings.page_address}/join#{invites.invite(member)}"
        address = addresses[member]
        yield LetterResult(member, name, address.label, deliver_letter(letter(settings, name, link, address)))
