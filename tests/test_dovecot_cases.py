"""Cases of docs/TESTING.md on the whole path, against a real Dovecot."""

from odoo.tests import tagged

from .fake_server import mail
from .test_dovecot_sync import LOGIN, DovecotCase

GIGABYTE = 1024**3


@tagged("post_install", "-at_install")
class TestDovecotCases(DovecotCase):
    def test_case_15_huge_messages_are_linked_without_their_body_and_say_so(self):
        raws = {
            subject: mail("carla@shop.example", LOGIN, subject).replace(b"\n", b"\r\n")
            for subject in ("Small", "Film", "Disk image")
        }
        self.server.append(LOGIN, "INBOX", raws["Small"])
        film = raws["Film"] + b"film\r\n" * 10_000_000
        self.server.append_huge(LOGIN, "INBOX", film, len(film))
        self.server.append_huge(LOGIN, "INBOX", raws["Disk image"], 2 * GIGABYTE)
        connection = self.connect()
        connection.action_connect()
        result = connection._sync()
        self.assertEqual((result["linked"], result["quarantined"]), (3, 0))
        bodies = {entry.subject: entry.body for entry in self.entries()}
        self.assertIn("Hello", bodies["Small"])
        self.assertRegex(bodies["Film"], r"This email has 57\.\d+ Mb and was not copied")
        self.assertIn("This email has 2.00 Gb and was not copied", bodies["Disk image"])
        emails = {email.subject: email for email in self.customer.imap_email_ids}
        self.assertEqual(emails["Disk image"].size, 2 * GIGABYTE)
        asked = [c for c in self.server.client_commands(LOGIN) if "BODY.PEEK[]" in c]
        self.assertEqual(len(asked), 1, asked)
        self.assertRegex(asked[0], r"^UID FETCH 1 ")
        # and they stay what they are
        self.assertEqual(connection._sync()["seen"], 0)


@tagged("post_install", "-at_install")
class TestDamagedFile(DovecotCase):
    def test_a_message_whose_file_is_damaged_costs_only_itself(self):
        """Dovecot says BYE to whoever fetches it."""
        uids = {}
        for subject in ("Before", "Damaged", "After"):
            raw = mail("carla@shop.example", LOGIN, subject)
            uids[subject] = self.server.append(LOGIN, "INBOX", raw)
        damaged = LOGIN, "INBOX", uids["Damaged"]
        self.server.set_readable(*damaged, False)
        self.addCleanup(self.server.set_readable, *damaged, True)
        connection = self.connect()
        connection.action_connect()
        result = connection._sync()
        self.assertEqual((result["linked"], result["quarantined"]), (2, 1))
        self.assertEqual(connection.state, "connected")
        placement = self.env["imap.placement"].search([("state", "=", "quarantined")])
        self.assertEqual(placement.uid, uids["Damaged"])
        self.assertIn("FETCH failed", placement.error)
        placement.action_retry()
        self.assertEqual(placement.state, "quarantined")
        self.server.set_readable(*damaged, True)
        placement.action_retry()
        self.assertEqual(placement.state, "linked")
        self.assertEqual(set(self.entries().mapped("subject")), {"Before", "Damaged", "After"})
