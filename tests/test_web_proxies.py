"""The examples in deploy/, in front of the running page: TLS, cookies, sockets and a visitor's own address."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from test_web_gate import make_workbook
from web_server import Page, Server, free_port

DEPLOY = Path(__file__).parents[1] / "deploy"
HOST = "papers.example.org"


def caddy(folder: Path, port: int, behind: int) -> list[str]:
    """Return the command that runs Caddy with the example; only port and certificate are the test's own."""
    text = (DEPLOY / "Caddyfile").read_text().replace("127.0.0.1:8321", f"127.0.0.1:{behind}")
    text = text.replace(f"\n{HOST} {{", f"\nhttps://{HOST}:{port} {{\n\ttls internal\n\tbind 127.0.0.1")
    (folder / "Caddyfile").write_text("{\n\tskip_install_trust\n\tadmin off\n\tauto_https disable_redirects\n}\n" + text)
    return ["caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


def nginx(folder: Path, port: int, behind: int) -> list[str]:
    """Return the command that runs nginx with the example."""
    key, certificate = folder / "key", folder / "pem"
    make = f"openssl req -x509 -newkey rsa:2048 -nodes -subj /CN={HOST} -days 2 -keyout {key} -out {certificate}"
    subprocess.run(make.split(), check=True, capture_output=True)
    text = (DEPLOY / "nginx.conf").read_text().replace("127.0.0.1:8321", f"127.0.0.1:{behind}")
    text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl")
    text = text.replace(f"/etc/ssl/{HOST}.pem", str(certificate)).replace(f"/etc/ssl/{HOST}.key", str(key))
    own = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    whole = f"daemon off;\npid {folder}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{own}{text}}}\n"
    (folder / "nginx.conf").write_text(whole)
    return ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]


@pytest.fixture(params=[caddy, nginx], ids=["caddy", "nginx"])
def proxied(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Server, int]]:
    """The running page behind a proxy, and the proxy's port."""
    make = request.param
    if shutil.which(make.__name__) is None:
        pytest.skip(f"{make.__name__} is not on this machine; on Debian: apt-get install {make.__name__}")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    root, port = tmp_path / "book", free_port()
    make_workbook(root)
    settings = root / "pyproject.toml"
    own = f'page_address = "https://{HOST}:{port}"\ntrusted_proxies = ["127.0.0.1"]\npages_per_member'
    settings.write_text(settings.read_text().replace("pages_per_member", own))
    server = Server(root).start()
    with open(tmp_path / "proxy.log", "wb") as log:
        proxy = subprocess.Popen(make(tmp_path, port, server.port), stdout=log, stderr=log)
    try:
        until = time.monotonic() + 20
        while True:
            try:
                if ask(port, "GET", "/healthz").status_code == 200:
                    break
            except httpx.TransportError:
                assert time.monotonic() < until, (tmp_path / "proxy.log").read_text()
                assert proxy.poll() is None, (tmp_path / "proxy.log").read_text()
                time.sleep(0.1)
        yield server, port
    finally:
        proxy.terminate()
        proxy.wait(20)
        server.stop()


def ask(port: int, method: str, path: str, **options: object) -> httpx.Response:
    """Ask the proxy as a browser does that has looked up its name."""
    headers = {"host": f"{HOST}:{port}", **dict(options.pop("headers", {}))}  # type: ignore[call-overload]
    with httpx.Client(verify=False) as client:
        request = client.build_request(method, f"https://127.0.0.1:{port}{path}", headers=headers, **options)  # type: ignore[arg-type]
        request.extensions["sni_hostname"] = HOST
        return client.send(request)


def test_the_page_works_behind_it(proxied: tuple[Server, int]) -> None:
    """Join, save and be revoked over TLS; the cookie is for this host and HTTPS alone; a flood of one visitor is theirs."""
    server, port = proxied
    origin = f"https://{HOST}:{port}"
    joined = ask(port, "POST", "/join", data={"token": server.token("bo")}, headers={"origin": origin})
    assert joined.status_code == 303
    cookie = joined.headers["set-cookie"]
    assert cookie.startswith("__Host-studygroup=")
    assert "Secure" in cookie
    sent = {"cookie": cookie.split(";")[0]}
    page = ask(port, "GET", "/", headers=sent)
    assert page.status_code == 200
    assert page.headers["strict-transport-security"]
    assert f"wss://{HOST}:{port}" in page.headers["content-security-policy"]
    assert "You are Bo" in page.text
    assert "You are Bo" not in ask(port, "GET", "/", headers={**sent, "host": "evil.example"}).text
    assert ask(port, "POST", "/leave", headers={**sent, "origin": "https://evil.example"}).status_code == 403

    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    plug = trusting.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname=HOST)
    open_page = Page(server, "", place=f"ws://{HOST}:{port}", origin=origin, sock=plug, cookie_header=sent["cookie"])
    open_page.run()
    open_page.save()
    assert "Saved" in open_page.shown()
    server.revoke("bo")
    assert open_page.closing_code() == 4401

    tried = [
        ask(port, "POST", "/join", data={"token": "x"}, headers={"origin": origin, "x-forwarded-for": f"10.0.0.{n}"})
        for n in range(70)
    ]
    assert {answer.status_code for answer in tried} == {410, 429}
