"""What goes on where it stopped: servers that went back in time, workers that were in each other's way."""

from odoo.tests import tagged

from .common import MailboxCase
from .fake_server import mail


@tagged("post_install", "-at_install")
class TestSyncRecovery(MailboxCase):
    def _deliver(self, *subjects):
        for subject in subjects:
            self.server.inbox.deliver(mail("carla@shop.example", "olga@tea.example", subject))

    def test_uids_that_are_given_again(self):
        """A server was restored from a backup: the same UIDVALIDITY, but UID 2 is another mail now."""
        self._deliver("First", "Second", "Third")
        self.connection._sync()
        for uid in (2, 3):
            del self.server.inbox.messages[uid]
        self.server.inbox.uidnext = 2
        self._deliver("Fourth")
        self.connection._sync()
        self.assertEqual(
            set(self.entries(self.customer).mapped("subject")),
            {"First", "Second", "Third", "Fourth"},
        )
        placements = self.env["imap.placement"].search([])
        self.assertEqual(
            {placement.uid: placement.email_id.subject for placement in placements},
            {1: "First", 2: "Fourth"},
        )
