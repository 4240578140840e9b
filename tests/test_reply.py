"""Answers from the chatter: to whom they go, and that they stay in their conversation."""

from ast import literal_eval
from unittest.mock import MagicMock, patch

from odoo.tests import tagged

from .common import MailboxCase
from .fake_server import FakeServer, ago, mail


@tagged("post_install", "-at_install")
class TestReply(MailboxCase):
    def setUp(self):
        super().setUp()
        self.lead = self.env["crm.lead"].create(
            {
                "name": "Tins",
                "type": "opportunity",
                "user_id": False,
                "partner_id": self.customer.id,
            }
        )

    def receive(self, sender, subject, to="olga@tea.example", days=2, record=None, **headers):
        """Let a mail come in, and return its entry on a record."""
        raw = mail(sender, to, subject, date=ago(days=days), **headers)
        self.server.inbox.deliver(raw, ago(days=days))
        self.connection._sync()
        record = record or self.customer
        return self.entries(record).filtered(lambda m: m.subject == subject)

    def on_lead(self, sender, subject, **headers):
        """Let a mail come in that answers the opportunity."""
        offer = self.lead.message_post(body="Offer", message_type="comment")
        return self.receive(
            sender, subject, record=self.lead, In_Reply_To=offer.message_id, **headers
        )

    def post(self, record=None, recipients=None, user=None, **values):
        """Write from a chatter, and return the mail that goes out."""
        record = (record or self.customer).with_user(user or self.owner)
        message = record.message_post(
            body="Gladly",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=(recipients or self.customer).ids,
            mail_auto_delete=False,
            **values,
        )
        mails = self.env["mail.mail"].search([("mail_message_id", "=", message.id)])
        return mails.filtered(lambda m: (recipients or self.customer) & m.recipient_ids)

    def suggested(self, record, user=None):
        record = record.with_user(user or self.owner)
        found = record._message_get_suggested_recipients(reply_discussion=True)
        return {recipient["email"] for recipient in found}

    # to whom

    def test_sender_is_suggested(self):
        """On an opportunity, who wrote last, although it belongs to somebody else; and who else got it."""
        self.assertEqual(self.suggested(self.lead), {"carla@shop.example"})
        self.on_lead("chris@shop.example", "Question", to="olga@tea.example, pia@x.example")
        self.assertEqual(
            self.suggested(self.lead), {"carla@shop.example", "chris@shop.example", "pia@x.example"}
        )

    def test_contact(self):
        self.receive("carla@shop.example", "Order")
        self.assertEqual(self.suggested(self.customer), {"carla@shop.example"})

    def test_nobody_is_suggested_for_mail_of_programs(self):
        self.connection.include_bulk = True
        self.on_lead("chris@shop.example", "Away", Auto_Submitted="auto-replied")
        self.assertEqual(self.suggested(self.lead), {"carla@shop.example"})

    def test_nobody_is_suggested_from_mail_that_is_not_shared(self):
        self.on_lead("chris@shop.example", "Question", to="olga@tea.example, pia@x.example")
        self.connection.visibility = "private"
        self.assertEqual(self.suggested(self.lead, self.colleague), {"carla@shop.example"})
        self.env.invalidate_all()
        sudo = self.lead.with_user(self.colleague).sudo()
        found = sudo._message_get_suggested_recipients(reply_discussion=True)
        self.assertEqual(len(found), 1)

    # in which conversation

    def test_conversation(self):
        self.receive("carla@shop.example", "Order", days=5)
        entry = self.receive(
            "carla@shop.example", "Re: Order", In_Reply_To="<Order@example.com>", days=4
        )
        self.receive("carla@shop.example", "Newer", to="chris@shop.example, otto@x.example", days=9)
        sent = self.post()
        self.assertEqual(
            sent.references, f"<Order@example.com> {entry.message_id} {sent.message_id}"
        )
        self.assertEqual(literal_eval(sent.headers)["In-Reply-To"], entry.message_id)
        self.assertEqual(sent.subject, "Re: Order")

    def test_subject(self):
        self.receive("carla@shop.example", "Order")
        self.assertEqual(self.post().subject, "Re: Order")
        self.assertEqual(self.post(subject="Something else").subject, "Something else")

    def test_mail_of_others_is_not_referred_to(self):
        """Nor is a newer mail of somebody else in the same chatter, whatever Odoo would refer to."""
        entry = self.on_lead("carla@shop.example", "Order", days=5)
        other = self.on_lead("chris@shop.example", "Question", days=1)
        sent = self.post(self.lead)
        self.assertIn(entry.message_id, sent.references)
        self.assertNotIn(other.message_id, sent.references)

    def test_hidden_mail_is_not_referred_to(self):
        entry = self.receive("carla@shop.example", "Order")
        self.connection.visibility = "private"
        sent = self.post(user=self.colleague)
        self.assertNotIn(entry.message_id, sent.references)
        self.assertNotIn("Order", sent.subject or "")
        self.assertNotIn("In-Reply-To", sent.headers or "")

    def test_answer_after_an_answer_from_the_chatter(self):
        entry = self.receive("carla@shop.example", "Order")
        first, second = self.post(), self.post()
        self.assertEqual(literal_eval(second.headers)["In-Reply-To"], first.message_id)
        for message_id in (entry.message_id, first.message_id, second.message_id):
            self.assertIn(message_id, second.references.split())

    def test_chatter_without_synced_mail(self):
        """As before: Odoo's own references and subject."""
        first, second = self.post(), self.post()
        self.assertEqual(second.references, f"{first.message_id} {second.message_id}")
        self.assertFalse(second.subject and second.subject.startswith("Re:"))
        self.assertNotIn("In-Reply-To", second.headers or "")

    def test_on_the_wire_and_back(self):
        """What goes out says what it answers, and its copy in the sent folder does not appear a second time."""
        entry = self.receive("carla@shop.example", "Order")
        outgoing = []

        def send_email(_servers, message, *_args, **_kwargs):
            outgoing.append(message)
            return message["Message-Id"]

        servers = type(self.env["ir.mail_server"])
        with (
            patch.object(servers, "_disable_send", lambda *_args: False),
            patch.object(servers, "_connect__", lambda *_args, **_kwargs: MagicMock()),
            patch.object(servers, "send_email", send_email),
        ):
            self.post()
        [message] = outgoing
        self.assertEqual(message["In-Reply-To"], entry.message_id)
        self.assertIn(entry.message_id, message["References"])
        self.assertEqual(message["Subject"], "Re: Order")
        before = self.env["mail.message"].search_count([("res_id", "=", self.customer.id)])
        self.server.sent.deliver(message.as_bytes())
        self.connection._sync()
        after = self.env["mail.message"].search_count([("res_id", "=", self.customer.id)])
        self.assertEqual(before, after)
        # and what the customer answers joins
        answer = self.receive(
            "carla@shop.example", "Re: Order again", In_Reply_To=message["Message-Id"], days=0
        )
        self.assertTrue(answer)

    def test_users_of_other_mailboxes(self):
        """A colleague whose own mailbox has the mail answers it as well."""
        self.servers["otto@tea.example"] = FakeServer()
        raw = mail("carla@shop.example", "olga@tea.example, otto@tea.example", "Order")
        for server in (self.server, self.servers["otto@tea.example"]):
            server.inbox.deliver(raw, ago(days=1))
        self.connection._sync()
        self._connect(self.other_owner)._sync()
        sent = self.post(user=self.other_owner)
        self.assertIn("<Order@example.com>", sent.references)
        self.assertNotIn("otto@tea.example", self.suggested(self.customer, self.other_owner))
