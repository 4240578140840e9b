"""A PostgreSQL of our own, in the cache.

It listens on a socket file there and on no port, so nothing else on the machine meets it. All
checkouts share it; each has databases of its own name.

    postgres.py run COMMAND...   start it, run the command with PGHOST, PGPORT and PGUSER set, and
                                 stop it again unless somebody else still uses it
    postgres.py start            start it, and let it run until `stop`
    postgres.py stop             stop it, whoever uses it
    postgres.py env              print the variables, for `eval`

Only the standard library: it runs with any Python.
"""

import contextlib
import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CACHE = Path(os.environ["IMAP_SYNC_CACHE"])
# The number only names the socket file: nothing listens on it.
PORT = "5432"
# Odoo refuses the role `postgres`, and in earnest its role is no superuser either.
ROLE = "odoo"
# A path longer than this does not fit into a socket's address.
LONGEST_SOCKET_PATH = 107

SETTINGS = """
listen_addresses = ''
port = {port}
unix_socket_directories = '{socket_folder}'
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = 256MB
timezone = 'UTC'
# What is lost when the machine crashes are test databases: `start` makes a new cluster then.
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 2GB
"""

#: what ends us, and what runs inside; not what somebody made us ignore (nohup)
ENDING = [
    number
    for number in (signal.SIGTERM, signal.SIGHUP)
    if signal.getsignal(number) != signal.SIG_IGN
]


class PostgresError(Exception):
    pass


