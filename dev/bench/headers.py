"""Examining headers that match nobody, beside plain IMAPClient fetching the same fields from the
same server.
"""

from statistics import median

from . import mails, sizes
from .figures import Figure
from .place import Watch, connect, mailbox, odoo, plain_client

ROUNDS = 7
BATCH = 500


def measure():
    """Read the same headers with both in turn, and take the medians."""
    with mailbox(mails.strangers(sizes.MAILS)) as server, odoo() as env:
        connection = connect(env, "headers", server.tls_port, server.ca_file)
        # the server reads its files once, and answers from its index from then on
        _plain_fetch(server)
        pairs = [(_examine(connection), _plain_fetch(server)) for _ in range(ROUNDS)]
    ours, plain = (sizes.MAILS / median(seconds) for seconds in zip(*pairs, strict=True))
    return [
        Figure(
            "headers examined, nothing matching",
            ours,
            plain,
            "1/s",
            "half of the plain fetch",
            ours >= plain / 2,
            {
                "messages": sizes.MAILS,
                "share of the plain fetch": round(ours / plain, 2),
                "rounds (ours, plain)": [
                    tuple(round(sizes.MAILS / seconds) for seconds in pair) for pair in pairs
                ],
            },
        )
    ]


def _examine(connection):
    connection.folder_ids._restart_backfill()
    connection.env.cr.commit()
    with Watch() as watch:
        counters = connection._sync()
    if (counters["seen"], counters["skipped"]) != (sizes.MAILS, sizes.MAILS):
        raise RuntimeError(f"not all were examined: {counters}")
    return watch.seconds


def _plain_fetch(server):
    from odoo.addons.mail_imap_sync.lib import fetch

    fields = fetch._HEADER_FIELDS.decode()
    items = ["FLAGS", "INTERNALDATE", "RFC822.SIZE", f"BODY.PEEK[HEADER.FIELDS ({fields})]"]
    with Watch() as watch, plain_client(server) as client:
        uids = client.search("ALL")
        found = sum(
            len(client.fetch(uids[start : start + BATCH], items))
            for start in range(0, len(uids), BATCH)
        )
    if found != sizes.MAILS:
        raise RuntimeError(f"the plain fetch found {found}")
    return watch.seconds
