"""One worker at a time per mailbox, over all workers and hosts of a database."""

from contextlib import contextmanager

from odoo.sql_db import db_connect

#: the first half of the advisory lock's key: says what kind of thing the second half (an id) is
LOCK_SPACE = 0x494D4150  # "IMAP"


@contextmanager
def claimed(env, connection_id):
    """Claim a mailbox for the length of a ``with`` block; yields whether the claim was won.

    An advisory lock of a transaction of its own: it outlives the commits of the run, leaves the row free
    (so that a person can pause a mailbox that is being synced), and PostgreSQL drops it by itself when the
    worker or its host dies.
    """
    with db_connect(env.cr.dbname).cursor() as lock_cr:
        lock_cr.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", (LOCK_SPACE, connection_id))
        yield lock_cr.fetchone()[0]
