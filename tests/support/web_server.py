"""A real members' page for tests: a process of its own on a free port, and a client that speaks as a browser does."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

from tests.support.needs import PATIENCE_S, only_marked, until

WAIT_S = PATIENCE_S

# Pages on loopback have no TLS. Left to itself, httpx reads the machine's certificates at each request: 50 ms of processor time.
ask = partial(httpx.request, verify=False, trust_env=False)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Server:
    """A running `studygroup serve`."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    pages: list[Page] = field(default_factory=list)
    before: str = ""
    """Python that the server's process runs first, for what only time would show otherwise."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text()

    def start(self) -> Server:
        only_marked("server")
        program = (
            ["-c", f"{self.before}\nfrom studygroup.commands.cli import main\nmain()"] if self.before else ["-m", "studygroup"]
        )
        command = [sys.executable, *program, "serve", "--port", str(self.port), "--workbook", str(self.folder)]
        with open(self.folder / "server.log", "ab") as log:
            self.process = subprocess.Popen(command, stderr=log, stdout=log, cwd=self.folder)
        try:
            until(self.is_up, told=lambda: f"the server did not start: {self.log}")
        except BaseException:
            self.process.kill()
            raise
        return self

    def is_up(self, path: str = "/healthz") -> bool:
        """Return whether the server answers; fail where its process has ended."""
        assert self.process is not None and self.process.poll() is None, self.log
        with suppress(httpx.TransportError):
            return ask("GET", f"{self.url}{path}").status_code == 200
        return False

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(self, *error: object) -> None:
        try:
            self.close_pages()
        finally:
            self.stop()

    def stop(self, how: int = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(how)
        return self.process.wait(PATIENCE_S)

    def drafts(self, member: str) -> dict[str, str]:
        """Return what a member typed and did not save, as the server keeps it: each text by its draft's name."""
        kept = {}
        for path in self.folder.glob(f".studygroup/drafts/{member}/*.json"):
            with suppress(FileNotFoundError):  # dropped meanwhile
                draft = json.loads(path.read_text())
                kept[draft["name"]] = draft["text"]
        return kept

    def memory_mb(self) -> float:
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024

    def cpu_s(self) -> float:
        """Return the seconds of CPU that the server has taken so far."""
        assert self.process is not None
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def command(self, *words: str) -> str:
        command = [sys.executable, "-m", "studygroup", "--workbook", str(self.folder), *words]
        return subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ}).stdout

    def token(self, member: str) -> str:
        """Return the token of a new link, made as the command makes it."""
        from studygroup.web.visitors.invites import Invites
        from studygroup.workbook.workbook import Workbook

        invites = Invites.of(Workbook(self.folder))
        try:
            return invites.invite(member)
        finally:
            invites.close()

    def link(self, member: str) -> str:
        return f"{self.url}/join#{self.token(member)}"

    def revoke(self, member: str) -> None:
        from studygroup.web.visitors.invites import Invites
        from studygroup.workbook.workbook import Workbook

        invites = Invites.of(Workbook(self.folder))
        invites.revoke(member)
        invites.close()

    def cookie(self, member: str) -> str:
        """Return a cookie as a browser gets it by pressing the button."""
        answer = ask("POST", f"{self.url}/join", data={"token": self.token(member)}, headers={"origin": self.url})
        assert answer.status_code == 303, answer.text
        return answer.cookies["studygroup"]

    def get(self, path: str, cookie: str = "", method: str = "GET", **headers: str) -> httpx.Response:
        sent = {"cookie": f"studygroup={cookie}"} if cookie else {}
        if method == "POST":
            sent["origin"] = self.url
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return ask(method, self.url + path, headers=sent)

    def page(self, cookie: str, **options: Any) -> Page:
        page = Page(self, cookie, **options)
        self.pages.append(page)
        if page.wanted:
            page.run()
        return page

    def close_pages(self) -> None:
        while self.pages:
            self.pages.pop().close()


