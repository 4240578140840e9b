"""Whoever has to sign in again is told so, and does it with the password alone."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..lib.backoff import LOGIN_ATTEMPTS
from ..lib.errors import ConnectionTimeout, LoginRefused
from .common import MailboxCase
from .fake_server import ago, mail
from .tour_common import LOGIN, TourCase


@tagged("post_install", "-at_install")
class TestSignInAgain(MailboxCase):
    def refuse(self, error=None):
        self.server.error = error or LoginRefused()
        for _attempt in range(LOGIN_ATTEMPTS):
            self.connection._sync()

    def notices(self):
        return self.env["mail.message"].search(
            [
                ("message_type", "=", "user_notification"),
                ("partner_ids", "in", self.owner.partner_id.ids),
            ]
        )

    def activities(self):
        return self.env["mail.activity"].search([("user_id", "=", self.owner.id)])

    def test_the_owner_is_told_once(self):
        self.server.error = LoginRefused()
        self.connection._sync()
        self.assertFalse(self.notices(), "the first refusal may pass")
        self.refuse()
        self.assertFalse(self.connection.next_sync)
        for _again in range(2):
            self.connection._record_failure(LoginRefused())
            self.assertEqual(len(self.notices()), 1)
            self.assertEqual(len(self.activities()), 1)
        self.assertIn("/odoo/sign-in-again", self.activities().note)
        self.assertIn("/odoo/sign-in-again", self.notices().body)
        self.assertIn(self.connection.error_message, self.notices().body)

    def test_and_once_a_week_then(self):
        self.refuse()
        self.connection.sudo()._cron_remind_owners()
        self.assertEqual(len(self.notices()), 1)
        self.connection.sudo().owner_told = fields.Datetime.now() - timedelta(days=8)
        self.connection.sudo()._cron_remind_owners()
        self.assertEqual(len(self.notices()), 2)
        self.assertEqual(len(self.activities()), 1)

    def test_what_passes_by_itself_is_not_told(self):
        self.refuse(ConnectionTimeout())
        self.assertEqual(self.connection.state, "error")
        self.assertFalse(self.notices())
        self.assertFalse(self.activities())

    def test_an_owner_who_left_is_not_told(self):
        self.owner.active = False
        self.refuse()
        self.connection.sudo().write({"state": "error", "next_sync": False})
        self.assertFalse(self.notices())

    def test_a_new_owner_is_told(self):
        self.connection.with_user(self.manager).user_id = self.other_owner
        self.assertEqual(self.connection.sudo().activity_id.user_id, self.other_owner)

    def test_the_password_alone_is_asked_for(self):
        self.refuse()
        action = self.env["imap.connect"].with_user(self.owner)._open_sign_in_again()
        wizard = (
            self.env["imap.connect"]
            .with_user(self.owner)
            .browse(action["params"]["form"]["res_id"])
        )
        self.assertTrue(wizard.again)
        self.server.error = None
        self.server.inbox.deliver(mail("carla@shop.example", "olga@tea.example"), ago(days=1))
        wizard.password = "another horse"
        wizard.action_sign_in()
        self.assertEqual(self.connection.state, "connected")
        self.assertFalse(self.activities(), "there is nothing to do any more")
        self.connection._sync()
        self.assertTrue(self.entries(self.customer))
        nothing = self.env["imap.connect"].with_user(self.owner)._open_sign_in_again()
        self.assertFalse(nothing["params"]["form"])

    def test_others_are_not_led_to_it(self):
        self.refuse()
        action = self.env["imap.connect"].with_user(self.manager)._open_sign_in_again()
        self.assertFalse(action["params"]["form"])


@tagged("post_install", "-at_install")
class TestSignInAgainTour(TourCase):
    def test_sign_in_again(self):
        connection = self.connect()
        self.server.add_user(LOGIN, "new at the server")
        for _attempt in range(LOGIN_ATTEMPTS):
            connection._sync()
        self.assertFalse(connection.next_sync)
        raw = mail("carla@shop.example", LOGIN, "Meanwhile")
        self.server.append(LOGIN, "INBOX", raw, internaldate=ago(days=1))
        self.start("sign_in_again", path="/odoo/sign-in-again")
        self.assertEqual(connection.state, "connected")
        connection._sync()
        self.assertEqual(self.customer.imap_email_ids.mapped("subject"), ["Meanwhile"])
