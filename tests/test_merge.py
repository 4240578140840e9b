from odoo.tests import tagged

from .common import MailboxCase
from .fake_server import ago, mail


@tagged("post_install", "-at_install")
class TestMerge(MailboxCase):
    """Records that are merged had the same email: it stands once on the one that is left."""

    def setUp(self):
        super().setUp()
        both = mail("carla@shop.example", "olga@tea.example", "Both", Cc="chris@shop.example")
        self.server.inbox.deliver(both, ago(days=2))
        self.server.inbox.deliver(
            mail("chris@shop.example", "olga@tea.example", "One"), ago(days=1)
        )
        self.connection._sync()

    def test_contacts(self):
        note = self.customer2.message_post(body="A note")
        self.assertEqual(self.entries(self.customer).mapped("subject"), ["Both"])
        self.assertEqual(self.entries(self.customer2).mapped("subject"), ["Both", "One"])
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge((self.customer + self.customer2).ids, self.customer)
        self.assertFalse(self.customer2.exists())
        self.assertEqual(self.entries(self.customer).mapped("subject"), ["Both", "One"])
        self.assertIn(note, self.customer.message_ids)

    def test_opportunities(self):
        leads = self.env["crm.lead"].create(
            [{"name": name, "type": "opportunity"} for name in ("Tea", "More tea")]
        )
        entries = self.entries(self.customer2)
        for lead in leads:
            self.env["imap.link"].with_user(self.owner)._add(entries.with_user(self.owner), lead)
        self.assertEqual(len(self.entries(leads[0])), 2)
        merged = leads.merge_opportunity()
        self.assertEqual(self.entries(merged).mapped("imap_email_id"), entries.imap_email_id)
        self.assertEqual(len(self.entries(merged)), 2)
