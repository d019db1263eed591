"""Links from the command line."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from studygroup.workbook.starter import new_workbook
from studygroup.workbook.workbook import Workbook
from tests.support.mailbox import Mailbox

Run = Callable[..., tuple[str, str]]


@pytest.fixture
def run(group: Workbook, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs studygroup in the workbook and returns what it prints on both streams."""
    from studygroup.commands.cli import main

    def run(*words: str, code: int = 0) -> tuple[str, str]:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["studygroup", "--workbook", str(group.folder), *words])
        with pytest.raises(SystemExit) as left:
            main()
        printed = capsys.readouterr()
        assert left.value.code == code, printed.err
        return printed.out, printed.err

    return run


def test_one_link_is_printed_alone(run: Run) -> None:
    """So that it can be piped; how long it holds goes to the other stream."""
    out, err = run("invite", "Zoë O'Brien-李")
    assert re.fullmatch(r"http://127\.0\.0\.1:8321/join#[\w.-]+\n", out)
    first, second = err.splitlines()
    assert first == "Valid for 14 days, on one device. Send it privately: anyone with this link can act as Zoë O'Brien-李."
    assert second.startswith(
        "This link only works on this computer. To invite others, give the address where they reach the page"
    )


def test_everyone_who_has_not_left_gets_a_link(run: Run, group: Workbook, folder: Path) -> None:
    """A line a member; with the address, days and devices of the settings."""
    group.change_person("bo", by="ada-lovelace", joined=date(2019, 1, 1), left=date(2020, 1, 1))
    settings = folder / "pyproject.toml"
    extra = 'page_address = "https://papers.example.org"\nlink_days = 3\nlink_devices = 2\n'
    settings.write_text(settings.read_text().replace('syllabus = "basics"\n', 'syllabus = "basics"\n' + extra))
    out, err = run("invite", "--all")
    assert [line.split("\t")[0] for line in out.splitlines()] == ["Ada Lovelace", "Zoë O'Brien-李"]
    assert all("\thttps://papers.example.org/join#" in line for line in out.splitlines())
    assert err == "Each is valid for 3 days, on 2 devices. Send each privately: anyone with a link can act as its member.\n"


def test_links_for_machines(run: Run) -> None:
    """--json gives member, name and link."""
    [link] = json.loads(run("invite", "bo", "--json")[0])
    assert (link["member"], link["name"]) == ("bo", "Bo")


def test_revoking_ends_what_was_sent(run: Run, group: Workbook) -> None:
    """And says so; revoke and invite together send a new link."""
    from studygroup.web.visitors.invites import Invites

    old = run("invite", "bo")[0].strip().split("#")[1]
    out, err = run("invite", "bo", "--revoke", "bo")
    assert err.startswith("Ended: all links, devices and open pages of Bo.\n")
    invites = Invites.of(group)
    assert invites.look(old) is None
    assert invites.look(out.strip().split("#")[1])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("invite",), "name members, or everyone with --all"),
        (("invite", "nobody"), "'nobody' is not on the roster"),
        (("invite", "--revoke", "nobody"), "'nobody' is not on the roster"),
    ],
)
def test_mistakes_are_told(run: Run, words: tuple[str, ...], expected: str) -> None:
    """In one sentence, and no link is made."""
    out, err = run(*words, code=1 if "nobody" in words else 2)
    assert expected in err
    assert out == ""


def test_who_left_is_not_invited(run: Run, group: Workbook) -> None:
    """The message says how to welcome them back."""
    group.change_person("bo", by="ada-lovelace", joined=date(2019, 1, 1), left=date(2020, 1, 1))
    assert "Bo has left" in run("invite", "bo", code=1)[1]


