"""A member's open page without a browser: a socket that says what a browser says, clicks, and knows what it was shown.

What `load.py` and `load_kill.py` measure with.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from studygroup.web.visitors.invites import Invites  # noqa: E402
from studygroup.workbook.workbook import Workbook  # noqa: E402
from tests.support.groups import make_workbook  # noqa: E402
from tests.support.web_server import Server  # noqa: E402

ANSWERS = (("Yes, I’ll be there", "yes"), ("Maybe", "maybe"), ("No", "no"))
"""The buttons of "Will you come?" in their order: what the page calls each, and what is in a record."""


def make_group(folder: Path, members: int) -> list[str]:
    """Make a workbook with so many members and return their ids."""
    make_workbook(folder)
    book = Workbook(folder)
    return [book.add_person(f"Member {number:03}", by="ada-lovelace").member for number in range(members)]


def cookies_of(folder: Path, members: list[str]) -> dict[str, str]:
    """Return a cookie for each member, as their links become one."""
    invites = Invites.of(Workbook(folder))
    made = {member: invites.redeem(invites.invite(member)) or "" for member in members}
    invites.close()
    return made


@dataclass
class Clicker:
    """One member's page: its socket, its widgets that are used, and what was seen.

    Attributes
    ----------
    widgets
        The id and the state of each widget in ``USED``, by its label.
    shown
        The answers that the page showed as saved, in order.
    under_way
        The answer that was sent and is neither shown as saved nor refused; empty where there is none.
    refused
        The answers to which the page said something else.
    waits
        Seconds from each click until it was shown as saved.
    """

    server: Server
    cookie: str
    socket: ClientConnection | None = None
    kernel: str = ""
    page: str = ""
    widgets: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    shown: list[str] = field(default_factory=list)
    under_way: str = ""
    refused: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    ANSWER, DRAFT, TABS = "Will you come?", "Big idea", "tabs"
    USED = (ANSWER, DRAFT, TABS)

    async def open(self) -> None:
        """Open the page, as its script does."""
        self.kernel, self.page = str(uuid.uuid4()), str(uuid.uuid4())
        place = f"ws://127.0.0.1:{self.server.port}/jupyter/api/kernels/{self.kernel}/channels?session_id={self.page}"
        cookie = {"Cookie": f"studygroup={self.cookie}"}
        self.socket = await connect(
            place,
            additional_headers=cookie,
            origin=self.server.url,
            max_size=None,
            compression=None,
            ping_interval=None,
            open_timeout=60,
        )
        control = uuid.uuid4().hex
        await self.say("comm_open", {"comm_id": control, "target_name": "solara.control", "data": {}})
        await self.say("comm_msg", {"comm_id": control, "data": {"method": "run", "args": {"path": "/", "themes": {}}}})
        while True:
            content = (await self.hear())["content"]
            self._note(content)
            if content.get("data", {}).get("method") == "finished":
                return

    def _note(self, content: dict[str, Any]) -> None:
        """Keep the state of a widget that is used here."""
        state = content.get("data", {}).get("state", {})
        label = self.TABS if "titles" in state else state.get("description")
        if label in self.USED and label not in self.widgets:
            self.widgets[label] = (content["comm_id"], dict(state))
        for widget, held in self.widgets.values():
            if content.get("comm_id") == widget:
                held.update(state)

    async def open_tab(self, title: str) -> None:
        """Open a tab, whose forms are made when that is done for the first time."""
        tabs, held = self.widgets[self.TABS]
        async for _ in self.set(tabs, selected_index=list(held["titles"]).index(title)):
            pass

    async def leave(self, client: httpx.AsyncClient) -> None:
        """Go away as a browser does: it says that the page is closed."""
        assert self.socket is not None
        place = f"{self.server.url}/_solara/api/close/{self.kernel}?session_id={self.page}"
        sent = {"cookie": f"studygroup={self.cookie}", "origin": self.server.url}
        assert (await client.post(place, headers=sent)).status_code == 204
        # What the server still says of its widgets is no longer read.
        self.socket.transport.abort()

    async def close(self) -> None:
        """Close the socket, and wait until it is closed."""
        assert self.socket is not None
        await self.socket.close()

    async def say(self, kind: str, content: dict[str, Any]) -> str:
        """Send a message and return its id."""
        assert self.socket is not None
        message_id = uuid.uuid4().hex
        header = {"msg_id": message_id, "msg_type": kind, "session": "s", "username": "", "version": "5.3"}
        parts = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell", "buffers": []}
        await self.socket.send(json.dumps(parts))
        return message_id

    async def hear(self) -> dict[str, Any]:
        """Return the next message."""
        assert self.socket is not None
        message: dict[str, Any] = json.loads(await self.socket.recv())
        return message

    async def click(self) -> None:
        """Choose another answer, and wait until the page shows that this one is saved."""
        widget, state = self.widgets[self.ANSWER]
        index = 0 if state["index"] is None else (state["index"] + 1) % len(ANSWERS)
        label, self.under_way = ANSWERS[index]
        started = time.perf_counter()
        async for said in self.set(widget, index=index):
            if self.under_way and "✓ Saved" in said and f": {label}" in said:
                self.waits.append(time.perf_counter() - started)
                self.shown.append(self.under_way)
                self.under_way = ""
        state["index"] = index
        if self.under_way:
            self.refused.append(self.under_way)
            self.under_way = ""

    async def type(self, text: str) -> None:
        """Type the big idea of a summary, and wait until the server has it."""
        async for _ in self.set(self.widgets[self.DRAFT][0], value=text):
            pass

    @property
    def typed(self) -> str:
        """What was in the big idea's field when the page was opened."""
        return str(self.widgets[self.DRAFT][1]["value"])

    async def set(self, widget: str, **state: Any) -> AsyncIterator[str]:
        """Say what someone did to a widget, and yield every text that is shown until the server is done with it."""
        data = {"method": "update", "state": state, "buffer_paths": []}
        message_id = await self.say("comm_msg", {"comm_id": widget, "data": data})
        while True:
            message = await self.hear()
            content = message["content"]
            self._note(content)
            said = content.get("data", {}).get("state", {}).get("value", "")
            if isinstance(said, str):
                yield said
            if content.get("execution_state") == "idle" and message["parent_header"].get("msg_id") == message_id:
                return

    async def click_on(self, every_s: float, until: float, start_s: float) -> None:
        """Click at a steady pace; a page that is late does not wait longer for it."""
        due = time.perf_counter() + start_s
        while due < until:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await self.click()
            due += every_s


async def open_all(clickers: list[Clicker], at_once: int = 8) -> None:
    """Open all pages, some at a time."""
    gate = asyncio.Semaphore(at_once)

    async def one(clicker: Clicker) -> None:
        async with gate:
            await clicker.open()

    await asyncio.gather(*(one(clicker) for clicker in clickers))
