"""A chat channel on loopback that takes messages as apprise sends them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

SECRET = "s3cret-t0ken"


class Channel(HTTPServer):
    """A channel that takes JSON as apprise sends it, or refuses it with ``answers``; ``asked`` counts how often."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.answers, self.asked = 200, 0
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self.server_port}/{SECRET}"


class _Handler(BaseHTTPRequestHandler):
    server: Channel

    def do_POST(self) -> None:
        self.server.asked += 1
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.answers == 200:
            self.server.got.append(json.loads(body))
        self.send_response(self.server.answers)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Keep the test's output to itself."""


@pytest.fixture
def channel() -> Iterator[Channel]:
    server = Channel()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
