"""What the runs of a mailbox leave behind, and who sees it."""

from contextlib import contextmanager, suppress
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.sql_db import Cursor
from odoo.tests import tagged

from ..lib.errors import ConnectionTimeout
from ..models import imap_run
from .common import MailboxCase
from .fake_server import FakeSession, ago, mail


class RunCase(MailboxCase):
    def deliver(self, subject="Hello", sender="carla@shop.example", **when):
        raw = mail(sender, "olga@tea.example", subject)
        self.server.inbox.deliver(raw, ago(**when) if when else None)

    def runs(self, connection=None):
        connection = connection or self.connection
        return self.env["imap.run"].search([("connection_id", "=", connection.id)])


@tagged("post_install", "-at_install")
class TestRuns(RunCase):
    def test_past_and_new_mail_are_told_apart(self):
        self.deliver("Past", days=3)
        self.connection._sync()
        self.deliver("New")
        self.deliver("Stranger", "stranger@far.example")
        self.connection._sync()
        new, past = self.runs()
        self.assertEqual((past.linked, past.new_linked, past.outcome), (1, 0, "done"))
        self.assertEqual((new.linked, new.new_linked, new.seen, new.skipped), (1, 1, 2, 1))
        self.assertIn("new_mail", new.laps)
        self.assertTrue(self.connection.last_linked)

    def test_a_run_that_finds_nothing_leaves_nothing(self):
        self.connection._sync()
        with self.statements("imap_run") as statements:
            for _poll in range(20):
                self.connection._sync()
        self.assertFalse(self.runs())
        self.assertFalse(statements)

    def test_a_run_costs_one_statement(self):
        """And the row of the mailbox is written as often as before."""
        for number in range(30):
            self.deliver(f"Mail {number}", days=2)
        self.connection._sync()
        self.deliver()
        self.grow_old()
        with self.statements("imap_run") as noted, self.statements("imap_connection") as written:
            self.connection._sync()
        self.assertEqual([s.split()[0] for s in noted], ["INSERT"])
        self.deliver("Another")
        self.grow_old()
        with (
            patch.object(type(self.connection), "_note_run", lambda *_args: None),
            self.statements("imap_connection") as written_without,
        ):
            self.connection._sync()
        self.assertEqual(len(written), len(written_without))

    def grow_old(self):
        """Let what the next run writes be another moment than what is there."""
        long_ago = fields.Datetime.now() - timedelta(hours=1)
        self.connection.sudo().write(
            {name: long_ago for name in ("last_success", "next_sync", "last_linked")}
        )

    @contextmanager
    def statements(self, table):
        """Collect what is written to a table meanwhile."""
        self.env.flush_all()
        execute, found = Cursor.execute, []

        def watching(cr, query, *args, **kwargs):
            text = str(getattr(query, "code", query)).strip()
            writes = text.startswith(("INSERT", "UPDATE", "DELETE"))
            if writes and f'"{table}"' in text.split("WHERE")[0].split("(")[0]:
                found.append(text)
            return execute(cr, query, *args, **kwargs)

        with patch.object(Cursor, "execute", watching):
            yield found

    def test_failures_and_the_end_of_them(self):
        self.server.error = ConnectionTimeout("nothing came")
        self.connection._sync()
        self.connection._sync()
        self.server.error = None
        self.connection._sync()
        self.connection._sync()
        self.assertEqual(self.runs().mapped("outcome"), ["recovered", "failed", "failed"])
        failed = self.runs()[-1]
        self.assertEqual(failed.error_code, "connection_timeout")
        self.assertIn("did not answer in time", failed.problem)
        self.assertNotIn("nothing came", str(failed.read()))

    def test_what_nobody_foresaw(self):
        def fail(connection):
            raise RuntimeError("a fault of the program")

        self.patch(type(self.connection), "_session", fail)
        self.patch(self.env.cr, "rollback", lambda: None)
        # assertRaises would take back what was written
        with suppress(RuntimeError):
            self.connection._sync_in_turn()
        self.assertEqual(self.runs().mapped("error_code"), ["unexpected"])

    def test_past_mail_of_a_new_contact_counts(self):
        self.connection.sudo().connected_since -= timedelta(days=1)
        self.deliver("Early", "nina@leaf.example", days=5)
        self.connection._sync()
        self.env["res.partner"].with_user(self.owner).create(
            {"name": "Nina", "email": "nina@leaf.example"}
        )
        self.connection._sync()
        self.assertEqual((self.runs()[0].linked, self.runs()[0].new_linked), (1, 0))

    def test_a_killed_run_is_told_of_by_the_next_one(self):
        class Killed(BaseException):
            pass

        def die(*_args, **_options):
            raise Killed

        other = self._connect(self.other_owner)
        self.deliver(days=1)
        self.connection._sync()
        before = self.runs()
        self.deliver("More")
        # assertRaises would take back what was written
        with patch.object(FakeSession, "fetch_bodies", die), suppress(Killed):
            self.connection._sync()
        self.assertEqual(self.runs(), before)
        self.assertFalse(self.runs(other))
        other._sync()
        self.connection._sync()
        self.assertEqual(self.runs().mapped("outcome"), ["done", "interrupted", "done"])
        self.assertIn("stopped in the middle", self.runs()[1].problem)
        self.assertEqual(self.runs(other).mapped("outcome"), ["done"])
        self.deliver("Still more")
        self.connection._sync()
        self.assertEqual(len(self.runs()), 4, "it is told once")

    def test_kept_for_thirty_days(self):
        for days in (31, 32, 29, 0):
            self.connection.sudo()._note_run(
                fields.Datetime.now() - timedelta(days=days), False, error=ConnectionTimeout()
            )
        self.patch(imap_run, "GC_UNLINK_LIMIT", 1)
        self.assertEqual(self.env["imap.run"]._gc_runs(), (1, True), "in batches")
        self.assertEqual(self.env["imap.run"]._gc_runs(), (1, True))
        self.assertEqual(self.env["imap.run"]._gc_runs(), (0, False))
        self.assertEqual(len(self.runs()), 2)

    def test_mails_per_day_and_mailbox(self):
        other = self._connect(self.other_owner)
        self.connection._sync()
        for subject in ("One", "Two"):
            self.deliver(subject)
        self.connection._sync()
        found = (
            self.env["imap.run"]
            .with_user(self.manager)
            ._read_group(
                [("connection_id", "in", (self.connection + other).ids)],
                ["started:day", "connection_id"],
                ["new_linked:sum"],
            )
        )
        self.assertEqual([(c.id, n) for _day, c, n in found], [(self.connection.id, 2)])


