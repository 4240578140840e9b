"""Sign-in at Google and Microsoft: stand-ins of their services, and a Dovecot that asks them about each token."""

import json
import logging
import re
from html import unescape
from unittest.mock import patch

import requests

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..lib.errors import TokenRefused
from ..lib.tokens import Tokens
from ..models import imap_oauth, imap_sync
from ..models.imap_connection_oauth import ENOUGH
from .fake_server import ago, mail
from .servers.dovecot import DovecotServer
from .servers.sign_in_pages import CLIENT, SignInPages
from .tour_common import LOGIN, TourCase

GOOGLE_PAGE = "https://accounts.google.com/o/oauth2/v2/auth"


class SignInCase(TourCase):
    def new_server(self):
        self.pages = self.enterContext(SignInPages())
        self.pages.account = LOGIN
        return DovecotServer(introspection=self.pages.url("introspect"))

    def setUp(self):
        super().setUp()
        set_param = self.env["ir.config_parameter"].set_param
        for name in ("google_gmail", "microsoft_outlook"):
            for part, value in CLIENT.items():
                set_param(f"{name}_{part}", value)
        set_param("microsoft_outlook.endpoint", self.pages.url("microsoft/"))
        self.patch(imap_oauth, "_GOOGLE_TOKENS", self.pages.url("google/token"))
        self.patch(imap_oauth, "_GOOGLE_USER", self.pages.url("google/userinfo"))
        self.patch(imap_oauth, "HOSTS", dict.fromkeys(imap_oauth.HOSTS, "localhost"))
        wizards = type(self.env["imap.connect"])
        to_google, host = wizards.open_google_gmail_uri, self.pages.url("google/authorize")

        def to_stand_in(wizard):
            action = to_google(wizard)
            return {**action, "url": action["url"].replace(GOOGLE_PAGE, host)}

        self.patch(wizards, "open_google_gmail_uri", to_stand_in)
        # the stand-in of their mail server listens on a port of its own
        self.patch(imap_oauth, "PORT", self.server.tls_port)

    def begin(self, user=None, email=LOGIN):
        """Return the wizard of somebody who typed the address."""
        user = user or self.owner
        wizard = self.env["imap.connect"].with_user(user).create({"email": email})
        return wizard

    def allow(self, wizard, provider, login="olga"):
        """Let a person go to the page of a provider, allow it, and come back; return what they get then."""
        action = getattr(wizard, f"action_sign_in_at_{provider}")()
        page = requests.get(action["url"], timeout=10).text
        back = unescape(re.search(r'href="([^"]+)"', page)[1])
        self.authenticate(login, login)
        answer = self.url_open(back, allow_redirects=False)
        self.env.invalidate_all()
        return answer

    def connect_by(self, provider):
        """Return the mailbox of a salesperson who signed in at a provider, with what is in it by now."""
        wizard = self.begin()
        self.allow(wizard, provider)
        wizard.action_start()
        wizard.connection_id._sync()
        return wizard.connection_id

    def deliver(self, subject, days=1):
        raw = mail("carla@shop.example", LOGIN, subject)
        self.server.append(LOGIN, "INBOX", raw, internaldate=ago(days=days))

    def subjects(self):
        self.customer.invalidate_recordset()
        return sorted(self.customer.imap_email_ids.mapped("subject"))

    def let_tokens_end(self, connection):
        tokens = connection._tokens()
        connection._keep_tokens(Tokens(tokens.refresh, tokens.access, 0))


