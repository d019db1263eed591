"""The members' page as a service of a real JupyterHub behind its own proxy: the hub says who is there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from studygroup.workbook.workbook import Workbook
from tests.support.accessible import violations
from tests.support.groups import make_workbook
from tests.support.needs import missing, until
from tests.support.web_server import Page, Server, ask, free_port

ROOT = Path(__file__).parents[2]
PREFIX = "/services/members"


def proxy_command() -> str | None:
    own = Path(sys.prefix) / "proxy" / "node_modules" / ".bin" / "configurable-http-proxy"
    return str(own) if own.exists() else shutil.which("configurable-http-proxy")


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A hub with the example of deploy/; only ports, folders and the way to sign in are the test's own."""
    command = proxy_command()
    if command is None:
        missing("configurable-http-proxy", "make .venv/.installed-proxy")
    place = tmp_path_factory.mktemp("hub")
    make_workbook(place / "book")
    settings = place / "book" / "pyproject.toml"
    settings.write_text(settings.read_text() + '\n[tool.studygroup.hub_users]\nzoe = "zoe-obrien-li"\n')
    port, api, behind, inside = (free_port() for _ in range(4))
    text = (ROOT / "deploy" / "jupyterhub_config.py").read_text()
    text = text.replace("127.0.0.1:8321", f"127.0.0.1:{behind}").replace("/srv/studygroup/book", str(place / "book"))
    text = text.replace('["studygroup", ', f'["{sys.executable}", "-m", "studygroup", ')
    text += f"""
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{inside}"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api}"
c.ConfigurableHTTPProxy.command = ["{command}"]
c.ConfigurableHTTPProxy.pid_file = "{place}/proxy.pid"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.Authenticator.admin_users = {{"boss"}}
c.JupyterHub.db_url = "sqlite:///{place}/hub.sqlite"
c.JupyterHub.cookie_secret_file = "{place}/secret"
c.JupyterHub.services[0]["environment"] = {{"PYTHONPATH": "{ROOT}", "PYTHONWARNINGS": "ignore"}}
"""
    (place / "config.py").write_text(text)
    server = Server(place / "book", port)
    with open(place / "book" / "server.log", "wb") as log:
        command_line = [sys.executable, "-m", "jupyterhub", "-f", str(place / "config.py")]
        server.process = subprocess.Popen(command_line, cwd=place, stdout=log, stderr=log)
    try:
        until(lambda: server.is_up(f"{PREFIX}/healthz"), told=lambda: server.log)
        yield server
    finally:
        server.stop()


class Visitor:
    """A browser of someone who signs in at the hub."""

    def __init__(self, server: Server, user: str) -> None:
        self.server, self.user = server, user
        self.client = httpx.Client(base_url=server.url, follow_redirects=True, timeout=30)

    def open(self) -> httpx.Response:
        """Open the page, and sign in where the hub asks."""
        shown = self.client.get(f"{PREFIX}/")
        if "/hub/login" in str(shown.url):
            form = {"username": self.user, "password": "x", "_xsrf": self.client.cookies.get("_xsrf", path="/hub/")}
            shown = self.client.post(str(shown.url), data=form)
        return shown

    def page(self) -> Page:
        """Open the page's socket, as its script does."""
        made = Page(
            self.server,
            "",
            place=f"ws://127.0.0.1:{self.server.port}{PREFIX}",
            cookie_header=f"studygroup={self.client.cookies.get('studygroup')}",
        )
        made.run()
        return made

    def sign_out(self) -> None:
        self.client.get("/hub/logout")


@pytest.fixture
def visitor(hub: Server) -> Iterator[Callable[[str], Visitor]]:
    """Return a function that makes a browser; all are closed at the end."""
    made: list[Visitor] = []

    def new(user: str) -> Visitor:
        made.append(Visitor(hub, user))
        return made[-1]

    yield new
    for one in made:
        one.client.close()


def test_two_users_are_two_members(hub: Server, visitor: Callable[[str], Visitor]) -> None:
    """By the id that is the hub's name, and by the settings' word; each enters for themself and no one else."""
    pages = []
    for user, name in (("bo", "Bo"), ("zoe", "Zoë O&#39;Brien-李")):
        one = visitor(user)
        shown = one.open()
        assert (shown.status_code, f"You are {name}." in shown.text) == (200, True), shown.text[-600:]
        assert str(shown.url) == f"{hub.url}{PREFIX}/"
        for address in set(re.findall(r'(?:src|href)="([^"]+)"', shown.text)):
            if not address.startswith("data:"):
                assert address.startswith(PREFIX) or address == "/hub/logout", address
        page = one.page()
        page.save()
        pages.append(page)
        assert "Saved" in page.shown()
    kept = [(record.by, record.member) for record in Workbook(hub.folder).records if record.type == "rsvp"]
    assert sorted(kept) == [("bo", "bo"), ("zoe-obrien-li", "zoe-obrien-li")]
    for page in pages:
        page.close()


def test_who_is_not_on_the_roster_is_told(visitor: Callable[[str], Visitor]) -> None:
    """Also someone whose hub name is the id of a member whom the settings give to another user."""
    for user in ("stranger", "zoe-obrien-li"):
        shown = visitor(user).open()
        assert shown.status_code == 403
        assert f"The hub knows you as {user}." in shown.text


