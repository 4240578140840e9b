"""A mail server in memory, and a session on it with the verbs of lib/session.py."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage
from email.utils import format_datetime

from ..lib.errors import FolderGone, MessageUnreadable
from ..lib.quirks import Quirks
from ..lib.session import FolderInfo, FolderStatus, RawHeader, Snapshot


def mail(from_, to, subject="Hello", text="Hello", message_id=None, date=None, **headers):
    """Return the bytes of a mail; header names with ``_`` for ``-``."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = from_, to, subject
    message["Date"] = format_datetime(date or datetime.now(timezone.utc))
    message["Message-ID"] = message_id or f"<{subject.replace(' ', '.')}@example.com>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


@dataclass
class FakeMessage:
    raw: bytes
    internaldate: datetime
    flags: tuple = ()
    gm_msgid: int | None = None
    gm_labels: tuple = ()


@dataclass
class FakeFolder:
    name: str
    role: str = "other"
    uidvalidity: int = 1
    uidnext: int = 1
    messages: dict = field(default_factory=dict)

    def deliver(self, raw, internaldate=None, flags=(), **gmail):
        """Append a message, with what Gmail tells of it; return its UID."""
        uid = self.uidnext
        arrived = internaldate or datetime.now(timezone.utc)
        self.messages[uid] = FakeMessage(raw, arrived, flags, **gmail)
        self.uidnext += 1
        return uid

    def renumber(self):
        """Give the folder another UIDVALIDITY and all messages other UIDs."""
        self.uidvalidity += 1
        messages, self.messages = list(self.messages.values()), {}
        self.uidnext = 1000
        for message in messages:
            self.messages[self.uidnext] = message
            self.uidnext += 1


class FakeServer:
    """Folders by name, and faults: ``unreadable`` UIDs, an ``error`` that every sign-in raises."""

    def __init__(self):
        self.folders = {}
        self.add_folder("INBOX", "inbox")
        self.add_folder("Sent", "sent")
        self.error = None
        self.quirks = Quirks()
        self.unreadable = set()
        self.bodies_fetched = []

    def add_folder(self, name, role="other"):
        self.folders[name] = FakeFolder(name, role)
        return self.folders[name]

    @property
    def inbox(self):
        return self.folders["INBOX"]

    @property
    def sent(self):
        return self.folders["Sent"]


class FakeSession:
    """The verbs of :class:`~..lib.session.Session` on a :class:`FakeServer`."""

    def __init__(self, server):
        self._server = server
        self._folder = None
        self.quirks = server.quirks

    def __enter__(self):
        if self._server.error:
            raise self._server.error
        return self

    def __exit__(self, *_exception):
        pass

    def list_folders(self):
        return tuple(
            FolderInfo(f.name, f.name.encode(), "/", f.role, True)
            for f in self._server.folders.values()
        )

    def status(self, raws):
        found = [self._server.folders.get(raw.decode()) for raw in raws]
        return {
            f.name.encode(): FolderStatus(f.uidvalidity, f.uidnext, len(f.messages), None)
            for f in found
            if f
        }

    def examine(self, raw):
        folder = self._folder = self._server.folders.get(raw.decode())
        if folder is None:
            raise FolderGone("no such folder")
        return Snapshot(folder.uidvalidity, folder.uidnext, len(folder.messages), None)

    def uids_from(self, uid, limit):
        return sorted(u for u in self._folder.messages if u >= uid)[:limit]

    def uids_below(self, uid, limit, floor=1):
        return sorted((u for u in self._folder.messages if floor <= u < uid), reverse=True)[:limit]

    def first_uid_since(self, day):
        young = [u for u, m in self._folder.messages.items() if m.internaldate.date() >= day]
        return min(young, default=None)

    def fetch_headers(self, uids, *, isolate=False):
        found = self._folder.messages
        return {uid: self._header(uid, found[uid]) for uid in uids if uid in found}

    def _header(self, uid, message):
        header = message.raw.partition(b"\n\n")[0] + b"\n\n"
        return RawHeader(
            uid,
            message.flags,
            message.internaldate,
            len(message.raw),
            header,
            message.gm_msgid,
            message.gm_labels,
        )

    def fetch_bodies(self, messages, *, isolate=False):
        uids = messages if isinstance(messages, dict) else [one.uid for one in messages]
        for uid in uids:
            self._server.bodies_fetched.append(uid)
            if uid in self._server.unreadable:
                yield uid, MessageUnreadable("broken on the server")
            elif uid in self._folder.messages:
                yield uid, self._folder.messages[uid].raw


def ago(**delta):
    """Return a moment in the past, aware."""
    return datetime.now(timezone.utc) - timedelta(**delta)
