"""hoodiecrow (https://github.com/andris9/hoodiecrow): a server with Gmail's fields, filled when it starts.

``make test`` installs it and names its place in HOODIECROW.
"""

import json
import os
from pathlib import Path

from . import child
from .small_server import SmallServer

_DEFAULT_PLUGINS = (
    "ID",
    "AUTH-PLAIN",
    "NAMESPACE",
    "IDLE",
    "ENABLE",
    "CONDSTORE",
    "LITERALPLUS",
    "UNSELECT",
)


class HoodiecrowServer(SmallServer):
    """One server.

    :param storage: folders and messages as hoodiecrow's configuration has them
    :param plugins: on top of the usual ones (``X-GM-EXT-1``)
    """

    name = "hoodiecrow"

    def __init__(self, storage, plugins=()):
        self._config = {
            "plugins": [*_DEFAULT_PLUGINS, *plugins],
            "id": {"name": "hoodiecrow"},
            "users": {self.login: {"password": self.password}},
            "storage": storage,
        }

    def _argv(self):
        place = os.environ.get("HOODIECROW")
        if not place:
            raise FileNotFoundError("HOODIECROW is not set: make test installs it and sets it")
        config = self._folder / "config.json"
        config.write_text(json.dumps(self._config))
        module = Path(place) / "node_modules" / "hoodiecrow-imap"
        # the account that it runs as may not be allowed to enter the checkout
        program = self._folder / "hoodiecrow.js"
        program.write_text(Path(__file__).with_suffix(".js").read_text())
        return [child.find_program("node", "nodejs"), program, module, config, self.port]
