"""How long after its delivery a mail stands in the chatter, when its mailbox is due."""

import statistics
from datetime import datetime, timezone

from . import mails, sizes
from .figures import Figure
from .linking import contacts
from .place import Watch, connect, mailbox, odoo

ROUNDS = 30


def measure():
    """Deliver a mail, let the scheduled action run, and look for its entry; many times."""
    past = list(mails.mixed(min(sizes.MAILS, 500), sizes.CONTACTS, seed=3))
    with mailbox(past) as server, odoo() as env:
        partners = contacts(env)
        connection = connect(env, "arrival", server.tls_port, server.ca_file)
        connection._sync()
        watches = [_arrive(env, server, connection, mail) for mail in _new(past, partners)]
    seconds = [watch.seconds * 1000 for watch in watches]
    return [
        Figure(
            "from delivery to chatter entry, mailbox due",
            statistics.median(seconds),
            None,
            "ms",
            details={
                "fastest, slowest": (round(min(seconds)), round(max(seconds))),
                "with": "signing in with TLS, all folders' STATUS, Odoo's own posting path, commit",
                "SQL queries": round(statistics.median(watch.queries for watch in watches)),
            },
        )
    ]


def _new(past, partners):
    """Mails of today with contacts, each unlike the others."""
    received = [mail for mail in past if mail.folder == "INBOX" and mail.contact in partners]
    for number, mail in enumerate(received[:ROUNDS]):
        header, _, body = mail.raw.partition(b"\n\n")
        lines = [
            line
            for line in header.split(b"\n")
            if not line.lower().startswith(
                (b"date:", b"message-id:", b"in-reply-to:", b"references:")
            )
        ]
        lines.append(b"Message-ID: <new%d@bench.example>" % number)
        lines.append(
            b"Date: " + datetime.now(timezone.utc).strftime("%a, %d %b %Y %T +0000").encode()
        )
        yield b"\n".join(lines) + b"\n\n" + body


def _arrive(env, server, connection, raw):
    connection.next_sync = datetime.now()
    before = _entries(env)
    env.cr.commit()
    with Watch() as watch:
        server.append(mails.OWNER, "INBOX", raw)
        connection._cron_sync()
    env.cr.rollback()
    if _entries(env) == before:
        raise RuntimeError(f"the mail did not arrive: {connection.error_message}")
    return watch


def _entries(env):
    return env["mail.message"].search_count([("imap_email_id", "!=", False)])