@pytest.fixture
def reached(group: Workbook, mailbox: tuple[Mailbox, str]) -> Mailbox:
    """The group's page has an address, and everyone but Ada a mailbox."""
    box, address = mailbox
    settings = group.folder / "pyproject.toml"
    settings.write_text(settings.read_text().replace("\n[[", '\npage_address = "https://papers.example.org"\n\n[[', 1))
    (group.folder / ".studygroup").mkdir(exist_ok=True)
    (group.folder / ".studygroup" / "addresses.toml").write_text(
        f'[members]\nbo = "{address}"\nzoe-obrien-li = "{address.replace("bo@", "zoe@")}"\n'
    )
    return box


def test_links_are_sent_each_to_its_member(run: Run, group: Workbook, reached: Mailbox) -> None:
    """The mail holds that member's own link, which works; what is printed holds neither link nor address."""
    from studygroup.web.visitors.invites import Invites

    out, err = run("invite", "--send", "bo", "Zoë O'Brien-李")
    assert re.fullmatch(r"Bo: sent to mailto-\w{8}\nZoë O'Brien-李: sent to mailto-\w{8}\n", out)
    assert err == ""
    invites = Invites.of(group)
    for mail, member, name in zip(reached.got, ("bo", "zoe-obrien-li"), ("Bo", "Zoë O'Brien-李"), strict=True):
        text = mail.get_body(("plain", "html")).get_content()
        [token] = re.findall(r"https://papers\.example\.org/join#([\w.-]+)", text)
        assert invites.look(token).member == member  # type: ignore[union-attr]
        assert mail["to"] == f"{member.split('-')[0]}@example.org"
        assert mail["subject"] == "Thursday papers: your invite link"
        assert f'press "Continue as {name}". It can be used once, for 14 days.' in text
    invites.close()


def test_a_link_that_could_not_be_sent_can_be_sent_again(run: Run, group: Workbook, reached: Mailbox) -> None:
    """The others' went; the message names the command for the rest, and holds no address."""
    addresses = group.folder / ".studygroup" / "addresses.toml"
    good = addresses.read_text()
    addresses.write_text(re.sub(r"(bo = .*?127\.0\.0\.1:)\d+(?=\?)", r"\g<1>1", good))
    out, err = run("invite", "--send", "bo", "zoe-obrien-li", code=1)
    assert re.fullmatch(r"Bo: not sent to mailto-\w{8}, the service could not be reached\nZoë O'Brien-李: sent to .*\n", out)
    assert "1 of 2 could not be sent. For just what is missing: studygroup invite --send bo\n" in err
    assert "example.org" not in out + err
    addresses.write_text(good)
    [one] = json.loads(run("invite", "--send", "bo", "--json")[0])
    assert (one["name"], one["why"]) == ("Bo", "")
    assert [mail["to"] for mail in reached.got] == ["zoe@example.org", "bo@example.org"]


def test_nothing_is_sent_where_someone_has_no_address(run: Run, reached: Mailbox) -> None:
    """The message names them, and how to give them their link."""
    assert "No address is known for Ada Lovelace, so nothing was sent." in run("invite", "--all", "--send", code=1)[1]
    assert reached.got == []


def test_links_to_this_machine_are_not_sent(run: Run) -> None:
    """No one could open them."""
    assert "No link was sent: links only work on this computer." in run("invite", "--send", "bo", code=1)[1]
    assert "--send needs members" in run("invite", "--send", "--revoke", "bo", code=2)[1]


def test_keys_are_outside_git(tmp_path: Path) -> None:
    """Here, and in a workbook that `studygroup new` makes."""
    made = new_workbook(tmp_path / "book", name="Papers", weekday="friday", time="23:00", zone="UTC", today=date(2026, 11, 20))
    for folder in (Path(__file__).parents[2], made):
        assert "/.studygroup/" in (folder / ".gitignore").read_text().splitlines()


HERE = [
    "http://127.0.0.1:8321",
    "http://localhost:9000",
    "http://LOCALHOST".lower(),
    "https://members.localhost",
    "http://127.8.0.1",
    "http://127.1:8321",
    "http://[::1]:8321",
    "http://[::ffff:127.0.0.1]",
    "http://0.0.0.0:8321",
]


