"""How Solara is set up: everything from this machine, nothing told to anyone, nothing that a request could change."""

from __future__ import annotations

import os
from pathlib import Path

APP = "studygroup.web.page.served.members"

_SETTINGS = {
    "SOLARA_APP": APP,
    "SOLARA_MODE": "production",
    "SOLARA_SESSION_HTTP_ONLY": "True",
    "SOLARA_ASSETS_PROXY": "False",
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False",
    "SOLARA_KERNEL_CULL_TIMEOUT": "30m",
    # Each page that is closed would stop the others for as long as it takes to look through all their objects; circles.py waits.
    "SOLARA_KERNEL_GC_AFTER_CLOSE": "False",
    "SOLARA_STATE_AUTO_REMOUNT": "True",
    "SOLARA_THEME_SHOW_BANNER": "False",
    "SOLARA_THEME_LOADER": "plain",
}


def set_environment(folder: Path, address: str, title: str, prefix: str = "") -> None:
    """Set what Solara reads when it is imported; call this before anything imports it.

    Parameters
    ----------
    folder
        Where it may keep files of its own.
    address
        Where the page is reached from outside.
    title
        Shown by browsers while the page loads.
    prefix
        What the path of every address begins with, or empty.
    """
    for name in [name for name in os.environ if name.startswith("SOLARA_")]:
        del os.environ[name]
    os.environ.update(_SETTINGS)
    os.environ["SOLARA_HOME"] = str(folder)
    os.environ["SOLARA_BASE_URL"] = f"{address}{prefix}/"
    # Always set, also when empty: else the first request's X-Script-Name decides for all later ones.
    os.environ["SOLARA_ROOT_PATH"] = prefix
    os.environ["SOLARA_ASSETS_CDN"] = f"{prefix}/vendor"
    os.environ["SOLARA_THEME_TITLE"] = title
