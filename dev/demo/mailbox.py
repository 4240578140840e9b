"""The sample mailboxes on a server of their own, for as long as the demo runs."""

import contextlib
import json
import re

from servers import child
from servers.dovecot import DovecotServer

from . import sample
from .sample.people import CLARA, DOMAIN, FELIX

LOGIN, PASSWORD = CLARA.email, "first flush"
#: of whose mail something is synced
LOGINS = (LOGIN, FELIX.email)
#: another mailbox, empty, for whoever wants to connect one by hand
SPARE_LOGIN = f"shop@{DOMAIN}"

#: wished for, so that a connected mailbox stays connected; others if they are taken
_PORTS = (10143, 10993)

#: IMAP commands that change nothing
_READING = frozenset(
    "CAPABILITY CLOSE COMPRESS DONE ENABLE EXAMINE FETCH ID IDLE LIST LOGOUT NAMESPACE NOOP NOTIFY"
    " SEARCH STATUS UNSELECT".split()
)


class SampleMailbox:
    """A running Dovecot with Clara's mailbox, and that of Felix."""

    def __init__(self, server):
        self._server = server
        self.port = server.tls_port
        self.ca_file = server.ca_file

    @classmethod
    @contextlib.contextmanager
    def serve(cls, place):
        """Run the server; the mail stays in ``place``, and ``deliver.py`` is told where it is."""
        ports = _PORTS if all(map(child.is_free, _PORTS)) else None
        with DovecotServer(mail_dir=place.mail, ports=ports) as server:
            for login in (*LOGINS, SPARE_LOGIN):
                server.add_user(login, PASSWORD)
            mailbox = cls(server)
            place.running_file.write_text(json.dumps(mailbox.access()))
            try:
                yield mailbox
            finally:
                place.running_file.unlink(missing_ok=True)

    def access(self):
        """What a mail client has to know to sign in."""
        return {
            "host": self._server.host,
            "port": self.port,
            "ca_file": self.ca_file,
            "login": LOGIN,
            "password": PASSWORD,
        }

    def fill(self, built):
        """Deliver the sample into empty mailboxes."""
        for login, mails in zip(LOGINS, (built.mails, built.felix), strict=True):
            mailbox = self._server.mailbox(login)
            for folder in sample.FOLDERS:
                if folder not in mailbox.folders():
                    mailbox.create_folder(folder)
            for mail in mails:
                mailbox.append(mail.folder, mail.raw, mail.flags, mail.date)

    def content(self):
        """All messages by mailbox and folder: what the sync must leave exactly as it is."""
        return {
            f"{login}: {folder}": self._server.mailbox(login).messages(folder)
            for login in LOGINS
            for folder in sample.FOLDERS
        }

    def count_of_others(self, built):
        """How many messages are there that are not of the sample: delivered while the demo ran."""
        total = sum(map(len, self.content().values()))
        return total - len(built.mails) - len(built.felix)

    def writing_commands(self):
        """What Odoo sent to the mailboxes in this run that does not only read."""
        commands = [command for login in LOGINS for command in self._server.client_commands(login)]
        return [command for command in commands if not only_reads(command)]


def only_reads(command):
    """Whether an IMAP command leaves everything on the server as it was."""
    verb, _, arguments = command.upper().removeprefix("UID ").partition(" ")
    # BODY[ and RFC822 mark as read, BODY.PEEK[ and RFC822.SIZE do not
    marks = verb == "FETCH" and re.search(r"\bBODY\[|\bRFC822(?!\.(SIZE|HEADER)\b)", arguments)
    return verb in _READING and not marks
