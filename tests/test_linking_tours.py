"""What a person in a browser decides about which mail is linked."""

from odoo.tests import HttpCase, tagged

from .common import MailboxCase
from .fake_server import ago, mail


@tagged("post_install", "-at_install")
class TestLinkingTours(MailboxCase, HttpCase):
    def deliver(self, sender, subject, **headers):
        self.server.inbox.deliver(mail(sender, "olga@tea.example", subject, **headers), ago(days=1))

    def test_never_sync(self):
        for sender, subject in (("carla", "Order"), ("carla", "Thanks"), ("chris", "Tea")):
            self.deliver(f"{sender}@shop.example", subject)
        self.connection._sync()
        self.start_tour("/odoo", "mail_imap_sync.never_sync", login="olga")
        self.assertFalse(self.entries(self.customer))
        self.run_scheduled("ir_cron_audit")
        self.assertEqual(self.entries(self.customer).mapped("subject"), ["Order", "Thanks"])
