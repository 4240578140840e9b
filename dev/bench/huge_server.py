"""A mailbox of any number of messages that takes no memory: all of it is worked out from UIDs.

Run as a program of its own, so that what it takes is not counted as the client's.
"""

import re
import sys
from collections import deque

from scripted_server import ImapBox, ScriptedServer

#: UIDs have gaps, as those of real mailboxes
GAP = 3
_HEADER = (
    b"From: Some Body <somebody%d@far%d.example>\r\nTo: olga@tea.example\r\nSubject: Message %d\r\n"
    b"Date: Sat, 1 Jun 2024 09:00:00 +0000\r\nMessage-ID: <%d@far.example>\r\n\r\n"
)
_RANGE = re.compile(rb"(\d+)(?::(\d+))?")


class HugeBox(ImapBox):
    """An INBOX of ``size`` messages with the UIDs GAP, 2 GAP, 3 GAP, ..."""

    def __init__(self, size):
        super().__init__(capabilities=b"IMAP4rev1 LIST-STATUS ESEARCH SPECIAL-USE LIST-EXTENDED")
        self._size = size

    def _status_line(self, name):
        return b'* STATUS "%s" (MESSAGES %d UIDNEXT %d UIDVALIDITY 7)' % (
            name,
            self._size,
            self._uidnext,
        )

    @property
    def _uidnext(self):
        return self._size * GAP + 1

    def _examine(self, _state, _rest):
        return [
            b"* %d EXISTS" % self._size,
            b"* OK [UIDVALIDITY 7] valid",
            b"* OK [UIDNEXT %d] next" % self._uidnext,
        ]

    def _fetch(self, _state, rest):
        items = b" FLAGS (\\Seen)" if b"FLAGS" in rest else b""
        return [
            b"* %d FETCH (UID %d%s)" % (number, number * GAP, items) for number in _numbers(rest)
        ]

    def _uid_fetch(self, _state, rest):
        name = re.search(rb"HEADER\.FIELDS \([^)]*\)", rest)[0]
        return [_record(uid, name) for uid in _numbers(rest) if uid % GAP == 0]

    def _uid_search(self, _state, rest):
        last = int(re.search(rb"UID 1:(\d+)", rest)[1])
        return [b'* ESEARCH (TAG "m") UID COUNT %d' % min(last // GAP, self._size)]


def _numbers(rest):
    for first, last in _RANGE.findall(rest.partition(b" ")[0]):
        yield from range(int(first), int(last or first) + 1)


def _record(uid, name):
    header = _HEADER % (uid, uid % 500, uid, uid)
    values = (
        b"UID %d" % uid,
        b"FLAGS (\\Seen)",
        b'INTERNALDATE " 1-Jun-2024 09:00:00 +0000"',
        b"RFC822.SIZE 4000",
        b"BODY[%s] {%d}\r\n%s" % (name, len(header), header),
    )
    return b"* %d FETCH (%s)" % (uid // GAP, b" ".join(values))


if __name__ == "__main__":
    with ScriptedServer(HugeBox(int(sys.argv[1]))) as server:
        server.lines = deque(maxlen=1)
        print(server.port, flush=True)
        sys.stdin.read()
