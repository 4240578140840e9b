"""Servers that number their messages anew, and messages at which a server ends the connection."""

from unittest.mock import patch

from odoo.tests import tagged

from ..lib.errors import ConnectionLost, MessageUnreadable, ServerUnavailable
from ..lib.known import Tracking
from .fake_server import FakeSession, mail
from .test_changes import ChangesCase


@tagged("post_install", "-at_install")
class TestResets(ChangesCase):
    """Linked again: the same emails, no entry twice, none lost, no copy taken for gone."""

    tracking = Tracking.QRESYNC

    def setUp(self):
        super().setUp()
        self.uids = self.deliver(6)
        self.before = self.entries(self.customer)

    def assert_linked_again(self, folder=None):
        folder = folder or self.server.inbox
        self.assertEqual(self.entries(self.customer), self.before)
        current = {
            placement.uid: placement.state
            for placement in self.env["imap.placement"].search(
                [("folder_id", "=", self.inbox.id), ("uidvalidity", "=", self.inbox.uidvalidity)]
            )
        }
        self.assertEqual(current, dict.fromkeys(folder.messages, "linked"))

    def test_case_31_uidvalidity_changes(self):
        self.server.inbox.renumber()
        self.sync()
        self.assert_linked_again()
        self.assertEqual(len(self.states()), 6, "one row for each copy, with its new UID")
        for _run in range(3):
            self.sync()
        self.assert_linked_again()
        self.assertFalse(self.inbox.resets)

    def test_case_31_uidvalidity_changes_and_mail_is_missing(self):
        """What a server lost together with its numbers is not taken for deleted by its owner."""
        self.server.inbox.expunge(*self.uids[:2])
        self.server.inbox.renumber()
        for _run in range(3):
            self.sync()
        states = sorted(self.states().values())
        self.assertEqual(states, ["linked"] * 4 + ["missing"] * 2)
        self.assertEqual(self.entries(self.customer), self.before)

    def test_case_31_uidvalidity_flips_back(self):
        before = self.server.inbox
        after = self.server.add_folder("INBOX", "inbox")
        after.uidvalidity, after.uidnext = 77, 500
        for message in before.messages.values():
            after.deliver(message.raw, message.internaldate)
        for folder in (after, before, after, before):
            self.server.folders["INBOX"] = folder
            self.sync()
            self.assert_linked_again(folder)

    def test_case_31_with_the_same_uids_for_other_mail(self):
        folder = self.server.inbox
        messages = list(folder.messages.values())
        folder.uidvalidity += 1
        folder.messages = dict(zip(self.uids, reversed(messages), strict=True))
        self.sync()
        self.assert_linked_again()
        for uid, message in folder.messages.items():
            placement = self.env["imap.placement"].search(
                [("folder_id", "=", self.inbox.id), ("uid", "=", uid)]
            )
            self.assertIn(placement.email_id.subject.encode(), message.raw)

    def test_case_31_uidvalidity_missing_now_and_then(self):
        for uidvalidity in (0, 1, 0):
            self.server.inbox.uidvalidity = uidvalidity
            self.sync()
            self.assertEqual(set(self.states().values()), {"linked"})
            self.assertEqual((self.inbox.uidvalidity, self.inbox.resets), (1, 0))
        self.uids += self.deliver(1)
        self.assertEqual(len(self.entries(self.customer)), 7)

    def test_case_31_uidvalidity_never_told(self):
        folder, known = self.add_folder("Old server")
        folder.uidvalidity = 0
        uids = self.deliver(4, folder)
        uids += self.deliver(1, folder)
        folder.expunge(uids[0])
        for _run in range(3):
            self.sync()
        self.assertEqual(self.states(known), dict.fromkeys(uids, "linked"), "nothing is concluded")
        self.assertEqual(known.resets, 0)
        self.assertEqual(len(self.entries(self.customer)), 6 + 5)

    def test_case_32_uidnext_falls(self):
        folder = self.server.inbox
        folder.expunge(self.uids[-1])
        folder.uidnext = self.uids[-1]
        self.sync()
        self.assertEqual(self.states(), dict.fromkeys(self.uids[:-1], "linked"))
        new = self.deliver(1)
        self.assertEqual(new, [self.uids[-1]], "the same number for another mail")
        self.assertEqual(self.states(), dict.fromkeys(self.uids, "linked"))
        self.assertEqual(len(self.entries(self.customer)), 7)

    def test_case_32_uidnext_not_told(self):
        """163: it is worked out from the last message, and falls when that is deleted."""
        folder = self.server.inbox
        folder.estimated = True
        folder.expunge(self.uids[-1])
        folder.uidnext = self.uids[-1]
        self.sync()
        self.assertEqual(self.inbox.resets, 0)
        self.assertEqual(self.states()[self.uids[-1]], "missing")
        folder.uidnext = self.uids[-1] + 1
        new = folder.deliver(mail("carla@shop.example", "olga@tea.example", "After that"))
        self.sync()
        self.assertEqual(self.states()[new], "linked")

    def test_stopped_after_five_resets_in_a_row(self):
        for number in range(1, 6):
            self.server.inbox.renumber()
            self.sync()
            self.assertEqual(self.inbox.resets, number)
        self.assertEqual(self.inbox.trouble, "resets")
        self.assertEqual(self.sync(), ["status"], "it is left alone")
        self.assertEqual(self.entries(self.customer), self.before)
        self.inbox.selected = False
        self.inbox.selected = True
        self.sync()
        self.assertFalse(self.inbox.trouble)
        self.assert_linked_again()

    def test_resets_now_and_then_do_not_add_up(self):
        for _number in range(7):
            self.server.inbox.renumber()
            self.sync()
            self.deliver(1)
        self.assertFalse(self.inbox.trouble)


@tagged("post_install", "-at_install")
class TestMessageThatEndsTheConnection(ChangesCase):
    def test_it_is_found_and_does_not_block_its_folder(self):
        self.assert_found(ConnectionLost("it died"))

    def test_server_that_calls_itself_unavailable_at_it(self):
        self.assert_found(ServerUnavailable("BYE internal error"))

    def assert_found(self, error):
        poison = self.server.inbox.deliver(mail("carla@shop.example", "olga@tea.example", "Poison"))
        self.server.inbox.deliver(mail("carla@shop.example", "olga@tea.example", "Good"))
        asked = []
        fetch_bodies = FakeSession.fetch_bodies

        def deadly(session, messages, *, isolate=False):
            asked.append(isolate)
            if not isolate:
                raise error
            for uid, body in fetch_bodies(session, messages):
                yield uid, MessageUnreadable("kills the server") if uid == poison else body

        with patch.object(FakeSession, "fetch_bodies", deadly):
            for _run in range(3):
                self.connection._sync()
        self.assertEqual(asked, [False, False, True])
        self.assertEqual(self.connection.state, "connected")
        self.assertEqual(self.entries(self.customer).mapped("subject"), ["Good"])
        self.assertEqual(self.states()[poison], "quarantined")
        self.assertFalse(self.inbox.failures)

    def test_a_server_that_is_down_is_not_blamed_on_messages(self):
        self.deliver(2)
        self.server.error = ConnectionLost("down")
        for _run in range(4):
            self.connection._sync()
        self.server.error = None
        self.assertFalse(self.inbox.failures)
