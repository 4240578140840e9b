"""How much the memory of a worker grows while it reads a huge mailbox."""

import subprocess
import sys

from . import sizes
from .figures import Figure
from .huge_server import GAP
from .place import Watch, connect, odoo

LIMIT_MB = 300


def measure():
    """Read all of a mailbox whose server is another process; then suppose that all of its mails are
    known, and look at every one of them again.
    """
    with _server() as port, odoo() as env:
        connection = connect(env, "memory", port, security="none", email="olga@huge.example")
        with Watch() as reading:
            counters = connection._sync()
        if counters["seen"] != sizes.HUGE:
            raise RuntimeError(f"not all were seen: {counters}")
        folder = connection.folder_ids.filtered(lambda f: f.role == "inbox")
        _know_all(env, folder)
        with Watch() as looking:
            connection._sync()
        if folder._look().all_at is None or connection.error_message:
            raise RuntimeError(f"not all were looked at: {connection.error_message}")
    return [
        _figure(f"memory for a mailbox of {sizes.HUGE:,} messages", reading),
        _figure(f"memory for the flags of {sizes.HUGE:,} known messages", looking),
    ]


def _figure(name, watch):
    return Figure(
        name,
        watch.megabytes,
        None,
        "MB more",
        f"under {LIMIT_MB}",
        watch.megabytes < LIMIT_MB,
        {
            "MB of the worker at its peak": round(watch.peak),
            "seconds": round(watch.seconds),
            "messages per second": round(sizes.HUGE / watch.seconds),
        },
    )


def _know_all(env, folder):
    """Store a copy of an email for each message of a folder, and forget that anybody looked at them.

    In SQL: the ORM would take an hour.
    """
    from odoo import fields

    from odoo.addons.mail_imap_sync.lib.known import Look

    email = env["imap.email"].create(
        {"digest": "huge", "subject": "Huge", "date": fields.Datetime.now(), "direction": "in"}
    )
    folder._store_look(Look())
    env.flush_all()
    env.cr.execute(
        """
        INSERT INTO imap_placement
               (folder_id, connection_id, uidvalidity, uid, email_id, state, size, create_date, write_date)
        SELECT %s, %s, %s, number * %s, %s, 'linked', 4000, now(), now()
          FROM generate_series(1, %s) AS number
        """,
        (folder.id, folder.connection_id.id, folder.uidvalidity, GAP, email.id, sizes.HUGE),
    )
    env.cr.commit()
    env.cr.execute("ANALYZE imap_placement")
    env.cr.commit()


class _server:
    def __enter__(self):
        command = [sys.executable, "-m", "bench.huge_server", str(sizes.HUGE)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return int(self._process.stdout.readline())

    def __exit__(self, *_exception):
        self._process.communicate()