def set_address(folder: Path, address: str) -> None:
    settings = folder / "pyproject.toml"
    settings.write_text(settings.read_text().replace("\n[[", f'\npage_address = "{address}"\n\n[[', 1))


@pytest.mark.parametrize("address", HERE)
def test_a_link_that_works_on_this_computer_alone_says_so(run: Run, folder: Path, reached: Mailbox, address: str) -> None:
    """And what to set; for one, for several, for machines; and none is sent. A group without guides is not sent to read one."""
    settings = folder / "pyproject.toml"
    settings.write_text(settings.read_text().replace("https://papers.example.org", address))
    set_it = " on this computer. To invite others, give the address where they reach the page: studygroup set page_address https://…\n"
    assert run("invite", "bo")[1].endswith(f"\nThis link only works{set_it}")
    assert run("invite", "--all")[1].endswith(f"\nThese links only work{set_it}")
    out, err = run("invite", "bo", "--json")
    assert (len(json.loads(out)), err) == (1, f"This link only works{set_it}")
    assert f"No link was sent: links only work{set_it}" in run("invite", "--send", "bo", code=1)[1]
    assert reached.got == []
    (folder / "docs").mkdir()
    (folder / "docs" / "deploy.md").write_text("How to\n")
    assert run("invite", "bo")[1].endswith(
        "where they reach the page (docs/deploy.md): studygroup set page_address https://…\n"
    )


@pytest.mark.parametrize(
    "address",
    ["https://papers.example.org", "http://192.168.1.7:8321", "https://localhost.example.org", "https://[2001:db8::1]"],
)
def test_a_link_that_others_can_open_says_nothing_of_it(run: Run, folder: Path, address: str) -> None:
    """How long it is valid is all."""
    set_address(folder, address)
    assert (
        run("invite", "bo")[1] == "Valid for 14 days, on one device. Send it privately: anyone with this link can act as Bo.\n"
    )
    assert run("invite", "bo", "--json")[1] == ""


def test_validity_is_what_the_settings_say(run: Run, folder: Path) -> None:
    """One day is one."""
    settings = folder / "pyproject.toml"
    settings.write_text(settings.read_text().replace("\n[[", "\nlink_days = 1\nlink_devices = 3\n\n[[", 1))
    assert run("invite", "bo")[1].startswith("Valid for 1 day, on 3 devices. ")


@pytest.mark.parametrize(
    ("address", "host", "said", "unsaid"),
    [
        (
            "http://127.0.0.1:8321",
            "127.0.0.1",
            ["A link only works on this computer.", "page_address"],
            ["without HTTPS", "docs/"],
        ),
        ("http://localhost:8321", "0.0.0.0", ["A link only works on this computer.", "without HTTPS"], ["docs/"]),
        (
            "https://papers.example.org",
            "127.0.0.1",
            ["Members reach it as https://papers.example.org"],
            ["this computer", "docs/"],
        ),
        ("http://192.168.1.7:8321", "192.168.1.7", ["without HTTPS"], ["this computer", "docs/"]),
    ],
)
def test_the_server_says_who_can_open_links(
    group: Workbook, address: str, host: str, said: list[str], unsaid: list[str]
) -> None:
    """When it starts; a group without guides is not sent to read one."""
    from studygroup.web.page.serve import advice

    set_address(group.folder, address)
    told = advice(Workbook(group.folder), host, 8321)
    assert all(part in told for part in said) and not any(part in told for part in unsaid)


def test_the_server_says_that_links_lead_to_another_port(group: Workbook) -> None:
    """And how to change them; nothing where they lead here."""
    from studygroup.web.page.serve import advice

    set_address(group.folder, "http://127.0.0.1:8321")
    told = "To have them lead here: studygroup set page_address http://127.0.0.1:8477"
    assert told in advice(Workbook(group.folder), "127.0.0.1", 8477)
    assert "To have them lead here" not in advice(Workbook(group.folder), "127.0.0.1", 8321)
