"""A mail server in memory, and a session on it with the verbs of lib/session.py."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage
from email.utils import format_datetime

from ..lib.errors import FolderGone, MessageUnreadable
from ..lib.headers import read_header_facts
from ..lib.known import Tracking
from ..lib.quirks import Quirks
from ..lib.search import Query
from ..lib.session import Changes, FolderInfo, FolderStatus, Listed, RawHeader, Snapshot
from ..lib.uid_ranges import UidRanges


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
    """A folder; ``messages`` may be changed in any way, MODSEQs are worked out from what changed."""

    name: str
    role: str = "other"
    uidvalidity: int = 1
    uidnext: int = 1
    messages: dict = field(default_factory=dict)
    estimated: bool = False
    mailbox_id: str = ""
    modseq: int = 1
    modseqs: dict = field(default_factory=dict)
    vanished: dict = field(default_factory=dict)
    flags_before: dict = field(default_factory=dict)

    def deliver(self, raw, internaldate=None, flags=(), **gmail):
        """Append a message, with what Gmail tells of it; return its UID."""
        uid = self.uidnext
        arrived = internaldate or datetime.now(timezone.utc)
        self.messages[uid] = FakeMessage(raw, arrived, flags, **gmail)
        self.uidnext += 1
        return uid

    def flag(self, uid, *flags):
        """Set the flags of a message."""
        self.messages[uid].flags = flags

    def expunge(self, *uids):
        """Remove messages for good."""
        for uid in uids:
            del self.messages[uid]

    def move(self, uid, folder):
        """Move a message; return its new UID."""
        message = self.messages.pop(uid)
        return folder.deliver(message.raw, message.internaldate, message.flags)

    @property
    def highestmodseq(self):
        self.note_changes()
        return self.modseq

    def note_changes(self):
        """Give a MODSEQ to whatever changed since this was last asked."""
        now = {uid: (message.flags, message.gm_labels) for uid, message in self.messages.items()}
        for uid, flags in now.items():
            if self.flags_before.get(uid) != flags:
                self.modseq += 1
                self.modseqs[uid] = self.modseq
        for uid in self.flags_before.keys() - now.keys():
            self.modseq += 1
            self.vanished[uid] = self.modseq
        self.flags_before = now

    def renumber(self):
        """Give the folder another UIDVALIDITY and all messages other UIDs."""
        self.uidvalidity += 1
        messages, self.messages = list(self.messages.values()), {}
        self.uidnext = 1000
        for message in messages:
            self.messages[self.uidnext] = message
            self.uidnext += 1


class FakeServer:
    """Folders by name, and faults: ``unreadable`` UIDs, an ``error`` that every sign-in raises.

    :ivar tracking: how it keeps track of changes
    :ivar list_status: whether the list of folders comes with their states
    :ivar verbs: what sessions asked for, in order
    """

    def __init__(self, tracking=Tracking.NONE):
        self.tracking = tracking
        self.list_status = True
        self.verbs = []
        self.folders = {}
        self.add_folder("INBOX", "inbox")
        self.add_folder("Sent", "sent")
        self.error = None
        self.quirks = Quirks()
        self.unreadable = set()
        self.bodies_fetched = []
        self.searched = []
        self.finds_nothing = False

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

    @property
    def facts(self):
        return {
            "capabilities": ["IDLE", "IMAP4REV1"],
            "compressed": False,
            "name": "Fake 1.0",
            "quirks": list(self.quirks.names),
            "tls": "TLSv1.3 FAKE",
        }

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

    def survey(self, raws, *, listed):
        if listed and not self._server.list_status:
            self._server.verbs.append("list")
        folders = self.list_folders() if listed or self._server.list_status else None
        names = [*raws, *(folder.raw for folder in folders or ())]
        return folders, self.status(dict.fromkeys(names))

    def status(self, raws):
        self._server.verbs.append("status")
        found = [self._server.folders.get(raw.decode()) for raw in raws]
        return {
            f.name.encode(): FolderStatus(
                f.uidvalidity, f.uidnext, len(f.messages), self._modseq(f), f.mailbox_id
            )
            for f in found
            if f
        }

    def examine(self, raw):
        self._server.verbs.append(f"examine {raw.decode()}")
        folder = self._folder = self._server.folders.get(raw.decode())
        if folder is None:
            raise FolderGone("no such folder")
        self._news = set(folder.messages)
        return Snapshot(
            folder.uidvalidity,
            folder.uidnext,
            len(folder.messages),
            self._modseq(folder),
            folder.estimated,
        )

    def _modseq(self, folder):
        return None if self._server.tracking is Tracking.NONE else folder.highestmodseq

    @property
    def tracking(self):
        return self._server.tracking

    def changes_since(self, modseq):
        self._server.verbs.append("changes")
        folder = self._folder
        vanished = ()
        if folder.highestmodseq > modseq and self.tracking is Tracking.QRESYNC:
            vanished = [uid for uid, when in folder.vanished.items() if when > modseq]
        changed = [u for u in folder.messages if folder.modseqs[u] > modseq]
        yield Changes(
            {u: folder.messages[u].flags for u in changed},
            UidRanges.of(set(vanished) - set(folder.messages)),
            self._labels(changed),
        )

    def _labels(self, uids):
        messages = self._folder.messages
        return {u: messages[u].gm_labels for u in uids} if self.quirks.labels else {}

    def listing(self, *, flags, last=None):
        self._server.verbs.append("listing" if not last else "recent")
        uids = sorted(self._folder.messages)[-(last or 0) :]
        found = {u: self._folder.messages[u].flags for u in uids} if flags else {}
        lowest = min(uids, default=1) if last else 1
        highest = max(uids, default=1) if last else 2**32 - 1
        yield Listed(lowest, highest, UidRanges.of(uids), found, self._labels(found))

    def present(self, uids):
        self._server.verbs.append("present")
        messages = self._folder.messages
        return {uid: messages[uid].flags for uid in uids if uid in messages}

    def vanished(self):
        if self.tracking is not Tracking.QRESYNC:
            return UidRanges()
        vanished, self._news = self._news - set(self._folder.messages), set(self._folder.messages)
        return UidRanges.of(vanished)

    def fingerprint(self, known=""):
        self._server.verbs.append("fingerprint")
        lines = [
            f"{u} {m.internaldate} {len(m.raw)}" for u, m in sorted(self._folder.messages.items())
        ]
        prints = [f"{n}:{hash(tuple(lines[:n]))}" for n in range(len(lines) + 1)]
        return prints[-1], known in prints

    def uids_from(self, uid, limit):
        return sorted(u for u in self._folder.messages if u >= uid)[:limit]

    def count_from(self, uid):
        return sum(u >= uid for u in self._folder.messages)

    def uids_below(self, uid, limit, floor=1):
        return sorted((u for u in self._folder.messages if floor <= u < uid), reverse=True)[:limit]

    def first_uid_since(self, day):
        young = [u for u, m in self._folder.messages.items() if m.internaldate.date() >= day]
        return min(young, default=None)

    def search(self, query, limit):
        self._server.searched.append(self._folder.name)
        if self._server.finds_nothing:
            return []
        found = self._folder.messages.items()
        uids = [u for u, m in found if query.matches(read_header_facts(m.raw, m.internaldate))]
        return sorted(uids, reverse=True)[:limit]

    def search_people(self, addresses):
        self._server.verbs.append("search people")
        found = {uid for address in addresses for uid in self.search(Query(person=address), 10**6)}
        return sorted(found)

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
