"""Administrators hear of mailboxes that are silent although their servers have new mail."""

from datetime import timedelta

from odoo import fields
from odoo.tests import new_test_user, tagged

from .. import hooks
from ..lib.errors import ServerUnavailable
from ..models import imap_silence
from .common import MailboxCase
from .fake_server import FakeServer, FakeSession, mail
from .test_dovecot_sync import LOGIN, DovecotCase


class Silence:
    """Time passes, and the daily look is made."""

    def look(self, after=None):
        """Run the scheduled action, ``after`` some time."""
        connections = self.env["imap.connection"].sudo().search([("state", "=", "connected")])
        for connection in connections:
            for name in ("connected_since", "next_look", "unread_since"):
                if connection[name] and after:
                    connection[name] -= after
        with self.enter_registry_test_mode():
            self.env.ref("mail_imap_sync.ir_cron_silent").method_direct_trigger()
        self.env.invalidate_all()

    def activities(self, user=None):
        domain = [("user_id", "=", (user or self.manager).id)]
        kind = self.env.ref("mail_imap_sync.mail_activity_silent")
        return self.env["mail.activity"].search([*domain, ("activity_type_id", "=", kind.id)])

    def notices(self, user=None):
        return self.env["mail.message"].search(
            [
                ("message_type", "=", "user_notification"),
                ("partner_ids", "in", (user or self.manager).partner_id.ids),
            ]
        )


