"""What changed in what is known, on a real Dovecot with everything, without QRESYNC, and without CONDSTORE."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .fake_server import mail
from .test_dovecot_sync import LOGIN, DovecotCase

WITHOUT_QRESYNC = (
    "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ AUTH=PLAIN SORT ESEARCH UIDPLUS MOVE "
    "LIST-EXTENDED LIST-STATUS SPECIAL-USE CONDSTORE"
)
WITHOUT_CONDSTORE = "IMAP4rev1 SASL-IR ID IDLE LITERAL+ AUTH=PLAIN UIDPLUS"


class DovecotChangesCase(DovecotCase):
    """The same scenario, whatever the server offers."""

    def setUp(self):
        super().setUp()
        self.moment = fields.Datetime.now()
        self.patch(fields.Datetime, "now", staticmethod(lambda *_args: self.moment))
        self.box = self.server.mailbox(LOGIN)
        self.addCleanup(self.empty)
        self.connection = self.connect()
        self.connection.action_connect()

    def empty(self):
        for folder in self.box.folders():
            if folder.startswith("Project"):
                self.box.delete_folder(folder)
                continue
            uids = [message.uid for message in self.box.messages(folder)]
            if uids:
                self.box.expunge(folder, uids)

    def deliver(self, count, folder="INBOX", subject="Mail"):
        uids = [
            self.box.append(folder, mail("carla@shop.example", LOGIN, f"{subject} {number}"))
            for number in range(count)
        ]
        self.sync()
        return uids

    def sync(self, after=None):
        """Let time pass, then sync; return what was sent after signing in."""
        self.moment += after or timedelta(minutes=5)
        before = len(self.server.client_commands(LOGIN))
        self.connection._sync()
        self.assertEqual(self.connection.state, "connected", self.connection.error_message)
        commands = self.server.client_commands(LOGIN)[before:]
        return [c for c in commands if not c.startswith(("ID ", "CAPABILITY", "LOGOUT"))]

    def copies(self, folder="INBOX"):
        return self.env["imap.placement"].search(
            [("folder_id.connection_id", "=", self.connection.id), ("folder_id.path", "=", folder)]
        )

    def states(self, folder="INBOX"):
        return {copy.uid: copy.state for copy in self.copies(folder)}

    def flags(self, folder="INBOX"):
        return {copy.uid: copy.flags for copy in self.copies(folder)}

    def select(self, folder):
        self.connection.action_connect()
        self.connection.folder_ids.filtered(lambda f: f.path == folder).selected = True
        self.sync()


class SameOnEveryServer:
    def test_flags(self):
        one, two, three = self.deliver(3)
        self.box.add_flags("INBOX", [two, three], ["\\Seen", "$Work"])
        self.sync(timedelta(minutes=40))
        self.assertEqual(self.flags(), {one: "", two: "$Work \\Seen", three: "$Work \\Seen"})
        self.box.remove_flags("INBOX", [two], ["\\Seen"])
        self.sync(timedelta(minutes=40))
        self.assertEqual(self.flags(), {one: "", two: "$Work", three: "$Work \\Seen"})

    def test_vanished(self):
        uids = self.deliver(8)
        entries = self.entries()
        self.box.expunge("INBOX", uids[2:4])
        self.sync()
        self.sync()
        expected = {**dict.fromkeys(uids, "linked"), **dict.fromkeys(uids[2:4], "gone")}
        self.assertEqual(self.states(), expected)
        self.assertEqual(self.entries(), entries)

    def test_vanished_while_as_many_came(self):
        uids = self.deliver(8)
        self.box.expunge("INBOX", uids[:1])
        new = self.deliver(1, subject="New")
        self.assertEqual(self.states()[uids[0]], "missing")
        self.sync()
        self.assertEqual((self.states()[uids[0]], self.states()[new[0]]), ("gone", "linked"))

    def test_moved_there_and_back(self):
        self.select("Archive")
        uids = self.deliver(4)
        self.box.move("INBOX", uids[:2], "Archive")
        self.sync()
        self.sync()
        self.assertEqual(list(self.states().values()).count("gone"), 2)
        self.assertEqual(list(self.states("Archive").values()), ["linked", "linked"])
        self.box.move("Archive", list(self.states("Archive"))[:1], "INBOX")
        self.sync()
        self.sync()
        self.assertEqual(sorted(self.states("Archive").values()), ["gone", "linked"])
        self.assertEqual(list(self.states().values()).count("linked"), 3)
        self.assertEqual(len(self.entries()), 4)
        self.assertEqual(len(self.copies().email_id | self.copies("Archive").email_id), 4)

    def test_case_30_everything_vanished(self):
        uids = self.deliver(4)
        self.box.expunge("INBOX", uids)
        self.sync()
        self.assertNotIn("gone", self.states().values())
        self.sync()
        self.assertEqual(set(self.states().values()), {"gone"})
        self.assertEqual(len(self.entries()), 4)

    def test_renamed_folder_keeps_its_place(self):
        self.box.create_folder("Project A")
        self.select("Project A")
        uids = self.deliver(3, "Project A")
        self.box.rename_folder("Project A", "Project Ä")
        uids.append(self.box.append("Project Ä", mail("carla@shop.example", LOGIN, "After that")))
        self.sync()
        self.assertEqual(self.states("Project Ä"), dict.fromkeys(uids, "linked"))
        folder = self.connection.folder_ids.filtered(lambda f: f.path == "Project Ä")
        self.assertEqual((folder.selected, folder.seen), (True, 4))
        self.assertFalse(self.connection.folder_ids.filtered(lambda f: f.path == "Project A"))
        self.assertEqual(len(self.entries()), 4)

    def test_deleted_and_made_anew(self):
        self.box.create_folder("Project B")
        self.select("Project B")
        self.deliver(3, "Project B")
        raw = self.box.raw("Project B", 2)
        self.box.delete_folder("Project B")
        self.box.create_folder("Project B")
        self.box.append("Project B", raw)
        self.box.append("Project B", mail("carla@shop.example", LOGIN, "New"))
        for _run in range(3):
            self.sync(timedelta(hours=2))
        self.assertEqual(len(self.entries()), 4)
        self.assertEqual(
            sorted(self.copies("Project B").mapped("state")),
            ["linked", "linked", "missing", "missing"],
        )

    def test_nothing_on_the_server_is_changed(self):
        uids = self.deliver(6)
        self.box.add_flags("INBOX", uids[:2], ["\\Seen"])
        self.box.expunge("INBOX", uids[4:])
        before = self.box.messages("INBOX")
        for _run in range(3):
            self.sync(timedelta(hours=25))
        self.assertEqual(self.box.messages("INBOX"), before)


@tagged("post_install", "-at_install")
class TestDovecotWithEverything(SameOnEveryServer, DovecotChangesCase):
    def test_what_is_sent(self):
        """Issue 3: an unchanged mailbox of many folders costs one round trip after login."""
        for number in range(30):
            self.box.create_folder(f"Project {number}")
        self.connection.action_connect()
        self.connection.folder_ids.selected = True
        uids = self.deliver(5)
        self.sync()
        self.assertEqual([c.split()[0] for c in self.sync()], ["LIST"])
        self.box.add_flags("INBOX", uids[:1], ["\\Seen"])
        self.box.expunge("INBOX", uids[1:2])
        commands = self.sync()
        self.assertEqual([c.split()[0] for c in commands], ["LIST", "ENABLE", "EXAMINE", "UID"])
        self.assertRegex(
            commands[-1], r"UID FETCH 1:4294967295 \(UID FLAGS\) \(CHANGEDSINCE \d+ VANISHED\)"
        )
        self.assertEqual((self.flags()[uids[0]], self.states()[uids[1]]), ("\\Seen", "missing"))


@tagged("post_install", "-at_install")
class TestDovecotWithoutQresync(SameOnEveryServer, DovecotChangesCase):
    server_options = {"capability": WITHOUT_QRESYNC}

    def test_what_is_sent(self):
        uids = self.deliver(5)
        self.sync()
        self.assertEqual([c.split()[0] for c in self.sync()], ["LIST"])
        self.box.add_flags("INBOX", uids[:1], ["\\Seen"])
        commands = self.sync()
        self.assertEqual([c.split()[0] for c in commands], ["LIST", "EXAMINE", "UID"])
        self.assertRegex(commands[-1], r"\(UID FLAGS\) \(CHANGEDSINCE \d+\)")
        self.box.expunge("INBOX", uids[1:2])
        commands = self.sync()
        self.assertTrue(commands[-1].startswith("UID SEARCH RETURN (ALL) UID 1:"), commands)


@tagged("post_install", "-at_install")
class TestDovecotWithoutCondstore(SameOnEveryServer, DovecotChangesCase):
    server_options = {"capability": WITHOUT_CONDSTORE}

    def test_what_is_sent(self):
        uids = self.deliver(5)
        self.sync()
        self.assertEqual({c.split()[0] for c in self.sync(timedelta(minutes=1))}, {"STATUS"})
        self.box.expunge("INBOX", uids[1:2])
        commands = [c for c in self.sync() if not c.startswith("STATUS")]
        self.assertEqual(commands[1:], ["FETCH 1:4 (UID FLAGS)", "FETCH 1:4 (UID)"])
