"""Connecting by nothing but the address: what is found, what the person reads, and who may ask."""

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from ..lib.errors import ConnectionTimeout, HostUnknown, ImapDisabled, LoginRefused
from .common import MailboxCase
from .names_common import NamesMixin


@tagged("post_install", "-at_install")
class TestConnectByAddress(NamesMixin, MailboxCase):
    def wizard(self, email="new@tea.example", user=None, **values):
        user = user or self.owner
        wizards = self.env["imap.connect"].with_user(user)
        return wizards.create({"email": email, "password": "secret", **values})

    def asked(self):
        return self.names.asked or self.resolved

    # ------------------------------------------------------------------
    # while the address is typed
    # ------------------------------------------------------------------

    def test_a_large_provider_is_known_at_once(self):
        with Form(self.wizard("")) as form:
            form.email = "new@gmail.com"
            self.assertEqual(form.server_text, "imap.gmail.com, found for gmail.com")
            self.assertIn("app password", form.advice)
            self.assertIn("https://myaccount.google.com/apppasswords", form.advice)
        self.assertFalse(self.asked(), "nobody is asked before the person says so")

    def test_other_domains_are_looked_for_later(self):
        wizard = self.wizard()
        self.assertFalse(wizard.host)
        self.assertIn("when you sign in", wizard.server_text)
        self.assertFalse(wizard.advice)
        self.assertFalse(self.asked())

    def test_server_and_login_follow_the_address(self):
        wizard = self.wizard("")
        for email, host, login in (
            ("new@gmail.com", "imap.gmail.com", "new@gmail.com"),
            ("new@icloud.com", "imap.mail.me.com", "new"),
            ("old@tea.example", False, "old@tea.example"),
            ("old@gmx.net", "imap.gmx.net", "old@gmx.net"),
        ):
            with Form(wizard) as form:
                form.email = email
            self.assertEqual((wizard.host, wizard.login), (host, login))
            self.assertEqual((wizard.security, wizard.port), ("ssl", 993))

    def test_server_and_login_follow_while_one_types(self):
        with Form(self.wizard()) as form:
            for email, text in (
                ("new@gmail.com", "imap.gmail.com, found for gmail.com"),
                ("new@gmx.net", "imap.gmx.net, found for gmx.net"),
                ("new@milk.example", "Odoo looks for it when you sign in."),
                ("new@yahoo.com", "imap.mail.yahoo.com, found for yahoo.com"),
            ):
                form.email = email
                self.assertEqual(form.server_text, text)
        wizard = self.wizard(shows_account=True)
        with Form(wizard) as form:
            form.email = "new@gmail.com"
            form.email = "new@icloud.com"
            self.assertEqual((form.host, form.login), ("imap.mail.me.com", "new"))
            form.login = "mine"
            form.email = "new@gmx.net"
            self.assertEqual((form.host, form.login), ("imap.gmx.net", "mine"))
        with Form(wizard) as form:
            form.email = "new@gmail.com"
        self.assertEqual((wizard.host, wizard.login), ("imap.gmail.com", "mine"))

    def test_what_was_typed_stays(self):
        wizard = self.wizard(shows_account=True)
        with Form(wizard) as form:
            form.host, form.login, form.security = "mail.milk.example", "new", "starttls"
            self.assertEqual(form.port, 143)
            form.port = 1143
        with Form(wizard) as form:
            form.email = "new@gmail.com"
        self.assertEqual((wizard.host, wizard.port), ("mail.milk.example", 1143))
        self.assertEqual(wizard.server_text, "mail.milk.example")
        self.assertFalse(wizard.advice, "that is not Gmail's server")

    def test_what_was_found_follows_the_next_address(self):
        self.has_service("tea.example", "imap.tea.example", 1993)
        wizard = self.wizard()
        self.server.error = LoginRefused()
        wizard.action_sign_in()
        self.assertEqual((wizard.host, wizard.port), ("imap.tea.example", 1993))
        with Form(wizard) as form:
            form.email = "new@gmail.com"
        self.assertEqual((wizard.host, wizard.port), ("imap.gmail.com", 993))
        with Form(wizard) as form:
            form.email = "new@milk.example"
        self.assertFalse(wizard.host)

    # ------------------------------------------------------------------
    # when signing in
    # ------------------------------------------------------------------

    def test_found_by_dns(self):
        self.has_service("tea.example", "imap.tea.example", 1993)
        wizard = self.wizard()
        wizard.action_sign_in()
        self.assertEqual(wizard.step, "folders")
        connection = wizard.connection_id
        self.assertEqual((connection.host, connection.port), ("imap.tea.example", 1993))
        self.assertEqual(wizard.server_text, "imap.tea.example, by DNS of tea.example")

    def test_found_at_a_provider(self):
        self.names.records["tea.example", "MX"] = ["1 aspmx.l.google.com."]
        wizard = self.wizard(password=False)
        wizard.action_sign_in()
        self.assertEqual(wizard.server_text, "imap.gmail.com, where tea.example has its mail")
        self.assertEqual(wizard.error_field, "password")
        self.assertIn("Gmail wants an app password", wizard.advice, "told before it fails")
        self.assertFalse(self.sessions)

    def test_a_server_of_somebody_else_is_shown_before_the_password_goes_there(self):
        self.has_service("tea.example", "imap.hoster.example")
        wizard = self.wizard()
        wizard.action_sign_in()
        self.assertEqual((wizard.host, wizard.error_field), ("imap.hoster.example", "host"))
        self.assertIn("tea.example", wizard.error_message)
        self.assertFalse(self.sessions)
        wizard.action_sign_in()
        self.assertEqual(wizard.connection_id.host, "imap.hoster.example")

    def test_a_provider_that_takes_no_passwords_gets_none(self):
        self.names.records["tea.example", "MX"] = ["1 tea-example.mail.protection.outlook.com."]
        set_param = self.env["ir.config_parameter"].set_param
        wizard = self.wizard()
        wizard.action_sign_in()
        self.assertEqual(wizard.error_field, "password")
        self.assertIn("administrator", wizard.error_message)
        set_param("microsoft_outlook_client_id", "id")
        set_param("microsoft_outlook_client_secret", "secret")
        wizard.invalidate_recordset()
        self.assertEqual((wizard.offers_google, wizard.offers_microsoft), (False, True))
        wizard.action_sign_in()
        self.assertIn("Click “Sign in with Microsoft”", wizard.error_message)
        self.assertFalse(self.sessions)

    def test_a_manager_cannot_consent_for_the_owner(self):
        wizard = self.wizard("otto@outlook.com", self.manager, user_id=self.other_owner.id)
        self.assertFalse(wizard.offers_microsoft)
        self.assertIn("Only Otto can connect this mailbox", wizard.advice)
        wizard.action_sign_in()
        self.assertIn("Only Otto can connect this mailbox", wizard.error_message)
        self.assertFalse(self.sessions)

    def test_mail_that_no_program_reaches(self):
        wizard = self.wizard("new@proton.me")
        self.assertIn("bridge", wizard.advice)
        self.assertEqual(wizard.server_text, "None that Odoo can reach.")
        wizard.action_sign_in()
        self.assertEqual(wizard.error_field, "email")
        wizard.host = "bridge.tea.example"
        wizard.action_sign_in()
        self.assertEqual(wizard.step, "folders")

    def test_nothing_is_found(self):
        wizard = self.wizard("new@nowhere.example")
        wizard.action_sign_in()
        self.assertEqual(wizard.error_field, "host")
        self.assertIn("nowhere.example", wizard.error_message)
        self.assertFalse(self.sessions)
        wizard.host = "mail.nowhere.example"
        asked = len(self.asked())
        wizard.action_sign_in()
        self.assertEqual(wizard.step, "folders")
        self.assertEqual(len(self.asked()), asked, "what was typed is not looked for")

    def test_the_domain_offers_no_imap(self):
        self.names.records["_imaps._tcp.tea.example", "SRV"] = ["0 0 0 ."]
        wizard = self.wizard()
        wizard.action_sign_in()
        self.assertEqual(wizard.error_field, "host")
        self.assertIn("cannot be read by IMAP", wizard.error_message)

    def test_a_server_inside_is_named_and_not_entered(self):
        self.places["imap.tea.example", 993] = 1
        wizard = self.wizard()
        wizard.action_sign_in()
        self.assertEqual((wizard.host, wizard.error_field), ("imap.tea.example", "host"))
        self.assertIn("private network", wizard.error_message)

    # ------------------------------------------------------------------
    # who may ask
    # ------------------------------------------------------------------

    def test_only_who_may_connect_looks_for_servers(self):
        wizard = self.wizard()
        for user in (self.colleague, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                self.wizard(user=user)
            with self.assertRaises(AccessError):
                wizard.with_user(user).action_sign_in()
        with self.assertRaises(AccessError):
            wizard.with_user(self.other_owner).action_sign_in()
        self.assertFalse(self.asked())

    # ------------------------------------------------------------------
    # what a provider wants
    # ------------------------------------------------------------------

    def test_a_refused_sign_in_has_the_providers_own_sentence(self):
        for email, error, words in (
            ("new@yahoo.com", LoginRefused(), "Yahoo does not accept this password. It takes an"),
            ("new@gmx.net", LoginRefused(), "Is IMAP switched on"),
            ("new@gmx.net", ImapDisabled(), "IMAP is switched off in your GMX account"),
            ("new@orange.fr", LoginRefused(), "The server does not accept this login"),
            ("new@gmail.com", HostUnknown(), "Odoo cannot reach the server of Gmail"),
            ("new@gmail.com", ConnectionTimeout(), "Odoo cannot reach the server of Gmail"),
        ):
            with self.subTest(email):
                wizard = self.wizard(email)
                self.server.error = error
                wizard.action_sign_in()
                self.assertEqual(wizard.error_field, error.field)
                self.assertIn(words, wizard.error_message)

    def test_the_mailbox_has_it_too(self):
        self.connection.sudo().host = "imap.mail.yahoo.com"
        self.connection.password = "secret"
        self.server.error = LoginRefused()
        self.connection._sync()
        self.assertIn("Yahoo does not accept this password", self.connection.error_message)

    def test_each_provider_says_what_it_wants(self):
        for email, words, others in (
            ("new@fastmail.com", "a separate one that you create there.", "switched on"),
            ("new@icloud.com", "once 2-step verification is on", "switched on"),
            ("new@zoho.eu", "IMAP has to be switched on", "wants an app password"),
            ("new@yandex.ru", "Yandex wants an app password", "bridge"),
        ):
            with self.subTest(email):
                shown = self.wizard(email).advice
                self.assertIn(words, shown)
                self.assertNotIn(others, shown)
        self.assertFalse(self.wizard("new@orange.fr").advice)

    def test_how_many_mailboxes_of_a_provider_at_the_same_time(self):
        connection = self.connection.sudo()
        self.assertEqual(connection._host_limit(), 8)
        connection.host = "imap.gmail.com"
        self.assertEqual(connection._host_limit(), 16)
        self.env["res.config.settings"].create({}).execute()
        self.assertEqual(connection._host_limit(), 16, "saving other settings changes nothing")
        self.env["ir.config_parameter"].set_param("mail_imap_sync.connections_per_host", "2")
        self.assertEqual(connection._host_limit(), 2, "what an administrator wants counts")
