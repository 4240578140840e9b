"""Folders whose UIDVALIDITY is another one whenever it is asked for (Courier), although nothing changed."""

from datetime import timedelta
from itertools import count
from unittest.mock import patch

from odoo.tests import tagged

from ..lib.errors import ConnectionLost
from .fake_server import FakeFolder, FakeSession, mail
from .test_changes import ChangesCase


class ForgetfulFolder(FakeFolder):
    """Makes up another UIDVALIDITY every time; UIDs are the places of messages, as nothing is written down."""

    numbers = count(1_700_000_000)

    @property
    def uidvalidity(self):
        return next(self.numbers)

    @uidvalidity.setter
    def uidvalidity(self, value):
        pass

    def renumber_by_place(self):
        messages = list(self.messages.values())
        self.messages = dict(enumerate(messages, 1))
        self.uidnext = len(messages) + 1


@tagged("post_install", "-at_install")
class TestMadeUpUidvalidity(ChangesCase):
    def setUp(self):
        super().setUp()
        self.folder = self.server.folders["INBOX"] = ForgetfulFolder("INBOX", "inbox")
        self.folder.estimated = True
        self.deliver(5)
        self.sync()
        self.read = []
        fetch_headers = FakeSession.fetch_headers

        def fetching(session, uids, **options):
            self.read.extend(uids)
            return fetch_headers(session, uids, **options)

        self.patch(FakeSession, "fetch_headers", fetching)

    def uids_read(self):
        self.read.clear()
        self.sync()
        return list(self.read)

    def subjects(self):
        return set(self.entries(self.customer).mapped("subject"))

    def add(self, subject):
        return self.folder.deliver(mail("carla@shop.example", "olga@tea.example", subject))

    def test_quiet_from_the_third_run_on(self):
        for _run in range(8):
            self.assertEqual(self.uids_read(), [])
        self.assertEqual((self.inbox.resets, self.inbox.trouble), (0, False))
        self.assertEqual(len(self.entries(self.customer)), 5)
        states = self.env["imap.placement"].search([("folder_id", "=", self.inbox.id)])
        self.assertEqual(states.mapped("state"), ["linked"] * 5)

    def test_new_mail_is_read_alone_and_is_news(self):
        for number in range(3):
            uid = self.add(f"News {number}")
            self.assertEqual(self.uids_read(), [uid])
        self.assertEqual(len(self.entries(self.customer)), 8)

    def test_flags_are_followed(self):
        self.folder.flag(2, "\\Seen")
        self.sync(timedelta(minutes=40))
        self.assertEqual(self.flags()[2], "\\Seen")

    def test_one_goes_as_another_one_comes(self):
        """As many messages as before, and the same UIDs: still another folder."""
        for place in (5, 1, 3):
            with self.subTest(place=place):
                self.folder.expunge(place)
                self.add(f"Instead of {place}")
                self.folder.renumber_by_place()
                self.sync()
                self.assertIn(f"Instead of {place}", self.subjects())
                self.assertEqual(self.uids_read(), [])
        self.assertEqual(len(self.entries(self.customer)), 8)
        self.assertFalse(self.inbox.trouble)

    def test_the_newest_goes_before_others_come(self):
        self.add("Sixth")
        self.sync()
        self.folder.expunge(6)
        self.folder.renumber_by_place()
        self.add("Sixth by number")
        self.add("Seventh")
        self.sync()
        self.assertLessEqual({"Sixth", "Sixth by number", "Seventh"}, self.subjects())

    def test_emptied(self):
        self.folder.expunge(1, 2, 3, 4, 5)
        self.folder.renumber_by_place()
        self.sync()
        self.add("After that")
        self.sync()
        self.assertIn("After that", self.subjects())
        self.assertEqual(len(self.entries(self.customer)), 6)

    def test_interrupted(self):
        """New mail that could not be read is read the next time, and not taken for known."""
        uid = self.add("News")
        with patch.object(
            FakeSession, "fetch_bodies", side_effect=ConnectionLost("cable"), autospec=True
        ):
            self.connection._sync()
        self.assertNotIn("News", self.subjects())
        self.assertEqual(self.uids_read(), [uid])
        self.assertIn("News", self.subjects())

    def test_the_server_settles(self):
        self.lasting(77)
        for _run in range(3):
            self.assertEqual(self.uids_read(), [])
        self.assertEqual((self.inbox.uidvalidity, self.inbox.fingerprint), (77, False))
        self.server.verbs.clear()
        uid = self.add("News")
        self.assertEqual(self.uids_read(), [uid])
        self.assertNotIn("fingerprint", self.server.verbs, "nothing is compared any more")

    def lasting(self, uidvalidity):
        """Let the server tell one UIDVALIDITY from now on."""
        folder = FakeFolder("INBOX", "inbox", uidvalidity=uidvalidity)
        for message in self.folder.messages.values():
            folder.deliver(message.raw, message.internaldate)
        self.server.folders["INBOX"] = self.folder = folder

    def test_what_was_compared_long_ago_counts_no_more(self):
        """More mail is read, and then the server is restored: its beginning is the same, the rest is not."""
        for uidvalidity in (self.inbox.uidvalidity, 77):
            with self.subTest(uidvalidity=uidvalidity):
                self.lasting(uidvalidity)
                self.sync()
                self.sync()
                self.add("Six")
                self.add("Seven")
                self.sync()
                self.folder.expunge(6, 7)
                self.folder.uidnext, self.folder.uidvalidity = 6, uidvalidity + 1
                self.add(f"Other six {uidvalidity}")
                self.add(f"Other seven {uidvalidity}")
                self.sync()
                found = self.subjects()
                self.assertIn(f"Other six {uidvalidity}", found)
                self.assertIn(f"Other seven {uidvalidity}", found)
                self.folder.expunge(6, 7)
                self.sync()

    def test_the_audit_agrees(self):
        self.add("News")
        self.sync()
        report = self.connection.action_audit()
        self.assertTrue(report["finished"])
        self.assertEqual((report["on_server"], report["linked"], report["pending"]), (6, 6, 0))
