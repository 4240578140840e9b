"""How far the past mail has been looked at: honest, and moving."""

from datetime import timedelta

from odoo.tests import HttpCase, tagged

from ..models import imap_sync
from .common import MailboxCase
from .fake_server import FakeSession, ago, mail


class ProgressCase(MailboxCase):
    def setUp(self):
        super().setUp()
        self.patch(imap_sync, "SLICE", 10)

    def deliver(self, number, folder=None, days=1):
        for _number in range(number):
            raw = mail("stranger@far.example", "olga@tea.example", date=ago(days=days))
            (folder or self.server.inbox).deliver(raw, ago(days=days))

    def step(self):
        """One slice, as of a run that is short of time."""
        self.connection._sync(budget_seconds=1e-9)
        self.connection.invalidate_recordset()
        return self.connection.progress, self.connection.progress_text


@tagged("post_install", "-at_install")
class TestProgress(ProgressCase):
    def test_only_mail_of_the_period_counts(self):
        self.deliver(100, days=200)
        self.deliver(40)
        self.assertEqual(self.connection.progress_text, "Counting the mails…")
        self.assertEqual(self.step(), (25, "10 of 40"))
        self.assertGreaterEqual(self.connection.backlog_count, 30)
        self.assertEqual(self.step(), (50, "20 of 40"))
        self.assertTrue(self.connection.progress_moving)
        self.assertEqual(self.step(), (75, "30 of 40"))
        while self.connection.progress_moving:
            self.step()
        self.assertEqual((self.connection.progress, self.connection.progress_text), (100, False))
        self.assertFalse(self.connection.backlog_count)

    def test_all_folders_are_counted_from_the_start(self):
        self.deliver(20)
        self.deliver(20, self.server.sent)
        self.assertEqual(self.step(), (25, "10 of 40"))

    def test_everything_is_not_counted_on_the_server(self):
        self.connection.sync_since = False
        self.deliver(40)
        counted = []
        count_from = FakeSession.count_from
        self.patch(FakeSession, "count_from", lambda s, u: counted.append(u) or count_from(s, u))
        self.assertEqual(self.step(), (25, "10 of 40"))
        self.assertFalse(counted)

    def test_counted_once(self):
        self.deliver(40)
        counted = []
        count_from = FakeSession.count_from
        self.patch(FakeSession, "count_from", lambda s, u: counted.append(u) or count_from(s, u))
        for _slice in range(3):
            self.step()
        self.assertEqual(len(counted), 1)

    def test_mail_that_goes_and_comes_meanwhile(self):
        self.deliver(40)
        self.step()
        for uid in list(self.server.inbox.messages)[:20]:
            del self.server.inbox.messages[uid]
        self.deliver(5)
        for _slice in range(6):
            percent, _text = self.step()
            self.assertLessEqual(percent, 100)
        self.assertEqual(percent, 100)

    def test_longer_period_begins_anew(self):
        self.deliver(20, days=100)
        self.deliver(20)
        while self.connection.progress < 100:
            self.step()
        self.connection.sync_since = False
        self.assertEqual(self.connection.progress, 0)
        self.assertEqual(self.step(), (25, "10 of 40"))

    def test_nothing_to_look_at(self):
        self.connection._sync()
        self.assertEqual(self.connection.progress, 100)

    def test_without_folders(self):
        """What was never read is not complete."""
        self.connection.folder_ids.selected = False
        self.assertEqual(self.connection.progress, 0)
        self.assertEqual(self.connection.progress_text, "No folder to read")
        self.assertFalse(self.connection.progress_moving)

    def test_time_left(self):
        self.deliver(100)
        inbox = self.connection.sudo().folder_ids.filtered(lambda f: f.role == "inbox")
        self.assertEqual(self.step()[1], "10 of 100")
        inbox.past_noted -= timedelta(seconds=60)
        self.assertEqual(self.step()[1], "20 of 100, about 4 minutes left")
        inbox.past_pace = 360
        self.assertEqual(self.connection.progress_text, "20 of 100, about 8 hours left")
        inbox.past_pace = 0.1
        self.assertEqual(self.connection.progress_text, "20 of 100, about a minute left")
        inbox.past_noted -= timedelta(hours=1)
        self.connection.invalidate_recordset()
        self.assertEqual(self.connection.progress_text, "20 of 100", "too long ago to say")
        self.assertEqual(self.step()[1], "30 of 100, about a minute left")
        self.connection.action_pause()
        self.assertEqual(self.connection.progress_text, "30 of 100, paused")
        self.assertFalse(self.connection.progress_moving)

    def test_who_sees_it(self):
        self.deliver(40)
        self.step()
        names = ["progress", "progress_text", "progress_moving", "linked_count"]
        for user in (self.owner, self.manager):
            found = self.env["imap.connection"].with_user(user).search_read([], names)
            self.assertEqual(found[0]["progress_text"], "10 of 40")
        self.assertFalse(
            self.env["imap.connection"].with_user(self.other_owner).search_read([], names)
        )


@tagged("post_install", "-at_install")
class TestProgressOnScreen(ProgressCase, HttpCase):
    def test_it_moves_by_itself(self):
        self.deliver(40)
        self.step()
        self.start_tour(
            f"/odoo/imap.connection/{self.connection.id}", "mail_imap_sync.progress", login="olga"
        )