class Page:
    """One open page: a socket, the widgets that the server made for it, and clicks."""

    def __init__(
        self,
        server: Server,
        cookie: str,
        *,
        kernel: str = "",
        origin: str | None = "",
        run: bool = True,
        place: str = "",
        sock: socket.socket | None = None,
        cookie_header: str = "",
        **headers: str,
    ) -> None:
        self.kernel, self.page, self.wanted = kernel or str(uuid.uuid4()), str(uuid.uuid4()), run
        self.cookie = cookie
        sent = {"Cookie": cookie_header or f"studygroup={cookie}"} if cookie or cookie_header else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        self.socket: ClientConnection = connect(
            f"{place or server.url.replace('http', 'ws')}/jupyter/api/kernels/{self.kernel}/channels?session_id={self.page}",
            additional_headers=sent,
            origin=server.url if origin == "" else origin,
            max_size=None,
            compression=None,
            legacy=True,
            sock=sock,
        )
        self.widgets: dict[str, dict[str, Any]] = {}
        self.seen: list[dict[str, Any]] = []

    def send(self, kind: str, content: dict[str, Any], channel: str = "shell", **more: Any) -> str:
        header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": self.page, "username": "", "version": "5.3"}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
        message |= {"channel": channel, "buffers": [], **more}
        self.socket.send(json.dumps(message))
        return str(message["header"]["msg_id"])  # type: ignore[call-overload]

    def comm(self, comm: str, data: dict[str, Any]) -> str:
        return self.send("comm_msg", {"comm_id": comm, "data": data})

    def run(self) -> None:
        """Ask for the page, as its script does, and wait until it is there."""
        control = uuid.uuid4().hex
        self.send("comm_open", {"comm_id": control, "target_name": "solara.control", "data": {}})
        self.comm(control, {"method": "run", "args": {"path": "/", "dark": False, "themes": {}}})
        self.until(lambda message: message["content"].get("data", {}).get("method") == "finished")

    def next(self, wait_s: float = WAIT_S) -> dict[str, Any]:
        """Return the next message of the server, and keep the state of the widgets."""
        message: dict[str, Any] = json.loads(self.socket.recv(wait_s))
        self.seen.append(message)
        kind, content = message["header"]["msg_type"], message["content"]
        if kind == "comm_open":
            self.widgets[content["comm_id"]] = dict(content["data"].get("state", {}))
        elif kind == "comm_msg" and content["data"].get("method") in {"update", "echo_update"}:
            self.widgets.setdefault(content["comm_id"], {}).update(content["data"]["state"])
        elif kind == "comm_close":
            self.widgets.pop(content["comm_id"], None)
        return message

    def until(self, wanted: Callable[[dict[str, Any]], Any], wait_s: float = WAIT_S) -> dict[str, Any]:
        end = time.monotonic() + wait_s
        while True:
            message = self.next(max(0.01, end - time.monotonic()))
            if wanted(message):
                return message

    def idle(self, message_id: str, wait_s: float = WAIT_S) -> None:
        """Wait until the server has worked a message off."""
        self.until(
            lambda message: (
                message["parent_header"].get("msg_id") == message_id and message["content"].get("execution_state") == "idle"
            ),
            wait_s,
        )

    def find(self, **state: Any) -> str:
        """Return the id of the one widget with such a state."""
        found = [name for name, held in self.widgets.items() if all(held.get(key) == value for key, value in state.items())]
        assert len(found) == 1, (state, len(found))
        return found[0]

    def open_tab(self, title: str) -> None:
        """Open a tab, whose forms are made when that is done for the first time."""
        [(tabs, held)] = [(name, held) for name, held in self.widgets.items() if "titles" in held]
        self.set(tabs, selected_index=list(held["titles"]).index(title))

    def click(self, description: str) -> None:
        self.idle(self.comm(self.find(description=description), {"method": "custom", "content": {"event": "click"}}))

    def set(self, widget: str, **state: Any) -> None:
        self.idle(self.comm(widget, {"method": "update", "state": state, "buffer_paths": []}))

    def save(self) -> None:
        """Answer whether one will come, differently than before."""
        answer = self.find(description="Will you come?")
        self.set(answer, index=1 if self.widgets[answer]["index"] == 0 else 0)

    def shown(self) -> str:
        """Return all texts that the page shows."""
        return "\n".join(str(held.get("value", "")) for held in self.widgets.values())

    def closing_code(self, wait_s: float = WAIT_S) -> int | None:
        """Read until the server closes, and return its code."""
        from websockets.exceptions import ConnectionClosed

        try:
            while True:
                self.socket.recv(wait_s)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None

    def close(self) -> None:
        self.socket.close()
