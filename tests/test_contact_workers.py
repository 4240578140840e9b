from odoo.tests import tagged

from .fake_server import ago, mail
from .workers_common import WorkersCase


@tagged("post_install", "-at_install")
class TestContactWorkers(WorkersCase):
    """Two mailboxes that meet the same people at the same moment: real processes, commits, a real server."""

    def test_two_workers_meet_the_same_people(self):
        strangers = [f"stranger{number}@far.example" for number in range(40)]
        self.workers.do("create_contacts", policy="all")
        # in opposite order, so that each waits for what the other one makes
        for login, order in zip(self.mailboxes, (strangers, strangers[::-1]), strict=True):
            for number, stranger in enumerate(order):
                raw = mail(stranger, login, f"{stranger} to {login}", date=ago(days=1))
                self.server.append(login, "INBOX", raw, internaldate=ago(minutes=100 - number))
        pids = [
            self.workers.start("sync", connection=mailbox, slice_size=5)
            for mailbox in self.mailboxes.values()
        ]
        results = [self.workers.result(pid) for pid in pids]
        self.assertEqual([result["linked"] for result in results], [40, 40])
        self.assertEqual(self.workers.do("contacts", like="@far.example"), sorted(strangers))
