"""Commands of the members' page: invite, serve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from studygroup.commands.console import Json, WorkbookDir, app, open_workbook, print_json, say
from studygroup.errors import RecordError, WebError
from studygroup.workbook.workbook import Workbook

if TYPE_CHECKING:
    from studygroup.web.visitors.invites import Invites


def _open_invites(book: Workbook) -> Invites:
    """Return the workbook's links; the packages that they need are an extra."""
    try:
        from studygroup.web.visitors.invites import Invites
    except ModuleNotFoundError as error:
        raise WebError(f"The members' page needs {error.name}: pip install 'studygroup[web]'") from None
    return Invites.of(book)


@app.command("invite")
def invite(
    context: typer.Context,
    members: Annotated[list[str] | None, typer.Argument(metavar="MEMBER", help="Ids or names.")] = None,
    everyone: Annotated[bool, typer.Option("--all", help="Everyone on the roster who has not left.")] = False,
    revoke: Annotated[
        list[str] | None,
        typer.Option(metavar="MEMBER", help="End all links, devices and open pages of this member, at once."),
    ] = None,
    send: Annotated[bool, typer.Option("--send", help="Send each link to its member's own address, and print none.")] = False,
    as_json: Json = False,
    workbook: WorkbookDir = None,
) -> None:
    """Print an invite link to the members' page for each member. Anyone with a link can act as its member.

    A link is valid for 14 days and on one device, unless link_days and link_devices in the settings say otherwise. Others can open it
    once page_address in the settings is the https:// address where they reach the page.

    Example: studygroup invite ada "Zoë O'Brien-李"
    """
    if not (members or everyone or revoke):
        raise typer.BadParameter("name members, or everyone with --all")
    if send and not (members or everyone):
        raise typer.BadParameter("--send needs members, or everyone with --all")
    book = open_workbook(context, workbook)
    people = book.people
    ended = [book.member(one) for one in revoke or []]
    wanted = [book.member(one) for one in members or []]
    here = book.roster.here_on(book.today())
    if gone := [people[member].name for member in wanted if member not in here]:
        if forgotten := [people[member].name for member in wanted if member in book.roster.forgotten]:
            raise RecordError(f"{forgotten[0]} was forgotten, so there is no one to invite.")
        raise RecordError(f"{gone[0]} has left; to welcome them back: studygroup member add {gone[0]!r}")
    wanted = list(dict.fromkeys([*wanted, *(here if everyone else [])]))
    invites = _open_invites(book)
    for member in ended:
        invites.revoke(member)
        say(f"Ended: all links, devices and open pages of {people[member].name}.")
    if send:
        _send(book, invites, {member: people[member].name for member in wanted}, as_json)
        return
    _print(book, invites, {member: people[member].name for member in wanted}, as_json)


def _print(book: Workbook, invites: Invites, names: dict[str, str], as_json: bool) -> None:
    """Print links, and on the other stream how long they are valid and whether others can open them."""
    from studygroup.web.hosts import only_here_hint
    from studygroup.web.visitors.letters import validity

    address = book.settings.page_address
    links = [{"member": one, "name": name, "link": f"{address}/join#{invites.invite(one)}"} for one, name in names.items()]
    if as_json:
        print_json(links)
    else:
        for link in links:
            print(f"{link['name']}\t{link['link']}" if len(links) > 1 else link["link"])
    if links and not as_json:
        say(validity(book.settings, list(names.values())))
    if links and (hint := only_here_hint(address, book.folder, *["These links only work"] * (len(links) > 1))):
        say(hint)


def _send(book: Workbook, invites: Invites, names: dict[str, str], as_json: bool) -> None:
    """Send links, and say of each what became of it; a link that failed is made anew the next time."""
    from studygroup.publish.messages.targets import member_addresses
    from studygroup.web.visitors.letters import send_links

    done = []
    for one in send_links(book.settings, book.folder, invites, names, member_addresses(book.folder)):
        done.append(one)
        if not as_json:
            print(f"{one.name}: sent to {one.to}" if not one.why else f"{one.name}: not sent to {one.to}, {one.why}")
    if as_json:
        print_json(done)
    if failed := [one for one in done if one.why]:
        again = " ".join(one.member for one in failed)
        raise WebError(
            f"{len(failed)} of {len(done)} could not be sent. For just what is missing: studygroup invite --send {again}"
        )


@app.command("serve")
def serve(
    context: typer.Context,
    host: Annotated[
        str, typer.Option(help="The address to listen on; other machines need a proxy with HTTPS in front.")
    ] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="The port. Default: that of page_address.")] = None,
    hub: Annotated[
        bool, typer.Option("--hub", help="As a service that a JupyterHub starts; members sign in there, without links.")
    ] = False,
    workbook: WorkbookDir = None,
) -> None:
    """Serve the members' page. Everyone with an invite link fills in forms in a browser, and no one gets a shell.

    Example: studygroup serve --port 8321
    """
    from studygroup.web.page import vendor

    book = open_workbook(context, workbook)
    vendor.check()
    try:
        from studygroup.web.page.serve import advice, default_port, run
        from studygroup.web.visitors.service import ServicePath
    except ModuleNotFoundError as error:
        raise WebError(f"The members' page needs {error.name}: pip install 'studygroup[web]'") from None
    if hub:
        service = ServicePath.of()
        say(f"The members' page, as a service of the hub at {service.prefix}/, listens on {service.host}:{service.port}.")
        run(book, service.host, service.port, service)
        return
    port = port or default_port(book.settings.page_address)
    say(advice(book, host, port))
    run(book, host, port)
