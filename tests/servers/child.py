"""Child processes that never outlive their parent and never run as root."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time

#: Where Debian keeps daemons; an ordinary user's PATH often lacks it.
_SYSTEM_PATH = "/usr/local/sbin:/usr/sbin:/sbin"
_UNPRIVILEGED = "nobody"


def find_program(name, package):
    """Full path of a program, or an error that says which Debian package brings it."""
    path = shutil.which(name) or shutil.which(name, path=_SYSTEM_PATH)
    if not path:
        raise FileNotFoundError(f"{name} is not installed (Debian package {package})")
    return path


def unprivileged_account():
    """The account that servers run as: our own, or ``nobody`` when we are root."""
    if os.geteuid() == 0:
        return pwd.getpwnam(_UNPRIVILEGED)
    return pwd.getpwuid(os.geteuid())


def tied_to_us(argv, *, drop_root=True):
    """The command line that ends ``argv`` when we end, and gives up root's rights if we have them.

    ``setpriv`` rather than ``preexec_fn``: Python code between fork and exec can deadlock when the
    parent has threads, as Odoo has. SIGTERM, so that a server which dies with us still ends its own
    children. The signal comes when the *thread* that started the process ends: start servers from
    one that stays.
    """
    prefix = [find_program("setpriv", "util-linux"), "--pdeathsig", "TERM"]
    if drop_root and os.geteuid() == 0:
        account = unprivileged_account()
        prefix += [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
    return [*prefix, "--", *map(str, argv)]


def start(argv, log_file, *, drop_root=True):
    """Start a server in a process group of its own, its output going to ``log_file``."""
    with open(log_file, "ab") as output:
        return subprocess.Popen(
            tied_to_us(argv, drop_root=drop_root),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def stop(process, grace=0.5):
    """End a server that ``start`` began, and everything in its process group.

    The grace is short because Dovecot's master now and then overlooks that its last child has
    ended, and would wait for it forever.
    """
    for signum in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, signum)
        except ProcessLookupError:
            break
        try:
            process.wait(grace)
        except subprocess.TimeoutExpired:
            continue
    process.wait()


def wait_for_greeting(process, port, text, timeout=10.0):
    """Return when ``port`` greets with ``text``; raise when the server ends or takes too long."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if text in _greeting(port):
            return
        try:
            process.wait(0.01)
        except subprocess.TimeoutExpired:
            continue
        raise ChildProcessError(f"the server ended with status {process.returncode}")
    raise TimeoutError(f"no greeting on port {port} within {timeout:g} seconds")


def _greeting(port):
    """The first line that a port says, empty while it says nothing."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1.0) as sock:
            return sock.makefile(errors="replace").readline()
    except OSError:
        return ""


def is_free(port):
    """Whether nobody listens on a port, on whatever address of this machine."""
    with socket.socket() as sock:
        # what a server that ended a moment ago left behind is no hindrance
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("", port))
        except OSError:
            return False
    return True


def free_ports(count):
    """Ports on loopback that nobody listens on now; all held at once, so that they differ."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for sock in sockets:
            sock.bind(("127.0.0.1", 0))
        return [sock.getsockname()[1] for sock in sockets]
    finally:
        for sock in sockets:
            sock.close()
