"""The original of an email, straight from the server, for its owner only."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .common import MailboxCase
from .fake_server import FakeServer, ago, mail


class OriginalCase(MailboxCase):
    def setUp(self):
        super().setUp()
        raw = mail(
            "Carla <carla@shop.example>", "olga@tea.example", "Order 1/2", "Two tins", X_Kind="a"
        )
        self.uid = self.server.inbox.deliver(raw, ago(days=1))
        self.raw = raw
        self.connection._sync()
        [self.entry] = self.entries(self.customer)

    def original(self, user=None):
        return self.entry.with_user(user or self.owner).imap_original()


@tagged("post_install", "-at_install")
class TestOriginal(OriginalCase):
    def test_header(self):
        header = self.original()["header"]
        self.assertTrue(header.startswith("From: Carla <carla@shop.example>\n"))
        self.assertIn("\nX-Kind: a\n", header)
        self.assertNotIn("Two tins", header)

    def test_gone_from_the_server(self):
        self.server.inbox.messages.clear()
        with self.assertRaisesRegex(UserError, "not on the server any more"):
            self.original()
        self.entry.imap_email_id.placement_ids.state = "gone"
        before = self.sessions
        with self.assertRaisesRegex(UserError, "not on the server any more"):
            self.original()
        self.assertEqual(self.sessions, before)

    def test_paused(self):
        self.connection.action_pause()
        with self.assertRaisesRegex(UserError, "not connected"):
            self.original()

    def test_mailbox_that_was_removed(self):
        self.connection.unlink()
        self.assertTrue(self.entry.exists())
        with self.assertRaisesRegex(UserError, "was removed"):
            self.original()

    def test_another_copy(self):
        """A copy that is not where it was does no harm as long as there is another one."""
        self.server.sent.deliver(self.raw, ago(days=1))
        self.connection._sync()
        self.assertEqual(len(self.entry.imap_email_id.placement_ids), 2)
        self.server.inbox.messages.clear()
        self.assertIn("X-Kind", self.original()["header"])

    def test_nobody_but_owners(self):
        """Whoever else reads the email in full does not read what the owner's server has."""
        self.connection.visibility = "everything"
        self.entry.with_user(self.colleague).read(["body"])
        for user in (
            self.colleague,
            self.manager,
            self.other_owner,
            self.env.ref("base.user_admin"),
        ):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.original(user)
        self.connection.visibility = "private"
        with self.assertRaises(AccessError):
            self.original(self.colleague)

    def test_each_owner_from_their_own_mailbox(self):
        other = self.servers["otto@tea.example"] = FakeServer()
        other.inbox.deliver(self.raw, ago(days=1))
        self._connect(self.other_owner)._sync()
        self.server.inbox.messages.clear()
        self.assertIn("X-Kind", self.original(self.other_owner)["header"])
        with self.assertRaisesRegex(UserError, "not on the server any more"):
            self.original(self.owner)

    def test_stub(self):
        self.connection.visibility = "subject"
        stub = self.env["mail.message"].search([("imap_stub", "!=", False)], limit=1)
        self.assertTrue(stub)
        for user in (self.owner, self.colleague):
            with self.assertRaises(AccessError):
                stub.with_user(user).imap_original()


@tagged("post_install", "-at_install")
class TestDownloadOriginal(OriginalCase, HttpCase):
    def test_download(self):
        url = self.original()["url"]
        self.authenticate("olga", "olga")
        answer = self.url_open(url)
        self.assertEqual(answer.content, self.raw)
        self.assertIn("Order%201-2.eml", answer.headers["Content-Disposition"])
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
        for user in (self.colleague, self.manager):
            self.authenticate(user.login, user.login)
            self.assertEqual(self.url_open(url).status_code, 403)

    def test_tour(self):
        self.start_tour(
            f"/odoo/res.partner/{self.customer.id}", "mail_imap_sync.show_original", login="olga"
        )
