"""The way between a browser and the server, which a test can let go dead, cut or slow down."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress

from tests.support.web_server import free_port


class Network:
    """The way between a browser and the server: it can go dead, as in a tunnel, so that neither end hears of it."""

    def __init__(self, behind: int) -> None:
        self.behind, self.port = behind, free_port()
        self.alive = threading.Event()
        self.alive.set()
        self._is_cut, self.delay_s = False, 0.0
        self._near: list[socket.socket] = []
        self._far: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            if self._is_cut:
                near.close()
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self.behind))
            except OSError:
                near.close()
                continue
            self._near.append(near)
            self._far.append(far)
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError), one, other:
            data = b"-"
            while data:
                data = one.recv(65536)
                if not self.alive.is_set():
                    # What was sent into a dead network never arrives, and this end is not told.
                    self.alive.wait()
                    return
                time.sleep(self.delay_s)
                other.sendall(data)

    def die(self, server_notices: bool = False) -> None:
        """Stop passing anything on; the server may be told, as it is when it hears nothing for a while."""
        self.alive.clear()
        for far in self._far if server_notices else []:
            with suppress(OSError):
                far.shutdown(socket.SHUT_RDWR)

    def cut(self) -> None:
        """Cut every connection, as both ends see, and refuse new ones until ``mend``."""
        self._is_cut = True
        for end in (*self._near, *self._far):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Let new connections through again."""
        self._is_cut = False

    def close(self) -> None:
        self.alive.set()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
