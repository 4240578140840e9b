"""Which mailbox a connection is: another host or login, and the same mailbox twice."""

from contextlib import contextmanager

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import MailboxCase
from .fake_server import FakeServer, ago, mail


class AccountCase(MailboxCase):
    def subjects(self):
        return self.entries(self.customer).mapped("subject")

    @staticmethod
    def deliver(server, *subjects, folder="INBOX"):
        for subject in subjects:
            raw = mail("carla@shop.example", "olga@tea.example", subject, date=ago(days=1))
            server.folders[folder].deliver(raw, ago(days=1))

    def sign_in_again(self, password="correct horse"):
        wizards = self.env["imap.connect"].with_user(self.owner)
        action = wizards._open_for(self.connection.with_user(self.owner))
        wizard = wizards.browse(action["res_id"])
        wizard.password = password
        wizard.action_sign_in()
        return wizard


@tagged("post_install", "-at_install")
class TestAnotherServer(AccountCase):
    """Its folders may have the same names, and even the same UIDVALIDITY, as those of the server before."""

    def setUp(self):
        super().setUp()
        self.deliver(self.server, "One", "Two", "Three")
        self.connection._sync()
        self.assertEqual(self.subjects(), ["One", "Two", "Three"])

    def move(self, **vals):
        """Let the mailbox move to another server, where the same mail lies under other UIDs, and more of it."""
        self.server = FakeServer()
        self.deliver(self.server, "New", "Three", "Two")
        self.connection.with_user(self.owner).write(vals or {"host": "imap.other.example"})
        self.connection.invalidate_recordset()

    def assert_moved(self):
        self.assertEqual(sorted(self.subjects()), ["New", "One", "Three", "Two"])
        self.assertEqual(len(self.customer.imap_email_ids), 4)

    def test_nothing_is_lost_or_doubled(self):
        self.move()
        self.sign_in_again()
        counters = self.connection._sync()
        self.assertEqual((counters["seen"], counters["pending"]), (3, 0))
        self.assert_moved()
        self.connection._sync()
        self.assert_moved()
        placements = self.env["imap.placement"].search([("connection_id", "=", self.connection.id)])
        self.assertEqual(
            {p.uid: p.email_id.subject for p in placements}, {1: "New", 2: "Three", 3: "Two"}
        )

    def test_with_its_password_at_once(self):
        self.move(host="imap.other.example", password="new")
        self.assertEqual(self.connection.state, "connected")
        self.connection._sync()
        self.assert_moved()

    def test_another_login_on_the_same_server(self):
        self.move(login="olga.new", password="new")
        self.connection._sync()
        self.assert_moved()

    def test_same_server_by_another_spelling_or_port(self):
        """It is not read once more."""
        self.connection.with_user(self.owner).write(
            {
                "host": "IMAP.tea.example.",
                "login": "Olga@tea.example",
                "port": 1993,
                "password": "x",
            }
        )
        self.assertEqual(self.connection._sync()["seen"], 0)

    def test_chosen_folders_stay_chosen_and_missing_ones_are_left_out(self):
        self.server.add_folder("Clients")
        self.server.add_folder("Old")
        self.connection.action_connect()
        for folder in self.connection.folder_ids.filtered(lambda f: f.path in ("Clients", "Old")):
            folder.selected = True
        self.connection._sync()
        self.move()
        self.server.add_folder("Clients")
        # by its number it could be the folder "Old" under another name
        self.server.add_folder("Fresh")
        self.deliver(self.server, "Client", folder="Clients")
        self.sign_in_again()
        self.connection._sync()
        self.connection.sudo().folders_listed = False
        self.connection._sync()
        folders = {f.path: (f.selected, f.available) for f in self.connection.folder_ids}
        self.assertEqual(folders["Clients"], (True, True))
        self.assertEqual(folders["Old"], (True, False))
        self.assertEqual(folders["Fresh"], (False, True))
        self.assertIn("Client", self.subjects())

    def test_folder_is_not_known_by_the_identifier_of_the_server_before(self):
        self.server.add_folder("Clients").mailbox_id = "F1"
        self.connection.action_connect()
        clients = self.connection.folder_ids.filtered(lambda f: f.path == "Clients")
        self.assertEqual(clients.mailbox_id, "F1")
        self.move()
        self.server.add_folder("Private").mailbox_id = "F1"
        self.sign_in_again()
        self.assertEqual(clients.path, "Clients")

    def test_what_was_not_read_yet_is_read_from_the_new_server(self):
        self.deliver(self.server, "Unseen")
        self.move()
        self.deliver(self.server, "Unseen")
        self.sign_in_again()
        self.connection._sync()
        self.assertIn("Unseen", self.subjects())

    def test_nobody_is_notified_of_mail_that_lies_there_already(self):
        subtype = self.env.ref("mail_imap_sync.mt_email")
        self.customer.message_subscribe(self.colleague.partner_id.ids, subtype.ids)
        self.move()
        self.sign_in_again()
        self.connection._sync()
        self.assert_moved()
        told = self.env["mail.notification"].search(
            [("mail_message_id", "in", self.entries(self.customer).ids)]
        )
        self.assertFalse(told)

    def test_what_was_deleted_in_odoo_stays_deleted(self):
        self.entries(self.customer)[-1].imap_email_id.with_user(self.owner)._delete()
        self.assertEqual(self.subjects(), ["One", "Two"])
        self.move()
        self.sign_in_again()
        self.connection._sync()
        self.assertEqual(sorted(self.subjects()), ["New", "One", "Two"])


