"""The wizard that connects a mailbox, as the real user."""

from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from ..lib.errors import CertificateInvalid, ConnectionRefused, HostUnknown, LoginRefused
from .common import MailboxCase
from .names_common import NamesMixin


@tagged("post_install", "-at_install")
class TestConnectWizard(NamesMixin, MailboxCase):
    def setUp(self):
        super().setUp()
        self.has_service("tea.example", "imap.tea.example")

    def open(self, user=None):
        user = user or self.owner
        action = user.with_user(user).action_connect_mailbox()
        return self.env[action["res_model"]].with_user(user).browse(action["res_id"])

    def fill(self, wizard, **values):
        with Form(wizard) as form:
            for name, value in {"email": "new@tea.example", "password": "secret", **values}.items():
                form[name] = value
        return wizard

    def test_connects(self):
        wizard = self.fill(self.open())
        wizard.action_sign_in()
        self.assertEqual((wizard.host, wizard.login), ("imap.tea.example", "new@tea.example"))
        self.assertEqual(wizard.step, "folders")
        connection = wizard.connection_id
        self.assertEqual(connection.state, "draft", "nothing is read before the person said so")
        self.assertEqual(wizard.folder_ids.filtered("selected").mapped("path"), ["INBOX", "Sent"])
        wizard.write({"period": "all", "name": "Work"})
        wizard.action_start()
        self.assertEqual(connection.state, "connected")
        self.assertFalse(connection.sync_since)
        self.assertEqual(connection.name, "Work")
        self.assertEqual(connection.user_id, self.owner)
        self.assertEqual(connection._decrypted_secret(), "secret")

    def test_error_stands_on_its_field(self):
        wizard = self.fill(self.open())
        for error, field in (
            (LoginRefused(), "password"),
            (HostUnknown(), "host"),
            (ConnectionRefused(), "port"),
            (CertificateInvalid(), "host"),
        ):
            self.server.error = error
            action = wizard.action_sign_in()
            self.assertEqual(action["res_id"], wizard.id, "the wizard stays, with what was typed")
            self.assertEqual(wizard.error_field, field)
            self.assertTrue(wizard.error_message)
            self.assertFalse(
                self.env["imap.connection"].search([("email", "=", "new@tea.example")])
            )
        self.server.error = None
        wizard.action_sign_in()
        self.assertEqual(wizard.step, "folders")
        self.assertFalse(wizard.error_message)

    def test_the_form_shows_it_there_and_nowhere_else(self):
        wizard = self.fill(self.open())
        [values] = wizard.read()
        form = etree.fromstring(wizard.get_view(view_type="form")["arch"])
        for field in ("email", "password", "host", "port", "security", "login"):
            values["error_field"] = field
            [shown] = [
                node
                for node in form.iter("field")
                if node.get("name") == "error_message" and self.is_visible(node, values)
            ]
            beside = shown.getparent().getparent().findall("field")
            self.assertEqual([node.get("name") for node in beside], [field])
            self.assertTrue(self.is_visible(beside[0], values))

    @staticmethod
    def is_visible(node, values):
        nodes = (node, *node.iterancestors())
        return not any(safe_eval(one.get("invisible", "False"), values) for one in nodes)

    def test_what_is_missing_is_asked_for(self):
        wizard = self.open()
        wizard.email = "nonsense"
        wizard.action_sign_in()
        self.assertEqual(wizard.error_field, "email")
        wizard.write({"email": "new@milk.example", "host": False})
        wizard.action_sign_in()
        self.assertEqual(wizard.error_field, "host")
        wizard.host = "imap.milk.example"
        wizard.action_sign_in()
        self.assertEqual(wizard.error_field, "password")

    def test_server_as_people_paste_it(self):
        for text in (
            "imap.tea.example:1993",
            "imaps://imap.tea.example:1993/",
            " imap.tea.example ",
        ):
            with self.subTest(text):
                wizard = self.fill(self.open())
                wizard.write({"host": text, "port": 1993 if text.startswith(" ") else 993})
                wizard.action_sign_in()
                self.assertEqual((wizard.host, wizard.port), ("imap.tea.example", 1993))
                self.assertEqual(wizard.step, "folders")

    def test_password_is_never_stored_plain_and_does_not_stay(self):
        wizard = self.fill(self.open(), password="very secret")
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT to_jsonb(w)::text FROM imap_connect w WHERE id = %s", [wizard.id]
        )
        self.assertNotIn("very secret", self.env.cr.fetchone()[0])
        wizard.action_sign_in()
        self.assertFalse(wizard.sudo().secret)

    def test_no_folder_chosen(self):
        wizard = self.fill(self.open())
        wizard.action_sign_in()
        wizard.folder_ids.selected = False
        with self.assertRaises(UserError):
            wizard.action_start()

    def test_unfinished_set_up_is_finished_later(self):
        wizard = self.fill(self.open())
        wizard.action_sign_in()
        action = wizard.connection_id.action_open_setup()
        again = self.env["imap.connect"].with_user(self.owner).browse(action["res_id"])
        self.assertEqual((again.step, again.connection_id), ("folders", wizard.connection_id))
        again.action_start()
        self.assertEqual(wizard.connection_id.state, "connected")

    def test_signing_in_again_asks_for_the_password_and_keeps_the_rest(self):
        self.server.error = LoginRefused()
        for _run in range(3):
            self.connection._sync()
        since = self.connection.sync_since
        action = self.connection.action_open_setup()
        wizard = self.env["imap.connect"].with_user(self.owner).browse(action["res_id"])
        self.assertEqual((wizard.step, wizard.host), ("account", self.connection.host))
        self.server.error = None
        wizard.password = "new one"
        wizard.action_sign_in()
        self.assertEqual(self.connection.state, "connected")
        self.assertEqual(self.connection.sync_since, since)
        self.assertEqual(self.connection._decrypted_secret(), "new one")

    def test_another_server_asks_for_the_password(self):
        action = self.connection.action_open_setup()
        wizard = self.env["imap.connect"].with_user(self.owner).browse(action["res_id"])
        wizard.host = "evil.example"
        wizard.action_sign_in()
        self.assertEqual(wizard.error_field, "password")
        self.assertFalse(self.sessions, "nothing was sent anywhere")

    def test_manager_sets_one_up_for_a_user(self):
        wizard = self.fill(
            self.open(self.manager), user_id=self.other_owner, email="otto@tea.example"
        )
        wizard.action_sign_in()
        wizard.action_start()
        self.assertEqual(wizard.connection_id.user_id, self.other_owner)

    def test_user_cannot_set_one_up_for_somebody_else(self):
        wizard = self.fill(self.open())
        wizard.user_id = self.other_owner
        with self.assertRaises(Exception):  # noqa: B017 - refused by the access rule
            wizard.action_sign_in()
