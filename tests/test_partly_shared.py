"""The emails of a record of which a colleague sees only a part: counted and listed as the chatter shows them."""

from odoo.tests import tagged

from .fake_server import ago
from .sharing_common import SUBJECT, RestrictedCase, letter

COLUMNS = ("imap_direction", "email_from", "incoming_email_to", "subject", "imap_stub")


@tagged("post_install", "-at_install")
class TestPartlyShared(RestrictedCase):
    def counts(self, record, user):
        """Return what both buttons say, after a look whether the lists behind them agree."""
        self.env.invalidate_all()
        record = record.with_user(user)
        counts = (record.imap_email_count, record.imap_partly_shared_count)
        emails = self.env["imap.email"].with_user(user)
        lists = (
            emails.search_count(record.action_open_imap_emails()["domain"]),
            len(self.rows(record, user)),
        )
        self.assertEqual(counts, lists)
        return counts

    def rows(self, record, user):
        action = record.with_user(user).action_open_imap_partly_shared()
        messages = self.env["mail.message"].with_user(user)
        found = messages.web_search_read(action["domain"], {name: {} for name in COLUMNS})
        return [{name: row[name] for name in COLUMNS} for row in found["records"]]

    def test_at_each_level(self):
        wanted = {"everything": (1, 0), "subject": (0, 1), "metadata": (0, 1), "private": (0, 0)}
        for level, counts in wanted.items():
            self.share(level)
            for user in self.others:
                with self.subTest(level=level, user=user.login):
                    self.assertEqual(self.counts(self.customer, user), counts)
            self.assertEqual(self.counts(self.customer, self.owner), (1, 0))

    def test_what_the_list_tells(self):
        row = {
            "imap_direction": "in",
            "email_from": "carla@shop.example",
            "incoming_email_to": "olga@tea.example",
        }
        self.share("subject")
        stub = {**row, "subject": SUBJECT, "imap_stub": "subject"}
        self.assertEqual(self.rows(self.customer, self.colleague), [stub])
        self.share("metadata")
        stub = {**row, "subject": False, "imap_stub": "metadata"}
        self.assertEqual(self.rows(self.customer, self.colleague), [stub])

    def test_of_a_company_and_of_an_opportunity(self):
        shop = self.env["res.partner"].create({"name": "Shop", "is_company": True})
        self.customer.parent_id = shop
        lead = self.env["crm.lead"].create({"name": "Tea", "user_id": False})
        note = lead.message_post(message_type="comment", body="Hello")
        answer = letter("Answer", In_Reply_To=note.message_id)
        self.server.inbox.deliver(answer, ago(hours=1))
        self.connection._sync()
        self.share("subject")
        self.assertEqual(self.counts(shop, self.colleague), (0, 2))
        self.assertEqual(self.counts(lead, self.colleague), (0, 1))
        self.assertEqual(self.counts(shop, self.owner), (2, 0))

    def test_nothing_of_records_that_one_may_not_read(self):
        """Of a company's people, those of another company count for nobody who does not see them."""
        shop = self.env["res.partner"].create({"name": "Shop", "is_company": True})
        self.customer.write({"parent_id": shop.id, "company_id": self.env.company.id})
        self.share("subject")
        self.assertEqual(self.counts(shop, self.colleague), (0, 1))
        self.assertEqual(self.counts(shop, self.stranger), (0, 0))

    def test_much_mail_is_counted_by_few_queries(self):
        for number in range(5):
            self.deliver(subject=f"Mail {number}")
        self.share("subject")
        record = self.customer.with_user(self.colleague)
        self.counts(self.customer, self.colleague)
        self.env.invalidate_all()
        self.assertTrue(record.name)
        with self.assertQueryCount(2):
            self.assertEqual(record.imap_partly_shared_count, 6)
