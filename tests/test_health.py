"""How a mailbox is, what to do about it, and how administrators find those that need somebody."""

from datetime import timedelta

from odoo import fields
from odoo.tests import new_test_user, tagged

from ..lib.backoff import LOGIN_ATTEMPTS
from ..lib.errors import ConnectionTimeout, LoginRefused
from .common import MailboxCase
from .fake_server import ago, mail
from .tour_common import TourCase


@tagged("post_install", "-at_install")
class TestHealth(MailboxCase):
    def found(self, field):
        """Return whether the mailbox is found by a field, after checking that the field says the same."""
        connection = self.connection.with_user(self.manager)
        found = connection.search([("id", "=", connection.id), (field, "=", True)])
        self.assertEqual(bool(found), connection[field])
        rest = connection.search([("id", "=", connection.id), (field, "=", False)])
        self.assertNotEqual(found, rest)
        return bool(found)

    def check(self, needs, attention, sentence):
        self.env.invalidate_all()
        connection = self.connection.with_user(self.owner)
        self.assertEqual(connection.needs, needs)
        self.assertEqual(self.found("needs_attention"), attention)
        if sentence:
            self.assertIn(sentence, connection.advice)
        else:
            self.assertFalse(connection.advice)

    def test_all_is_well(self):
        self.connection._sync()
        self.check(False, False, "")

    def test_not_finished(self):
        self.connection.sudo().state = "draft"
        self.check("setup", False, "not finished")

    def test_what_passes_by_itself(self):
        self.server.error = ConnectionTimeout()
        self.connection._sync()
        self.check("wait", True, "did not answer in time")
        self.server.error = None
        self.connection.with_user(self.manager).action_sync_now()
        self.check(False, False, "")

    def test_what_only_the_owner_can_mend(self):
        self.server.error = LoginRefused()
        for _attempt in range(LOGIN_ATTEMPTS):
            self.connection._sync()
        self.check("sign_in", True, "does not accept")

    def test_paused_and_disconnected(self):
        self.connection.action_pause()
        self.check("resume", False, "Nothing is missed")
        self.connection.action_disconnect()
        self.check("reconnect", False, "Sign in again")

    def test_waiting_for_its_turn(self):
        now = fields.Datetime.now()
        self.connection.sudo().next_sync = now - timedelta(minutes=50)
        self.check(False, False, "")
        self.connection.sudo().next_sync = now - timedelta(minutes=70)
        self.check("stalled", True, "Mailboxes: sync")

    def test_quarantine(self):
        self.assertFalse(self.found("has_quarantine"))
        uid = self.server.inbox.deliver(mail("carla@shop.example", "olga@tea.example"))
        self.server.unreadable.add(uid)
        self.connection._sync()
        self.check("quarantine", False, "could not be read: 1")
        self.assertTrue(self.found("has_quarantine"))
        placements = self.env["imap.placement"].search([("connection_id", "=", self.connection.id)])
        placements.with_user(self.manager).action_dismiss()
        self.check(False, False, "")
        self.assertTrue(self.found("has_quarantine"), "it is still there to be seen")

    def test_past_mail_that_is_not_finished(self):
        self.assertTrue(self.found("past_unfinished"))
        self.server.inbox.deliver(mail("carla@shop.example", "olga@tea.example"), ago(days=1))
        self.connection._sync()
        self.assertFalse(self.found("past_unfinished"))

    def test_a_list_costs_the_same_for_any_number(self):
        users = [
            new_test_user(
                self.env,
                f"user{number}",
                email=f"user{number}@tea.example",
                groups="base.group_user,mail_imap_sync.group_user",
            )
            for number in range(6)
        ]
        connections = self.connection
        for user in users:
            connections += self._connect(user)
        names = ["needs", "advice", "last_linked", "quarantine_count", "progress", "backlog_count"]
        costs = []
        connections.with_user(self.manager).read(names)
        for some in (connections[:2], connections):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            some.with_user(self.manager).read(names)
            costs.append(self.cr.sql_log_count - before)
        self.assertEqual(costs[0], costs[1])


@tagged("post_install", "-at_install")
class TestHealthTour(TourCase):
    def test_an_administrator_tries_again(self):
        new_test_user(
            self.env,
            "maria",
            name="Maria",
            email="maria@tea.example",
            groups="base.group_user,sales_team.group_sale_manager,mail_imap_sync.group_manager",
        )
        connection = self.connect()
        connection.sudo()._record_failure(ConnectionTimeout())
        self.assertEqual(connection.needs, "wait")
        self.start_tour("/odoo/mailboxes", "mail_imap_sync.needs_attention", login="maria")
        self.assertEqual(connection.state, "connected")
        self.assertEqual(connection.sudo().run_ids[0].outcome, "recovered")
