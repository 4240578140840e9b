"""Past mail is read once more, or further back; paused and stopped."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models import imap_sync
from .common import MailboxCase
from .fake_server import FakeSession, ago, mail

NINA = "nina@leaf.example"


class BackfillCase(MailboxCase):
    def setUp(self):
        super().setUp()
        self.patch(imap_sync, "SLICE", 10)
        self.headers = []
        fetch_headers = FakeSession.fetch_headers

        def noting(session, uids, **options):
            self.headers += uids
            return fetch_headers(session, uids, **options)

        self.patch(FakeSession, "fetch_headers", noting)
        self.inbox = self.connection.sudo().folder_ids.filtered(lambda f: f.role == "inbox")

    def deliver(self, from_, number=1, days=1):
        for _number in range(number):
            uid = self.server.inbox.uidnext
            raw = mail(from_, "olga@tea.example", f"Mail {uid}", date=ago(days=days))
            self.server.inbox.deliver(raw, ago(days=days))

    def step(self):
        """One slice, as of a run that is short of time."""
        self.connection._sync(budget_seconds=1e-9)
        self.connection.invalidate_recordset()

    def again(self, days, people_chosen=True):
        since = days and fields.Datetime.now() - timedelta(days=days)
        self.connection._read_past_again(since, people_chosen)
        return since


@tagged("post_install", "-at_install")
class TestBackfill(BackfillCase):
    def test_new_contact_gets_past_mail_and_nothing_is_fetched_twice(self):
        self.deliver("carla@shop.example", 12)
        self.deliver(NINA, 12)
        raw = mail("carla@shop.example", f"olga@tea.example, {NINA}", "Both", date=ago(days=1))
        self.server.inbox.deliver(raw, ago(days=1))
        self.connection._sync()
        fetched = list(self.server.bodies_fetched)
        nina = self.env["res.partner"].create({"name": "Nina", "email": NINA})
        self.again(30)
        self.assertEqual(self.connection.progress_text, "About to begin…")
        result = self.connection._sync()
        self.assertEqual((result["seen"], result["linked"]), (25, 25))
        self.assertEqual(len(self.entries(nina)), 13)
        self.assertEqual(len(self.entries(self.customer)), 13)
        new = self.server.bodies_fetched[len(fetched) :]
        self.assertEqual(len(new), 12)
        self.assertFalse(set(new) & set(fetched))
        self.assertFalse(self.connection.sudo().backfill_wishes)
        self.assertFalse(self.connection._sync()["seen"])

    def test_only_as_far_as_asked_for(self):
        """Everything is synced, and three months of it are looked at again."""
        self.connection.sync_since = False
        self.deliver("x@far.example", 20, days=300)
        self.deliver("x@far.example", 20, days=30)
        self.connection._sync()
        self.headers.clear()
        self.again(90)
        self.connection._sync()
        self.assertEqual(sorted(self.headers), list(range(21, 41)))
        self.assertFalse(self.connection.sync_since, "a period is never shortened")
        self.assertTrue(self.inbox._cursor().covers(1))
        self.assertEqual(self.connection.progress, 100)

    def test_longer_period(self):
        self.deliver("carla@shop.example", 20, days=300)
        self.deliver("carla@shop.example", 20, days=30)
        self.connection._sync()
        self.assertEqual(len(self.entries(self.customer)), 20)
        since = self.again(365)
        self.connection._sync()
        self.assertEqual(len(self.entries(self.customer)), 40)
        self.assertEqual(self.connection.sync_since, since.replace(microsecond=0))

    def test_past_mail_makes_nobody_a_contact_who_was_not_chosen(self):
        self.connection.contact_policy = "all"
        self.deliver("chosen@far.example", days=100)
        self.deliver("left.out@far.example", days=100)
        self.env["res.partner"].create({"name": "Chosen", "email": "chosen@far.example"})
        self.again(365)
        self.connection._sync()
        found = self.env["res.partner"].search([("email", "like", "@far.example")])
        self.assertEqual(found.mapped("name"), ["Chosen"])
        # new mail does
        self.deliver("left.out@far.example", days=0)
        self.connection._sync()
        self.assertEqual(
            self.env["res.partner"].search_count([("email", "like", "@far.example")]), 2
        )

    def test_past_mail_makes_contacts_by_the_policy(self):
        self.connection.contact_policy = "all"
        self.deliver(NINA, days=100)
        self.again(365, people_chosen=False)
        self.connection._sync()
        self.assertTrue(self.env["res.partner"].search([("email", "=", NINA)]))

    def test_pause(self):
        self.deliver("carla@shop.example", 40)
        self.step()
        self.connection.action_pause_backfill()
        self.assertEqual(self.connection.progress_text, "10 of 40, paused")
        self.assertFalse(self.connection.progress_moving)
        self.deliver("carla@shop.example", days=0)
        self.connection._sync()
        self.assertEqual(len(self.entries(self.customer)), 11, "new mail goes on")
        self.assertFalse(self.connection._sync()["seen"])
        self.connection.action_resume_backfill()
        self.connection._sync()
        self.assertEqual(len(self.entries(self.customer)), 41)

    def test_paused_while_a_run_is_going_on(self):
        self.deliver("carla@shop.example", 40)
        take = imap_sync.Reader.take

        def pausing(reader, *args, **kwargs):
            self.connection.action_pause_backfill()
            return take(reader, *args, **kwargs)

        self.patch(imap_sync.Reader, "take", pausing)
        self.assertEqual(self.connection._sync()["seen"], 10)

    def test_stop(self):
        self.deliver("carla@shop.example", 20, days=300)
        self.deliver("carla@shop.example", 20, days=30)
        self.connection._sync()
        before = self.connection.sync_since
        self.again(365)
        for _slice in range(3):
            self.step()
        self.assertGreater(self.connection.backlog_count, 0)
        self.connection.action_stop_backfill()
        self.connection._sync()
        self.assertEqual(self.connection.sync_since, before)
        self.assertEqual(len(self.entries(self.customer)), 30, "what came stays")
        self.assertEqual((self.connection.progress, self.connection.backlog_count), (100, 0))
        self.assertTrue(self.connection.action_audit()["complete"])

    def test_stop_goes_on_with_what_was_not_read_before(self):
        self.deliver("carla@shop.example", 30, days=30)
        self.step()
        self.again(365)
        self.step()
        self.connection.action_stop_backfill()
        self.connection._sync()
        self.assertEqual(len(self.entries(self.customer)), 30)

    def test_stop_of_the_very_first_reading(self):
        self.deliver("carla@shop.example", 40)
        self.again(60)
        self.step()
        self.connection.action_stop_backfill()
        self.connection._sync()
        self.assertEqual(len(self.entries(self.customer)), 10)
        self.deliver("carla@shop.example", days=0)
        self.connection._sync()
        self.assertEqual(len(self.entries(self.customer)), 11)

    def test_stop_before_it_begins(self):
        """It is stopped before the next run knew of it: nothing is read, and nothing is forgotten."""
        self.deliver("carla@shop.example", 20, days=300)
        self.deliver("carla@shop.example", 20, days=30)
        self.connection._sync()
        before = self.connection.sync_since
        self.assertFalse(self.connection.is_backfill_stoppable)
        self.again(365)
        self.assertTrue(self.connection.is_backfill_stoppable)
        self.connection.action_stop_backfill()
        self.assertFalse(self.connection.is_backfill_stoppable)
        self.assertEqual(self.connection.progress_text, "Stopping…")
        self.headers.clear()
        self.connection._sync()
        self.assertFalse(self.headers)
        self.assertEqual(self.connection.sync_since, before)
        self.assertTrue(self.connection.action_audit()["complete"])

    def test_stop_of_the_very_first_reading_before_it_begins(self):
        self.deliver("carla@shop.example", 10)
        self.again(60)
        self.connection.action_stop_backfill()
        self.connection._sync()
        self.assertFalse(self.entries(self.customer), "stopped means: from now on")
        self.deliver("carla@shop.example", days=0)
        self.connection._sync()
        self.assertEqual(len(self.entries(self.customer)), 1)

    def test_renumbered_meanwhile(self):
        """Everything is read again then, not only the period that was asked for."""
        self.connection.sync_since = False
        self.deliver("carla@shop.example", 20, days=300)
        self.deliver("carla@shop.example", 20, days=30)
        self.connection._sync()
        self.again(90)
        self.step()
        self.server.inbox.renumber()
        self.headers.clear()
        self.connection._sync()
        self.assertEqual(len(set(self.headers)), 40)
        self.assertEqual(len(self.entries(self.customer)), 40)

    def test_who_may(self):
        for user in (self.colleague, self.other_owner):
            for action in ("pause", "resume", "stop"):
                with self.assertRaises(AccessError):
                    getattr(self.connection.with_user(user), f"action_{action}_backfill")()
        self.connection.with_user(self.manager).action_pause_backfill()
        with self.assertRaises(AccessError):
            self.connection.with_user(self.colleague).write({"backfill_paused": False})
