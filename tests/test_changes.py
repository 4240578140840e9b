"""What changed in what is known: flags, copies that vanish, and those that turn up again."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..lib.errors import CommandRefused, ConnectionLost
from ..lib.known import Tracking
from ..lib.quirks import Quirks
from ..lib.session import Changes, Listed
from ..lib.uid_ranges import UidRanges
from ..models import imap_known
from .common import MailboxCase
from .fake_server import FakeServer, FakeSession, mail


class ChangesCase(MailboxCase):
    """A mailbox on a server that keeps track of changes in one of three ways."""

    tracking = Tracking.NONE

    def setUp(self):
        super().setUp()
        self.server = FakeServer(self.tracking)
        self.inbox = self.connection.folder_ids.filtered(lambda f: f.role == "inbox")
        self.delivered = 0
        self.moment = fields.Datetime.now()
        self.patch(fields.Datetime, "now", staticmethod(lambda *_args: self.moment))

    def deliver(self, count, folder=None):
        """Put mails of the customer into a folder and sync; return their UIDs."""
        uids = []
        for _number in range(count):
            self.delivered += 1
            raw = mail("carla@shop.example", "olga@tea.example", f"Mail {self.delivered}")
            uids.append((folder or self.server.inbox).deliver(raw))
        self.sync()
        return uids

    def sync(self, after=None):
        """Let time pass, then sync; return what was asked of the server."""
        self.moment += after or timedelta(minutes=5)
        self.server.verbs.clear()
        self.connection._sync()
        self.assertEqual(self.connection.state, "connected")
        return list(self.server.verbs)

    def states(self, folder=None):
        """Return UID -> state of the copies in a folder."""
        domain = [("folder_id", "=", (folder or self.inbox).id)]
        return {p.uid: p.state for p in self.env["imap.placement"].search(domain)}

    def flags(self):
        placements = self.env["imap.placement"].search([("folder_id", "=", self.inbox.id)])
        return {placement.uid: placement.flags for placement in placements}

    def add_folder(self, name):
        """Add a folder on the server that is synced; return both sides of it."""
        folder = self.server.add_folder(name)
        folder.uidvalidity = 50 + len(self.server.folders)
        self.connection.action_connect()
        known = self.connection.folder_ids.filtered(lambda f: f.raw_path == name)
        known.selected = True
        return folder, known


class SameOnEveryServer:
    """What has to come out whatever the server can do."""

    def test_flags(self):
        one, two, three = self.deliver(3)
        self.server.inbox.flag(two, "\\Seen", "\\Flagged", "\\Recent")
        self.server.inbox.flag(three, "\\Seen")
        self.sync(timedelta(minutes=40))
        self.assertEqual(self.flags(), {one: "", two: "\\Flagged \\Seen", three: "\\Seen"})
        self.server.inbox.flag(two)
        self.sync(timedelta(minutes=40))
        self.assertEqual(self.flags(), {one: "", two: "", three: "\\Seen"})

    def test_flags_come_with_new_mail(self):
        (one,) = self.deliver(1)
        self.server.inbox.flag(one, "\\Answered")
        self.deliver(1)
        self.assertEqual(self.flags()[one], "\\Answered")

    def test_vanished_is_missing_then_gone_and_the_email_stays(self):
        uids = self.deliver(10)
        entries = self.entries(self.customer)
        self.server.inbox.expunge(*uids[2:4])
        self.sync()
        self.assertEqual(
            [self.states()[uid] for uid in uids[1:5]], ["linked", "missing", "missing", "linked"]
        )
        self.sync()
        self.assertEqual(
            [self.states()[uid] for uid in uids[1:5]], ["linked", "gone", "gone", "linked"]
        )
        self.assertEqual(self.entries(self.customer), entries)
        self.assertEqual(len(self.customer.imap_email_ids), 10)

    def test_vanished_while_as_many_came(self):
        uids = self.deliver(5)
        self.server.inbox.expunge(uids[1])
        new = self.deliver(1)
        self.assertEqual(self.states(), {**dict.fromkeys(uids + new, "linked"), uids[1]: "missing"})

    def test_case_30_mailbox_suddenly_empty(self):
        uids = self.deliver(4)
        messages = dict(self.server.inbox.messages)
        self.server.inbox.expunge(*uids)
        self.sync()
        self.assertNotIn("gone", self.states().values(), "held until a second look")
        self.server.inbox.messages.update(messages)
        self.sync()
        self.assertEqual(self.states(), dict.fromkeys(uids, "linked"))
        self.server.inbox.expunge(*uids)
        self.sync()
        self.sync()
        self.assertEqual(self.states(), dict.fromkeys(uids, "gone"))
        self.assertEqual(len(self.entries(self.customer)), 4)

    def test_gone_and_there_again(self):
        uids = self.deliver(4)
        message = self.server.inbox.messages[uids[0]]
        self.server.inbox.expunge(uids[0])
        self.sync()
        self.sync()
        self.assertEqual(self.states()[uids[0]], "gone")
        self.server.inbox.messages[uids[0]] = message
        self.sync(timedelta(days=2))
        self.assertEqual(self.states(), dict.fromkeys(uids, "linked"))
        self.assertEqual(len(self.entries(self.customer)), 4)

    def test_moves_in_either_order_of_folders(self):
        archive, known = self.add_folder("Archive")
        uids = self.deliver(5)
        there = self.server.inbox.move(uids[0], archive)
        self.sync()
        self.sync()
        self.assertEqual((self.states()[uids[0]], self.states(known)), ("gone", {there: "linked"}))
        back = archive.move(there, self.server.inbox)
        self.sync()
        self.sync()
        self.assertEqual(self.states(known), {there: "gone"})
        self.assertEqual((self.states()[uids[0]], self.states()[back]), ("gone", "linked"))
        self.assertEqual(len(self.entries(self.customer)), 5)
        self.assertEqual(len(self.customer.imap_email_ids), 5)

    def test_moved_behind_the_back_of_the_run(self):
        """Found missing in one folder after the other one was read: it is not gone before that is read again."""
        archive, known = self.add_folder("Archive")
        uids = self.deliver(5)
        look = FakeSession.examine

        def examine(session, raw):
            if raw == b"INBOX" and uids[1] in self.server.inbox.messages:
                self.server.inbox.move(uids[1], archive)
            return look(session, raw)

        self.server.inbox.deliver(mail("carla@shop.example", "olga@tea.example", "News"))
        with patch.object(FakeSession, "examine", examine):
            self.sync()
        self.assertEqual(self.states()[uids[1]], "missing")
        self.sync()
        self.assertEqual(
            (self.states()[uids[1]], list(self.states(known).values())), ("gone", ["linked"])
        )
        self.assertEqual(len(self.entries(self.customer)), 6)

    def test_unchanged_folders_are_not_opened(self):
        """Issue 3: one look at all folders."""
        for number in range(20):
            self.add_folder(f"Folder {number}")
        self.deliver(3)
        self.sync()
        self.assertEqual(self.sync(), ["status"])

    def test_a_whole_pass_comes_before_gone(self):
        uids = self.deliver(5)
        self.server.inbox.expunge(uids[0])
        self.sync()
        for number in range(3):
            self.server.inbox.deliver(
                mail("carla@shop.example", "olga@tea.example", f"More {number}")
            )
        with patch.object(
            FakeSession, "fetch_headers", side_effect=ConnectionLost("cable"), autospec=True
        ):
            self.moment += timedelta(minutes=5)
            self.connection._sync()
        self.assertEqual(self.states()[uids[0]], "missing")
        self.sync()
        self.assertEqual(self.states()[uids[0]], "gone")

    def test_interrupted_look_is_made_again(self):
        uids = self.deliver(5)
        self.server.inbox.expunge(uids[0])
        self.server.inbox.flag(uids[1], "\\Seen")
        with (
            patch.object(
                FakeSession, "changes_since", side_effect=ConnectionLost("cable"), autospec=True
            ),
            patch.object(
                FakeSession, "listing", side_effect=ConnectionLost("cable"), autospec=True
            ),
        ):
            self.connection._sync()
        self.assertEqual(self.states()[uids[0]], "linked")
        self.sync()
        self.assertEqual((self.states()[uids[0]], self.flags()[uids[1]]), ("missing", "\\Seen"))


@tagged("post_install", "-at_install")
class TestWithoutModseq(SameOnEveryServer, ChangesCase):
    def test_schedule(self):
        """Recent flags every half hour, everything once a day, and nothing in between."""
        self.deliver(3)
        self.sync()
        self.assertEqual(self.sync(timedelta(minutes=10)), ["status"])
        self.assertIn("recent", self.sync(timedelta(minutes=31)))
        self.assertEqual(self.sync(timedelta(minutes=10)), ["status"])
        self.assertIn("listing", self.sync(timedelta(hours=24)))
        self.assertEqual(self.sync(timedelta(minutes=10)), ["status"])

    def test_server_that_shows_only_a_part(self):
        """Yahoo: what is missing in a list may be there."""
        uids = self.deliver(5)
        self.server.quirks = Quirks(partial_view=True)
        self.server.inbox.flag(uids[3], "\\Seen")
        self.server.inbox.expunge(*uids[:2])
        self.assertNotIn("listing", self.sync())
        self.sync(timedelta(hours=25))
        self.assertEqual(self.states(), dict.fromkeys(uids, "linked"))
        self.assertEqual(self.flags()[uids[3]], "\\Seen")

    def test_short_listing_deletes_nothing(self):
        """Invariant 5."""
        uids = self.deliver(5)
        self.server.inbox.expunge(uids[0])

        def short(_session, **_options):
            yield Listed(1, 2**32 - 1, UidRanges.of(uids[1:2]), {})
            raise CommandRefused("a list of 1 messages where there are 4")

        with patch.object(FakeSession, "listing", short):
            self.sync()
            new = self.deliver(1)
        self.assertEqual(self.states(), dict.fromkeys(uids + new, "linked"), "new mail still comes")
        self.sync()
        self.assertEqual(self.states()[uids[0]], "missing")


@tagged("post_install", "-at_install")
class TestCondstore(SameOnEveryServer, ChangesCase):
    tracking = Tracking.CONDSTORE

    def test_listed_only_if_something_vanished(self):
        uids = self.deliver(5)
        self.server.inbox.deliver(mail("carla@shop.example", "olga@tea.example", "New"))
        self.assertNotIn("listing", self.sync())
        self.server.inbox.expunge(uids[0])
        self.assertIn("listing", self.sync())

    def test_case_33_modseq_falls(self):
        uids = self.deliver(5)
        self.inbox.highestmodseq = 2**62
        self.server.inbox.flag(uids[0], "\\Seen")
        self.assertIn("listing", self.sync())
        self.assertEqual(self.flags()[uids[0]], "\\Seen")

    def test_server_that_cannot_say_what_changed(self):
        uids = self.deliver(5)
        self.server.inbox.flag(uids[0], "\\Seen")
        with patch.object(
            FakeSession, "changes_since", side_effect=CommandRefused("BAD"), autospec=True
        ):
            self.assertIn("listing", self.sync())
        self.assertEqual(self.flags()[uids[0]], "\\Seen")

    def test_no_modseq_in_this_folder(self):
        """NOMODSEQ (RFC 7162 section 3.1.2.2): the folder is looked at by the schedule."""
        with patch.object(FakeSession, "_modseq", lambda _session, _folder: None):
            uids = self.deliver(5)
            self.sync()
            self.server.inbox.flag(uids[0], "\\Seen")
            self.assertEqual(self.sync(), ["status"])
            self.sync(timedelta(minutes=31))
        self.assertEqual(self.flags()[uids[0]], "\\Seen")


@tagged("post_install", "-at_install")
class TestQresync(SameOnEveryServer, ChangesCase):
    tracking = Tracking.QRESYNC

    def test_never_listed(self):
        uids = self.deliver(5)
        self.server.inbox.expunge(uids[0])
        self.assertNotIn("listing", self.sync())

    def test_vanished_in_many_pieces(self):
        uids = self.deliver(130)
        with patch.object(imap_known, "MOST_UIDS", 20):
            self.server.inbox.expunge(*uids[::2])
            self.sync()
        self.assertEqual([self.states()[uid] for uid in uids], ["missing", "linked"] * 65)

    def test_vanished_that_is_not_true(self):
        """A Cyrus once said ``VANISHED (EARLIER) 1:26183`` of a live inbox."""
        uids = self.deliver(5)
        self.server.inbox.flag(uids[0], "\\Seen")

        def changes(_session, _modseq):
            yield Changes({}, UidRanges([(1, 26183)]))

        with patch.object(FakeSession, "changes_since", changes):
            self.sync()
        self.assertEqual(set(self.states().values()), {"missing"})
        self.sync()
        self.assertEqual(self.states(), dict.fromkeys(uids, "linked"))

    def test_case_40_vanished_with_an_unrelated_command(self):
        uids = self.deliver(5)
        fetch_headers = FakeSession.fetch_headers

        def vanishing(session, wanted, **options):
            self.server.inbox.messages.pop(uids[3], None)
            return fetch_headers(session, wanted, **options)

        with patch.object(FakeSession, "fetch_headers", vanishing):
            self.deliver(1)
        self.assertEqual(self.states()[uids[3]], "missing")
        self.sync()
        self.assertEqual(self.states()[uids[3]], "gone")
