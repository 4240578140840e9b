"""The addon as an earlier version of it was, from an archive in this repository: clones may lack the history."""

import contextlib
import re
import tarfile
from pathlib import Path

from odoo.tools import config

from . import scratch

_ARCHIVES = Path(__file__).parents[1] / "earlier"
_PREFIX = "mail-imap-sync-earlier-"


@contextlib.contextmanager
def earlier_version(version):
    """Unpack a version of the addon; yields the file of a configuration of Odoo with it instead of this one."""
    folder, lock = scratch.make_folder(_PREFIX)
    try:
        with tarfile.open(_ARCHIVES / f"{version}.tar.xz") as archive:
            # Python 3.11.4 has it, and later ones warn without it
            archive.extraction_filter = getattr(tarfile, "data_filter", None)
            archive.extractall(folder / "addons" / "mail_imap_sync")
        configuration = Path(config["config"]).read_text()
        path = folder / "odoo.conf"
        path.write_text(
            re.sub(r"(?m)^addons_path *=.*$", f"addons_path = {folder / 'addons'}", configuration)
        )
        yield path
    finally:
        scratch.remove_folder(folder, lock)
