"""States of a mailbox, its folders, and its life."""

from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..lib.backoff import delay_after
from ..lib.errors import (
    CertificateInvalid,
    HostUnknown,
    LoginRefused,
    SecretUnreadable,
    SyncError,
    Throttled,
)
from ..models import imap_schedule
from ..models.imap_error import SENTENCES
from .common import MailboxCase
from .fake_server import mail


@tagged("post_install", "-at_install")
class TestConnection(MailboxCase):
    def test_connecting_fetches_folders_and_chooses_inbox_and_sent(self):
        for role in ("drafts", "trash", "junk", "archive", "other"):
            self.server.add_folder(role.title(), role)
        new = self.connection.create(
            {"email": "second@tea.example", "host": "h.example", "password": "x"}
        )
        new.action_connect()
        self.assertEqual(new.state, "connected")
        chosen = new.folder_ids.filtered("selected")
        self.assertEqual(chosen.mapped("path"), ["INBOX", "Sent"])
        self.assertEqual(len(new.folder_ids), 7)
        self.assertTrue(new.next_sync)

    def test_defaults(self):
        new = self.connection.new({"email": "second@tea.example", "host": "h.example"})
        self.assertEqual((new.name, new.login), ("second@tea.example",) * 2)
        self.assertEqual((new.security, new.port), ("ssl", 993))
        new.security = "starttls"
        self.assertEqual(new.port, 143)
        self.assertTrue(new.sync_since)

    def test_failure_is_a_sentence(self):
        for error, words in (
            (LoginRefused("raw"), "login and password"),
            (HostUnknown("raw"), "no mail server with this name"),
            (CertificateInvalid("raw"), "certificate"),
        ):
            self.server.error = error
            with self.assertRaisesRegex(UserError, words) as caught:
                self.connection.action_connect()
            self.assertNotIn("raw", str(caught.exception))

    def test_every_failure_has_a_sentence(self):
        def kinds(error):
            yield error
            for kind in error.__subclasses__():
                yield from kinds(kind)

        self.assertEqual({error.code for error in kinds(SyncError)}, set(SENTENCES))

    def test_folders_follow_the_server_and_keep_their_choice(self):
        self.connection.folder_ids.filtered(lambda f: f.path == "Sent").selected = False
        self.server.add_folder("Projects")
        del self.server.folders["INBOX"]
        self.connection.action_connect()
        self.assertTrue(
            all(self.connection.folder_ids.mapped("available")), "a second look decides"
        )
        self.connection.action_connect()
        folders = {f.path: (f.selected, f.available) for f in self.connection.folder_ids}
        self.assertEqual(
            folders, {"INBOX": (True, False), "Sent": (False, True), "Projects": (False, True)}
        )

    def test_pause_and_resume_without_a_gap(self):
        self.connection._sync()
        self.connection.action_pause()
        self.server.inbox.deliver(mail("carla@shop.example", "olga@tea.example", "Meanwhile"))
        self.assertFalse(self.connection._sync()["seen"])
        with self.assertRaises(UserError):
            self.connection.action_sync_now()
        self.connection.action_resume()
        notification = self.connection.action_sync_now()
        self.assertEqual(notification["params"]["type"], "success")
        self.assertEqual(self.entries(self.customer).subject, "Meanwhile")

    def test_sync_now_tells_the_problem(self):
        self.server.error = LoginRefused("raw")
        notification = self.connection.action_sync_now()
        self.assertEqual(notification["params"]["type"], "danger")
        self.assertIn("login and password", notification["params"]["message"])

    def test_disconnected_mailbox_needs_its_password_to_resume(self):
        self.connection.action_disconnect()
        with self.assertRaises(UserError):
            self.connection.action_resume()
        self.assertFalse(self.connection._sync()["seen"])
        self.connection.password = "again"
        self.connection.action_resume()
        self.assertEqual(self.connection.state, "connected")

    def test_deleting_a_mailbox_keeps_the_mail(self):
        self.server.inbox.deliver(mail("carla@shop.example", "olga@tea.example"))
        self.connection._sync()
        self.connection.unlink()
        self.assertEqual(len(self.entries(self.customer)), 1)

    def test_archived_owner_stops_the_sync(self):
        self.owner.active = False
        self.assertEqual(self.connection.state, "paused")
        self.assertFalse(self.connection._sync()["seen"])
        self.assertNotIn(
            self.connection, self.connection.search(imap_schedule.due_domain(self.env))
        )
        with self.assertRaises(UserError):
            self.connection.action_resume()
        self.assertFalse(self.sessions)

    @mute_logger("odoo.sql_db")
    def test_second_connection_to_the_same_mailbox_is_refused(self):
        with self.assertRaises(UniqueViolation):
            self.connection.create(
                {"email": "OLGA@tea.example", "host": "imap.TEA.example", "user_id": self.owner.id}
            )

    def test_not_an_address(self):
        with self.assertRaises(ValidationError):
            self.connection.create({"email": "olga", "host": "h.example"})

    def test_is_due_again_when_the_scheduled_action_comes_again(self):
        now = fields.Datetime.now()
        self.connection._sync()
        due = self.connection.next_sync - now
        self.assertTrue(timedelta(minutes=4) < due < timedelta(minutes=5), due)

    def test_copied_database_is_neutralised(self):
        form = self.env["imap.connect"].with_user(self.owner).create({"password": "typed"})
        self.env.flush_all()
        for query in get_neutralization_queries(["mail_imap_sync"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.assertEqual(self.connection.state, "disconnected")
        self.assertFalse(self.connection.has_password)
        self.assertFalse(form.has_password, "somebody was about to connect it")
        self.assertFalse(self.connection._sync()["seen"])

    def test_large_numbers_of_servers(self):
        """UIDVALIDITY and UIDNEXT are unsigned 32 bits, MODSEQ has 63."""
        folder = self.connection.folder_ids[0]
        folder.write({"uidvalidity": 2**32 - 1, "uidnext": 2**32, "highestmodseq": 2**63 - 1})
        folder.flush_recordset()
        folder.invalidate_recordset()
        self.assertEqual(folder.highestmodseq, 2**63 - 1)
        self.assertEqual(folder.uidnext, 2**32)


@tagged("post_install", "-at_install")
class TestBackoff(MailboxCase):
    def test_doubles_to_an_hour_with_jitter(self):
        def middle():
            return 0.5

        delays = [delay_after(SyncError(), n, draw=middle) for n in (1, 2, 3, 50)]
        self.assertEqual(delays, [60, 120, 240, 3600])

    def test_obeys_the_server(self):
        self.assertEqual(delay_after(Throttled(retry_after=7200), 1), 7200)

    def test_needs_the_owner(self):
        self.assertIsNone(delay_after(SecretUnreadable(), 1))
        self.assertTrue(delay_after(LoginRefused(), 1))
        self.assertIsNone(delay_after(LoginRefused(), 3))

    def test_time_of_the_next_try_is_stored(self):
        self.server.error = Throttled("slow", retry_after=7200)
        self.connection._sync()
        self.assertGreater(
            (self.connection.next_sync - fields.Datetime.now()).total_seconds(), 7100
        )
