"""Puts the browser's part of the members' page into wheel and sdist; what it is and its hashes are in studygroup/web/page/vendor.py."""

from __future__ import annotations

import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BrowserFiles(BuildHookInterface[Any]):
    """Gets what is missing, checked by hash, and needs a network for nothing else; an editable install goes without."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Have everything there, and include the very packages that the page asks for."""
        if version == "editable":
            return
        # It imports nothing but Python's own modules: an empty environment builds the package.
        sys.path.insert(0, self.root)
        from studygroup.errors import WebError
        from studygroup.web.page import vendor

        try:
            vendor.fetch()
        except WebError as error:
            self.app.abort(f"The members' page cannot be put into the package. {error}")
        for package in vendor.PACKAGES:
            place = f"studygroup/web/vendor/{package.folder}"
            build_data["force_include"][str(vendor.FOLDER / package.folder)] = place
