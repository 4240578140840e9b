"""A real Dovecot on free loopback ports, for tests and for the demo.

::

    with DovecotServer() as server:
        server.add_user("anna@example.com", "secret")
        server.append("anna@example.com", "INBOX", b"Subject: hello\\r\\n\\r\\n...")
        connect("localhost", server.tls_port, cafile=server.ca_file)

It uses the program of Debian's package ``dovecot-imapd`` and nothing else of the system: no
configuration in /etc, no service, no root (started by root, it runs as ``nobody``). Any number of
servers run side by side. Each ends with the thread that started it, even if that is killed.
"""

import base64
import imaplib
import json
import os
import shlex
import subprocess
from pathlib import Path

from . import child, folder_names, rawlog, scratch
from .certificates import LOOPBACK_HOSTS, CertificateAuthority
from .dovecot_config import DovecotOptions, DovecotPlace, render, render_passdb, render_token_rules
from .mailbox_admin import MailboxAdmin, StoredMessage

__all__ = ["DovecotOptions", "DovecotServer", "StoredMessage"]

_PACKAGE = "dovecot-imapd"
_IMAP_BINARY = "/usr/lib/dovecot/imap"


class DovecotServer:
    """One Dovecot process with users and mailboxes of its own.

    :param options: see :class:`DovecotOptions`; as keyword arguments too (``max_connections=1``)
    :param mail_dir: where mailboxes are kept after ``stop()``, a place that the account of the
        server (``nobody`` when we are root) can reach; left out, they vanish with the server
    :param ports: (plain, TLS) where they have to be known beforehand; left out, free ones are found
    :param hosts: the names that the certificate is for
    :param expired: whether the certificate has expired
    """

    host = "localhost"

    def __init__(
        self, *, mail_dir=None, ports=None, hosts=LOOPBACK_HOSTS, expired=False, **options
    ):
        self.options = DovecotOptions(**options)
        self._mail_dir = Path(mail_dir) if mail_dir else None
        self._fixed_ports = ports
        self._hosts, self._expired = hosts, expired
        self._process = None
        self._admins = {}

    # life

    def start(self):
        """Start and return once the server greets; a missing dovecot is an error."""
        program = child.find_program("dovecot", _PACKAGE)
        self._prepare_folders()
        try:
            self._launch(program)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self):
        """End every process of the server and remove its files (all but ``mail_dir``)."""
        for admin in self._admins.values():
            admin.close()
        self._admins.clear()
        if self._process:
            child.stop(self._process)
        scratch.remove_folder(self._base, self._lock)

    __enter__ = start

    def __exit__(self, *exc_info):
        self.stop()

    @property
    def pid(self):
        """Process id of Dovecot's master, which is the id of its process group too."""
        return self._process.pid

    def log(self) -> str:
        """What Dovecot logged so far."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    # users

    def add_user(self, login, password):
        """Create a user, or give one another password."""
        rawlog_dir = self._rawlog / login
        rawlog_dir.mkdir(exist_ok=True)
        self._give_away(rawlog_dir)
        entry = self._users / login
        secret = base64.b64encode(password.encode()).decode()
        entry.write_text(json.dumps({"password": f"{{PLAIN.b64}}{secret}"}))

    def remove_user(self, login):
        """From now on the login is refused; the mailbox stays."""
        (self._users / login).unlink()

    # mailboxes, by login

    def mailbox(self, login) -> MailboxAdmin:
        """Everything that can be done to one mailbox; the methods below are its shortcuts."""
        if not (self._users / login).exists():
            raise LookupError(f"there is no user {login}: add_user() first")
        if login not in self._admins:
            self._admins[login] = MailboxAdmin(self._imap_from_behind(login))
        return self._admins[login]

    def append(self, login, folder, raw: bytes, flags=(), internaldate=None) -> int:
        """Deliver a message and return its UID."""
        return self.mailbox(login).append(folder, raw, flags, internaldate)

    def append_huge(self, login, folder, raw: bytes, size):
        """Deliver a message so large that nobody wants to send it through a connection.

        :param size: what the server is to say that it has; Dovecot believes the names of its files
            (``W=`` is RFC822.SIZE), so ``raw`` can be smaller
        """
        self.messages(login, folder)  # the folder exists then
        path = self._folder_path(login, folder) / "new" / f"{size}.M0P0.test,S={len(raw)},W={size}"
        path.write_bytes(raw)
        self._give_away(path)

    def messages(self, login, folder) -> list[StoredMessage]:
        """What is in a folder, for checking that nothing was changed."""
        return self.mailbox(login).messages(folder)

    def create_folder(self, login, folder):
        self.mailbox(login).create_folder(folder)

    def delete_folder(self, login, folder):
        self.mailbox(login).delete_folder(folder)

    def expunge(self, login, folder, uids):
        self.mailbox(login).expunge(folder, uids)

    def reset_uidvalidity(self, login, folder):
        """As when a server is restored from a backup: another UIDVALIDITY, UIDs from 1 again.

        Dovecot keeps both in files beside the mail; without them it numbers anew.
        """
        self._close_mailbox(login)
        for path in self._folder_path(login, folder).iterdir():
            if path.is_file() and path.name.startswith("dovecot"):
                path.unlink()

    def set_readable(self, login, folder, uid, readable):
        """As when the file of a message is damaged: Dovecot lists it, and ends the connection of who fetches it."""
        path = self._folder_path(login, folder)
        # a header, then "9 :1795308372.M402865P32600.host"; flags are appended to the name later
        lines = (path / "dovecot-uidlist").read_text().splitlines()[1:]
        name = next(line.split(":", 1)[1] for line in lines if line.split(" ")[0] == str(uid))
        (file,) = [*path.glob(f"new/{name}*"), *path.glob(f"cur/{name}*")]
        file.chmod(0o600 if readable else 0)

    # clients

    def connection_count(self, login=None) -> int:
        """How many clients are signed in now."""
        return len(self._connections(login))

    def kick(self, login):
        """Cut the connections of one user, as a server that restarts does."""
        self._doveadm("kick", login)

    def client_commands(self, login=None) -> list[str]:
        """What clients sent after signing in, without tags, oldest session first.

        What this class does itself is not in it.
        """
        return rawlog.client_commands(self._rawlog / login if login else self._rawlog)

    # inside

    def _launch(self, program, attempts=5):
        self.plain_port, self.tls_port = self._fixed_ports or child.free_ports(2)
        self._write_config()
        self._process = child.start([program, "-F", "-c", self._config], self._log)
        try:
            # Our own greeting: a port that somebody else was faster to take may greet as well.
            child.wait_for_greeting(self._process, self.plain_port, self._greeting())
        except (ChildProcessError, TimeoutError) as error:
            child.stop(self._process)
            if attempts > 1 and not self._fixed_ports and "already in use" in self.log():
                self._launch(program, attempts - 1)
            else:
                raise RuntimeError(f"Dovecot did not start: {error}\n{self.log()}") from error

    def _greeting(self):
        """A text that no other server greets with."""
        return f"{self._base.name} ready"

    def _prepare_folders(self):
        self._base, self._lock = scratch.make_folder("imap-sync-dovecot-")
        self._config = self._base / "dovecot.conf"
        self._passdb = self._base / "passdb.conf"
        self._token_rules = self._base / "tokens.conf"
        self._users = self._base / "users"
        self._log = self._base / "dovecot.log"
        self._rawlog = self._base / "rawlog"
        self._mail = self._mail_dir or self._base / "mail"
        authority = CertificateAuthority(self._base)
        self.ca_file = str(authority.ca_file)
        self._certificate = authority.issue(self._hosts, expired=self._expired)
        for folder in (self._base / "run", self._users, self._rawlog, self._mail):
            folder.mkdir(parents=True, exist_ok=True)
            self._give_away(folder)
        self._give_away(self._certificate.key)
        self._passdb.write_text(render_passdb(self._users))
        if self.options.introspection:
            self._token_rules.write_text(render_token_rules(self.options.introspection))

    def _write_config(self):
        account = child.unprivileged_account()
        place = DovecotPlace(
            base=self._base / "run",
            mail=self._mail,
            passdb=self._passdb,
            token_rules=self._token_rules,
            rawlog=self._rawlog,
            log=self._log,
            certificate=self._certificate,
            plain_port=self.plain_port,
            tls_port=self.tls_port,
            uid=account.pw_uid,
            gid=account.pw_gid,
            greeting=self._greeting(),
        )
        self._config.write_text(render(self.options, place))
        self._log.touch()
        self._give_away(self._log)

    def _give_away(self, path):
        if os.geteuid() == 0:
            account = child.unprivileged_account()
            os.chown(path, account.pw_uid, account.pw_gid)

    def _folder_path(self, login, folder):
        parts = folder.removeprefix(self.options.prefix).split(self.options.separator)
        return self._mail.joinpath(login, "Maildir", *map(folder_names.encode, parts))

    def _close_mailbox(self, login):
        if admin := self._admins.pop(login, None):
            admin.close()

    def _imap_from_behind(self, login):
        """Dovecot's own ``imap`` program over pipes: it needs no password, counts in no limit of connections, and
        writes nothing to the raw log.
        """
        argv = [_IMAP_BINARY, "-c", self._config, "-u", login, "-o", "rawlog_dir="]
        # A session of its own: Ctrl-C in a terminal reaches us, and this process through us.
        command = shlex.join(["setsid", *child.tied_to_us(argv)])
        return imaplib.IMAP4_stream(f"exec {command} 2>>{shlex.quote(str(self._log))}")

    def _connections(self, login):
        lines = self._doveadm("-f", "tab", "who", "-1", *([login] if login else [])).splitlines()
        return lines[1:]  # the first holds the names of the columns

    def _doveadm(self, *arguments):
        argv = [child.find_program("doveadm", _PACKAGE), "-c", self._config, *arguments]
        result = subprocess.run(
            child.tied_to_us(argv), capture_output=True, text=True, timeout=10, check=True
        )
        return result.stdout
