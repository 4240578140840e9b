"""A mailbox in which nothing has changed, over a line with latency, beside asking for each folder's
STATUS.
"""

from imapclient import IMAPClient
from servers.latency_proxy import LatencyProxy

from . import mails, sizes
from .figures import Figure
from .place import PASSWORD, Watch, connect, mailbox, odoo


def measure():
    """Sync a mailbox of many folders until nothing is left, then once more."""
    with mailbox(mails.strangers(20)) as server, odoo() as env:
        for number in range(sizes.FOLDERS - len(server.mailbox(mails.OWNER).folders())):
            server.create_folder(mails.OWNER, f"Customers/Folder {number}")
        line = LatencyProxy(server.plain_port, sizes.LATENCY_SECONDS)
        with line.open() as port:
            connection = connect(env, "unchanged", port, security="none")
            connection.folder_ids.selected = True
            env.cr.commit()
            connection._sync()
            line.trips.clear()
            with Watch() as ours:
                connection._sync()
            trips = line.after_login()
            folders = connection.folder_ids.mapped("path")
        plain_line = LatencyProxy(server.plain_port, sizes.LATENCY_SECONDS)
        with plain_line.open() as port, Watch() as plain:
            _status_one_by_one(port, folders)
    commands = b"".join(trips).count(b"\r\n")
    return [
        Figure(
            f"unchanged mailbox, {len(folders)} folders",
            len(trips),
            len(plain_line.after_login()),
            "round trips",
            "1 after login",
            len(trips) <= 1,
            {
                "commands": commands,
                "seconds at 40 ms a round trip (ours, STATUS one by one)": (
                    round(ours.seconds, 2),
                    round(plain.seconds, 2),
                ),
                "SQL queries": ours.queries,
            },
        )
    ]


def _status_one_by_one(port, folders):
    with IMAPClient("localhost", port=port, ssl=False) as client:
        client.login(mails.OWNER, PASSWORD)
        for folder in folders:
            client.folder_status(folder, ["MESSAGES", "UIDNEXT", "UIDVALIDITY"])
