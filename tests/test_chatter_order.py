"""The chatter in true date order, although back-filled mail has the youngest ids."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import new_test_user, tagged

from .common import MailboxCase
from .fake_server import ago, mail


@tagged("post_install", "-at_install")
class TestChatterOrder(MailboxCase):
    def setUp(self):
        super().setUp()
        now = fields.Datetime.now()
        for days in (1, 3, 5):
            self.note(f"note {days}", date=now - timedelta(days=days))
        for days in (6, 4, 2):
            self.server.inbox.deliver(
                mail("carla@shop.example", "olga@tea.example", f"mail {days}", date=ago(days=days)),
                ago(days=days),
            )
        self.connection._sync()

    def note(self, body, **values):
        return self.customer.message_post(body=body, message_type="comment", **values)

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

    def test_a_page_is_told_that_it_is_in_date_order(self):
        messages = self.env["mail.message"].with_user(self.colleague)
        self.assertTrue(messages._message_fetch(None, thread=self.customer)["imap_date_order"])
        plain = messages._message_fetch(None, thread=self.customer2)
        self.assertNotIn("imap_date_order", plain)

    def test_a_page_asks_only_about_its_own_mail(self):
        """PostgreSQL would work out an EXISTS for all emails first, to look up those of the page in the result."""
        with patch.object(
            type(self.cr), "execute", autospec=True, side_effect=type(self.cr).execute
        ) as asked:
            self.fetch()
        pages = [query for _cr, query, *_params in (call.args for call in asked.mock_calls)]
        pages = [str(getattr(query, "code", query)) for query in pages]
        pages = [query for query in pages if "LIMIT" in query and "imap_share" in query]
        self.assertTrue(pages)
        self.assertEqual([], [query for query in pages if "EXISTS" in query])

    def test_what_a_client_lacks(self):
        messages = self.fetch()
        known = messages[1:3].ids
        lacking = self.fetch(imap_window={"known": known, "since": messages[4].id})
        self.assertEqual(self.days(lacking), [1, 4, 5])
        self.assertEqual(self.days(self.fetch(imap_window={"known": known})), [1, 4, 5, 6])
        newest = self.fetch(imap_window={"known": known, "since": messages[4].id}, limit=2)
        self.assertEqual(self.days(newest), [1, 4])

    def test_equal_dates_are_in_the_order_of_ids(self):
        date = self.fetch()[2].date
        twins = self.env["mail.message"]
        for number in range(3):
            twins += self.note(f"{number}", date=date)
        messages = self.fetch()
        self.assertEqual(messages[2:5], twins[::-1])
        self.assertEqual(self.fetch(before=twins[1].id)[:2], twins[0] + messages[5])
        self.assertEqual(self.fetch(after=twins[1].id), messages[:3])
        self.assertEqual(self.fetch(around=twins[1].id, limit=4), messages[1:5])

    def test_message_without_a_date_is_the_newest(self):
        undated = self.note("a") + self.note("b")
        undated.date = False
        self.env.flush_all()
        messages = self.fetch()
        self.assertEqual(messages[:2], undated[::-1])
        self.assertEqual(len(messages), 8)
        self.assertEqual(self.fetch(before=undated[0].id), messages[2:])
        self.assertEqual(self.fetch(after=messages[2].id), undated[::-1])
        self.assertEqual(self.fetch(after=undated[0].id), undated[1])

    def test_portal_users_see_the_order_of_ids(self):
        """They never see synced mail, so it does not change what they see."""
        portal = new_test_user(self.env, "pia", groups="base.group_portal")
        result = (
            self.env["mail.message"]
            .with_user(portal)
            ._message_fetch([("id", "=", False)], thread=self.customer)
        )
        self.assertNotIn("imap_date_order", result)

    def test_threads_without_synced_mail_keep_the_order_of_ids(self):
        now = fields.Datetime.now()
        old = self.customer2.message_post(
            body="b", message_type="comment", date=now - timedelta(days=9)
        )
        messages = self.env["mail.message"]._message_fetch(None, thread=self.customer2)["messages"]
        self.assertEqual(messages[0], old)