def test_signing_out_of_the_hub_ends_the_page(visitor: Callable[[str], Visitor]) -> None:
    """The next look at the page asks the hub, and a page that is still open ends."""
    one = visitor("bo")
    one.open()
    page = one.page()
    one.sign_out()
    shown = one.client.get(f"{PREFIX}/")
    assert "/hub/login" in str(shown.url)
    assert page.closing_code() == 4401


@pytest.mark.parametrize(
    "path", ["/oauth_callback", "/oauth_callback?code=x&state=y", "/oauth_callback?state=", "/oauth_callback?error=no"]
)
def test_a_forged_return_from_the_hub_lets_no_one_in(hub: Server, path: str) -> None:
    """A code needs the state that this very browser was sent away with."""
    answer = ask("GET", f"{hub.url}{PREFIX}{path}")
    assert answer.status_code == 400
    assert "set-cookie" not in answer.headers
    answer = ask("GET", f"{hub.url}{PREFIX}{path}", headers={"cookie": "studygroup-state=" + "y" * 32})
    assert answer.status_code == 400


def test_there_are_no_personal_links_and_no_way_around_the_path(hub: Server) -> None:
    """Who is there is the hub's word alone, and the page answers below its own path only."""
    assert ask("GET", f"{hub.url}{PREFIX}/join").status_code == 404
    origin = {"origin": hub.url}
    assert ask("POST", f"{hub.url}{PREFIX}/join", data={"token": hub.token("bo")}, headers=origin).status_code == 404
    cookie = {"cookie": f"studygroup={invites_cookie(hub)}"}
    for path in ("/../hub/home", "/%2e%2e/members/", "//healthz", "/..%2fmembers/healthz"):
        assert "You are" not in ask("GET", f"{hub.url}{PREFIX}{path}", headers=cookie).text
    answer = ask("GET", f"{hub.url}{PREFIX}/", headers=cookie)
    assert answer.status_code == 302 and "/hub/api/oauth2/authorize" in answer.headers["location"]
    assert ask("GET", f"{hub.url}{PREFIX}/here", headers=cookie).status_code == 401


def invites_cookie(hub: Server) -> str:
    """Return a cookie that is signed with the right key, and that the hub knows nothing of."""
    from studygroup.web.visitors.invites import Invites

    invites = Invites.of(Workbook(hub.folder))
    try:
        return invites.admit("bo")
    finally:
        invites.close()


def test_a_browser_signs_in_and_saves(hub: Server, browser: Any) -> None:
    """A real Chromium at the hub's own sign-in page; every address begins with the service's path."""
    context = browser.new_context(viewport={"width": 375, "height": 740})
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: said.type == "error" and wrong.append(said.text))
    page.goto(f"{hub.url}{PREFIX}/")
    page.get_by_label("Username").fill("zoe")
    page.locator("input[type=password]").fill("x")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("Will you come?").first.wait_for()
    page.get_by_role("button", name="Maybe", exact=True).click()
    page.get_by_text("Saved").first.wait_for()
    page.get_by_role("link", name="Sign out of the hub").click()
    page.wait_for_url("**/hub/log*")
    assert wrong == []
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_the_entrance_says_is_there_for_everyone(hub: Server, browser: Any, scheme: str) -> None:
    """Each of its pages passes axe-core at 375 pixels, and has a way back to the hub that lets in who may come now."""
    context = browser.new_context(viewport={"width": 375, "height": 740}, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{hub.url}{PREFIX}/")
    [state] = [one["value"] for one in context.cookies() if one["name"] == "studygroup-state"]
    places = {
        "/oauth_callback?code=x&state=forged": (400, "That did not arrive whole"),
        f"/oauth_callback?state={state}": (403, "The hub did not let you in"),
        f"/oauth_callback?code=used&state={state}": (502, "The hub did not say who you are"),
        "/join": (404, "There is nothing here"),
    }
    found: dict[str, dict[str, list[str]]] = {}
    for path, (status, heading) in places.items():
        answer = page.goto(f"{hub.url}{PREFIX}{path}")
        assert (answer.status, page.locator("h1").inner_text()) == (status, heading)
        found[heading] = violations(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), heading
    page.goto(f"{hub.url}{PREFIX}/")
    page.get_by_label("Username").fill("x" * 60)
    page.locator("input[type=password]").fill("x")
    page.get_by_role("button", name="Sign in").click()
    for _ in range(2):
        page.get_by_role("heading", name="You are not on the group's roster yet").wait_for()
        found["stranger"] = violations(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        # Once more through the hub, which sends them back with a new code.
        page.get_by_role("link", name="Open the members' page").click()
    # To load the page again brings a code that was used.
    page.get_by_role("heading", name="You are not on the group's roster yet").wait_for()
    assert page.reload().status == 502
    page.get_by_role("link", name="Open the members' page").click()
    page.get_by_role("heading", name="You are not on the group's roster yet").wait_for()
    assert {name: said for name, said in found.items() if said} == {}
    context.close()


def test_without_a_hub_it_says_what_is_missing(tmp_path: Path) -> None:
    """In one sentence, with where to read on."""
    make_workbook(tmp_path / "book")
    command = [sys.executable, "-m", "studygroup", "--workbook", str(tmp_path / "book"), "serve", "--hub"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "--hub is for a service that a JupyterHub starts, which sets JUPYTERHUB_API_TOKEN" in done.stderr
    # The workbook has no docs of its own.
    assert "docs/deploy.md of the studygroup project" in " ".join(done.stderr.split())
