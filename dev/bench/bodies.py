"""Fetching whole mails, beside plain IMAPClient fetching them from the same server."""

from statistics import median

from . import mails, sizes
from .figures import Figure
from .place import Watch, connect, mailbox, odoo, plain_client

ROUNDS = 7
BATCH = 200


def measure():
    """Fetch the same mails with both in turn, and take the medians."""
    everything = [
        mail for mail in mails.mixed(sizes.MAILS, sizes.CONTACTS) if mail.folder == "INBOX"
    ]
    with mailbox(everything) as server, odoo() as env:
        connection = connect(env, "bodies", server.tls_port, server.ca_file)
        with connection._session() as session, plain_client(server) as client:
            snapshot = session.examine(b"INBOX")
            uids = session.uids_from(1, snapshot.exists)
            headers = session.fetch_headers(uids).values()
            # the server reads its files once
            _plain(client, uids)
            pairs = [(_ours(session, headers), _plain(client, uids)) for _ in range(ROUNDS)]
    ours, plain = (len(uids) / median(seconds) for seconds in zip(*pairs, strict=True))
    return [
        Figure(
            "mails fetched whole",
            ours,
            plain,
            "1/s",
            details={
                "share of the plain fetch": round(ours / plain, 2),
                "mails": len(uids),
                "rounds (ours, plain)": [
                    tuple(round(len(uids) / seconds) for seconds in pair) for pair in pairs
                ],
            },
        )
    ]


def _ours(session, headers):
    with Watch() as watch:
        found = sum(1 for _uid, body in session.fetch_bodies(headers) if isinstance(body, bytes))
    return _seconds(watch, found, len(headers))


def _plain(client, uids):
    with Watch() as watch:
        found = sum(
            len(client.fetch(uids[start : start + BATCH], ["BODY.PEEK[]"]))
            for start in range(0, len(uids), BATCH)
        )
    return _seconds(watch, found, len(uids))


def _seconds(watch, found, expected):
    if found != expected:
        raise RuntimeError(f"{found} of {expected} mails were fetched")
    return watch.seconds
