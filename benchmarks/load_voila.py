"""The same forms served by Voilà, one kernel a page, for comparison with benchmarks/load.py: memory and time of a few pages.

    python benchmarks/load_voila.py --voila .venv/voila/bin/voila --pages 8 --seconds 20      # part of make load

Voilà runs in an environment of its own, as it adds itself to every Jupyter server of its environment. Only loopback is used.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

import httpx
import nbformat
from websockets.asyncio.client import ClientConnection, connect

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))

from clicker import make_group  # noqa: E402
from load import percentile  # noqa: E402

from studygroup.workbook.workbook import Workbook  # noqa: E402
from tests.support.web_server import free_port  # noqa: E402

CELL = """\
from pathlib import Path
from studygroup.forms.member_page.member import MemberForms

# Each page is another member's; pages open one after the other.
number = next(number for number in range(1000) if not Path(f"taken-{number}").exists())
Path(f"taken-{number}").touch()
MemberForms.open(f"member-{number:03}").page()
"""


def memory_mb(process: int) -> float:
    """Return the memory of a process and all that it started, what they share counted once."""
    found = 0
    try:
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                found += int(line.split()[1])
        children = [(task / "children").read_text() for task in Path(f"/proc/{process}/task").iterdir()]
    except OSError:
        return 0.0
    return found / 1024 + sum(memory_mb(int(child)) for text in children for child in text.split())


class VoilaPage:
    """One open page of Voilà: its kernel, and the widget that is clicked."""

    def __init__(self, port: int) -> None:
        self.port, self.session = port, uuid.uuid4().hex
        self.socket: ClientConnection | None = None
        self.widget, self.index = "", 0
        self.waits: list[float] = []

    async def open(self) -> None:
        """Ask for the page, which runs the notebook, and then for its widgets."""
        async with httpx.AsyncClient(timeout=120) as client:
            page = await client.get(f"http://127.0.0.1:{self.port}/")
        [kernel] = set(re.findall(r'"kernelId":\s*"([0-9a-f-]{36})"', page.text))
        cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in page.cookies.items())}
        place = f"ws://127.0.0.1:{self.port}/api/kernels/{kernel}/channels?session_id={self.session}"
        origin = f"http://127.0.0.1:{self.port}"
        self.socket = await connect(
            place, additional_headers=cookie, origin=origin, max_size=None, compression=None, open_timeout=60
        )
        comm = uuid.uuid4().hex
        await self.say("comm_open", {"comm_id": comm, "target_name": "jupyter.widget.control", "data": {}})
        await self.say("comm_msg", {"comm_id": comm, "data": {"method": "request_states"}})
        while not self.widget:
            data = (await self.hear())["content"].get("data", {})
            for widget, state in data.get("states", {}).items() if isinstance(data, dict) else ():
                if state["state"].get("description") == "Will you come?":
                    self.widget = widget

    async def say(self, kind: str, content: dict[str, Any]) -> None:
        """Send a message."""
        assert self.socket is not None
        header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": self.session, "username": "", "version": "5.3"}
        metadata = {"version": "1.0.0"}  # of the control channel
        parts = {
            "header": header,
            "parent_header": {},
            "metadata": metadata,
            "content": content,
            "channel": "shell",
            "buffers": [],
        }
        await self.socket.send(json.dumps(parts))

    async def hear(self) -> dict[str, Any]:
        """Return the next message that is text; one with buffers is none of ours."""
        assert self.socket is not None
        while not isinstance(text := await self.socket.recv(), str):
            pass
        message: dict[str, Any] = json.loads(text)
        return message

    async def click(self) -> None:
        """Change the answer, and wait until the page shows that it is saved."""
        self.index = 1 - self.index
        started = time.perf_counter()
        state = {"method": "update", "state": {"index": self.index}, "buffer_paths": []}
        await self.say("comm_msg", {"comm_id": self.widget, "data": state})
        while True:
            data = (await self.hear())["content"].get("data", {})
            said = data.get("state", {}).get("value", "") if isinstance(data, dict) else ""
            if isinstance(said, str) and "✓ Saved" in said:
                self.waits.append(time.perf_counter() - started)
                return

    async def click_on(self, every_s: float, until: float) -> None:
        """Click at a steady pace."""
        due = time.perf_counter() + random.uniform(0, every_s)
        while due < until:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await self.click()
            due += every_s


async def measure(server: subprocess.Popen[bytes], port: int, pages: int, seconds: float, every_s: float) -> None:
    """Print what some pages cost."""
    before = memory_mb(server.pid)
    opened = [VoilaPage(port) for _ in range(pages)]
    started = time.perf_counter()
    for page in opened:
        await page.open()
    took = time.perf_counter() - started
    a_page = (memory_mb(server.pid) - before) / pages
    end = time.perf_counter() + seconds
    await asyncio.gather(*(page.click_on(every_s, end) for page in opened))
    waits = [wait for page in opened for wait in page.waits]
    p50, p99 = (percentile(waits, part) * 1000 for part in (0.5, 0.99))
    print(f"Voilà: pages open         {pages}, {took / pages * 1000:.0f} ms each")
    print(f"Voilà: memory a page      {a_page:.0f} MB, and a process each")
    print(f"Voilà: click to shown     p50 {p50:.0f} ms, p99 {p99:.0f} ms, of {len(waits)} clicks")
    for page in opened:
        await page.socket.close()  # type: ignore[union-attr]


def serve(voila: str, folder: Path, home: Path) -> tuple[subprocess.Popen[bytes], int]:
    """Start Voilà on a notebook with the member's forms; return the process and its port."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, folder / "page.ipynb")
    port = free_port()
    named = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    environment = {**os.environ, **{name: str(home / name) for name in named}, "PYTHONPATH": str(ROOT)}
    command = [voila, str(folder / "page.ipynb"), "--no-browser", f"--port={port}", "--Voila.ip=127.0.0.1"]
    with open(home / "voila.log", "wb") as log:
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        if "is running at" in (home / "voila.log").read_text():
            return server, port
        time.sleep(0.1)
    server.kill()
    raise SystemExit(f"Voilà did not start:\n{(home / 'voila.log').read_text()[-2000:]}")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--voila", default="voila", help="the program")
    parser.add_argument("--pages", type=int, default=8)
    parser.add_argument("--members", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--every", type=float, default=2.0, help="seconds between one page's clicks")
    given = parser.parse_args()
    place = Path(tempfile.mkdtemp(prefix="studygroup-voila-"))
    try:
        make_group(place / "book", given.members)
        server, port = serve(str(Path(shutil.which(given.voila) or given.voila).absolute()), place / "book", place)
        try:
            asyncio.run(measure(server, port, given.pages, given.seconds, given.every))
        finally:
            server.terminate()
            server.wait(30)
        kept = sum(record.type == "rsvp" for record in Workbook(place / "book").records)
        print(f"Voilà: in the journal     {kept}")
    finally:
        shutil.rmtree(place)


if __name__ == "__main__":
    main()
