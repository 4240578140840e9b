"""What a person in a browser decides about which mail is linked."""

from odoo.tests import HttpCase, tagged

from .common import MailboxCase
from .fake_server import FakeServer, ago, mail


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

    def test_link_to(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Tins",
                "type": "opportunity",
                "user_id": self.owner.id,
                "partner_id": self.customer.id,
            }
        )
        self.servers["otto@tea.example"] = FakeServer()
        other = self._connect(self.other_owner)
        raw = mail("Carla <carla@shop.example>", "olga@tea.example", "Order", "Two tins please")
        for server in (self.server, self.servers["otto@tea.example"]):
            server.inbox.deliver(raw, ago(days=1))
        self.connection._sync()
        other._sync()
        self.start_tour(
            f"/odoo/res.partner/{self.customer.id}", "mail_imap_sync.link_to", login="olga"
        )
        self.assertFalse(self.entries(self.customer))
        self.assertFalse(self.entries(lead))
        self.connection.with_user(self.owner).action_audit()
        self.assertFalse(self.entries(self.customer), "removed by hand, and it stays so")

    def test_kinds_of_mail(self):
        lead = self.env["crm.lead"].create({"name": "Tins", "user_id": self.owner.id})
        lead.message_post(body="Offer", message_type="comment", message_id="<offer@tea.example>")
        self.deliver("mailer-daemon@far.example", "Undeliverable", References="<offer@tea.example>")
        self.deliver(
            "carla@shop.example",
            "Away",
            In_Reply_To="<offer@tea.example>",
            Auto_Submitted="auto-replied",
        )
        self.connection._sync()
        self.start_tour(f"/odoo/crm.lead/{lead.id}", "mail_imap_sync.kinds_of_mail", login="olga")