@tagged("post_install", "-at_install")
class TestTwice(AccountCase):
    def connect(self, user=None, **values):
        user = user or self.owner
        return (
            self.env["imap.connection"]
            .with_user(user)
            .create(
                {
                    "email": "me@tea.example",
                    "host": "imap.tea.example",
                    "login": "olga@tea.example",
                    "password": "x",
                    **values,
                }
            )
        )

    @contextmanager
    def refused(self):
        with (
            self.assertRaisesRegex(ValidationError, "connected already"),
            self.env.cr.savepoint(),
        ):
            yield

    def sign_in(self, user=None, **values):
        user = user or self.owner
        wizard = (
            self.env["imap.connect"]
            .with_user(user)
            .create(
                {
                    "email": "olga@tea.example",
                    "host": "imap.tea.example",
                    "password": "x",
                    **values,
                }
            )
        )
        wizard.action_sign_in()
        return wizard

    def test_by_the_same_owner_is_refused(self):
        for spelling in (
            {},
            {"login": "OLGA@tea.example"},
            {"host": "Imap.Tea.Example"},
            {"host": "imap.tea.example."},
            {"port": 143, "security": "starttls"},
        ):
            with self.subTest(spelling), self.refused():
                self.connect(**spelling)

    def test_of_a_known_provider(self):
        self.connect(host="imap.gmail.com")
        with self.refused():
            self.connect(host="imap.googlemail.com", email="me2@tea.example")

    def test_by_a_change(self):
        other = self.connect(login="other@tea.example")
        with self.refused():
            other.login = "olga@tea.example"
        theirs = self._connect(self.other_owner)
        theirs.write({"login": "olga@tea.example", "email": "ours@tea.example"})
        with self.refused():
            theirs.with_user(self.manager).user_id = self.owner

    def test_other_mailboxes_are_not(self):
        self.connect(login="other@tea.example")
        self.connect(host="mail.tea.example", email="me2@tea.example")

    def test_the_wizard_says_so_on_the_address(self):
        wizard = self.sign_in()
        self.assertEqual((wizard.step, wizard.error_field), ("account", "email"))
        self.assertIn("connected already, as “olga@tea.example”", wizard.error_message)
        self.assertFalse(self.sessions)

    def test_the_wizard_leads_to_the_one_that_was_disconnected(self):
        self.connection.with_user(self.owner).action_disconnect()
        self.assertIn("Sign in to that one again", self.sign_in().error_message)

    def test_set_up_that_was_left_is_gone_on_with(self):
        first = self.sign_in(email="new@tea.example")
        self.assertEqual(first.step, "folders")
        second = self.sign_in(email="new@tea.example")
        self.assertEqual(second.step, "folders")
        self.assertEqual(second.connection_id, first.connection_id)

    def test_signing_in_again_is_not_twice(self):
        self.connection.with_user(self.owner).action_disconnect()
        self.assertFalse(self.sign_in_again().error_message)
        self.assertEqual(self.connection.state, "connected")

    def test_those_of_an_older_version_go_on(self):
        """They can be used; only what would make one more is refused."""
        twin = self.connect(login="other@tea.example")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE imap_connection SET login = 'olga@tea.example' WHERE id = %s", [twin.id]
        )
        twin.invalidate_recordset()
        twin.write({"name": "Twin", "password": "y"})
        twin.action_connect()
        self.assertEqual(twin.state, "connected")

    def test_two_owners_of_one_mailbox(self):
        """Both connect it; each mail is stored once, is everybody's, and shared as the more open of them wants."""
        theirs = self.connect(self.other_owner)
        self.deliver(self.server, "One", "Two")
        theirs.action_connect()
        self.connection._sync()
        theirs.with_user(self.other_owner).visibility = "private"
        theirs._sync()
        emails = self.customer.imap_email_ids
        self.assertEqual(len(emails), 2)
        self.assertEqual(len(emails.sudo().placement_ids), 4)
        self.assertEqual(self.subjects(), ["One", "Two"])
        for user in (self.owner, self.other_owner, self.colleague):
            self.assertEqual(emails.with_user(user).mapped("is_readable"), [True] * 2)
        self.connection.with_user(self.owner).visibility = "private"
        self.assertEqual(emails.with_user(self.colleague).mapped("is_readable"), [False] * 2)
        self.connection.unlink()
        self.assertEqual(emails.with_user(self.other_owner).mapped("is_readable"), [True] * 2)
