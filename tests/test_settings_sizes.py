"""How much of a mail is copied by the settings."""

from odoo.tests import tagged

from .fake_server import FakeServer, mail
from .settings_common import SettingsCase


@tagged("post_install", "-at_install")
class TestSizes(SettingsCase):
    def deliver(self, subject, text="Hello", file=b"", server=None, **headers):
        message = mail("carla@shop.example", "olga@tea.example", subject, text, **headers)
        if file:
            message = (
                message.replace(b"Content-Type: text/plain", b"X-Was: text/plain", 1)
                .replace(b"MIME-Version: 1.0\n", b"")
                .partition(b"\n\n")[0]
                + b"\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
                + b"--b\nContent-Type: text/plain\n\n"
                + text.encode()
                + b'\n--b\nContent-Type: text/csv; name="prices.csv"\n'
                + b"Content-Disposition: attachment\n\n"
                + file
                + b"\n--b--\n"
            )
        (server or self.server).inbox.deliver(message)

    def one(self):
        self.connection._sync()
        (entry,) = self.entries(self.customer)
        return entry

    def test_largest_mail(self):
        self.set(imap_largest_mail=1)
        self.deliver("Huge", "x" * 1_100_000)
        self.assertIn("was not copied", self.one().body)

    def test_a_smaller_one_is_copied(self):
        self.set(imap_largest_mail=1)
        self.deliver("Small", "y" * 900_000)
        self.assertNotIn("was not copied", self.one().body)

    def test_largest_attachment(self):
        self.set(imap_largest_attachment=1)
        self.deliver("Prices", file=b"z" * 1_100_000)
        entry = self.one()
        self.assertFalse(entry.attachment_ids)
        self.assertIn("too large to be copied", entry.body)
        self.assertIn("Hello", entry.body)

    def test_no_attachments(self):
        self.set(imap_largest_attachment=0)
        self.deliver("Prices", file=b"1;2;3")
        self.assertFalse(self.one().attachment_ids)

    def test_another_limit_makes_no_second_email(self):
        """The same mail is met again, in another mailbox, when less is copied, or more."""
        other = self._connect(self.other_owner).sudo()
        theirs = self.servers["otto@tea.example"] = FakeServer()
        for name, before, after in (
            ("imap_largest_mail", 50, 1),
            ("imap_largest_mail", 1, 50),
            ("imap_largest_attachment", 50, 0),
            ("imap_largest_attachment", 0, 50),
        ):
            subject = f"{name} {before}"
            with self.subTest(subject):
                self.set(**{name: before})
                self.deliver(subject, file=b"z" * 1_100_000)
                self.connection._sync()
                self.set(**{name: after})
                self.deliver(subject, file=b"z" * 1_100_000, server=theirs)
                other._sync()
                entries = self.entries(self.customer)
                self.assertEqual(entries.mapped("subject").count(subject), 1)
                email = entries.filtered(lambda e, s=subject: e.subject == s).imap_email_id
                self.assertEqual(len(email.placement_ids), 2)
                self.set(imap_largest_mail=50, imap_largest_attachment=50)

    def test_nobody_hides_a_mail_behind_a_huge_one_with_its_number(self):
        self.set(imap_largest_mail=1)
        fake, real = {"text": "x" * 1_100_000}, {"text": "Please pay"}
        for first, second in ((fake, real), (real, fake)):
            number = f"<same{len(first['text'])}@shop.example>"
            for subject, mail_ in (("First", first), ("Second", second)):
                self.deliver(f"{subject} {number}", **mail_, message_id=number)
                self.connection._sync()
            subjects = self.entries(self.customer).mapped("subject")
            self.assertIn(f"First {number}", subjects)
            self.assertIn(f"Second {number}", subjects)

    def test_every_file_stands_on_every_record(self):
        """Also on one that the mail comes to when another size is the largest."""
        self.set(imap_largest_attachment=1)
        self.deliver("Prices", file=b"1;2;3")
        self.connection._sync()
        self.entries(self.customer).unlink()
        self.connection.folder_ids._forget_messages()
        self.set(imap_largest_attachment=50)
        self.assertEqual(self.one().attachment_ids.mapped("name"), ["prices.csv"])
