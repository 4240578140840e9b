"""What is passed on when a mailbox does not work: technical, and without secrets and people."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..lib.errors import HostForbidden, LoginRefused
from .common import MailboxCase
from .fake_server import ago, mail
from .tour_common import TourCase

PRIVATE = (
    "correct horse", "gAAAA", "olga", "tea.example@", "@", "Carla", "carla", "Secret plans", "Secrets", "Divorce",
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestDiagnostics(MailboxCase):
    def setUp(self):
        super().setUp()
        self.server.add_folder("Divorce")
        raw = mail("Carla <carla@shop.example>", "olga@tea.example", "Secret plans", "Secrets")
        self.server.inbox.deliver(raw, ago(days=1))
        self.connection.action_connect()
        self.connection._sync()

    def open(self, user):
        action = self.connection.with_user(user).action_open_diagnostics()
        return self.env["imap.diagnostics"].with_user(user).browse(action["res_id"])

    def fail(self, error):
        self.server.error = error
        self.connection._sync()

    def test_it_tells_what_helps(self):
        for user in (self.owner, self.manager):
            text = self.open(user).text
            for words in (
                "Odoo ", "19.0.", "imapclient 4", "OpenSSL", "PostgreSQL", "imap.tea.example:993, ssl",
                "  state               connected", "TLSv1.3 FAKE", "IDLE IMAP4REV1", "Fake 1.0",
                "inbox", "synced, 1 mails, looked at 1, linked 1", "other",
            ):  # fmt: skip
                self.assertIn(words, text)

    def test_the_last_runs(self):
        self.fail(LoginRefused("no"))
        text = self.open(self.owner).text
        runs = text[text.index("Last runs") :].splitlines()[1:]
        self.assertRegex(runs[0], r"  \d{4}-\d\d-\d\d \S+ failed login_refused, \d+\.\d s \(")
        self.assertRegex(runs[1], r"done, .*looked at 1, linked 1, unreadable 0")

    def test_it_tells_nothing_of_people(self):
        self.fail(LoginRefused("olga@tea.example (Olga Berg): no, not with Divorce"))
        for user in (self.owner, self.manager):
            wizard = self.open(user)
            wizard.action_ask_server()
            for words in PRIVATE:
                self.assertNotIn(words, wizard.text)
        self.assertIn("<address> (<name> Berg): no, not with <name>", wizard.text)

    def test_without_the_server(self):
        self.fail(LoginRefused("no"))
        wizard = self.open(self.owner)
        self.assertIn("login_refused, failures in a row: 1", wizard.text)
        self.assertIn("TLSv1.3 FAKE", wizard.text, "what the server could do when it was there")
        self.assertTrue(wizard.may_ask)
        wizard.action_ask_server()
        self.assertIn("asked just now", wizard.text)
        self.server.error = None
        wizard.action_ask_server()
        self.assertEqual(wizard.text.count("TLSv1.3 FAKE"), 1, "this is what it says now")
        self.assertNotIn("as of the last sign-in", wizard.text)

    def test_a_mailbox_that_was_never_signed_in_to(self):
        draft = self.env["imap.connection"].with_user(self.owner)
        draft = draft.create({"email": "x@tea.example", "host": "imap.x.example"})
        self.connection = draft
        wizard = self.open(self.owner)
        self.assertIn("nothing known", wizard.text)
        self.assertFalse(wizard.may_ask)
        with self.assertRaises(UserError):
            wizard.action_ask_server()

    def test_addresses_of_the_own_network_are_for_managers(self):
        """Whoever may connect mailboxes must not learn by them what names and addresses there are inside."""
        self.fail(HostForbidden("imap.tea.example resolves to 10.1.2.3"))
        self.assertIn("10.1.2.3", self.open(self.manager).text)
        self.assertEqual(
            self.connection.with_user(self.manager).error_detail,
            "imap.tea.example resolves to 10.1.2.3",
        )
        wizard = self.open(self.owner)
        wizard.action_ask_server()
        self.assertNotIn("10.1.2.3", wizard.text)
        for record, field in ((wizard, "asked"), (self.connection, "error_detail")):
            record = record.with_user(self.owner)
            with self.assertRaises(AccessError):
                record.read([field])
            self.assertNotIn("10.1.2.3", str(record.read()))
            with self.assertRaises(AccessError):
                record.search([(field, "!=", False)])

    def test_the_detail_goes_with_the_problem(self):
        self.fail(LoginRefused("no"))
        managed = self.connection.with_user(self.manager)
        self.assertEqual(managed.error_detail, "no")
        with Form(managed) as form:
            self.assertEqual(form.error_detail, "no")
        self.assertNotIn(
            "error_detail", Form(self.connection.with_user(self.owner))._view["fields"]
        )
        self.connection.with_user(self.owner).action_pause()
        self.assertFalse(managed.error_detail)
        self.server.error = None
        self.connection.with_user(self.owner).action_resume()
        self.fail(LoginRefused("no"))
        self.server.error = None
        self.connection._sync()
        self.assertFalse(managed.error_detail)

    def test_others_get_none(self):
        mine = self.open(self.owner)
        for user in (self.colleague, self.other_owner):
            with self.assertRaises(AccessError):
                self.connection.with_user(user).action_open_diagnostics()
            with self.assertRaises(AccessError):
                _ = mine.with_user(user).text
        wizards = self.env["imap.diagnostics"].with_user(self.other_owner)
        wizard = wizards.create({"connection_id": self.connection.id})
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            _ = wizard.text
        with self.assertRaises(AccessError):
            _ = wizard.may_ask
        with self.assertRaises(AccessError):
            wizard.action_ask_server()

    def test_an_owner_who_left_is_not_signed_in_for(self):
        self.owner.active = False
        wizard = self.open(self.manager)
        self.assertFalse(wizard.may_ask)
        before = self.sessions
        with self.assertRaises(UserError):
            wizard.action_ask_server()
        self.assertEqual(self.sessions, before)


@tagged("post_install", "-at_install")
class TestDiagnosticsTour(TourCase):
    def test_it_is_copied(self):
        connection = self.connect()
        self.start("diagnostics", path=f"/odoo/mailboxes/{connection.id}")
