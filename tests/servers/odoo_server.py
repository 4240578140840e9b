"""A real Odoo server: HTTP, scheduled actions and, where it is loaded, the job runner of queue_job."""

import os
import signal
import subprocess
import sys
import time

import requests

from odoo.tools import config

from . import child, scratch
from .odoo_workers import PATIENCE, environment, run_query

_PREFIX = "mail-imap-sync-odoo-"


def run_odoo(command, database, *arguments, configuration=None):
    """Run an Odoo command on a database to its end; return what it says.

    :param configuration: the file of Odoo's configuration, if it is another one than ours
    :raise ChildProcessError: with the end of what it wrote, if it failed
    """
    configuration = configuration or config["config"]
    done = subprocess.run(
        _argv(command, database, *arguments, configuration=configuration),
        # commands of addons are looked for before "-c" is read
        env={**environment(), "ODOO_RC": str(configuration)},
        timeout=PATIENCE,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise ChildProcessError("\n".join((done.stdout + done.stderr).splitlines()[-40:]))
    return done.stdout


class OdooServer:
    """``odoo server`` as a process of its own, on a free port.

    :param str database: one that no other server serves
    :param str load: the addons that are loaded whatever the database has installed
    :param variables: further environment variables
    """

    def __init__(self, database, load="base,web", **variables):
        self._database = database
        self._load = load
        self._variables = variables
        self._process = None

    def __enter__(self):
        self._folder, self._lock = scratch.make_folder(_PREFIX)
        (port,) = child.free_ports(1)
        self.url = f"http://127.0.0.1:{port}"
        argv = _argv("server", self._database, f"--load={self._load}", f"--http-port={port}")
        with open(self._log, "ab") as output:
            self._process = subprocess.Popen(
                # PostgreSQL's socket is for us alone, whoever we are
                child.tied_to_us([*argv, "--workers=0"], drop_root=False),
                env={**environment(), **self._variables},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        return self

    def __exit__(self, *_exception):
        if self._process.poll() is None:
            child.stop(self._process, grace=20)
        scratch.remove_folder(self._folder, self._lock)

    def kill(self):
        """End it without a chance to do anything more."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def wait_for(self, query):
        """Wait until a query finds something; return its rows.

        Meanwhile scheduled actions are woken: by itself a server looks for them a minute after its start.
        """
        deadline = time.monotonic() + PATIENCE
        while not (rows := run_query(self._database, query)):
            run_query("postgres", "SELECT pg_notify('cron_trigger', %s)", self._database)
            self._wait_a_moment(deadline, query)
        return rows

    def wait_for_http(self):
        """Wait until it answers."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return requests.get(f"{self.url}/web/health", timeout=PATIENCE).raise_for_status()
            except requests.ConnectionError as error:
                self._wait_a_moment(deadline, error)

    def log(self):
        """Return what it logged so far."""
        return self._log.read_text(errors="replace")

    def _wait_a_moment(self, deadline, reason):
        try:
            self._process.wait(0.2)
        except subprocess.TimeoutExpired:
            if time.monotonic() < deadline:
                return
        raise TimeoutError(f"in vain: {reason}\n{self._end_of_log()}")

    @property
    def _log(self):
        return self._folder / "log"

    def _end_of_log(self):
        return "\n".join(self.log().splitlines()[-40:])


def _argv(command, database, *arguments, configuration=None):
    return [
        sys.executable,
        "-m",
        "odoo",
        *command.split(),
        "-c",
        configuration or config["config"],
        "-d",
        database,
        *arguments,
    ]
