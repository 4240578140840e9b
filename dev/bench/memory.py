"""How much the memory of a worker grows while it reads a huge mailbox."""

import re
import subprocess
import sys
from pathlib import Path

from . import sizes
from .figures import Figure
from .place import Watch, connect, odoo

LIMIT_MB = 300
_STATUS = Path("/proc/self/status")


def measure():
    """Read all of a mailbox whose server is another process."""
    with _server() as port, odoo() as env:
        connection = connect(env, "memory", port, security="none", email="olga@huge.example")
        before = _resident_mb()
        # from here on the kernel measures the peak anew
        Path("/proc/self/clear_refs").write_text("5")
        with Watch() as watch:
            counters = connection._sync()
        growth = _peak_mb() - before
    if counters["seen"] != sizes.HUGE:
        raise RuntimeError(f"not all were seen: {counters}")
    return [
        Figure(
            f"memory for a mailbox of {sizes.HUGE:,} messages",
            growth,
            None,
            "MB more",
            f"under {LIMIT_MB}",
            growth < LIMIT_MB,
            {
                "the worker before, at its peak (MB)": (round(before), round(before + growth)),
                "seconds": round(watch.seconds),
                "messages per second": round(sizes.HUGE / watch.seconds),
            },
        )
    ]


class _server:
    def __enter__(self):
        command = [sys.executable, "-m", "bench.huge_server", str(sizes.HUGE)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return int(self._process.stdout.readline())

    def __exit__(self, *_exception):
        self._process.communicate()


def _resident_mb():
    return _status("VmRSS")


def _peak_mb():
    return _status("VmHWM")


def _status(name):
    return int(re.search(rf"{name}:\s+(\d+) kB", _STATUS.read_text())[1]) / 1024
