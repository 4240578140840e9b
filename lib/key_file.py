"""The key of secrets in a file of its own, where no administrator names one.

The file lives beside the database and not inside it: a dump alone reveals nothing.
"""

import fcntl
import logging
import os
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path

from .vault import new_key

_logger = logging.getLogger(__name__)


def read_keys(path: Path) -> list[str]:
    """Return the keys of a file, the current one first; without the file, it is made with one key.

    Several workers may want it at once: it appears complete, by a hard link that only one of them wins.

    :raise OSError: it can be neither read nor made
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # who loses takes the winner's
        with _draft(path, [new_key()]) as draft, suppress(FileExistsError):
            os.link(draft, path)
            # or it was lost, and what it encrypted cannot be read
            _logger.warning(
                "There was no key for stored passwords, and a new one was made: %s", path
            )
    return path.read_text().split()


def add_key(path: Path) -> None:
    """Put a new key before those of a file, which still decrypt.

    :raise OSError: it cannot be written
    """
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        # two of these at once must not lose the key of one of them
        fcntl.flock(folder, fcntl.LOCK_EX)
        keys = read_keys(path)
        with _draft(path, [new_key(), *keys]) as draft:
            os.replace(draft, path)
    finally:
        os.close(folder)


def is_open_to_others(path: Path) -> bool:
    """Return whether other accounts of the machine than the file's own may read it."""
    return path.exists() and bool(path.stat().st_mode & 0o077)


@contextmanager
def _draft(path: Path, keys: list[str]):
    """A file beside ``path`` with keys, for this account only and safe from a loss of power; gone afterwards.

    What is encrypted with a key may be committed at the next moment, so the key has to be on the disk by then.
    """
    descriptor, draft = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w") as file:
            # whatever the umask took away
            os.fchmod(descriptor, 0o600)
            file.write("".join(f"{key}\n" for key in keys))
            file.flush()
            os.fsync(descriptor)
        yield draft
        _sync_folder(path.parent)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(draft)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