def main(arguments):
    command, rest = (arguments or ["help"])[0], arguments[1:]
    for number in ENDING:
        signal.signal(number, lambda number, frame: sys.exit(128 + number))
    try:
        cluster = Cluster()
        if command == "run" and rest:
            return run(cluster, rest)
        if command == "start":
            with cluster.in_use():
                cluster.start()
                cluster.keep_mark.touch()
            return 0
        if command == "stop":
            cluster.keep_mark.unlink(missing_ok=True)
            cluster.stop()
            return 0
        if command == "env":
            for name, value in cluster.environment().items():
                print(f"export {name}='{value}'")
            return 0
    except PostgresError as error:
        print(f"error: PostgreSQL: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(__doc__)
    return 2


def run(cluster, command):
    """Who can turn the shared lock into an exclusive one was the last user, and stops the server.

    The kernel drops the lock of a run that was killed, so a crash leaves nothing to clean up.
    """
    with cluster.in_use() as users:
        try:
            cluster.start()
            return call(command, {**os.environ, **cluster.environment()})
        finally:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if not cluster.keep_mark.exists():
                    cluster.stop()


def call(command, environment):
    """Run it in the foreground: a terminal sends Ctrl-C to it too, other signals are handed on."""
    for name in ("PGPASSWORD", "PGPASSFILE", "PGSERVICE", "PGDATABASE", "PGOPTIONS", "PGSSLMODE"):
        environment.pop(name, None)
    child, early = None, []

    def hand_on(number, frame):
        if child:
            child.send_signal(number)
        else:
            early.append(number)

    signal.signal(signal.SIGINT, lambda number, frame: None)
    for number in ENDING:
        signal.signal(number, hand_on)
    try:
        child = subprocess.Popen(command, env=environment)
    except OSError as error:
        raise PostgresError(f"cannot run {command[0]}: {error}") from error
    for number in early:
        child.send_signal(number)
    code = child.wait()
    return 128 - code if code < 0 else code


class Cluster:
    def __init__(self):
        self.binaries = find_binaries()
        version = subprocess.run(
            [self.binaries / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout.split()[2]
        self.folder = CACHE / ("postgresql-" + version.split(".")[0])
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self.keep_mark = self.folder / "keep"
        # PostgreSQL refuses to run as root.
        self.owner = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.owner:
            os.chown(self.folder, self.owner.pw_uid, self.owner.pw_gid)
        # Only its owner may pass, so the socket needs no password.
        self.folder.chmod(0o700)
        socket_path = f"{self.folder}/.s.PGSQL.{PORT}"
        if len(os.fsencode(socket_path)) > LONGEST_SOCKET_PATH:
            raise PostgresError(f"the cache's path is too long for a socket: {socket_path}")
        if self._as_owner(["test", "-w", self.folder]).returncode:
            raise PostgresError(
                f"the user postgres cannot reach {self.folder}: set IMAP_SYNC_CACHE"
            )

    def environment(self):
        return {"PGHOST": str(self.folder), "PGPORT": PORT, "PGUSER": ROLE}

    @contextlib.contextmanager
    def in_use(self):
        """Nobody else's end stops the server while this shared lock is held."""
        with open(self.folder / "users.lock", "w") as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            yield file

    def start(self):
        with self._alone():
            if self.answers():
                return
            if not (self.data / "PG_VERSION").exists():
                self._create()
            self._remove_stale_files()
            try:
                self._start_patiently()
            except PostgresError as error:
                # Without fsync a crash of the machine can leave a cluster that never starts again.
                print(f"==> PostgreSQL: {error}\n==> PostgreSQL: making a new cluster", flush=True)
                broken = self.folder / "data.broken"
                shutil.rmtree(broken, ignore_errors=True)
                self.data.rename(broken)
                self._create()
                self._start_server()

    def stop(self):
        with self._alone():
            if self._server_pid():
                self._pg_ctl("stop", "-m", "fast", "-w", "-t", "120")

    def answers(self):
        return not subprocess.run(
            [self.binaries / "pg_isready", "-q", "-h", self.folder, "-p", PORT]
            + ["-U", ROLE, "-d", "postgres"],
            check=False,
        ).returncode

    def _create(self):
        print("==> PostgreSQL: making a cluster", flush=True)
        new = self.folder / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        self._as_owner(
            [self.binaries / "initdb", "--pgdata", new, "--username", "postgres"]
            + ["--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"],
            what="initdb",
        )
        settings = SETTINGS.format(port=PORT, socket_folder=str(self.folder).replace("'", "''"))
        with open(new / "postgresql.conf", "a") as file:
            file.write(settings)
        # The one role beside the superuser; a single-user server needs no socket yet.
        self._as_owner(
            [self.binaries / "postgres", "--single", "-D", new, "postgres"],
            what="creating the role",
            input=f"CREATE ROLE {ROLE} LOGIN CREATEDB;\n",
        )
        new.rename(self.data)

    def _start_patiently(self):
        """The children of a server that was killed notice a moment later; until then none can start."""
        deadline = time.monotonic() + 10
        while True:
            try:
                return self._start_server()
            except PostgresError:
                if time.monotonic() > deadline:
                    raise
            time.sleep(0.2)

    def _start_server(self):
        self._pg_ctl("start", "-w", "-t", "120", "-l", self.log)
        deadline = time.monotonic() + 30
        while not self.answers():
            if time.monotonic() > deadline:
                raise PostgresError(f"it started but does not answer, see {self.log}")
            time.sleep(0.05)

    def _pg_ctl(self, *arguments):
        self._as_owner(
            [self.binaries / "pg_ctl", "-s", "-D", self.data, *arguments],
            what=f"pg_ctl {arguments[0]}",
        )

    def _as_owner(self, command, what=None, **options):
        who = {}
        if self.owner:
            who = {"user": self.owner.pw_uid, "group": self.owner.pw_gid, "extra_groups": []}
        # Into a file and not a pipe: the server keeps open what it inherited, as long as it runs.
        with tempfile.TemporaryFile("w+") as output:
            result = subprocess.run(
                command,
                cwd="/",
                text=True,
                check=False,
                stdout=output,
                stderr=output,
                **who,
                **options,
            )
            if what and result.returncode:
                output.seek(0)
                raise PostgresError(f"{what} failed: {output.read().strip()}{self._end_of_log()}")
        return result

    def _end_of_log(self):
        try:
            return "\n" + "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
        except OSError:
            return ""

    def _server_pid(self):
        """The pid of our server. A pid file that outlived it may name some other process by now."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split()[0])
            os.kill(pid, 0)
            command = Path(f"/proc/{pid}/cmdline")
            if Path("/proc/self").exists() and os.fsencode(self.data) not in command.read_bytes():
                return None
        except (OSError, ValueError, IndexError):
            return None
        return pid

    def _remove_stale_files(self):
        """PostgreSQL does so itself, but not when the pid in them is now some other process."""
        if not self._server_pid():
            socket = self.folder / f".s.PGSQL.{PORT}"
            for file in (self.data / "postmaster.pid", socket, Path(f"{socket}.lock")):
                file.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _alone(self):
        with open(self.folder / "start.lock", "w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def find_binaries():
    """Debian keeps them out of the search path, one folder for each version."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name)
    )
    for folder in reversed(folders):
        if (folder / "initdb").exists():
            return folder
    found = shutil.which("initdb")
    if not found:
        raise PostgresError("there is none on this machine: dev/get_debian_packages.sh installs it")
    return Path(found).resolve().parent


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
