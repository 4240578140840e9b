"""What the demo keeps between two runs: the mailbox, when it was made, and which code it ran."""

import hashlib
import json
import os
import shutil
from datetime import datetime, timedelta, timezone
from pathlib import Path

#: mail that is older than this does not look like a mailbox in use any more
FRESH_FOR = timedelta(days=7)
#: a change here changes nothing in the database
_NOT_INSTALLED = ("dev", "docs", "tests")


class Place:
    """The demo's folder in the cache of this checkout (see ``dev/common.sh``)."""

    def __init__(self, folder: Path, checkout: Path):
        self._state_file = folder / "state.json"
        self._checkout = checkout
        self.mail = folder / "mail"
        self.running_file = folder / "running.json"
        self.odoo_log = folder / "odoo.log"
        folder.mkdir(parents=True, exist_ok=True)

    @classmethod
    def from_environment(cls):
        return cls(Path(os.environ["DEMO_FOLDER"]), Path(os.environ["CHECKOUT"]))

    # what the last run left

    def reason_to_begin_anew(self):
        """Why mailbox and database cannot be used once more, or None."""
        state = self._state()
        if not {"addon", "built_at", "demo"} <= set(state):
            return "there is none yet"
        if os.environ.get("FRESH"):
            return "as you wish"
        if state["demo"] != self._fingerprint("dev/demo"):
            return "the sample has changed"
        if datetime.now(timezone.utc) - self.built_at() > FRESH_FOR:
            return "the one of the last run is old"
        return None

    def addon_has_changed(self):
        """Whether the database was made with other code than there is now."""
        return self._state()["addon"] != self._fingerprint()

    def built_at(self):
        """The moment that the dates of the sample lead up to."""
        return datetime.fromisoformat(self._state()["built_at"])

    def forget(self):
        """Remove mailbox and state: a run that is cut short now leaves nothing half done behind."""
        self._state_file.unlink(missing_ok=True)
        shutil.rmtree(self.mail, ignore_errors=True)

    def remember(self, built_at):
        """Mailbox and database are there and belong together."""
        state = {
            "built_at": built_at.isoformat(),
            "addon": self._fingerprint(),
            "demo": self._fingerprint("dev/demo"),
        }
        self._state_file.write_text(json.dumps(state))

    def distrust(self):
        """Something is not as it should be: the next run begins anew."""
        self._state_file.unlink(missing_ok=True)

    def _state(self):
        try:
            return json.loads(self._state_file.read_text()) if self.mail.is_dir() else {}
        except (OSError, ValueError):
            return {}

    def _fingerprint(self, below=""):
        """A text that changes with the content of the files: of the addon, or of one folder."""
        digest = hashlib.sha256()
        for path in sorted((self._checkout / below).rglob("*")):
            name = path.relative_to(self._checkout)
            skipped = _NOT_INSTALLED if not below else ()
            hidden = any(part.startswith((".", "__pycache__")) for part in name.parts)
            if not hidden and name.parts[0] not in skipped and path.is_file():
                digest.update(bytes(name) + b"\0" + path.read_bytes() + b"\0")
        return digest.hexdigest()
