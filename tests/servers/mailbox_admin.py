"""One user's mailbox, prepared and inspected from outside of what is tested."""

import contextlib
import datetime
import imaplib
import re
from dataclasses import dataclass

from . import folder_names

_ITEMS = "(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"


@dataclass(frozen=True)
class StoredMessage:
    """What the server holds of one message. ``\\Recent`` is left out: it belongs to a session."""

    uid: int
    flags: frozenset[str]
    message_id: str | None
    internaldate: datetime.datetime
    size: int


class MailboxAdmin:
    """Prepares and inspects one mailbox, as a mail client would: connected clients are told, modification sequences
    grow.

    :param imap: signed in
    """

    def __init__(self, imap: imaplib.IMAP4):
        self.imap = imap

    def close(self):
        """Say goodbye; the server may have ended already."""
        with contextlib.suppress(imaplib.IMAP4.error, OSError):
            self.imap.logout()

    # folders

    def folders(self) -> list[str]:
        """All folders, by readable name."""
        lines = _ok(self.imap.list())
        return [folder_names.decode(_last_string(line)) for line in lines if line]

    def create_folder(self, folder):
        _ok(self.imap.create(folder_names.quote(folder)))
        _ok(self.imap.subscribe(folder_names.quote(folder)))

    def rename_folder(self, folder, new_name):
        _ok(self.imap.rename(folder_names.quote(folder), folder_names.quote(new_name)))

    def delete_folder(self, folder):
        _ok(self.imap.delete(folder_names.quote(folder)))

    def status(self, folder) -> dict[str, int]:
        """The numbers that a STATUS gives, by lower-case name."""
        names = "(MESSAGES UIDNEXT UIDVALIDITY UNSEEN HIGHESTMODSEQ)"
        (line,) = _ok(self.imap.status(folder_names.quote(folder), names))
        pairs = re.findall(rb"([A-Z]+) (\d+)", line[line.rindex(b"(") :])
        return {name.decode().lower(): int(number) for name, number in pairs}

    # messages

    def append(self, folder, raw: bytes, flags=(), internaldate=None) -> int:
        """Deliver a message and return its UID. Line ends become CRLF, the rest stays."""
        date = imaplib.Time2Internaldate(internaldate) if internaldate else None
        (answer,) = _ok(
            self.imap.append(folder_names.quote(folder), f"({' '.join(flags)})", date, raw)
        )
        return int(re.search(rb"APPENDUID \d+ (\d+)", answer).group(1))

    def messages(self, folder) -> list[StoredMessage]:
        """What is in a folder, by UID. EXAMINE and PEEK, so that looking changes nothing."""
        self._open(folder, readonly=True)
        answers = _ok(self.imap.uid("FETCH", "1:*", _ITEMS))
        self.imap.unselect()
        return [_stored(head, body) for head, body in (a for a in answers if isinstance(a, tuple))]

    def raw(self, folder, uid) -> bytes:
        """One message, byte for byte."""
        self._open(folder, readonly=True)
        answers = _ok(self.imap.uid("FETCH", str(uid), "BODY.PEEK[]"))
        self.imap.unselect()
        return answers[0][1]

    def add_flags(self, folder, uids, flags):
        self._change(folder, "STORE", _uid_set(uids), "+FLAGS.SILENT", f"({' '.join(flags)})")

    def remove_flags(self, folder, uids, flags):
        self._change(folder, "STORE", _uid_set(uids), "-FLAGS.SILENT", f"({' '.join(flags)})")

    def move(self, folder, uids, to_folder):
        self._change(folder, "MOVE", _uid_set(uids), folder_names.quote(to_folder))

    def expunge(self, folder, uids):
        """Remove messages for good."""
        self.add_flags(folder, uids, ["\\Deleted"])
        self._change(folder, "EXPUNGE", _uid_set(uids))

    def _change(self, folder, command, *arguments):
        self._open(folder, readonly=False)
        _ok(self.imap.uid(command, *arguments))
        self.imap.unselect()

    def _open(self, folder, *, readonly):
        _ok(self.imap.select(folder_names.quote(folder), readonly=readonly))


def _ok(answer):
    status, data = answer
    if status != "OK":
        raise imaplib.IMAP4.error(b" ".join(filter(None, data)).decode(errors="replace"))
    return data


def _uid_set(uids):
    return ",".join(map(str, [uids] if isinstance(uids, int) else uids))


def _last_string(line):
    """The folder name at the end of a LIST line, which is a tuple where it came as a literal."""
    if isinstance(line, tuple):
        return line[1].decode()
    quoted = re.search(r'"((?:[^"\\]|\\.)*)"$', text := line.decode())
    return re.sub(r"\\(.)", r"\1", quoted.group(1)) if quoted else text.rsplit(" ", 1)[1]


def _stored(head, body):
    text = head.decode()
    message_id = re.search(rb"(?is)^message-id:\s*(.*?)\s*$", body.strip())
    date = re.search(r'INTERNALDATE "([^"]+)"', text).group(1).strip()
    return StoredMessage(
        uid=int(re.search(r"UID (\d+)", text).group(1)),
        flags=frozenset(re.search(r"FLAGS \(([^)]*)\)", text).group(1).split()) - {"\\Recent"},
        message_id=message_id.group(1).decode(errors="replace") if message_id else None,
        internaldate=datetime.datetime.strptime(date, "%d-%b-%Y %H:%M:%S %z"),
        size=int(re.search(r"RFC822.SIZE (\d+)", text).group(1)),
    )
