"""Folders for servers: gone when the server is, at the latest when the next one starts."""

import contextlib
import fcntl
import shutil
import tempfile
from pathlib import Path

# Not TMPDIR: servers keep sockets in their folder, and a socket's path has 107 characters at most.
_PARENT = Path("/tmp")
_LOCK = "lock"


def make_folder(prefix):
    """Make a folder that everybody may enter; return it and the lock that says it is in use."""
    _remove_leftovers(prefix)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=_PARENT))
    # renamed once it is locked, so that nobody takes the folder for a leftover meanwhile
    new_lock = folder / f"{_LOCK}.new"
    lock = open(new_lock, "w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    new_lock.rename(folder / _LOCK)
    folder.chmod(0o755)
    return folder, lock


def remove_folder(folder, lock):
    """Remove a folder of :func:`make_folder`; nothing happens if it is gone."""
    shutil.rmtree(folder, ignore_errors=True)
    lock.close()


def _remove_leftovers(prefix):
    """Remove the folders of processes that were killed: the kernel has released their locks."""
    for path in _PARENT.glob(f"{prefix}*/{_LOCK}"):
        # somebody else's, or gone by now
        with contextlib.suppress(OSError), open(path, "r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path.parent, ignore_errors=True)
