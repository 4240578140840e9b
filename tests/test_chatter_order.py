"""The chatter in true date order, although back-filled mail has the youngest ids."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import MailboxCase
from .fake_server import ago, mail


@tagged("post_install", "-at_install")
class TestChatterOrder(MailboxCase):
    def setUp(self):
        super().setUp()
        now = fields.Datetime.now()
        for days in (1, 3, 5):
            self.customer.message_post(
                body=f"note {days}", message_type="comment", date=now - timedelta(days=days)
            )
        for days in (6, 4, 2):
            self.server.inbox.deliver(
                mail("carla@shop.example", "olga@tea.example", f"mail {days}", date=ago(days=days)),
                ago(days=days),
            )
        self.connection._sync()

    def fetch(self, **bounds):
        messages = self.env["mail.message"].with_user(self.colleague)
        found = messages._message_fetch(None, thread=self.customer, **bounds)["messages"]
        return found.filtered(lambda m: m.message_type != "notification")

    def days(self, messages):
        now = fields.Datetime.now()
        return [round((now - message.date) / timedelta(days=1)) for message in messages]

    def test_newest_first_among_notes(self):
        self.assertEqual(self.days(self.fetch()), [1, 2, 3, 4, 5, 6])

    def test_bounds_are_dates_not_ids(self):
        messages = self.fetch()
        self.assertEqual(self.days(self.fetch(before=messages[2].id)), [4, 5, 6])
        self.assertEqual(self.days(self.fetch(before=messages[2].id, limit=2)), [4, 5])
        self.assertEqual(self.days(self.fetch(after=messages[2].id)), [1, 2])
        self.assertEqual(self.days(self.fetch(after=messages[5].id, limit=2)), [4, 5])
        self.assertEqual(self.days(self.fetch(around=messages[2].id, limit=4)), [1, 2, 3, 4])

    def test_search_keeps_the_order_and_counts(self):
        messages = self.env["mail.message"].with_user(self.colleague)
        found = messages._message_fetch(None, thread=self.customer, search_term="mail")
        self.assertEqual(found["count"], 3)
        self.assertEqual(self.days(found["messages"]), [2, 4, 6])

    def test_threads_without_synced_mail_keep_the_order_of_ids(self):
        now = fields.Datetime.now()
        old = self.customer2.message_post(
            body="b", message_type="comment", date=now - timedelta(days=9)
        )
        messages = self.env["mail.message"]._message_fetch(None, thread=self.customer2)["messages"]
        self.assertEqual(messages[0], old)
