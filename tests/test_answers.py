"""Which record an answer joins, through whosever mailbox it comes, and what is no answer."""

from odoo.tests import tagged

from .common import MailboxCase
from .fake_server import FakeServer, mail

OFFER = "<offer@tea.example>"


@tagged("post_install", "-at_install")
class TestAnswers(MailboxCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._connect(cls.other_owner)

    def setUp(self):
        super().setUp()
        self.server2 = self.servers["otto@tea.example"] = FakeServer()

    def _lead(self, user):
        return self.env["crm.lead"].create(
            {"name": "Tea", "type": "opportunity", "user_id": user.id, "team_id": False}
        )

    def _sent_by_odoo(self, lead):
        return lead.message_post(body="Offer", message_id=OFFER, message_type="comment")

    def _answer(self, subject="Answer", **headers):
        return mail("carla@shop.example", "otto@tea.example", subject, **headers)

    def test_to_what_odoo_sent(self):
        lead = self._lead(self.other_owner)
        self._sent_by_odoo(lead)
        self.server2.inbox.deliver(self._answer(In_Reply_To=OFFER))
        self.other._sync()
        self.assertEqual(self.entries(lead).subject, "Answer")
        self.assertEqual(self.entries(self.customer).subject, "Answer")

    def test_to_what_came_through_a_colleagues_mailbox(self):
        """Olga's copy of the first answer is on the lead; the next one comes to Otto only."""
        lead = self._lead(self.env["res.users"])
        self._sent_by_odoo(lead)
        first = mail("carla@shop.example", "olga@tea.example", "First", In_Reply_To=OFFER)
        self.server.inbox.deliver(first)
        self.connection._sync()
        self.assertEqual(self.entries(lead).subject, "First")
        self.server2.inbox.deliver(
            self._answer("Second", References="<unknown@x.example> <First@example.com>")
        )
        self.other._sync()
        self.assertEqual(self.entries(lead).mapped("subject"), ["First", "Second"])

    def test_rights_of_the_owner_decide(self):
        """Otto may not read Olga's lead, so an answer that reaches him does not join it; one that reaches her does."""
        lead = self._lead(self.owner)
        self.assertFalse(lead.with_user(self.other_owner).has_access("read"))
        self._sent_by_odoo(lead)
        self.server2.inbox.deliver(self._answer("To Otto", In_Reply_To=OFFER))
        self.other._sync()
        self.assertFalse(self.entries(lead))
        self.assertEqual(self.entries(self.customer).subject, "To Otto")
        self.server.inbox.deliver(self._answer("To Otto", In_Reply_To=OFFER))
        self.connection._sync()
        self.assertEqual(self.entries(lead).subject, "To Otto")
        self.assertEqual(len(self.entries(self.customer)), 1, "it is one email")

    def test_absence_notices_and_bounces_are_told_apart_from_answers(self):
        lead = self._lead(self.other_owner)
        self._sent_by_odoo(lead)
        self.server2.inbox.deliver(self._answer("Answer", In_Reply_To=OFFER))
        self.server2.inbox.deliver(
            self._answer("Away", In_Reply_To=OFFER, Auto_Submitted="auto-replied")
        )
        self.server2.inbox.deliver(
            mail(
                "mailer-daemon@provider.example",
                "otto@tea.example",
                "Undeliverable",
                References=OFFER,
                X_Failed_Recipients="carla@shop.example",
            )
        )
        self.other._sync()
        entries = self.entries(lead)
        kinds = {entry.subject: entry.imap_email_id.kind for entry in entries}
        self.assertEqual(
            kinds, {"Answer": "person", "Away": "automated", "Undeliverable": "bounce"}
        )
        self.assertEqual(entries, entries.filtered(lambda e: e.imap_email_id.direction == "in"))
        self.assertIn("Undeliverable", self.entries(self.customer).mapped("subject"))

    def test_bounce_of_what_odoo_does_not_know(self):
        bounce = mail(
            "mailer-daemon@provider.example",
            "otto@tea.example",
            "Undeliverable",
            X_Failed_Recipients="carla@shop.example",
        )
        self.server2.inbox.deliver(bounce)
        self.other._sync()
        self.assertFalse(self.entries(self.customer))
        inbox = self.other.folder_ids.filtered(lambda f: f.role == "inbox")
        self.assertEqual(inbox.skipped_by_rule, {"bounce": 1})
