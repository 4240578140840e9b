"""How many SQL queries a linked mail costs."""

from email import message_from_bytes, policy

from odoo.tests import tagged

from .common import MailboxCase
from .fake_server import ago, mail


@tagged("post_install", "-at_install")
class TestQueryCount(MailboxCase):
    def test_past_mail_is_written_in_bulk(self):
        """What one more mail costs, over so many that slices and batches are in it."""
        self._deliver(20)
        self.connection._sync()
        few, many = 100, 1100
        queries = [self._queries_of_syncing(number) for number in (few, many)]
        per_mail = (queries[1] - queries[0]) / (many - few)
        self.assertLess(per_mail, 3, "the promise of DESIGN.md section 9")
        self.assertLess(per_mail, 0.5, "what it was when this was written, and some room")

    def test_unchanged_mailbox(self):
        """A run that finds nothing costs the same few queries, however much mail there is."""
        for number in (10, 200):
            self._deliver(number)
            self.connection._sync()
            with self.subTest(number):
                self.assertLess(self._queries(self.connection._sync), 25)

    def _queries_of_syncing(self, number):
        self._deliver(number)
        before = self.env["imap.email"].search_count([])
        queries = self._queries(self.connection._sync)
        self.assertEqual(self.env["imap.email"].search_count([]), before + number)
        return queries

    def _queries(self, function):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def _deliver(self, number):
        """Deliver past mail of every kind: threads, attachments, two contacts, sent and received."""
        start = self.server.inbox.uidnext + self.server.sent.uidnext
        for n in range(start, start + number):
            sender, recipients = "carla@shop.example", "olga@tea.example, chris@shop.example"
            if n % 3 == 0:
                sender, recipients = "olga@tea.example", "carla@shop.example"
            raw = mail(sender, recipients, f"Mail {n}", In_Reply_To=f"<Mail.{n - 1}@example.com>")
            if n % 4 == 0:
                message = message_from_bytes(raw, policy=policy.default)
                message.add_attachment(b"%d" % n, "application", "pdf", filename="offer.pdf")
                raw = message.as_bytes()
            folder = self.server.sent if n % 3 == 0 else self.server.inbox
            folder.deliver(raw, ago(days=5))