@tagged("post_install", "-at_install")
class TestSignInPages(SignInCase):
    def test_connects(self):
        self.deliver("Order")
        for provider in ("google", "microsoft"):
            with self.subTest(provider):
                wizard = self.begin()
                answer = self.allow(wizard, provider)
                self.assertEqual(answer.status_code, 303)
                self.assertTrue(answer.headers["Location"].endswith("/connect-mailbox-continue"))
                self.assertEqual((wizard.step, wizard.error_message), ("folders", False))
                connection = wizard.connection_id
                self.assertEqual((connection.auth, connection.state), (provider, "draft"))
                self.assertEqual(wizard._open_last()["params"]["form"]["res_id"], wizard.id)
                wizard.action_start()
                connection._sync()
                self.assertEqual(connection.state, "connected")
                self.assertEqual(self.subjects(), ["Order"])
                connection.unlink()

    def test_what_is_stored_is_encrypted(self):
        wizard = self.begin()
        self.allow(wizard, "google")
        self.env.flush_all()
        for table in ("imap_connect", "imap_connection"):
            self.env.cr.execute(f"SELECT jsonb_agg(to_jsonb(t)) FROM {table} t")
            stored = json.dumps(self.env.cr.fetchone()[0])
            for token in self.pages.given:
                self.assertNotIn(token, stored)
        self.assertFalse(wizard.sudo().secret, "it does not stay in the form")

    def test_nobody_reads_tokens_over_rpc(self):
        connection = self.connect_by("google")
        for user in (self.owner, self.env.ref("base.user_admin")):
            for record in (connection.with_user(user), self.begin(user)):
                values = record.read()[0]
                self.assertFalse([name for name in values if "token" in name and values[name]])
                self.assertNotIn("secret", values)
        with self.assertRaises(AccessError):
            self.begin().read(["google_gmail_uri"])

    def test_no_token_is_logged(self):
        root = logging.getLogger()
        level = root.level
        self.addCleanup(root.setLevel, level)
        with self.assertLogs(level=logging.DEBUG) as logged:
            connection = self.connect_by("microsoft")
            self.let_tokens_end(connection)
            connection._sync()
            self.pages.withdraw(LOGIN)
            self.let_tokens_end(connection)
            connection._sync()
        written = "\n".join(logged.output)
        for token in [*self.pages.given, CLIENT["client_secret"]]:
            self.assertNotIn(token, written)

    def test_another_account_was_chosen(self):
        self.pages.account = "private@gmail.example"
        for provider in ("google", "microsoft"):
            with self.subTest(provider):
                wizard = self.begin()
                self.allow(wizard, provider)
                self.assertEqual((wizard.step, wizard.error_field), ("account", "email"))
                self.assertIn("private@gmail.example", wizard.error_message)
                self.assertFalse(wizard.sudo().secret)
                self.assertFalse(wizard.connection_id)

    def test_whoever_follows_the_link_of_another_person_gives_nothing_away(self):
        new_test_user(
            self.env,
            "vera",
            email="vera@tea.example",
            groups="base.group_user,mail_imap_sync.group_user",
        )
        self.pages.account = "vera@tea.example"
        for provider in ("google", "microsoft"):
            with self.subTest(provider):
                wizard = self.begin(email="vera@tea.example")
                with patch("odoo.http._logger.warning"):
                    answer = self.allow(wizard, provider, login="vera")
                self.assertEqual(answer.status_code, 403)
                self.assertFalse(wizard.sudo().secret)
                self.assertFalse(wizard.connection_id)

    def test_only_whoever_began_goes_on(self):
        wizard = self.begin()
        other = new_test_user(
            self.env, "vera", groups="base.group_user,mail_imap_sync.group_manager"
        )
        with self.assertRaises(AccessError):
            wizard.with_user(other).action_sign_in_at_google()

    def test_it_is_offered_where_it_is_set_up(self):
        self.assertTrue(self.begin().offers_google)
        self.env["ir.config_parameter"].set_param("google_gmail_client_id", False)
        with patch.object(imap_oauth.release, "version_info", (19, 0, 0, "final", 0, "")):
            self.assertFalse(self.begin().offers_google)
        self.assertTrue(self.begin().offers_microsoft)

    # ------------------------------------------------------------------
    # tokens end
    # ------------------------------------------------------------------

    def test_tokens_are_renewed_in_time(self):
        for provider in ("google", "microsoft"):
            with self.subTest(provider):
                connection = self.connect_by(provider)
                before = connection._tokens()
                connection._sync()
                self.assertEqual(connection._tokens(), before, "it lasts, and is used again")
                self.let_tokens_end(connection)
                connection._sync()
                self.assertEqual(connection.state, "connected")
                after = connection._tokens()
                self.assertNotEqual(after.access, before.access)
                self.assertTrue(after.lasts(ENOUGH))
                # Microsoft gives a new one to renew with each time, and that has to be kept
                self.assertEqual(after.refresh == before.refresh, provider == "google")
                connection.unlink()

    def test_a_token_that_ends_early_is_replaced(self):
        connection = self.connect_by("google")
        self.pages.expire(LOGIN)
        self.deliver("Later")
        connection._sync()
        self.assertEqual(connection.error_code, "token_refused")
        self.assertTrue(connection.next_sync, "it is tried again by itself")
        connection._sync()
        self.assertEqual((connection.state, self.subjects()), ("connected", ["Later"]))

    def test_a_token_is_refused_while_its_mailbox_changes(self):
        """Whoever archived the owner, or typed a password meanwhile, has said what is to be; the run just ends."""
        connection = self.connect_by("google").sudo()
        connection.secret = connection._vault().encrypt("a password, typed meanwhile")
        connection._record_failure(TokenRefused())
        self.assertEqual(connection._decrypted_secret(), "a password, typed meanwhile")
        self.owner.active = False
        connection.state = "connected"
        connection._record_failure(TokenRefused())

    def test_a_token_ends_in_the_middle_of_past_mail(self):
        for number in range(60):
            self.deliver(f"Mail {number:02}", days=60 - number)
        wizard = self.begin()
        self.allow(wizard, "microsoft")
        wizard.period = "all"
        wizard.action_start()
        connection = wizard.connection_id
        checkpoint = type(connection)._checkpoint

        def end_after_some_mail(of):
            checkpoint(of)
            if self.subjects() and of._tokens().access in self.pages.valid():
                self.pages.expire(LOGIN)
                self.server.kick(LOGIN)

        with (
            patch.object(type(connection), "_checkpoint", end_after_some_mail),
            patch.object(imap_sync, "SLICE", 20),
        ):
            connection._sync()
        self.assertEqual(connection.state, "error")
        self.assertEqual(len(self.subjects()), 20)
        for _run in range(3):
            connection._sync()
        self.assertEqual(self.subjects(), [f"Mail {number:02}" for number in range(60)])

    def test_access_was_withdrawn(self):
        for provider in ("google", "microsoft"):
            with self.subTest(provider):
                connection = self.connect_by(provider)
                self.pages.withdraw(LOGIN)
                self.let_tokens_end(connection)
                connection._sync()
                self.assertEqual(connection.error_code, "consent_withdrawn")
                self.assertFalse(connection.next_sync, "asking again and again helps nobody")
                self.deliver(f"Meanwhile at {provider}")
                wizard = self.env["imap.connect"].browse(connection.action_open_setup()["res_id"])
                self.assertEqual((wizard.auth, wizard.step), (provider, "account"))
                self.allow(wizard.with_user(self.owner), provider)
                self.assertEqual(connection.state, "connected")
                connection._sync()
                self.assertIn(f"Meanwhile at {provider}", self.subjects())
                connection.unlink()

    def test_what_the_token_service_says(self):
        connection = self.connect_by("google")
        for failure, code, again in (
            ((503, "temporarily_unavailable"), "sign_in_unavailable", True),
            ((429, "slow_down"), "sign_in_unavailable", True),
            ((401, "invalid_client"), "sign_in_misconfigured", True),
            ((400, "invalid_grant"), "consent_withdrawn", False),
        ):
            with self.subTest(failure):
                connection.sudo().write({"state": "connected", "next_sync": fields.Datetime.now()})
                self.pages.failure = failure
                self.let_tokens_end(connection)
                connection._sync()
                self.assertEqual(connection.error_code, code)
                self.assertEqual(bool(connection.next_sync), again)

    def test_a_password_instead(self):
        connection = self.connect_by("google")
        self.server.add_user(LOGIN, "another one")
        wizard = self.env["imap.connect"].browse(connection.action_open_setup()["res_id"])
        wizard = wizard.with_user(self.owner)
        wizard.action_use_password()
        wizard.action_sign_in()
        self.assertEqual(wizard.error_field, "host", "tokens are no password")
        wizard.write({"host": "localhost", "port": self.server.tls_port})
        wizard.action_sign_in()
        self.assertEqual(wizard.error_field, "password", "tokens are no password")
        wizard.password = "another one"
        wizard.action_sign_in()
        self.assertEqual((connection.auth, connection.state), ("password", "connected"))
        connection._sync()
        self.assertEqual(connection.state, "connected")


@tagged("post_install", "-at_install")
class TestSignInTour(SignInCase):
    def test_sign_in_with_google(self):
        self.deliver("Order")
        self.pages.asks = False
        self.start("sign_in_with_google", path="/odoo")
        connection = self.env["imap.connection"].search([("user_id", "=", self.owner.id)])
        self.assertEqual((connection.auth, connection.state), ("google", "connected"))
        connection._sync()
        self.assertEqual(self.subjects(), ["Order"])
