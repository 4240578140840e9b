"""Odoo as a process: a script in its shell, and the server that a browser talks to."""

import contextlib
import os
import subprocess
import sys
import time
import urllib.request

from servers import child

_FIRST_PORT = 8069


def _command(kind, *arguments):
    database, config = os.environ["DEMO_DATABASE"], os.environ["ODOO_CONF"]
    return [sys.executable, "-m", "odoo", kind, "-c", config, "-d", database, *arguments]


def run_inside(module, parameters):
    """Call ``module.main(env, parameters)`` inside Odoo; return whether it said True.

    :param parameters: what Python can write down and read again
    """
    script = (
        f"import sys\nfrom demo import {module}\nsys.exit(not {module}.main(env, {parameters!r}))\n"
    )
    # the first run makes a key for passwords, which is worth a warning anywhere else
    quiet = "--log-handler=odoo.addons.mail_imap_sync.lib.key_file:ERROR"
    command = _command("shell", "--no-http", "--log-level=warn", quiet)
    # its own session: Ctrl-C in a terminal is for us, who end it without a traceback
    tied = child.tied_to_us(command, drop_root=False)
    result = subprocess.run(tied, input=script, text=True, check=False, start_new_session=True)
    return not result.returncode


@contextlib.contextmanager
def serve(log_file):
    """Run Odoo's server; yield its address once it answers, and the process."""
    port = next(port for port in range(_FIRST_PORT, _FIRST_PORT + 200) if child.is_free(port))
    # Its own process group: Ctrl-C is for us, and we stop it in our own order.
    process = child.start(
        _command("server", f"--http-port={port}", "--max-cron-threads=1"), log_file, drop_root=False
    )
    try:
        _await_answer(process, f"http://127.0.0.1:{port}/web/health", log_file)
        yield f"http://localhost:{port}", process
    finally:
        # Odoo lets requests and scheduled actions end
        child.stop(process, grace=10)


def _await_answer(process, url, log_file, timeout=120):
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
            raise RuntimeError(f"Odoo ended with status {process.returncode}, see {log_file}")
    raise RuntimeError(f"Odoo does not answer, see {log_file}")