@tagged("post_install", "-at_install")
class TestSilence(Silence, MailboxCase):
    def setUp(self):
        super().setUp()
        self.connection._sync()

    def deliver(self, subject="Hello"):
        self.server.inbox.deliver(mail("carla@shop.example", "olga@tea.example", subject))

    def fall_silent(self):
        self.deliver()
        self.look(timedelta(days=2))
        self.look(timedelta(hours=2))

    def test_not_in_the_first_day(self):
        self.deliver()
        self.look(timedelta(hours=20))
        self.assertFalse(self.connection.unread_since)

    def test_mail_that_came_just_now(self):
        self.deliver()
        self.look(timedelta(days=2))
        self.assertFalse(self.connection.silent_since, "a run may be about to read it")
        self.look(timedelta(minutes=30))
        self.assertFalse(self.connection.silent_since)
        self.connection._sync()
        self.deliver("Meanwhile there is more")
        self.look(timedelta(hours=2))
        self.assertFalse(self.connection.silent_since, "what waited was read")
        self.assertFalse(self.notices())

    def test_an_hour_later_it_is_said_once(self):
        self.fall_silent()
        self.assertTrue(self.connection.silent_since)
        self.assertEqual(self.connection.with_user(self.owner).needs, "silent")
        self.assertIn("INBOX", self.connection.with_user(self.owner).advice)
        self.assertEqual(len(self.notices()), 1)
        self.assertIn("olga@tea.example", self.notices().body)
        self.assertEqual(len(self.activities()), 1)
        for _day in range(3):
            self.look(timedelta(days=1))
        self.assertEqual(len(self.notices()), 1)
        self.assertEqual(len(self.activities()), 1)
        self.assertFalse(self.notices(self.owner))
        self.assertFalse(self.notices(self.colleague))

    def test_who_has_done_it_hears_of_others_only(self):
        self.fall_silent()
        self.activities().unlink()
        self.look(timedelta(days=1))
        self.assertFalse(self.activities())
        other = self._connect(self.other_owner)
        self.servers[other.email] = FakeServer()
        other._sync()
        self.servers[other.email].inbox.deliver(mail("carla@shop.example", "otto@tea.example"))
        self.look(timedelta(days=2))
        self.look(timedelta(hours=2))
        self.assertEqual(len(self.notices()), 2)
        self.assertNotIn("olga@tea.example", self.notices().sorted("id")[-1].body)
        self.assertIn("olga@tea.example", self.activities().note)
        self.assertIn("otto@tea.example", self.activities().note)

    def test_it_ends_when_the_mail_is_read(self):
        self.fall_silent()
        cron = self.env.ref("mail_imap_sync.ir_cron_silent")
        triggers = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self.connection.with_user(self.manager).action_sync_now()
        self.assertFalse(self.connection.silent_since)
        self.assertEqual(
            self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)]), triggers + 1
        )
        self.look()
        self.assertFalse(self.activities())
        self.assertFalse(self.connection.with_user(self.manager).needs_attention)
        self.deliver("Once more")
        self.look(timedelta(days=2))
        self.look(timedelta(hours=2))
        self.assertEqual(len(self.notices()), 2, "it is another time")

    def test_it_ends_when_somebody_pauses_it(self):
        self.fall_silent()
        self.connection.action_pause()
        self.assertFalse(self.connection.silent_since)
        self.look()
        self.assertFalse(self.activities())

    def test_a_run_that_does_not_help_does_not_end_it(self):
        """The folder was stopped: runs go on, and pass over it."""
        inbox = self.connection.folder_ids.filtered(lambda f: f.role == "inbox")
        inbox.trouble = "resets"
        self.fall_silent()
        self.server.sent.deliver(mail("olga@tea.example", "carla@shop.example", "Sent"))
        self.connection._sync()
        self.assertTrue(self.connection.silent_since)
        self.assertEqual(len(self.activities()), 1)
        inbox.selected = False
        inbox.selected = True
        self.connection._sync()
        self.assertFalse(self.connection.silent_since)

    def test_nothing_of_it_is_left_without_the_addon(self):
        self.fall_silent()
        hooks._remove_notices(self.env)
        self.assertFalse(self.activities())
        self.assertFalse(self.notices())

    def test_managers_hear_of_their_companies(self):
        stranger = self.manager_elsewhere()
        self.fall_silent()
        self.assertFalse(self.notices(stranger))
        self.assertFalse(self.activities(stranger))

    def test_who_manages_no_more_has_no_activity(self):
        self.fall_silent()
        self.manager.group_ids -= self.env.ref("mail_imap_sync.group_manager")
        self.look(timedelta(days=1))
        self.assertFalse(self.activities())

    def test_a_server_that_fails_is_asked_once(self):
        other = self._connect(self.other_owner)
        other._sync()
        self.server.error = ServerUnavailable("maintenance")
        before = self.sessions
        self.look(timedelta(days=2))
        self.assertEqual(self.sessions - before, 1)
        self.assertEqual(self.connection.state, "connected", "its runs say what is wrong")
        looked = (self.connection + other).sudo().filtered("next_look")
        self.assertEqual(len(looked), 1, "the other one is next")

    def test_only_connected_mailboxes_are_asked(self):
        self.connection.action_pause()
        before = self.sessions
        self.look(timedelta(days=2))
        self.assertEqual(self.sessions, before)

    def test_nothing_is_read(self):
        self.deliver()
        self.server.verbs.clear()
        self.look(timedelta(days=2))
        self.assertEqual(self.server.verbs, ["status"])

    def test_servers_without_uidnext(self):
        status = FakeSession.status

        def without(session, raws):
            found = status(session, raws)
            return {
                raw: type(state)(state.uidvalidity, None, state.messages, None)
                for raw, state in found.items()
            }

        self.patch(FakeSession, "status", without)
        inbox = self.connection.folder_ids.filtered(lambda f: f.role == "inbox")
        states = FakeSession(self.server).status([b"INBOX"])
        self.assertFalse(imap_silence._has_unread(inbox, states[b"INBOX"]))
        self.deliver()
        states = FakeSession(self.server).status([b"INBOX"])
        self.assertTrue(imap_silence._has_unread(inbox, states[b"INBOX"]))


@tagged("post_install", "-at_install")
class TestSilenceOnDovecot(Silence, DovecotCase):
    def test_from_silence_to_work(self):
        self.manager = new_test_user(
            self.env,
            "maria",
            email="maria@tea.example",
            groups="base.group_user,mail_imap_sync.group_manager",
        )
        connection = self.connect()
        connection.action_connect()
        self.server.append(LOGIN, "INBOX", mail("carla@shop.example", LOGIN, "First"))
        connection._sync()
        self.look(timedelta(days=2))
        self.assertFalse(connection.unread_since, "nothing is unread")
        self.server.append(LOGIN, "INBOX", mail("carla@shop.example", LOGIN, "Second"))
        self.look(timedelta(days=2))
        self.assertTrue(connection.unread_since)
        self.look(timedelta(hours=2))
        self.assertTrue(connection.silent_since)
        self.assertEqual(len(self.activities()), 1)
        connection._sync()
        self.assertEqual(len(self.entries()), 2)
        self.assertFalse(connection.silent_since)
        self.look()
        self.assertFalse(self.activities())
        self.assertLess(connection.next_look, fields.Datetime.now() + timedelta(days=1, hours=1))
