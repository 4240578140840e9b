"""One worker per mailbox, and not too many per server and in all, over all workers and hosts of a database."""

import zlib
from contextlib import contextmanager

from odoo.sql_db import db_connect

#: the first half of an advisory lock's key: says what kind of thing the second half is
MAILBOX_SPACE = 0x494D4150  # "IMAP"
#: the same for looking into a mailbox without storing mail: a sync may go on meanwhile
LOOK_SPACE = 0x4C4F4F4B  # "LOOK"
TURN_SPACE = 0x494D4154  # "IMAT"


@contextmanager
def claimed(env, connection_id, host, limit, most_at_once=None, kind=MAILBOX_SPACE):
    """Claim a mailbox, and a place among those who may talk to its server, for a ``with`` block.

    Advisory locks of a transaction of its own: they outlive the commits of the run, leave the rows free (so
    that a person can pause a mailbox that is being synced), and PostgreSQL drops them by itself when the worker
    or its host dies.

    :param str host: name of the server, as stored
    :param int limit: how many mailboxes of this server may be synced at the same time
    :param int most_at_once: how many mailboxes that were claimed with this parameter may be synced at the same time
    :param int kind: what the mailbox is claimed for: ``MAILBOX_SPACE`` or ``LOOK_SPACE``
    :return: yields whether all claims were won
    """
    with db_connect(env.cr.dbname).cursor() as lock_cr:

        def locked(space, number):
            lock_cr.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", (space, number))
            return lock_cr.fetchone()[0]

        def has_place(space, places):
            return any(locked(space, place) for place in range(places))

        yield (
            locked(kind, connection_id)
            and has_place(_host_space(host), limit)
            and (most_at_once is None or has_place(TURN_SPACE, most_at_once))
        )


def _host_space(host):
    """Return the lock space of a server, as the signed number of 32 bits that PostgreSQL takes."""
    return zlib.crc32(host.strip().lower().encode()) - 2**31
