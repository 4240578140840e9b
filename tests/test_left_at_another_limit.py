"""Mail that is not in Odoo any more is recognised, also when another size is the largest that is copied by then."""

from odoo.tests import tagged

from ..models.imap_numbers import LARGEST_MAIL
from .common import MailboxCase
from .fake_server import FakeServer, ago, mail

LARGE = "x" * 1_100_000
#: limits under which it is copied first, and not any more later; and the other way round
WAYS = ((50, 1), (1, 50))


@tagged("post_install", "-at_install")
class TestLeftAtAnotherLimit(MailboxCase):
    def setUp(self):
        super().setUp()
        self.servers["otto@tea.example"] = FakeServer()
        self.other = self._connect(self.other_owner)

    def limit(self, megabytes):
        LARGEST_MAIL.store(self.env, megabytes)

    def deliver(self, subject, text=LARGE, server=None, **headers):
        raw = mail("carla@shop.example", "olga@tea.example", subject, text, **headers)
        (server or self.server).inbox.deliver(raw, ago(days=1))

    def synced(self, subject="Order", **values):
        self.deliver(subject, **values)
        self.connection._sync()
        return self.env["imap.email"].search([("subject", "=", subject)])

    def subjects(self, record=None):
        return self.entries(record or self.customer).mapped("subject")

    def disconnect(self):
        connection = self.connection.with_user(self.owner)
        wizard = connection.action_open_disconnect()
        wizard = self.env["imap.disconnect"].with_user(self.owner).browse(wizard["res_id"])
        wizard.mail = "delete"
        wizard.action_disconnect()

    def connect(self):
        connection = self.connection.with_user(self.owner)
        connection.password = "correct horse"
        connection.action_resume()
        connection._sync()

    def test_deleted_stays_deleted(self):
        """Through another mailbox, another folder, and with its own copy read once more."""
        for before, after in WAYS:
            subject = f"Order {before}"
            self.limit(before)
            email = self.synced(subject)
            email.with_user(self.owner)._delete()
            self.limit(after)
            self.deliver(subject, server=self.servers["otto@tea.example"])
            self.other._sync()
            self.server.sent.deliver(
                mail("carla@shop.example", "olga@tea.example", subject, LARGE), ago(days=1)
            )
            self.connection._sync()
            self.connection.sudo().folder_ids._forget_messages()
            self.connection._sync()
            self.assertFalse(self.subjects())
            self.assertFalse(self.env["imap.email"].search([]))
            self.assertEqual(len(email.placement_ids), 3)

    def test_who_wants_it_back_gets_it_as_large_as_it_may_be_now(self):
        for before, after in WAYS:
            subject = f"Order {before}"
            self.limit(before)
            email = self.synced(subject)
            email.with_user(self.owner)._delete()
            self.limit(after)
            why = self.env["imap.why"].with_user(self.owner)
            wizard = why.create(
                {"connection_id": self.connection.id, "subject": subject, "person": False}
            )
            wizard.action_search()
            wizard.line_ids.action_link()
            entry = self.entries(self.customer).filtered(lambda m, s=subject: m.subject == s)
            self.assertEqual(entry.imap_email_id, email)
            self.assertEqual("was not copied" in entry.body, after == 1)
            # and is known from then on like any other
            self.deliver(subject, server=self.servers["otto@tea.example"])
            self.other._sync()
            self.assertEqual(len(email.placement_ids), 2)
            self.assertFalse(email.brief_digest)

    def test_another_mail_with_the_number_of_one_that_was_deleted(self):
        """Many programs give all of their mail the same number: each of another size, or read in full, is another."""
        number = "<same@shop.example>"
        first = self.synced("First", message_id=number)
        first.with_user(self.owner)._delete()
        self.synced("Second", text="y" * len(LARGE), message_id=number)
        self.limit(1)
        self.synced("Third", text="z" * 2 * len(LARGE), message_id=number)
        self.assertEqual(sorted(self.subjects()), ["Second", "Third"])

    def test_what_was_decided_holds_for_mail_that_left_with_its_mailbox(self):
        for before, after in WAYS:
            subject = f"Order {before}"
            self.limit(before)
            self.synced(subject, Cc="chris@shop.example")
            entry = self.entries(self.customer2).filtered(lambda m, s=subject: m.subject == s)
            self.env["imap.link"].with_user(self.owner).action_remove(entry.ids)
            self.disconnect()
            self.limit(after)
            self.connect()
            self.assertIn(subject, self.subjects())
            self.assertNotIn(subject, self.subjects(self.customer2))

    def test_what_was_made_private_stays_private(self):
        for before, after in WAYS:
            subject = f"Order {before}"
            self.limit(before)
            email = self.synced(subject)
            email.entry_ids.with_user(self.owner).imap_set_sharing("private")
            self.disconnect()
            self.limit(after)
            self.connect()
            self.assertIn(subject, self.subjects())
            messages = self.env["mail.message"].with_user(self.colleague)
            self.assertFalse(messages.search([("imap_email_id", "!=", False)]))

    def test_what_was_chosen_for_another_mail_with_the_same_number(self):
        number = "<same@shop.example>"
        private = self.synced("Private", message_id=number)
        private.entry_ids.with_user(self.owner).imap_set_sharing("private")
        self.disconnect()
        self.server.inbox.messages.clear()
        self.connect()
        self.synced("Open", text="y" * len(LARGE), message_id=number)
        self.limit(1)
        self.synced("Huge", text="z" * 2 * len(LARGE), message_id=number)
        shares = self.env["imap.share"].search([("user_id", "=", self.owner.id)])
        self.assertEqual(shares.mapped("visibility"), [False, False])