@tagged("post_install", "-at_install")
class TestRunAccess(RunCase):
    def setUp(self):
        super().setUp()
        self.other = self._connect(self.other_owner)
        for connection in self.connection + self.other:
            self.deliver(connection.email, days=1)
            connection._sync()

    def seen_by(self, user):
        runs = self.env["imap.run"].with_user(user).search([])
        return runs.connection_id & (self.connection + self.other)

    def test_owners_see_their_own(self):
        self.assertEqual(self.seen_by(self.owner), self.connection)
        self.assertEqual(self.seen_by(self.other_owner), self.other)
        with self.assertRaises(AccessError):
            self.runs(self.other).with_user(self.owner).read(["linked"])
        action = self.connection.with_user(self.owner).action_open_runs()
        self.assertEqual(action["domain"], [("connection_id", "=", self.connection.id)])

    def test_managers_see_all_of_their_companies(self):
        self.assertEqual(self.seen_by(self.manager), self.connection + self.other)
        stranger = self.manager_elsewhere()
        self.assertFalse(self.seen_by(stranger))

    def test_others_see_nothing(self):
        with self.assertRaises(AccessError):
            self.seen_by(self.colleague)

    def test_numbers_only(self):
        """Whoever adds a text to the history has to think of who reads it."""
        fields_ = self.env["imap.run"]._fields.values()
        texts = {f.name for f in fields_ if f.store and f.type in ("char", "text", "html", "json")}
        self.assertEqual(texts, {"error_code", "laps"})

    def test_nobody_changes_them(self):
        run = self.runs()
        for user in (self.owner, self.manager, self.env.ref("base.user_admin")):
            with self.subTest(user.login):
                mine = run.with_user(user)
                with self.assertRaises(AccessError):
                    mine.write({"linked": 1000})
                with self.assertRaises(AccessError):
                    mine.unlink()
                with self.assertRaises(AccessError):
                    mine.create(
                        {
                            "connection_id": self.connection.id,
                            "started": fields.Datetime.now(),
                            "outcome": "done",
                        }
                    )
