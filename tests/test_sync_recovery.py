"""What goes on where it stopped: servers that went back in time, workers that were in each other's way."""

from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import imap_reader
from ..models.imap_store import Store
from .common import MailboxCase
from .fake_server import FakeServer, mail


@tagged("post_install", "-at_install")
class TestSyncRecovery(MailboxCase):
    def _deliver(self, *subjects):
        for subject in subjects:
            self.server.inbox.deliver(mail("carla@shop.example", "olga@tea.example", subject))

    def test_uids_that_are_given_again(self):
        """A server was restored from a backup: the same UIDVALIDITY, but UID 2 is another mail now."""
        self._deliver("First", "Second", "Third")
        self.connection._sync()
        for uid in (2, 3):
            del self.server.inbox.messages[uid]
        self.server.inbox.uidnext = 2
        self._deliver("Fourth")
        self.connection._sync()
        self.assertEqual(
            set(self.entries(self.customer).mapped("subject")),
            {"First", "Second", "Third", "Fourth"},
        )
        placements = self.env["imap.placement"].search([])
        self.assertEqual(
            {placement.uid: placement.email_id.subject for placement in placements},
            {1: "First", 2: "Fourth"},
        )

    # workers in each other's way

    def test_one_email_without_message_id_is_stored_once(self):
        values = {"digest": "d", "direction": "in", "date": fields.Datetime.now()}
        self.env["imap.email"].create(values)
        with (
            self.assertRaises(psycopg2.IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env["imap.email"].create(values)

    def test_conflict_with_another_worker_is_no_fault_of_the_message(self):
        conflicts = (
            psycopg2.errors.UniqueViolation,
            psycopg2.errors.SerializationFailure,
            psycopg2.errors.DeadlockDetected,
        )
        for number, conflict in enumerate(conflicts):
            with self.subTest(conflict=conflict.__name__):
                self._deliver(f"Mail {number}")
                self.assertEqual(self._sync_with(conflict, times=2)["linked"], 1)

    def test_message_that_always_breaks_a_constraint_costs_only_itself(self):
        self._deliver("Good", "Bad")
        with mute_logger("odoo.addons.mail_imap_sync.models.imap_reader"):
            result = self._sync_with(psycopg2.errors.UniqueViolation, times=99, subject="Bad")
        self.assertEqual((result["linked"], result["quarantined"]), (1, 1))
        self.assertEqual(self.entries(self.customer).subject, "Good")

    def test_mailbox_with_an_unforeseen_fault_does_not_hold_up_the_others(self):
        other = self._connect(self.other_owner)
        self.connection.sudo().next_sync = fields.Datetime.now() - timedelta(hours=1)
        other.sudo().next_sync = fields.Datetime.now()
        self.servers[self.connection.email] = FakeServer()
        self.servers[self.connection.email].error = ZeroDivisionError("a fault of ours")
        self._deliver("Mail")
        with (
            self.enter_registry_test_mode(),
            mute_logger("odoo.addons.mail_imap_sync.models.imap_background"),
        ):
            self.env.ref("mail_imap_sync.ir_cron_sync").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(len(self.entries(self.customer)), 1)
        self.assertEqual((self.connection.state, other.state), ("error", "connected"))
        self.assertEqual(self.connection.error_code, "unexpected")

    def _sync_with(self, error, times, subject=None):
        """Sync while the database refuses to store a mail some times, as outside of tests: trying again."""
        link = Store.link
        left = [error] * times

        def refusing(store, mails):
            if left and (not subject or subject in [mail.facts.subject for mail in mails]):
                raise left.pop()("refused by the test")
            return link(store, mails)

        with (
            patch.object(Store, "link", refusing),
            patch.object(imap_reader, "_may_roll_back", lambda: True),
            # the savepoint of the attempt has taken it back already
            patch.object(self.env.cr, "rollback", self.env.cr.clear),
        ):
            return self.connection._sync()
