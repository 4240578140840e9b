"""Is everything there? The audit finds, counts and repairs."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..lib.errors import ConnectionLost, FolderGone
from ..models import imap_audit, imap_audit_mixin
from .common import MailboxCase
from .fake_server import FakeSession, ago, mail

KINDS = ("on_server", "linked", "skipped", "quarantined", "pending", "missing", "gone")


class AuditCase(MailboxCase):
    def deliver(self, from_="carla@shop.example", subject="Hello", folder=None, **options):
        return (folder or self.server.inbox).deliver(
            mail(from_, "olga@tea.example", subject, **options), ago(days=1)
        )

    def audit(self, **expected):
        """Audit as the owner; compare the sums, of which those that are not named are 0; return the report."""
        report = self.connection.with_user(self.owner).action_audit()
        self.assertEqual(
            {kind: report[kind] for kind in KINDS}, {**dict.fromkeys(KINDS, 0), **expected}
        )
        for part in (report, *report["folders"]):
            outcomes = ("linked", "skipped", "quarantined", "pending")
            self.assertEqual(part["on_server"], sum(part[kind] for kind in outcomes))
            self.assertEqual(part["skipped"], sum(part["skipped_by_rule"].values()))
        return report

    @property
    def inbox(self):
        return self.connection.folder_ids.filtered(lambda f: f.role == "inbox")


@tagged("post_install", "-at_install")
class TestAudit(AuditCase):
    def test_every_outcome_is_counted(self):
        self.deliver(subject="Linked")
        self.server.unreadable.add(self.deliver(subject="Broken"))
        self.deliver("stranger@far.example")
        self.deliver("stranger@far.example", "Again")
        self.deliver("colin@tea.example")
        self.deliver(List_Id="<news.shop.example>")
        self.connection._sync()
        self.deliver(subject="Arrived since")
        report = self.audit(on_server=7, linked=1, skipped=4, quarantined=1, pending=1)
        self.assertEqual(report["skipped_by_rule"], {"nobody": 2, "internal": 1, "bulk": 1})
        self.assertTrue(report["finished"])
        self.assertFalse(report["complete"], "one mail waits")
        self.assertEqual(
            {folder["folder"]: folder["on_server"] for folder in report["folders"]},
            {"INBOX": 7, "Sent": 0},
        )
        self.assertEqual(self.connection.audit_result, "pending")
        self.assertEqual(
            self.inbox.audit_note.split(", ")[0], "no contact: 2", "most frequent first"
        )
        self.connection._sync()
        self.assertTrue(self.audit(on_server=7, linked=2, skipped=4, quarantined=1)["complete"])
        self.assertEqual(self.connection.audit_result, "complete")

    def test_missing_mail_is_found_and_linked(self):
        for number in range(3):
            self.deliver(subject=f"Mail {number}")
        self.connection._sync()
        lost = self.customer.imap_email_ids.filtered(lambda e: e.subject == "Mail 1")
        lost.entry_ids.unlink()
        lost.unlink()
        self.assertEqual(len(self.env["imap.placement"].search([])), 2)
        self.assertEqual(self.connection._sync()["linked"], 0, "the sync does not see it")
        report = self.audit(on_server=3, linked=3, missing=1)
        self.assertTrue(report["complete"])
        self.assertEqual(
            self.entries(self.customer).mapped("subject"), ["Mail 0", "Mail 1", "Mail 2"]
        )
        self.assertEqual(self.connection.audit_result, "repaired")
        self.assertIn("1 mails were missing", self.connection.audit_summary)
        self.audit(on_server=3, linked=3)
        self.assertEqual(len(self.entries(self.customer)), 3)

    def test_missing_placement_alone_makes_no_second_entry(self):
        self.deliver()
        self.connection._sync()
        self.env["imap.placement"].search([]).unlink()
        self.audit(on_server=1, linked=1, missing=1)
        self.assertEqual(len(self.entries(self.customer)), 1)

    def test_repaired_mail_notifies_nobody(self):
        self.customer.message_subscribe(
            self.colleague.partner_id.ids, self.env.ref("mail_imap_sync.mt_email").ids
        )
        self.connection._sync()
        later = fields.Datetime.now() + timedelta(seconds=5)
        self.server.inbox.deliver(
            mail("carla@shop.example", "olga@tea.example", "New"), later.astimezone()
        )
        self.inbox.uidnext = self.server.inbox.uidnext
        self.audit(on_server=1, linked=1, missing=1)
        self.assertFalse(self.entries(self.customer).notification_ids)

    def test_missing_mail_that_cannot_be_read(self):
        uid = self.deliver()
        self.connection._sync()
        self.env["imap.placement"].search([]).unlink()
        self.server.unreadable.add(uid)
        self.audit(on_server=1, quarantined=1)
        self.assertEqual(self.connection.quarantine_count, 1)

    def test_what_is_gone_is_reported_and_stays(self):
        kept = self.deliver(subject="Kept")
        for number in range(3):
            self.deliver(subject=f"Mail {number}")
        self.connection._sync()
        self.server.inbox.messages = {kept: self.server.inbox.messages[kept]}
        self.audit(on_server=1, linked=1, gone=3)
        self.assertEqual(len(self.entries(self.customer)), 4)
        self.assertEqual(self.connection.audit_result, "complete")
        self.server.inbox.messages = {}
        self.audit(gone=4)
        self.connection.sync_since = ago(minutes=1).replace(tzinfo=None)
        self.audit()

    def test_taken_for_gone_and_back(self):
        self.deliver()
        self.connection._sync()
        placement = self.env["imap.placement"].search([])
        for state in ("missing", "gone"):
            placement.state = state
            self.audit(on_server=1, linked=1)
            self.assertEqual(placement.state, "linked")

    def test_period(self):
        old = mail("carla@shop.example", "olga@tea.example", "Old", date=ago(days=200))
        self.server.inbox.deliver(old, ago(days=200))
        self.deliver(subject="Young")
        # moved here lately, so it lies among the young ones
        self.server.inbox.deliver(
            old.replace(b"Subject: Old", b"Subject: Moved").replace(b"<Old@", b"<Moved@"),
            ago(days=200),
        )
        self.connection._sync()
        report = self.audit(on_server=2, linked=1, skipped=1)
        self.assertEqual(report["skipped_by_rule"], {"too_old": 1})
        self.connection.sync_since = False
        self.audit(on_server=3, linked=1, pending=2)
        self.connection._sync()
        self.assertTrue(self.audit(on_server=3, linked=3)["complete"])

    def test_folder_that_was_never_read_or_is_numbered_anew(self):
        for number in range(3):
            self.deliver(subject=f"Mail {number}")
        self.audit(on_server=3, pending=3)
        self.connection._sync()
        self.server.inbox.renumber()
        self.audit(on_server=3, pending=3)
        self.connection._sync()
        self.audit(on_server=3, linked=3)

    def test_folders_that_are_not_synced_are_left_out(self):
        self.server.add_folder("Archive").deliver(mail("carla@shop.example", "olga@tea.example"))
        self.connection._fetch_folders()
        self.connection._sync()
        self.assertEqual(len(self.audit()["folders"]), 2)

    def test_folder_that_cannot_be_opened(self):
        self.deliver()
        self.connection._sync()
        examine = FakeSession.examine

        def gone(session, raw):
            if raw == b"Sent":
                raise FolderGone("no such folder")
            return examine(session, raw)

        with patch.object(FakeSession, "examine", gone):
            report = self.audit(on_server=1, linked=1)
        self.assertFalse(report["complete"])
        self.assertEqual(self.connection.audit_result, "trouble")
        sent = self.connection.folder_ids.filtered(lambda f: f.role == "sent")
        self.assertIn("does not exist any more", sent.audit_note)

    def test_folder_that_was_deleted_is_left_out(self):
        self.server.add_folder("Projects")
        self.connection.action_connect()
        self.connection.folder_ids.selected = True
        self.deliver(folder=self.server.folders["Projects"])
        self.connection._sync()
        del self.server.folders["Projects"]
        self.connection._sync()
        self.connection._sync()
        report = self.audit()
        self.assertTrue(report["complete"])
        self.assertEqual([folder["folder"] for folder in report["folders"]], ["INBOX", "Sent"])

    def test_folder_that_is_stopped(self):
        self.deliver()
        self.connection._sync()
        self.inbox.trouble = "resets"
        self.assertFalse(self.audit()["complete"])
        self.assertIn("anew every time", self.inbox.audit_note)

    def test_server_that_does_not_tell_uidvalidity(self):
        self.deliver()
        self.connection._sync()
        self.server.inbox.uidvalidity = 0
        self.audit(on_server=1, linked=1)

    def test_nothing_of_the_mail_is_stored(self):
        """FEATURES.md P4: numbers only."""
        self.deliver("stranger@far.example", "Strange secret")
        self.connection._sync()
        self.audit(on_server=1, skipped=1)
        self.assertFalse(self.server.bodies_fetched)
        self.assertNotIn("secret", str(self.inbox.audit))
        self.assertFalse(self.env["imap.placement"].search([]))


@tagged("post_install", "-at_install")
class TestAuditInSlices(AuditCase):
    def setUp(self):
        super().setUp()
        self.patch(imap_audit, "WINDOW", 10)
        for number in range(35):
            self.deliver(subject=f"Mail {number}")
        self.connection._sync()
        self.windows = 0
        uids_from = FakeSession.uids_from

        def counting(session, uid, limit):
            self.windows += 1
            return uids_from(session, uid, limit)

        self.patch(FakeSession, "uids_from", counting)

    def test_windows(self):
        self.audit(on_server=35, linked=35)
        self.assertEqual(self.windows, 4)

    def run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("mail_imap_sync.ir_cron_audit").method_direct_trigger()
        self.env.invalidate_all()

    def test_weekly_by_itself_piece_by_piece(self):
        self.env["imap.placement"].search([("uid", "in", [5, 25])]).email_id.unlink()
        self.patch(imap_audit_mixin, "CRON_BUDGET", 1e-9)
        connection = self.connection.sudo()
        self.run_cron()
        self.assertFalse(self.windows, "only connected now")
        connection.connected_since = fields.Datetime.now() - timedelta(days=8)
        for compared in (10, 20, 30):
            self.run_cron()
            self.assertEqual(connection.audit_result, "running")
            self.assertEqual(self.inbox.audit_on_server, compared)
            self.assertIn(f"{compared} mails were compared so far", connection.audit_summary)
        while connection.audit_running:
            self.run_cron()
        self.assertEqual(self.windows, 4)
        self.assertEqual(connection.audit_result, "repaired")
        self.assertEqual((self.inbox.audit_linked, self.inbox.audit_missing), (35, 2))
        self.assertEqual(len(self.entries(self.customer)), 35)
        self.run_cron()
        self.assertEqual(self.windows, 4, "a week has not passed")
        connection.next_audit = fields.Datetime.now() - timedelta(minutes=1)
        self.run_cron()
        self.assertEqual(self.windows, 5)

    def test_not_while_paused(self):
        self.connection.connected_since = fields.Datetime.now() - timedelta(days=8)
        self.connection.action_pause()
        self.run_cron()
        self.assertFalse(self.windows)
        with self.assertRaisesRegex(UserError, "not connected"):
            self.connection.with_user(self.owner).action_audit()

    def test_paused_meanwhile_stops(self):
        checkpoint = type(self.connection)._checkpoint

        def pausing(connection):
            checkpoint(connection)
            connection.action_pause()

        with patch.object(type(self.connection), "_checkpoint", pausing):
            report = self.connection.with_user(self.owner).action_audit()
        self.assertFalse(report["finished"])
        self.assertEqual(self.windows, 1)

    def test_connection_lost(self):
        """The sentence for the person; what was compared is not compared again by itself."""
        self.patch(imap_audit_mixin, "CRON_BUDGET", None)
        fetch = FakeSession.uids_from

        def breaking(session, uid, limit):
            if uid > 20:
                raise ConnectionLost("cable")
            return fetch(session, uid, limit)

        with patch.object(FakeSession, "uids_from", breaking):
            with self.assertRaisesRegex(UserError, "ended the connection"):
                self.connection.with_user(self.owner).action_audit()
            self.connection.sudo().next_audit = fields.Datetime.now()
            self.run_cron()
            self.assertGreater(self.connection.next_audit, fields.Datetime.now())
        self.assertEqual(self.connection.state, "connected")
        self.connection.sudo().next_audit = fields.Datetime.now()
        self.windows = 0
        self.run_cron()
        self.assertEqual(self.windows, 2)
        self.assertEqual(self.inbox.audit_linked, 35)

    def test_on_screen(self):
        connection = self.connection.with_user(self.owner)
        self.patch(imap_audit_mixin, "INTERACTIVE_BUDGET", 1e-9)
        action = connection.action_open_audit()
        self.assertEqual((action["res_model"], action["target"]), ("imap.connection", "new"))
        self.assertEqual(connection.audit_result, "running")
        windows = self.windows
        connection.action_open_audit()
        self.assertEqual(self.windows, windows, "only shown")
        self.patch(imap_audit_mixin, "INTERACTIVE_BUDGET", 60)
        connection.action_audit_again()
        self.assertEqual(connection.audit_result, "complete")
        self.assertEqual(connection.audit_summary, "All 35 mails on the server are accounted for.")

    def test_who_may(self):
        self.assertTrue(self.connection.with_user(self.manager).action_audit()["complete"])
        for user in (self.colleague, self.other_owner):
            for method in ("action_audit", "action_audit_again", "action_open_audit"):
                with self.assertRaises(AccessError):
                    getattr(self.connection.with_user(user), method)()
