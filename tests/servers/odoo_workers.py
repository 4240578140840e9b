"""Odoo workers on a throw-away copy of the test database, with commits in earnest, that can be killed."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import psycopg2

from odoo.sql_db import connection_info_for
from odoo.tools import config

from . import child

_MAIN = Path(__file__).with_name("odoo_worker_main.py")
#: seconds after which something that is waited for counts as hanging
PATIENCE = 120


@contextlib.contextmanager
def copied_database(source):
    """Copy a database that others are using; yields the name of the copy, which is removed afterwards."""
    copy = f"{source}_{_word()}"
    _run("createdb", "--template=template0", "--encoding=UTF8", copy)
    try:
        argv = ["pg_dump", "--no-owner", source]
        with subprocess.Popen(argv, env=environment(), stdout=subprocess.PIPE) as dump:
            _run("psql", "-qX", "-o", os.devnull, "-d", copy, stdin=dump.stdout)
        if dump.returncode:
            raise ChildProcessError(f"pg_dump ended with status {dump.returncode}")
        yield copy
    finally:
        _drop(copy)


@contextlib.contextmanager
def plain_database():
    """Make a database with what the addon depends on, and without the addon; yields its name.

    What to copy is said by ``make test``, which has it anyway.
    """
    copy = f"imap_sync_plain_{_word()}"
    try:
        _run("createdb", f"--template={os.environ['PLAIN_DATABASE']}", copy)
        yield copy
    finally:
        _drop(copy)


class OdooWorkers:
    """A process that has loaded Odoo, and forks one worker for each piece of work, as Odoo's own server does.

    :param str database: the database to copy, which nobody may be using: see :func:`copied_database`
    :param configuration: the file of Odoo's configuration, if it is another one than ours
    """

    def __init__(self, database, configuration=None):
        self._configuration = configuration or config["config"]
        self._source = database
        self.database = f"{database}_{_word()}"
        self._parent = None
        self._lines = []

    def __enter__(self):
        try:
            _run("createdb", f"--template={self._source}", self.database)
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_exception):
        self.stop()

    def stop(self):
        """End all processes, remove the database."""
        if self._parent:
            child.stop(self._parent)
            self._parent.stdin.close()
            self._parent.stdout.close()
        _drop(self.database)

    def start(self, work, **parameters):
        """Let a worker do something; return its process id.

        :param str work: the name of a function of ``odoo_worker_main.py``
        """
        self._parent.stdin.write(json.dumps({"work": work, **parameters}) + "\n")
        self._parent.stdin.flush()
        return self._await(lambda line: line.get("started") and line)["started"]

    def result(self, pid):
        """Return what a worker returns, once it has ended.

        :raise ChildProcessError: with its traceback, if it raised, or was killed
        """
        end = self._await(lambda line: line.get("ended") == pid and line)
        if "result" not in end:
            raise ChildProcessError(end.get("error") or f"killed: {end}")
        return end["result"]

    def do(self, work, **parameters):
        return self.result(self.start(work, **parameters))

    def kill_at(self, pid, statement):
        """Send SIGKILL to a worker while it is about at its n-th write; say whether it came so far."""
        reached = self._await(
            lambda line: (
                line
                if line.get("ended") == pid
                or (line.get("pid") == pid and line["write"] >= statement)
                else None
            )
        )
        if "ended" in reached:
            return False
        os.kill(pid, signal.SIGKILL)
        end = self._await(lambda line: line.get("ended") == pid and line)
        self._lines = [line for line in self._lines if "write" not in line]
        self._await_no_backend()
        return "result" not in end

    # inside

    def _start(self):
        argv = [sys.executable, _MAIN, self.database, self._configuration]
        self._parent = subprocess.Popen(
            # PostgreSQL's socket is for us alone, whoever we are
            child.tied_to_us(argv, drop_root=False),
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._await(lambda line: line.get("ready"))

    def _await(self, wanted):
        """Return what ``wanted`` says of the first line that it wants; the others are kept."""
        for number, line in enumerate(self._lines):
            if found := wanted(line):
                del self._lines[number]
                return found
        while True:
            text = self._parent.stdout.readline()
            if not text:
                raise ChildProcessError("the workers' parent ended")
            line = json.loads(text)
            if found := wanted(line):
                return found
            self._lines.append(line)

    def _await_no_backend(self):
        """PostgreSQL notices a moment later that a client is gone; until then its locks are held."""
        others = "SELECT 1 FROM pg_stat_activity WHERE datname = %s AND pid != pg_backend_pid()"
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if not run_query(self.database, others, self.database):
                return
        raise TimeoutError("the killed worker's transaction goes on")


def run_query(database, query, *parameters):
    """Return the rows that a query finds in a database, if it looks for any, in a transaction of its own."""
    _name, place = connection_info_for(database)
    with contextlib.closing(psycopg2.connect(**place)) as connection:
        connection.autocommit = True
        with connection.cursor() as cr:
            cr.execute(query, parameters or None)
            return cr.fetchall() if cr.description else []


def dump(database):
    """Return a dump of a database as SQL (bytes), as backups hold it."""
    argv = ["pg_dump", "--no-owner", database]
    return subprocess.run(
        argv, env=environment(), check=True, timeout=PATIENCE, stdout=subprocess.PIPE
    ).stdout


def _word():
    return uuid.uuid4().hex[:8]


def _run(*argv, **options):
    subprocess.run(argv, env=environment(), check=True, timeout=PATIENCE, **options)


def _drop(database):
    try:
        # ends what PostgreSQL itself does there, which --force may not
        _run("dropdb", "--if-exists", database, stderr=subprocess.DEVNULL)
    except subprocess.CalledProcessError:
        _run("dropdb", "--if-exists", "--force", database)


def environment():
    """Return the environment in which other processes find the database server."""
    names = {"PGHOST": "db_host", "PGPORT": "db_port", "PGUSER": "db_user"}
    given = {name: str(config[key]) for name, key in names.items() if config[key]}
    return {**os.environ, **given}
