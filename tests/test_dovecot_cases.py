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
