"""How much the memory of a worker grows while it reads a huge mailbox."""

import subprocess
import sys

from . import sizes
from .figures import Figure
from .place import Watch, connect, odoo

LIMIT_MB = 300


def measure():
    """Read all of a mailbox whose server is another process."""
    with _server() as port, odoo() as env:
        connection = connect(env, "memory", port, security="none", email="olga@huge.example")
        with Watch() as watch:
            counters = connection._sync()
    if counters["seen"] != sizes.HUGE:
        raise RuntimeError(f"not all were seen: {counters}")
    return [
        Figure(
            f"memory for a mailbox of {sizes.HUGE:,} messages",
            watch.megabytes,
            None,
            "MB more",
            f"under {LIMIT_MB}",
            watch.megabytes < LIMIT_MB,
            {
                "MB of the worker at its peak": round(watch.peak),
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
