"""An email that is in several mailboxes is one email, and says so."""

from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.mail.tools.discuss import Store

from .common import MailboxCase
from .fake_server import FakeServer, ago, mail


@tagged("post_install", "-at_install")
class TestMailboxesShown(MailboxCase):
    def setUp(self):
        super().setUp()
        self.servers["otto@tea.example"] = FakeServer()
        self.other = self._connect(self.other_owner)

    def deliver(self, number, *servers):
        for n in range(number):
            raw = mail("carla@shop.example", "olga@tea.example", f"Mail {n}")
            for server in servers:
                server.inbox.deliver(raw, ago(days=1))
        self.connection._sync()
        self.other._sync()

    def shown(self, messages, user):
        """Return what the chatter of a user gets of messages, by subject."""
        self.env.flush_all()
        self.env.invalidate_all()
        data = Store().add(messages.with_user(user)).get_result()["mail.message"]
        return {message["subject"]: message.get("imap_mailboxes") for message in data}

    def test_names_of_the_owners(self):
        self.deliver(1, self.server, self.servers["otto@tea.example"])
        raw = mail("carla@shop.example", "olga@tea.example", "To Olga only")
        self.server.inbox.deliver(raw, ago(days=1))
        self.connection._sync()
        entries = self.entries(self.customer)
        note = self.customer.message_post(body="A note", subject="Note")
        self.assertEqual(
            self.shown(entries + note, self.colleague),
            {"Mail 0": ["Olga", "Otto"], "To Olga only": ["Olga"], "Note": None},
        )

    def test_queries_do_not_grow_with_messages(self):
        self.deliver(30, self.server, self.servers["otto@tea.example"])
        entries = self.entries(self.customer)
        self.shown(entries, self.colleague)  # fills the caches of the registry
        costs = []
        for number in (2, 30):
            before = self.cr.sql_log_count
            self.shown(entries[:number], self.colleague)
            costs.append(self.cr.sql_log_count - before)
        self.assertEqual(costs[0], costs[1])

    def test_a_page_of_mail_takes_one_query_more(self):
        """Beside a page of notes: two for what is shown of mail and its people, one less for its author."""
        self.deliver(30, self.server, self.servers["otto@tea.example"])
        for number in range(30):
            self.customer2.message_post(body=f"Note {number}", subject=f"Note {number}")
        costs = [self.queries_of_page(thread) for thread in (self.customer2, self.customer)]
        self.assertLessEqual(costs[1] - costs[0], 1)

    def test_the_rule_is_asked_once(self):
        """The search has asked it: reading what it found does not ask for the same messages again."""
        self.deliver(3, self.server)
        messages = self.env["mail.message"].with_user(self.colleague)
        self.env.flush_all()
        self.env.invalidate_all()
        found = messages._message_fetch(None, thread=self.customer)["messages"]
        with patch.object(type(messages), "_imap_hidden", autospec=True) as asked:
            found.mapped("body")
        asked.assert_not_called()

    def queries_of_page(self, thread):
        """Load the first page of a chatter as the route does, twice: the first fills the caches of the registry."""
        for _time in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            model = self.env["mail.message"].with_user(self.colleague)
            found = model._message_fetch(None, thread=thread.with_user(self.colleague))
            Store().add(found["messages"]).get_result()
        return self.cr.sql_log_count - before
