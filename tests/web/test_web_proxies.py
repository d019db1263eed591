"""The examples in deploy/, in front of the running page: TLS, cookies, sockets and a visitor's own address."""

from __future__ import annotations

import signal
import socket
import ssl
import subprocess
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from studygroup.workbook.workbook import Workbook
from tests.support.groups import make_workbook
from tests.support.needs import program, until
from tests.support.web_server import Page, Server, free_port

DEPLOY = Path(__file__).parents[2] / "deploy"
HOST = "papers.example.org"


def caddy(folder: Path, port: int, *behind: int) -> list[str]:
    """Return the command that runs Caddy with the example; only ports and certificate are the test's own."""
    text = (DEPLOY / "Caddyfile").read_text().replace("127.0.0.1:8321", " ".join(f"127.0.0.1:{one}" for one in behind))
    text = text.replace(f"\n{HOST} {{", f"\nhttps://{HOST}:{port} {{\n\ttls internal\n\tbind 127.0.0.1")
    (folder / "Caddyfile").write_text("{\n\tskip_install_trust\n\tadmin off\n\tauto_https disable_redirects\n}\n" + text)
    return [program("caddy"), "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


def nginx(folder: Path, port: int, *behind: int) -> list[str]:
    """Return the command that runs nginx with the example."""
    key, certificate = folder / "key", folder / "pem"
    make = f"{program('openssl')} req -x509 -newkey rsa:2048 -nodes -subj /CN={HOST} -days 2 -keyout {key} -out {certificate}"
    subprocess.run(make.split(), check=True, capture_output=True)
    line = "    server 127.0.0.1:8321 fail_timeout=5s;\n"
    text = (DEPLOY / "nginx.conf").read_text().replace(line, "".join(line.replace("8321", str(one)) for one in behind))
    text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl")
    text = text.replace(f"/etc/ssl/{HOST}.pem", str(certificate)).replace(f"/etc/ssl/{HOST}.key", str(key))
    own = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    whole = f"daemon off;\npid {folder}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{own}{text}}}\n"
    (folder / "nginx.conf").write_text(whole)
    return [program("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]


@pytest.fixture(params=[caddy, nginx], ids=["caddy", "nginx"])
def behind(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., tuple[list[Server], int]]]:
    """Return a function that starts the page in so many processes behind a proxy, and returns them and the proxy's port."""
    make = request.param
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    root, port = tmp_path / "book", free_port()
    running: list[Server] = []
    proxies: list[subprocess.Popen[bytes]] = []

    def start(processes: int = 1, members: int = 0) -> tuple[list[Server], int]:
        make_workbook(root)
        for number in range(members):
            Workbook(root).add_person(f"Member {number}", by="ada-lovelace")
        settings = root / "pyproject.toml"
        own = f'page_address = "https://{HOST}:{port}"\ntrusted_proxies = ["127.0.0.1"]\npages_per_member'
        settings.write_text(settings.read_text().replace("pages_per_member", own))
        running.extend(Server(root).start() for _ in range(processes))
        with open(tmp_path / "proxy.log", "wb") as log:
            command = make(tmp_path, port, *(server.port for server in running))
            proxies.append(subprocess.Popen(command, stdout=log, stderr=log))
        until(is_up, told=(tmp_path / "proxy.log").read_text)
        return running, port

    def is_up() -> bool:
        assert proxies[0].poll() is None, (tmp_path / "proxy.log").read_text()
        with suppress(httpx.TransportError):
            return ask(port, "GET", "/healthz").status_code == 200
        return False

    yield start
    for proxy in proxies:
        proxy.terminate()
        proxy.wait(20)
    for server in running:
        server.stop()


def ask(port: int, method: str, path: str, **options: object) -> httpx.Response:
    """Ask the proxy as a browser does that has looked up its name."""
    headers = {"host": f"{HOST}:{port}", **dict(options.pop("headers", {}))}  # type: ignore[call-overload]
    with httpx.Client(verify=False) as client:
        request = client.build_request(method, f"https://127.0.0.1:{port}{path}", headers=headers, **options)  # type: ignore[arg-type]
        request.extensions["sni_hostname"] = HOST
        return client.send(request)


class Device:
    """A browser behind the proxy: the cookies it was given, and its open page."""

    def __init__(self, server: Server, port: int, member: str) -> None:
        self.server, self.port, self.kernel = server, port, ""
        self.origin = f"https://{HOST}:{port}"
        joined = ask(port, "POST", "/join", data={"token": server.token(member)}, headers={"origin": self.origin})
        assert joined.status_code == 303
        self.set_cookies = joined.headers.get_list("set-cookie")
        self.cookies = "; ".join(one.split(";")[0] for one in self.set_cookies)

    def open(self, run: bool = True) -> Page:
        """Open the page, or with ``run`` False its socket again."""
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        # The client reads in one thread and writes in another. With TLS 1.3 the server's tickets start a read before the request is
        # written, and OpenSSL then loses the answer now and then.
        trusting.maximum_version = ssl.TLSVersion.TLSv1_2
        plug = trusting.wrap_socket(socket.create_connection(("127.0.0.1", self.port)), server_hostname=HOST)
        place = f"ws://{HOST}:{self.port}"
        page = Page(
            self.server, "", place=place, origin=self.origin, sock=plug, cookie_header=self.cookies, kernel=self.kernel, run=run
        )
        if page.wanted:
            page.run()
        self.kernel = page.kernel
        return page


def is_running(page: Page) -> bool:
    """Whether the process at the other end has this page, as a browser that comes back asks."""
    control = uuid.uuid4().hex
    page.send("comm_open", {"comm_id": control, "target_name": "solara.control", "data": {}})
    page.comm(control, {"method": "app-status", "args": {}})
    said = page.until(lambda message: message["content"].get("data", {}).get("method") == "app-status")
    return bool(said["content"]["data"]["started"])


def test_two_processes_serve_one_group(
    behind: Callable[..., tuple[list[Server], int]],
    database: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With PostgreSQL as the store: a device comes back to its own process, the other takes over, revoking reaches both."""
    monkeypatch.setenv("STUDYGROUP_STORE", database)
    servers, port = behind(2, members=8)
    members = [f"member-{number}" for number in range(8)]
    devices = [Device(servers[0], port, member) for member in members]
    pages = [device.open() for device in devices]
    assert [server for server in servers if connections(server)] == servers, "every device is at one process"
    for page in pages:
        page.save()
        page.close()
    # A lost network: whoever comes back finds the page as it was.
    pages = [device.open(run=False) for device in devices]
    assert [is_running(page) for page in pages] == [True] * 8
    book = Workbook(servers[0].folder)
    assert sorted(record.by for record in book.records if record.type == "rsvp") == sorted(members)

    servers[1].stop(signal.SIGKILL)
    stayed = []
    for device in devices:
        page = device.open(run=False)
        stayed.append(is_running(page))
        if not stayed[-1]:
            page.run()
            page.save()
            assert "Saved" in page.shown()
        pages.append(page)
    assert 0 < sum(stayed) < 8
    assert sum(record.type == "rsvp" for record in Workbook(servers[0].folder).records) == 16 - sum(stayed)
    servers[1].start()
    servers[0].revoke(members[0])
    assert pages[8].closing_code() == 4401
    for page in pages:
        page.close()


def connections(server: Server) -> int:
    """Return how many sockets a server has accepted."""
    assert server.process is not None
    own = {str(file.readlink()) for file in Path(f"/proc/{server.process.pid}/fd").iterdir()}
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    here = [line[9] for line in lines if line[1].endswith(f":{server.port:04X}") and line[3] == "01"]
    return sum(f"socket:[{inode}]" in own for inode in here)


def test_the_page_works_behind_it(behind: Callable[..., tuple[list[Server], int]]) -> None:
    """Join, save and be revoked over TLS; the cookie is for this host and HTTPS alone; a flood of one visitor is theirs."""
    [server], port = behind()
    device = Device(server, port, "bo")
    origin = device.origin
    [cookie] = [one for one in device.set_cookies if one.startswith("__Host-studygroup=")]
    assert "Secure" in cookie
    sent = {"cookie": device.cookies}
    page = ask(port, "GET", "/", headers=sent)
    assert page.status_code == 200
    assert page.headers["strict-transport-security"]
    assert f"wss://{HOST}:{port}" in page.headers["content-security-policy"]
    assert "You are Bo" in page.text
    assert "You are Bo" not in ask(port, "GET", "/", headers={**sent, "host": "evil.example"}).text
    assert ask(port, "POST", "/leave", headers={**sent, "origin": "https://evil.example"}).status_code == 403

    open_page = device.open()
    open_page.save()
    assert "Saved" in open_page.shown()
    server.revoke("bo")
    assert open_page.closing_code() == 4401

    tried = [
        ask(port, "POST", "/join", data={"token": "x"}, headers={"origin": origin, "x-forwarded-for": f"10.0.0.{n}"})
        for n in range(70)
    ]
    assert {answer.status_code for answer in tried} == {410, 429}
