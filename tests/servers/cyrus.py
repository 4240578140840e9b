"""A real Cyrus on free loopback ports.

It runs as whoever runs the tests (as ``nobody`` for root), with configuration, mail and sockets in a folder of its own,
and knows users and passwords from a few lines here that speak as saslauthd does. ``make test`` unpacks it from Debian's
packages and names its place in CYRUS.
"""

import imaplib
import os
import re
import socket
import ssl
import struct
import threading
from pathlib import Path

from . import child, scratch
from .certificates import CertificateAuthority
from .mailbox_admin import MailboxAdmin

_IMAPD_CONF = """\
configdirectory: {base}/config
partition-default: {base}/mail
defaultpartition: default
servername: {name}
virtdomains: userid
delete_mode: immediate
unixhierarchysep: yes
altnamespace: yes
autocreate_quota: 0
autocreate_inbox_folders: Sent|Archive
xlist-sent: Sent
xlist-archive: Archive
sasl_pwcheck_method: saslauthd
sasl_saslauthd_path: {base}/auth
sasl_mech_list: PLAIN
tls_server_cert: {certificate}
tls_server_key: {key}
"""
_CYRUS_CONF = """\
START {{
  databases cmd="{programs}/ctl_cyrusdb -C {base}/imapd.conf -r"
}}
SERVICES {{
  imap cmd="{programs}/imapd -C {base}/imapd.conf" listen="127.0.0.1:{plain_port}" proto="tcp4"
  imaps cmd="{programs}/imapd -s -C {base}/imapd.conf" listen="127.0.0.1:{tls_port}" proto="tcp4"
}}
EVENTS {{
}}
"""
#: what a client sent, in the log of a session; ends where the server's answer begins
_SENT = re.compile(rb"<\d+<(.*?)(?=>\d+>|\Z)", re.DOTALL)


class CyrusServer:
    """One Cyrus with users of its own; the methods are those of :class:`.dovecot.DovecotServer`."""

    host = "localhost"

    def __init__(self):
        self._users = {}
        self._admins = {}
        self._process = None

    def start(self):
        """Start and return once the server greets."""
        place = os.environ.get("CYRUS")
        if not place:
            raise FileNotFoundError("CYRUS is not set: make test unpacks it and sets it")
        self._place = Path(place)
        self._base, self._lock = scratch.make_folder("imap-sync-cyrus-")
        authority = CertificateAuthority(self._base)
        self.ca_file = str(authority.ca_file)
        certificate = authority.issue()
        config = self._base / "config"
        self._telemetry = config / "log"
        for folder in (config, self._telemetry, config / "socket", self._base / "mail"):
            folder.mkdir()
            self._give_away(folder)
        self._give_away(certificate.key)
        self._listen_for_passwords()
        try:
            self._launch(certificate)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self):
        """End every process of the server and remove its files."""
        for admin in self._admins.values():
            admin.close()
        if self._process:
            child.stop(self._process)
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        scratch.remove_folder(self._base, self._lock)

    __enter__ = start

    def __exit__(self, *exc_info):
        self.stop()

    def add_user(self, login, password):
        """Create a user; the first sign-in makes INBOX, Sent and Archive."""
        self._users[login] = password
        self.mailbox(login)
        # Cyrus logs the sessions of users who have such a folder
        folder = self._telemetry / login
        folder.mkdir()
        self._give_away(folder)

    def mailbox(self, login) -> MailboxAdmin:
        """Everything that can be done to one mailbox."""
        if login not in self._admins:
            imap = imaplib.IMAP4("127.0.0.1", self.plain_port)
            imap.starttls(ssl.create_default_context(cafile=self.ca_file))
            imap.login(login, self._users[login])
            self._admins[login] = MailboxAdmin(imap)
        return self._admins[login]

    def client_commands(self, login) -> list[str]:
        """What clients sent after signing in, without tags, oldest session first; without literals."""
        files = sorted((self._telemetry / login).iterdir(), key=lambda file: file.stat().st_mtime)
        sent = [part for file in files for part in _SENT.findall(file.read_bytes())]
        lines = [line.decode() for part in sent for line in part.splitlines() if line]
        return [line.partition(" ")[2] or line for line in lines]

    # inside

    def _launch(self, certificate):
        self.plain_port, self.tls_port = child.free_ports(2)
        libraries = [*(self._place / "usr/lib").glob("*-linux-gnu*")]
        libraries += (self._place / "lib").glob("*-linux-gnu*")
        programs = self._place / "usr/lib/cyrus/bin"
        words = {
            "base": self._base,
            "name": self._base.name,
            "programs": programs,
            "certificate": certificate.certificate,
            "key": certificate.key,
            "plain_port": self.plain_port,
            "tls_port": self.tls_port,
        }
        for name, text in (("imapd.conf", _IMAPD_CONF), ("cyrus.conf", _CYRUS_CONF)):
            (self._base / name).write_text(text.format(**words))
        account = child.unprivileged_account()
        environment = {
            "LD_LIBRARY_PATH": ":".join(map(str, libraries)),
            "CYRUS_USER": account.pw_name,
            "PATH": os.environ["PATH"],
        }
        config = ["-C", self._base / "imapd.conf", "-M", self._base / "cyrus.conf"]
        master = [programs / "master", *config, "-p", self._base / "config/master.pid", "-D"]
        variables = [f"{name}={value}" for name, value in environment.items()]
        self._process = child.start(["env", *variables, *master], self._base / "cyrus.log")
        child.wait_for_greeting(self._process, self.plain_port, self._base.name)

    def _listen_for_passwords(self):
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(f"{self._base}/auth")
        os.chmod(f"{self._base}/auth", 0o666)
        self._listener.listen()
        threading.Thread(target=self._answer_passwords, daemon=True).start()

    def _answer_passwords(self):
        """As saslauthd: login, password, service and realm come, each with its length before it, and OK or NO goes."""
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            with client, client.makefile("rb") as stream:
                words = [stream.read(*struct.unpack(">H", stream.read(2))) for _word in range(4)]
                login, password, _service, realm = (word.decode() for word in words)
                known = self._users.get(f"{login}@{realm}" if realm else login)
                answer = b"OK" if password == known else b"NO"
                client.sendall(struct.pack(">H", len(answer)) + answer)

    @staticmethod
    def _give_away(path):
        if os.geteuid() == 0:
            account = child.unprivileged_account()
            os.chown(path, account.pw_uid, account.pw_gid)
