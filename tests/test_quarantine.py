"""Messages that could not be read: seen, tried again, downloaded, let rest."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from ..lib.errors import ConnectionLost, MessageDamaged, MessageUnreadable
from ..models import imap_claim, imap_quarantine, imap_reader
from .common import MailboxCase
from .fake_server import FakeSession, ago, mail


class QuarantineCase(MailboxCase):
    def setUp(self):
        super().setUp()
        self.good = self.server.inbox.deliver(
            mail("carla@shop.example", "olga@tea.example", "Good"), ago(days=1)
        )
        self.bad = self.server.inbox.deliver(
            mail("carla@shop.example", "olga@tea.example", "Bad"), ago(days=1)
        )
        self.server.unreadable.add(self.bad)
        self.connection._sync()
        self.placement = self.quarantined()
        self.placement.ensure_one()

    def quarantined(self):
        return self.env["imap.placement"].search([("state", "=", "quarantined")])

    def let_a_day_pass(self):
        self.placement.last_attempt = fields.Datetime.now() - timedelta(days=1, minutes=1)

    @property
    def inbox(self):
        return self.connection.folder_ids.filtered(lambda f: f.role == "inbox")


@tagged("post_install", "-at_install")
class TestQuarantine(QuarantineCase):
    def test_reasons_in_words(self):
        """Every way to fail has a sentence, none of them a class name, and mail is not quoted."""
        self.assertEqual(self.placement.error_code, "message_unreadable")
        self.assertEqual(self.placement.error, "broken on the server")
        self.assertIn("does not hand it out", self.placement.reason)
        self.server.unreadable.clear()
        secret = "ValueError: secret words of a mail"
        for failure, code, words in (
            (
                patch.object(imap_reader, "parse_mail", side_effect=MessageDamaged(secret)),
                "message_damaged",
                "is damaged",
            ),
            (
                patch.object(imap_reader.Store, "link", side_effect=ValueError(secret)),
                "message_not_stored",
                "could not store it",
            ),
        ):
            with self.subTest(code), failure:
                if code == "message_not_stored":
                    with self.assertLogs("odoo.addons.mail_imap_sync", "ERROR"):
                        self.placement.action_retry()
                else:
                    self.placement.action_retry()
                self.assertEqual(self.placement.error_code, code)
                self.assertIn(words, self.placement.reason)
                self.assertFalse(self.placement.error)

    def test_retry_links_what_can_be_read_now(self):
        self.server.unreadable.clear()
        notice = self.placement.with_user(self.owner).action_retry()["params"]
        self.assertEqual((notice["message"], notice["type"]), ("linked: 1", "success"))
        self.assertEqual(self.placement.state, "linked")
        self.assertFalse(self.placement.reason)
        self.assertEqual(self.placement.email_id.subject, "Bad")
        self.assertEqual(set(self.entries(self.customer).mapped("subject")), {"Good", "Bad"})
        self.assertEqual((self.inbox.seen, self.inbox.linked, self.inbox.quarantined), (2, 2, 0))
        self.assertFalse(self.connection.quarantine_count)
        self.assertEqual(self.connection._sync()["seen"], 0)

    def test_retry_in_vain(self):
        notice = self.placement.with_user(self.owner).action_retry()["params"]
        self.assertEqual((notice["message"], notice["type"]), ("still unreadable: 1", "warning"))
        self.assertEqual((self.placement.state, self.placement.attempts), ("quarantined", 2))
        self.assertEqual((self.inbox.seen, self.inbox.quarantined), (2, 1))

    def test_retried_daily_by_itself(self):
        self.server.unreadable.clear()
        self.connection._sync()
        self.assertEqual(self.placement.state, "quarantined", "not with every run")
        self.let_a_day_pass()
        self.connection._sync()
        self.assertEqual((self.placement.state, self.placement.attempts), ("linked", 2))

    def test_one_run_retries_a_few_only(self):
        for number in range(5):
            self.server.unreadable.add(
                self.server.inbox.deliver(
                    mail("carla@shop.example", "olga@tea.example", f"Bad {number}"), ago(days=1)
                )
            )
        self.connection._sync()
        self.quarantined().last_attempt = fields.Datetime.now() - timedelta(days=2)
        with patch.object(imap_quarantine, "MOST_PER_RUN", 4):
            for attempted in (4, 6, 6):
                self.connection._sync()
                self.assertEqual(self.quarantined().mapped("attempts").count(2), attempted)

    def test_message_that_breaks_the_connection_holds_nothing_up(self):
        """The attempt is stored before it is made, and the run that it belongs to is no failure."""
        self.let_a_day_pass()
        self.server.inbox.deliver(mail("carla@shop.example", "olga@tea.example", "New"))
        fetch_headers = FakeSession.fetch_headers

        def breaking(session, uids, *, isolate=False):
            if self.bad in uids:
                self.assertTrue(isolate, "the session is to find out which one it is")
                raise ConnectionLost("cable")
            return fetch_headers(session, uids)

        with patch.object(FakeSession, "fetch_headers", breaking):
            self.connection._sync()
            self.assertEqual(self.connection.state, "connected")
            self.assertIn("New", self.entries(self.customer).mapped("subject"))
            self.assertEqual(self.placement.attempts, 2)
            self.connection._sync()
        self.assertEqual(self.placement.attempts, 2)

    def test_what_concerns_nobody_leaves_nothing(self):
        """P4: a message whose header could not be read may turn out to be a stranger's."""
        fetch_headers = FakeSession.fetch_headers

        def unreadable(session, uids, **options):
            return {uid: MessageUnreadable("NO") for uid in uids}

        with patch.object(FakeSession, "fetch_headers", unreadable):
            self.server.inbox.deliver(mail("stranger@far.example", "olga@tea.example", "Strange"))
            self.connection._sync()
        self.assertEqual(FakeSession.fetch_headers, fetch_headers)
        strange = self.quarantined() - self.placement
        notice = strange.with_user(self.owner).action_retry()["params"]
        self.assertEqual(notice["message"], "of no concern: 1")
        self.assertFalse(strange.exists())
        self.assertEqual(self.inbox.skipped_by_rule, {"nobody": 1})

    def test_what_the_server_has_no_more_is_gone(self):
        del self.server.inbox.messages[self.bad]
        notice = self.placement.with_user(self.owner).action_retry()["params"]
        self.assertEqual(notice["message"], "not on the server any more: 1")
        self.assertEqual(self.placement.state, "gone")
        self.assertEqual((self.inbox.seen, self.inbox.linked, self.inbox.quarantined), (1, 1, 0))

    def test_renumbered_folder(self):
        self.server.inbox.renumber()
        self.placement.with_user(self.owner).action_retry()
        self.assertEqual(self.placement.state, "gone")
        self.assertEqual(self.connection._sync()["linked"], 2, "read under its new number")

    def test_let_rest(self):
        self.placement.with_user(self.owner).action_dismiss()
        self.let_a_day_pass()
        self.server.unreadable.clear()
        self.connection._sync()
        self.assertEqual((self.placement.state, self.placement.attempts), ("quarantined", 1))
        self.assertEqual(self.connection.quarantine_count, 1, "still counted")
        self.assertEqual(self.connection.quarantine_open, 0)
        self.placement.with_user(self.owner).action_retry()
        self.assertEqual((self.placement.state, self.placement.dismissed), ("linked", False))

    def test_all_again_from_the_list_of_the_mailbox(self):
        action = self.connection.with_user(self.owner).action_open_quarantine()
        self.server.unreadable.clear()
        placements = self.env["imap.placement"].with_user(self.owner)
        self.assertEqual(placements.search(action["domain"]), self.placement)
        placements.with_context(**action["context"]).action_retry_all()
        self.assertEqual(self.placement.state, "linked")

    def test_not_while_paused_or_synced(self):
        with imap_claim.claimed(self.env, self.connection.id, self.connection.host, 1):
            with self.assertRaisesRegex(UserError, "being synced"):
                self.placement.with_user(self.owner).action_retry()
        self.connection.action_pause()
        with self.assertRaisesRegex(UserError, "not connected"):
            self.placement.with_user(self.owner).action_retry()
        self.assertEqual(self.placement.attempts, 1)

    # who may what

    def test_owner_downloads_the_original(self):
        self.server.unreadable.clear()
        placement = self.placement.with_user(self.owner)
        self.assertTrue(placement.is_own)
        self.assertIn(f"/{placement.id}", placement.action_download()["url"])
        self.assertEqual(placement._original(), self.server.inbox.messages[self.bad].raw)
        self.server.unreadable.add(self.bad)
        with self.assertRaisesRegex(UserError, "does not hand it out"):
            placement._original()
        del self.server.inbox.messages[self.bad]
        self.server.unreadable.clear()
        with self.assertRaisesRegex(UserError, "not on the server any more"):
            placement._original()

    def test_manager_sees_the_reason_and_acts_but_reads_no_mail(self):
        placement = self.placement.with_user(self.manager)
        self.assertEqual(self.connection.with_user(self.manager).quarantine_count, 1)
        self.assertEqual(self.env["imap.placement"].with_user(self.manager).search([]), placement)
        self.assertTrue(placement.reason)
        self.assertFalse(placement.is_own)
        for forbidden in (placement.action_download, placement._original):
            with self.assertRaises(AccessError):
                forbidden()
        placement.action_dismiss()
        self.assertTrue(self.placement.dismissed)
        self.server.unreadable.clear()
        placement.action_retry()
        self.assertEqual(self.placement.state, "linked")
        with self.assertRaises(AccessError, msg="what is linked is none of a manager's business"):
            placement.read(["uid"])

    def test_others_see_nothing(self):
        for user in (self.colleague, self.other_owner):
            placement = self.placement.with_user(user)
            for forbidden in (
                placement.action_retry,
                placement.action_dismiss,
                placement.action_download,
                placement._original,
            ):
                with self.assertRaises(AccessError):
                    forbidden()
        self.assertFalse(self.env["imap.placement"].with_user(self.other_owner).search([]))
        for user in (self.owner, self.manager):
            for operation in ("write", "create", "unlink"):
                self.assertFalse(self.placement.with_user(user).has_access(operation))


@tagged("post_install", "-at_install")
class TestDownload(QuarantineCase, HttpCase):
    def download(self, user):
        self.authenticate(user.login, user.login)
        return self.url_open(f"/mail_imap_sync/original/{self.placement.id}")

    def test_download(self):
        self.server.unreadable.clear()
        answer = self.download(self.owner)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.content, self.server.inbox.messages[self.bad].raw)
        self.assertEqual(answer.headers["Content-Type"], "message/rfc822")
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.assertIn(f"INBOX-{self.bad}.eml", answer.headers["Content-Disposition"])

    def test_nobody_else(self):
        for user in (self.manager, self.colleague, self.other_owner):
            with self.subTest(user.login):
                self.assertEqual(self.download(user).status_code, 403)
        self.authenticate(None, None)
        answer = self.url_open(
            f"/mail_imap_sync/original/{self.placement.id}", allow_redirects=False
        )
        self.assertEqual(answer.status_code, 303)
