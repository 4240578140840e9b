"""What is to be read next in a folder: cursor + the server's state -> slices of UIDs.

A folder's cursor says: *every UID in [backfill_uid, uidnext) has its outcome stored*. New mail moves
``uidnext`` up, backfill moves ``backfill_uid`` down, newest first. A :class:`Slice` carries the cursor that
is true once the outcomes of its UIDs are stored, so that both can be written in one transaction.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a folder has been read; without any values: never.

    :param uidvalidity: the UIDVALIDITY that the UIDs belong to (RFC 3501 2.3.1.1); 0: not told
    :param uidnext: the lowest UID not yet seen as new mail
    :param backfill_uid: the lowest UID whose outcome is stored
    :param backfilled: backfill has reached the start of the period
    """

    uidvalidity: int = 0
    uidnext: int = 1
    backfill_uid: int = 1
    backfilled: bool = False

    def covers(self, uid: int) -> bool:
        """Whether the outcome of a UID is stored, unless it lies before the period."""
        return uid < self.uidnext and (self.backfilled or uid >= self.backfill_uid)


@dataclass(frozen=True, slots=True)
class Slice:
    """UIDs to read together, and the cursor once they are stored.

    :param uids: in the order in which they are wanted
    :param cursor: to be stored in the transaction that stores the outcome of ``uids``
    :param backfill: past mail (silent) rather than mail that arrived since the connection was made
    """

    uids: tuple[int, ...]
    cursor: Cursor
    backfill: bool


def rebased(cursor, snapshot):
    """Return the cursor to go on from, given what the server says now.

    A folder never read, or one whose UIDs have lost their meaning, starts at the server's UIDNEXT with its
    whole past as backfill: everything is looked at again and found by its Message-ID, nothing is deleted.
    That holds for another UIDVALIDITY (compare with !=: Exchange and restored backups go backwards) and for a
    UIDNEXT that falls under the same UIDVALIDITY (RFC 3501 2.3.1.1 forbids it; restored servers do it).

    A server that does not tell UIDVALIDITY, ever or just now, is taken to mean the one it told before. A UIDNEXT
    that was worked out from the last message (163, Courier) falls whenever that one is deleted, which means nothing.

    :param Cursor cursor: as stored
    :param snapshot: the answer to EXAMINE, taken before anything is fetched
    """
    uidvalidity = snapshot.uidvalidity or cursor.uidvalidity
    fell = snapshot.uidnext < cursor.uidnext and not snapshot.estimated
    if cursor != Cursor() and cursor.uidvalidity == uidvalidity and not fell:
        return cursor
    return Cursor(
        uidvalidity=uidvalidity,
        uidnext=snapshot.uidnext,
        backfill_uid=snapshot.uidnext,
        backfilled=False,
    )


def new_mail(session, cursor, snapshot, limit) -> Iterator[Slice]:
    """Yield what arrived since the cursor, oldest first, ``limit`` UIDs at a time.

    Stops at the snapshot's UIDNEXT: what arrives meanwhile shows as a change next time.
    """
    while cursor.uidnext < snapshot.uidnext:
        found = session.uids_from(cursor.uidnext, limit)
        uids = tuple(uid for uid in found if uid < snapshot.uidnext)
        complete = len(found) < limit or len(uids) < len(found)
        uidnext = snapshot.uidnext if complete else uids[-1] + 1
        cursor = replace(cursor, uidnext=uidnext)
        yield Slice(uids, cursor, backfill=False)


def past_mail(session, cursor, since, limit) -> Iterator[Slice]:
    """Yield the past mail of the period, newest first, ``limit`` UIDs at a time.

    :param since: the day on which the period begins, or None for everything
    """
    if cursor.backfilled:
        return
    floor = session.first_uid_since(since) if since else 1
    while not cursor.backfilled:
        found = session.uids_below(cursor.backfill_uid, limit, floor) if floor is not None else []
        lowest = found[-1] if found else cursor.backfill_uid
        cursor = replace(cursor, backfill_uid=lowest, backfilled=len(found) < limit)
        yield Slice(tuple(found), cursor, backfill=True)
