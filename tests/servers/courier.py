"""Courier's IMAP server on loopback, without its authentication daemon.

That daemon has its paths compiled in and wants to own /run/courier. The IMAP server itself needs neither: it takes
over a connection that somebody else has signed in, and greets with PREAUTH. So a few lines here greet and sign in, and
everything after that is Courier. ``make test`` unpacks it from Debian's package and names its place in COURIER.

What opens or changes a folder takes a second: Courier looks for Gamin, which is not there.
"""

import os
import re
import socket
import subprocess
import threading
from pathlib import Path

from . import child, scratch

_ANSWERS = {
    b"CAPABILITY": b"* CAPABILITY %s\r\n",
    b"NOOP": b"",
    b"LOGOUT": b"* BYE Courier-IMAP server shutting down\r\n",
}
CAPABILITIES = b"IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=REFERENCES SORT QUOTA IDLE"


class CourierServer:
    """One user with a Maildir."""

    host = "127.0.0.1"
    login, password = "anna", "secret"

    def start(self):
        """Listen on a free port."""
        place = os.environ.get("COURIER")
        if not place:
            raise FileNotFoundError("COURIER is not set: make test unpacks it and sets it")
        self._place = Path(place)
        self._base, self._lock = scratch.make_folder("imap-sync-courier-")
        self._home = self._base / "home"
        for name in ("cur", "new", "tmp"):
            (self._home / "Maildir" / name).mkdir(parents=True)
        for path in (self._home, *self._home.rglob("*")):
            self._give_away(path)
        self._delivered = 0
        self._processes = []
        self._listener = socket.create_server((self.host, 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def stop(self):
        """End all connections and remove the mail."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for process in self._processes:
            child.stop(process)
        scratch.remove_folder(self._base, self._lock)

    __enter__ = start

    def __exit__(self, *exc_info):
        self.stop()

    def deliver(self, raw, moment, flags=""):
        """Put a message into the inbox; its UID follows from the order of arrival.

        :param moment: when it arrived
        :param flags: letters as in a Maildir (``S``)
        """
        self._delivered += 1
        path = self._home / "Maildir/cur" / f"{1_700_000_000 + self._delivered}.M0P1.test:2,{flags}"
        path.write_bytes(raw)
        os.utime(path, (moment.timestamp(),) * 2)
        self._give_away(path)

    def files(self, name):
        """Return the paths of the files of a name in the inbox; Courier keeps its UIDs in one."""
        return list((self._home / "Maildir").rglob(name))

    @staticmethod
    def _give_away(path):
        if os.geteuid() == 0:
            account = child.unprivileged_account()
            os.chown(path, account.pw_uid, account.pw_gid)

    def _accept(self):
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with client, client.makefile("rb") as lines:
            client.sendall(b"* OK [CAPABILITY %s] Courier-IMAP ready.\r\n" % CAPABILITIES)
            tag = self._sign_in(client, lines)
            if tag:
                self._hand_over(client, lines, tag)

    def _sign_in(self, client, lines):
        """Talk until somebody signs in; return the tag of that command."""
        right = b'LOGIN "?%s"? "?%s"?' % (self.login.encode(), self.password.encode())
        for line in lines:
            tag, _, command = line.strip().partition(b" ")
            verb = command.split(maxsplit=1)[0].upper()
            if re.fullmatch(right, command, re.IGNORECASE):
                return tag
            if verb == b"LOGIN":
                client.sendall(tag + b" NO Login failed.\r\n")
                continue
            answer = _ANSWERS[verb]
            answer = answer % CAPABILITIES if b"%s" in answer else answer
            client.sendall(answer + tag + b" OK %s completed\r\n" % verb)
            if verb == b"LOGOUT":
                return None
        return None

    def _hand_over(self, client, lines, tag):
        process = self._launch()
        self._processes.append(process)
        while not process.stdout.readline().startswith(b"* PREAUTH"):
            assert process.poll() is None, "Courier ended"
        client.sendall(tag + b" OK LOGIN Ok.\r\n")
        threading.Thread(target=self._forward, args=(lines, process), daemon=True).start()
        while data := process.stdout.read1(65536):
            client.sendall(data)

    @staticmethod
    def _forward(lines, process):
        try:
            while data := lines.read1(65536):
                process.stdin.write(data)
                process.stdin.flush()
            process.stdin.close()
        except (OSError, ValueError):
            # either side has gone
            return

    def _launch(self):
        libraries = [self._place / "usr/lib", *(self._place / "usr/lib").glob("*-linux-gnu*")]
        environment = {
            "AUTHENTICATED": self.login,
            "HOME": str(self._home),
            "IMAP_CAPABILITY": CAPABILITIES.decode(),
            "IMAP_KEYWORDS": "1",
            "LD_LIBRARY_PATH": ":".join(map(str, libraries)),
            "PATH": os.environ["PATH"],
            "TCPREMOTEIP": self.host,
            "TZ": "UTC",
        }
        return subprocess.Popen(
            child.tied_to_us([self._place / "usr/bin/imapd", "Maildir"]),
            cwd=self._home,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
