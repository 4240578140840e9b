"""Which messages a folder holds, as one short text: for servers whose UIDVALIDITY changes although nothing else does.

Courier makes up another UIDVALIDITY every second for a folder that no client has ever opened for writing, since it may
not write one down. UIDs mean what they meant before if every message that was there is still there, under the same UID,
with the same date and size.
"""

import hashlib

from .client import Client
from .folders import Snapshot
from .grammar import Malformed, Record, number, pairs, parse, records
from .limits import Limits

#: a folder with more messages is read anew rather than compared
_MOST_MESSAGES = 50_000


def fingerprint(client: Client, limits: Limits, snapshot: Snapshot, known: str) -> tuple[str, bool]:
    """Take the fingerprint of the examined folder.

    :param known: an earlier one, or ''
    :returns: the new one, '' if there is none; and whether the messages of the earlier one are its beginning, so that
        all others are new
    """
    if client.uid_only or snapshot.exists > _MOST_MESSAGES:
        return "", False
    count, _, expected = known.partition(":")
    at = int(count) if expected else -1
    digest = hashlib.sha256()
    begins = at == 0
    last = 0
    for start in range(1, snapshot.exists + 1, limits.window):
        stop = min(start + limits.window - 1, snapshot.exists)
        lines = _lines(client, start, stop)
        for position in range(start, stop + 1):
            if position not in lines:
                # gone meanwhile
                return "", False
            last, line = lines[position]
            digest.update(line)
            begins |= position == at and digest.hexdigest() == expected
    if snapshot.estimated and last + 1 != snapshot.uidnext:
        # more came while the folder was opened: it will be read, and is not in here
        return "", False
    return f"{snapshot.exists}:{digest.hexdigest()}", begins


def _lines(client: Client, start: int, stop: int) -> dict[int, tuple[int, bytes]]:
    answers, refusal = client.fetch_raw(
        "FETCH", b"%d:%d" % (start, stop), b"(UID INTERNALDATE RFC822.SIZE)"
    )
    if refusal:
        raise client.failure(refusal)
    return dict(filter(None, map(_line, records(answers))))


def _line(record: Record) -> tuple[int, tuple[int, bytes]] | None:
    """The number of a message, its UID, and what tells it from others."""
    try:
        position, values = parse(record)
        said = pairs(values)
    except (Malformed, ValueError):
        return None
    uid, date, size = (said.get(name) for name in (b"UID", b"INTERNALDATE", b"RFC822.SIZE"))
    if number(position) is None or number(uid) is None or date is None or size is None:
        return None
    return number(position), (number(uid), b"%r %r %r\n" % (uid, date, size))
