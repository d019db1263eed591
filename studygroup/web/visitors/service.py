"""The members' page as a service of a JupyterHub: what the hub says to a process that it starts."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from studygroup.errors import WebError

_NEEDED = ("JUPYTERHUB_API_TOKEN", "JUPYTERHUB_CLIENT_ID", "JUPYTERHUB_SERVICE_PREFIX", "JUPYTERHUB_SERVICE_URL")


@dataclass(frozen=True)
class ServicePath:
    """The path that all addresses of the service begin with, such as ``/services/members``, and where it listens."""

    prefix: str
    host: str
    port: int

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> ServicePath:
        """Return what this process's environment says.

        Raises
        ------
        WebError
            No hub started this process, or it gave the service no address.
        """
        if absent := [name for name in _NEEDED if not environment.get(name)]:
            raise WebError(
                f"--hub is for a service that a JupyterHub starts, which sets {absent[0]}: see deploy/jupyterhub_config.py "
                "and docs/deploy.md of the studygroup project. Without a hub: studygroup serve"
            )
        at = urlsplit(environment["JUPYTERHUB_SERVICE_URL"])
        prefix = environment["JUPYTERHUB_SERVICE_PREFIX"].rstrip("/")
        if not at.hostname or not at.port or not re.fullmatch(r"(/[\w@.~-]+)+", prefix):
            raise WebError(
                "The hub gave this service no address of the form http://127.0.0.1:8321: see deploy/jupyterhub_config.py of the "
                "studygroup project"
            )
        return cls(prefix, at.hostname, at.port)
