"""Contacts and past mail: what goes on while nobody waits, in pieces, through faults."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..lib.errors import ConnectionLost, LoginRefused
from ..models import imap_claim
from ..models.imap_survey import Survey
from ..wizards import imap_backfill_job
from .backfill_common import NINA, WizardCase
from .fake_server import FakeSession


@tagged("post_install", "-at_install")
class TestInTheBackground(WizardCase):
    def test_in_pieces_with_live_progress(self):
        self.slices()
        for _number in range(5):
            self.receive()
        wizard = self.look()
        self.assertEqual((wizard.step, wizard.progress_text), ("looking", "2 of 5 mails"))
        self.assertTrue(wizard.progress_moving)
        self.cron()
        self.assertEqual((wizard.progress, wizard.progress_text), (80, "4 of 5 mails"))
        with self.subTest("the person comes back"):
            self.assertEqual(self.wizard(), wizard)
        while wizard.step == "looking":
            self.cron()
        self.assertEqual(self.people(wizard), {NINA: (5, 0)}, "nothing is counted twice")
        self.assertEqual(wizard.folder_ids[0].seen, 5)

    def test_stopped(self):
        self.slices()
        for _number in range(5):
            self.receive()
        wizard = self.look()
        wizard.action_stop_looking()
        self.assertEqual((wizard.step, wizard.stopped), ("found", True))
        self.assertEqual(self.people(wizard), {NINA: (2, 0)})
        self.cron()
        self.assertEqual(self.people(wizard), {NINA: (2, 0)})

    def test_thrown_away_while_it_goes_on(self):
        self.slices()
        for _number in range(5):
            self.receive()
        wizard = self.look()
        wizard.action_discard()
        self.cron()
        self.assertFalse(self.env["imap.backfill.person"].search([]))
        self.assertEqual(self.wizard().step, "choose")

    def test_told_when_it_is_done_and_led_there(self):
        told = []
        self.patch(
            type(self.env["res.users"]),
            "_bus_send",
            lambda user, kind, message, **kwargs: told.append((user, kind, message)),
        )
        self.slices()
        for _number in range(3):
            self.receive()
        self.send()
        wizard = self.look()
        self.assertFalse(told)
        while wizard.step == "looking":
            self.cron()
        [(user, kind, message)] = told
        self.assertEqual((user, kind), (self.owner, "mail_imap_sync/notice"))
        self.assertIn("1 people are no contacts yet. 1 of them are chosen.", message["message"])
        self.assertNotIn("nina", str(message), "what waits to be sent names nobody")
        opened = message["open"]
        self.assertEqual((opened["res_model"], opened["res_id"]), (wizard._name, wizard.id))
        told.clear()
        with self.claimed_by_somebody():
            wizard.action_start()
        wizard.sudo().next_try = False
        self.cron()
        self.assertEqual(wizard.step, "running")
        [(user, _kind, message)] = told
        self.assertEqual(user, self.owner)
        self.assertIn("contacts were created", message["message"])
        self.assertEqual(message["open"]["res_model"], "imap.connection")

    def claimed_by_somebody(self):
        return imap_claim.claimed(
            self.env, self.connection.id, self.connection.host, 8, kind=imap_claim.LOOK_SPACE
        )

    def test_somebody_else_looks_at_this_moment(self):
        self.receive()
        with self.claimed_by_somebody():
            wizard = self.look()
            self.assertEqual(
                (wizard.step, wizard.progress_text), ("looking", "Counting the mails…")
            )
        cron = self.env.ref("mail_imap_sync.ir_cron_backfill")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertIn(wizard.next_try, triggers.mapped("call_at"))
        self.cron()
        self.assertEqual(wizard.step, "looking", "a moment later")
        wizard.sudo().next_try = fields.Datetime.now() - timedelta(seconds=1)
        self.cron()
        self.assertEqual(wizard.step, "found")

    def test_a_sync_may_go_on_meanwhile(self):
        self.receive()
        with imap_claim.claimed(self.env, self.connection.id, self.connection.host, 8):
            self.assertEqual(self.look().step, "found")

    def test_cut_connection_goes_on(self):
        self.slices()
        for _number in range(5):
            self.receive()
        wizard = self.look()
        with patch.object(FakeSession, "fetch_headers", side_effect=ConnectionLost("cut")):
            self.cron()
        self.assertTrue(wizard.progress_moving)
        self.assertEqual(wizard.failures, 1)
        while wizard.step == "looking":
            wizard.sudo().next_try = False
            self.cron()
        self.assertEqual(self.people(wizard), {NINA: (5, 0)})

    def test_server_that_stays_away(self):
        self.slices()
        for _number in range(5):
            self.receive()
        wizard = self.look()
        self.server.error = ConnectionLost("cut")
        for _run in range(3):
            wizard.sudo().next_try = False
            self.cron()
        self.assertFalse(wizard.progress_moving)
        self.assertTrue(wizard.error_message)
        self.server.error = None
        wizard.action_try_again()
        self.assertFalse(wizard.error_message)
        self.assertEqual(wizard.progress_text, "4 of 5 mails")

    def test_fault_of_our_own(self):
        """It is tried again some times, and does not go on for ever."""
        self.slices()
        for _number in range(5):
            self.receive()
        wizard = self.look()
        with (
            patch.object(Survey, "look", side_effect=ValueError("a bug")),
            patch.object(type(self.env.cr), "rollback"),
            self.assertLogs(imap_backfill_job.__name__, "ERROR"),
        ):
            for _run in range(3):
                wizard.sudo().next_try = False
                self.cron()
        self.assertFalse(wizard.progress_moving)
        self.assertTrue(wizard.error_message)

    def test_wrong_password_is_said_at_once(self):
        connection = (
            self.env["imap.connection"]
            .with_user(self.other_owner)
            .create(
                {
                    "email": "otto@tea.example",
                    "host": "imap.tea.example",
                    "password": "correct horse",
                }
            )
        )
        connection._fetch_folders()
        self.server.error = LoginRefused("no")
        wizard = self.look(connection=connection)
        self.assertIn("does not accept", wizard.error_message)

    def test_renumbered_folder_begins_again(self):
        self.slices()
        for _number in range(5):
            self.receive()
        wizard = self.look()
        self.server.inbox.renumber()
        while wizard.step == "looking":
            self.cron()
        self.assertGreaterEqual(self.people(wizard)[NINA][0], 5)

    def test_mailbox_of_somebody_else_by_now(self):
        self.slices()
        for _number in range(5):
            self.receive()
        wizard = self.look()
        self.connection.sudo().user_id = self.other_owner
        self.cron()
        self.assertFalse(wizard.exists())
