"""Personal links on their way to members' own addresses, through apprise: each to its member alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

import msgspec

from studygroup.errors import WebError
from studygroup.publish.addresses import Address
from studygroup.publish.sending import Letter, deliver_letter
from studygroup.settings import Settings
from studygroup.web.addresses import is_loopback
from studygroup.web.invites import Invites


class Sent(msgspec.Struct, frozen=True):
    """What became of one member's link: ``to`` names the service, and neither address nor link; ``why`` it failed, or empty."""

    member: str
    name: str
    to: str
    why: str


def often(settings: Settings) -> str:
    """Return on how many devices a link can be used, in words."""
    return "once" if settings.link_devices == 1 else f"on {settings.link_devices} devices"


def letter(settings: Settings, name: str, link: str, address: Address) -> Letter:
    """Return what a member is sent."""
    text = (
        f"Hello {name},\n\nthis is your personal link to the page of {settings.name}:\n\n{link}\n\n"
        f'Open it and press "Continue as {name}". It can be used {often(settings)}, for {settings.link_days} days. '
        "Keep it to yourself: whoever has it enters under your name."
    )
    return Letter(address, f"{settings.name}: your personal link", text)


def send_links(
    settings: Settings, invites: Invites, names: Mapping[str, str], addresses: Mapping[str, Address]
) -> Iterator[Sent]:
    """Make a link for each member, send it to their address, and yield what became of it.

    Parameters
    ----------
    names
        Who is invited: names by member id.
    addresses
        At least of all of those.

    Raises
    ------
    WebError
        Members could not open the links, or somebody has no address; then nothing was sent.
    """
    if is_loopback(urlsplit(settings.page_address).netloc):
        raise WebError(
            f"Nobody elsewhere can open links to {settings.page_address}. Set page_address in pyproject.toml to where members reach "
            "the page, then try again; see docs/deploy.md."
        )
    if without := [names[member] for member in names if member not in addresses]:
        raise WebError(
            f"No address is known of {', '.join(without)}, so nothing was sent. Write theirs into .studygroup/addresses.toml under [members], see "
            "docs/messages.md, or give them their links yourself: studygroup invite NAME"
        )
    for member, name in names.items():
        link = f"{settings.page_address}/join#{invites.invite(member)}"
        address = addresses[member]
        yield Sent(member, name, address.label, deliver_letter(letter(settings, name, link, address)))
