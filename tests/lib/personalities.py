"""Scripted servers that behave as those of the large providers: greeting, capabilities, names of folders, habits.

Greetings and capabilities are what these servers said in public protocol logs; habits are named in lib/quirks.py.
All have the same mail in their inbox: see :data:`UIDS`.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from number_set import NumberSet
from scripted_server import Folder, ImapBox, Message, since

#: of the inbox of every personality
UIDS = (2, 3, 5, 8, 13, 21)


def mail(uid: int) -> bytes:
    """What message ``uid`` of the inbox is."""
    return b"From: a%d@x.example\r\nMessage-ID: <%d@x.example>\r\n\r\nNumber %d\r\n" % (
        uid,
        uid,
        uid,
    )


def inbox(**values) -> Folder:
    """An inbox with the usual mail."""
    return Folder([Message(uid, mail(uid)) for uid in UIDS], **values)


class Personality(ImapBox):
    """A server of some make.

    :param folders: raw name -> attributes; the inbox is called INBOX in any case
    """

    def __init__(self, greeting, capabilities, folders, *, identity=b"NIL", delimiter=b"/"):
        by_name = {
            name: inbox(attributes=attributes)
            if name.upper() == b"INBOX"
            else Folder(attributes=attributes)
            for name, attributes in folders.items()
        }
        super().__init__(by_name, capabilities=capabilities)
        self.greeting = b"* OK " + greeting
        self.identity = identity
        self.delimiter = delimiter


def dovecot() -> Personality:
    return Personality(
        b"[CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+] Dovecot ready.",
        b"IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ SORT UNSELECT CHILDREN NAMESPACE UIDPLUS "
        b"LIST-EXTENDED CONDSTORE QRESYNC ESEARCH WITHIN LIST-STATUS BINARY MOVE SPECIAL-USE",
        {
            b"INBOX": b"\\HasNoChildren",
            b"Sent": b"\\HasNoChildren \\Sent",
            b"Archive": b"\\HasNoChildren \\Archive",
        },
        identity=b'("name" "Dovecot")',
    )


class Gmail(Personality):
    """Folders are labels of what lies in All Mail."""

    def __init__(self, hide_all_mail=False):
        folders = {
            b"INBOX": b"\\HasNoChildren",
            b"Kunden/M&APw-ller": b"\\HasNoChildren",
            b"[Gmail]": b"\\HasChildren \\Noselect",
            b"[Gmail]/Alle Nachrichten": b"\\All \\HasNoChildren",
            b"[Gmail]/Entw&APw-rfe": b"\\Drafts \\HasNoChildren",
            b"[Gmail]/Gesendet": b"\\HasNoChildren \\Sent",
            b"[Gmail]/Markiert": b"\\Flagged \\HasNoChildren",
            b"[Gmail]/Papierkorb": b"\\HasNoChildren \\Trash",
            b"[Gmail]/Spam": b"\\HasNoChildren \\Junk",
            b"[Gmail]/Wichtig": b"\\HasNoChildren \\Important",
        }
        if hide_all_mail:
            del folders[b"[Gmail]/Alle Nachrichten"]
        super().__init__(
            b"Gimap ready for requests from 192.0.2.1 k12mb12345wrx",
            b"IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 UIDPLUS ENABLE MOVE CONDSTORE "
            b"ESEARCH UTF8=ACCEPT LIST-EXTENDED LIST-STATUS LITERAL- SPECIAL-USE APPENDLIMIT=35651584",
            folders,
            identity=b'("name" "GImap" "vendor" "Google, Inc." "version" "gmail_imap_240101.00_p0")',
        )
        for uid, message in zip(UIDS, self.folders[b"INBOX"].messages, strict=True):
            message.gm_msgid = 1278455344230334865 + uid


class Exchange(Personality):
    """Says "Server Unavailable" of folders and messages that it cannot convert."""

    def __init__(self, capabilities, *, odd_folder=b"Calendar", odd_uids=()):
        super().__init__(
            b"The Microsoft Exchange IMAP4 service is ready. [RABCADcAUABSADAAMwA=]",
            capabilities,
            {
                b"INBOX": b"\\Marked \\HasNoChildren",
                odd_folder: b"\\HasNoChildren",
                b"Sent Items": b"\\Marked \\HasNoChildren",
                b"Deleted Items": b"\\HasNoChildren",
                b"Junk Email": b"\\HasNoChildren",
            },
        )
        self.odd_uids = odd_uids
        for verb in (b"STATUS", b"EXAMINE"):
            self.hooks[verb] = self._refuse(lambda rest: odd_folder in rest)
        self.hooks[b"UID FETCH"] = self._refuse(
            lambda rest: (
                b"BODY.PEEK[]" in rest
                and any(uid in NumberSet(rest.split()[0]) for uid in self.odd_uids)
            )
        )

    @staticmethod
    def _refuse(applies: Callable[[bytes], bool]):
        def hook(peer, tag, rest):
            if not applies(rest):
                return False
            return peer.send(tag + b" NO Server Unavailable. 15")

        return hook


def microsoft365() -> Exchange:
    return Exchange(
        b"IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS MOVE ID UNSELECT CLIENTACCESSRULES "
        b"CLIENTNETWORKPRESENCELOCATION BACKENDAUTHENTICATE CHILDREN IDLE NAMESPACE LITERAL+"
    )


def exchange() -> Exchange:
    return Exchange(
        b"IMAP4 IMAP4rev1 AUTH=NTLM AUTH=GSSAPI UIDPLUS CHILDREN IDLE NAMESPACE LITERAL+"
    )


class ICloud(Personality):
    """Offers QRESYNC and never answers ENABLED; hands out BODY[] only."""

    def __init__(self):
        super().__init__(
            b"[CAPABILITY XAPPLEPUSHSERVICE IMAP4 IMAP4rev1 SASL-IR AUTH=ATOKEN AUTH=PLAIN] "
            b"(2306B110-abcdef) pv50p00im-zteg10021201.me.com",
            b"XAPPLEPUSHSERVICE IMAP4 IMAP4rev1 UIDPLUS ID NAMESPACE ENABLE CONDSTORE QRESYNC ESEARCH "
            b"X-APPLE-REMOTE-LINKS",
            {
                b"INBOX": b"\\Noinferiors",
                b"Sent Messages": b"",
                b"Deleted Messages": b"",
                b"Junk": b"",
            },
            identity=b'("name" "iCloud-IMAP-Server" "vendor" "Apple, Inc.")',
        )

    def _enable(self, _state, _rest):
        return []

    def _status_line(self, name):
        return super()._status_line(name)[:-1] + b" HIGHESTMODSEQ 5)"

    @staticmethod
    def record(sequence, message, items):
        assert not re.search(rb"RFC822(?!\.SIZE)", items)
        return ImapBox.record(sequence, message, items)


class Yahoo(Personality):
    """Lets no command touch more than ``limit`` messages, and shows only the newest ``visible`` ones of a folder,
    unless it is asked by UID alone (UIDONLY, RFC 9586): then there are no message numbers.
    """

    def __init__(self, limit=1000, visible=10_000, partial=b" PARTIAL"):
        super().__init__(
            b"[CAPABILITY IMAP4rev1 ID NAMESPACE UIDPLUS LITERAL+] IMAP4rev1 imapgate-1.8.1_01.20166",
            b"IMAP4rev1 ID MOVE NAMESPACE X-ID-ACLID UIDPLUS LITERAL+ XAPPLEPUSHSERVICE XYMHIGHESTMODSEQ OBJECTID "
            b"ENABLE ESEARCH UIDONLY MESSAGELIMIT=%d%s" % (limit, partial),
            {
                b"Inbox": b"\\HasNoChildren",
                b"Sent": b"\\Sent \\HasNoChildren",
                b"Bulk": b"\\Junk \\HasNoChildren",
                b"Trash": b"\\Trash \\HasNoChildren",
            },
            identity=b'("vendor" "Yahoo! Inc." "support-url" "http://help.yahoo.com/")',
        )
        self.limit = limit
        self.visible = visible
        self.uid_only = False
        self.folders[b"INBOX"] = self.folders.pop(b"Inbox")
        self.hooks[b"ENABLE"] = self._enable
        for verb in (b"FETCH", b"SEARCH"):
            self.hooks[verb] = self._by_number

    def __call__(self, peer):
        self.uid_only = False
        super().__call__(peer)

    def _enable(self, peer, tag, rest):
        self.uid_only = rest == b"UIDONLY"
        peer.send(b"* ENABLED " + rest, tag + b" OK done")

    def _by_number(self, peer, tag, _rest):
        return peer.send(tag + b" BAD [UIDREQUIRED] no numbers") if self.uid_only else False

    def _shown(self, name):
        folder = self.folders[name]
        most = len(folder.messages) if self.uid_only else self.visible
        return replace(folder, messages=folder.messages[-most:], uidnext=folder.next_uid)

    def _list(self, state, rest):
        return [line.replace(b'"INBOX"', b'"Inbox"') for line in super()._list(state, rest)]

    def _status_line(self, name):
        hidden, self.folders[name] = self.folders[name], self._shown(name)
        line = super()._status_line(name)
        self.folders[name] = hidden
        return line

    def _examine(self, state, rest):
        lines = super()._examine(state, rest)
        state.folder = self._shown(rest.strip(b'"'))
        return [
            b"* %d EXISTS" % len(state.folder.messages) if b"EXISTS" in line else line
            for line in lines
        ]

    def _records(self, state, rest, by_uid):
        rest, _, partial = rest.partition(b" (PARTIAL ")
        lines = list(super()._records(state, rest, by_uid))
        if partial:
            first, last = map(int, partial.rstrip(b")").split(b":"))
            lines = lines[first - 1 : last] if first > 0 else lines[last:]
        too_many = [b"* OK [MESSAGELIMIT %d 1] too many" % self.limit]
        over = too_many if len(lines) > self.limit else []
        lines = lines[-self.limit :] + over
        return [self._without_number(line) for line in lines] if self.uid_only else lines

    @staticmethod
    def _without_number(line):
        # the UID may be repeated, and need not (RFC 9586 section 3.3)
        repeated = rb"UID \1 " if len(line) % 2 else b""
        return re.sub(rb"^\* \d+ FETCH \(UID (\d+) ?", rb"* \1 UIDFETCH (" + repeated, line)

    def _uid_search(self, state, rest):
        assert b"RETURN" not in rest
        if b"SUBJECT" in rest:
            return [b"* SEARCH"]
        window = re.match(rb"UID (\d+):(\d+) SINCE (\S+)", rest)
        if not window:
            return super()._uid_search(state, rest)
        low, high = int(window[1]), int(window[2])
        found = [m.uid for m in since(state.folder.messages, window[3]) if low <= m.uid <= high]
        assert sum(low <= m.uid <= high for m in state.folder.messages) <= self.limit
        return [b"* SEARCH" + b"".join(b" %d" % uid for uid in found)]


class Courier(Personality):
    """All folders lie below INBOX; EXAMINE tells no UIDNEXT."""

    def __init__(self):
        super().__init__(
            b"[CAPABILITY IMAP4rev1 UIDPLUS CHILDREN NAMESPACE IDLE] Courier-IMAP ready. "
            b"Copyright 1998-2021 Double Precision, Inc.",
            b"IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA IDLE",
            {
                b"INBOX": b"\\Unmarked \\HasChildren",
                b"INBOX.Sent": b"\\HasNoChildren",
                b"INBOX.Drafts": b"\\HasNoChildren",
                b"INBOX.Trash": b"\\Marked \\HasNoChildren",
            },
            delimiter=b".",
        )

    def _examine(self, state, rest):
        return [line for line in super()._examine(state, rest) if b"UIDNEXT" not in line]


class NetEase(Personality):
    """163 and 126: opens no folder before ID, tells no UIDNEXT, has no IDLE."""

    def __init__(
        self, capabilities=b"IMAP4rev1 XLIST SPECIAL-USE ID LITERAL+ UIDPLUS X-CM-EXT-1 IDLE"
    ):
        super().__init__(
            b"Coremail System IMap Server Ready(163com[10774b260cc7a37d26d71b52404dcf5c])",
            capabilities,
            {
                b"INBOX": b"",
                b"&g0l6P3ux-": b"\\Drafts",
                b"&XfJT0ZAB-": b"\\Sent",
                b"&XfJSIJZk-": b"\\Trash",
                b"&V4NXPpCuTvY-": b"\\Junk",
            },
            identity=b'("name" "Coremail Imap" "vendor" "Mailtech" "TransID" "I082JmAAABqnFWEI7zcA")',
        )

    def __call__(self, peer):
        self.hooks[b"EXAMINE"] = self._unsafe
        self._named = False
        self.hooks[b"ID"] = self._note_name
        super().__call__(peer)

    def _note_name(self, _peer, _tag, _rest):
        self._named = True
        return False

    def _unsafe(self, peer, tag, _rest):
        if self._named:
            return False
        return peer.send(tag + b" NO EXAMINE Unsafe Login. Please contact kefu@188.com for help")

    def _examine(self, state, rest):
        return [line for line in super()._examine(state, rest) if b"UIDNEXT" not in line]

    def _status_line(self, name):
        return re.sub(rb" UIDNEXT \d+", b"", super()._status_line(name))


def cyrus() -> Personality:
    return Personality(
        b"[CAPABILITY IMAP4rev1 LITERAL+ ID ENABLE] mail.example.com Cyrus IMAP 3.6.1-Debian-3.6.1-4 server ready",
        b"IMAP4rev1 LITERAL+ ID ENABLE UIDPLUS NAMESPACE CHILDREN MULTIAPPEND ESEARCH LIST-EXTENDED LIST-STATUS "
        b"CONDSTORE QRESYNC SPECIAL-USE MOVE OBJECTID",
        {b"INBOX": b"\\HasChildren", b"INBOX.Sent": b"\\HasNoChildren \\Sent"},
        identity=b'("name" "Cyrus IMAPD" "version" "3.6.1")',
        delimiter=b".",
    )


class Zoho(Personality):
    """Lists folders twice."""

    def __init__(self):
        super().__init__(
            b"IMAP4 Server (Zoho Mail IMAP4rev1 Server version 1.0)",
            b"IMAP4rev1 UNSELECT CHILDREN XLIST NAMESPACE IDLE MOVE ID AUTH=PLAIN SASL-IR ESEARCH LIST-EXTENDED",
            {
                b"INBOX": b"\\HasNoChildren",
                b"Sent": b"\\HasNoChildren",
                b"Spam": b"\\HasNoChildren",
            },
        )

    def _list(self, state, rest):
        lines = super()._list(state, rest)
        return [*lines, *lines]


def proton() -> Personality:
    return Personality(
        b"[CAPABILITY IMAP4rev1 ID IDLE MOVE STARTTLS UIDPLUS UNSELECT] Proton Mail Bridge 03.04.00 - "
        b"gluon session ID 1",
        b"IMAP4rev1 ID IDLE MOVE UIDPLUS UNSELECT",
        {
            b"INBOX": b"\\HasNoChildren",
            b"All Mail": b"\\All \\HasNoChildren",
            b"Folders/Clients": b"\\HasNoChildren",
            b"Labels/Sent": b"\\HasNoChildren",
            b"Sent": b"\\HasNoChildren \\Sent",
        },
        identity=b'("name" "gluon" "vendor" "Proton AG")',
    )


PERSONALITIES: dict[str, Callable[[], Personality]] = {
    "dovecot": dovecot,
    "gmail": Gmail,
    "microsoft 365": microsoft365,
    "exchange": exchange,
    "icloud": ICloud,
    "yahoo": Yahoo,
    "courier": Courier,
    "163": NetEase,
    "cyrus": cyrus,
    "zoho": Zoho,
    "proton": proton,
}
