"""What of an email was not copied is said at the end of its entry."""

from email.message import EmailMessage
from unittest.mock import patch

from odoo.tests import tagged

from ..lib.parse import Note, ParseLimits, parse_mail
from ..models import imap_reader
from ..models.imap_notice import SENTENCES
from .common import MailboxCase

REST = "The whole email is in the mailbox."


def with_files(count, size=3):
    message = EmailMessage()
    message["From"], message["To"] = "carla@shop.example", "olga@tea.example"
    message["Message-ID"], message["Subject"] = "<files@shop.example>", "Files"
    message.set_content("See below")
    for number in range(count):
        message.add_attachment(
            b"x" * size, maintype="application", subtype="pdf", filename=f"{number}.pdf"
        )
    return message.as_bytes()


def of_type(kind, body):
    return (
        b"From: carla@shop.example\nTo: olga@tea.example\nMessage-ID: <t@shop.example>\n"
        b"Content-Type: %s\n\n%s" % (kind, body)
    )


@tagged("post_install", "-at_install")
class TestNotices(MailboxCase):
    def body_of(self, raw, **limits):
        """Sync a mail and return the body of its entry."""
        self.server.inbox.deliver(raw)

        def parse(body):
            return parse_mail(body, ParseLimits(**limits))

        with patch.object(imap_reader, "parse_mail", parse):
            self.assertEqual(self.connection._sync()["linked"], 1)
        return self.entries(self.customer).body

    def test_nothing_is_said_where_nothing_is_missing(self):
        self.assertEqual(self.body_of(with_files(2)), "<p>See below</p>")

    def test_each_thing_that_is_missing(self):
        nested = of_type(b"multipart/mixed; boundary=a", b"--a\n")
        cases = {
            Note.MAIL_CUT: (with_files(3, 2000), {"max_bytes": 1000}),
            Note.BODY_CUT: (of_type(b"text/plain", b"long " * 300_000), {}),
            Note.TOO_MANY_PARTS: (with_files(4), {"max_parts": 3}),
            Note.TOO_DEEP: (
                nested + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx",
                {"max_depth": 1},
            ),
            Note.TOO_MANY_ATTACHMENTS: (with_files(205), {}),
            Note.ATTACHMENT_TOO_LARGE: (with_files(1, 500), {"max_attachment_bytes": 100}),
        }
        self.assertEqual(set(cases), set(Note), "every note is a sentence")
        for note, (raw, limits) in cases.items():
            with self.subTest(note=note):
                self.entries(self.customer).imap_email_id.sudo().unlink()
                body = self.body_of(raw, **limits)
                self.assertIn(f"<em>{self.env._(SENTENCES[note])}", body)
                self.assertTrue(body.endswith(f"{REST}</em></p>"), body[-300:])

    def test_a_mail_cannot_hide_the_notice(self):
        for opening in (b"<!--", b"<div style='display:none'>", b"<p title='", b"<style>", b"<a"):
            with self.subTest(opening=opening):
                self.entries(self.customer).imap_email_id.sudo().unlink()
                body = self.body_of(
                    of_type(b"text/html", b"<p>Hello</p>" + opening + b" x" * 100_000),
                    max_body_chars=1000,
                )
                said = f"<p><em>{self.env._(SENTENCES[Note.BODY_CUT])} {REST}</em></p>"
                self.assertTrue(body.endswith(said), body[-300:])
                before = body.removesuffix(said)
                self.assertEqual(before.count("<div"), before.count("</div>"))
                self.assertEqual(before.count("<p"), before.count("</p>"))

    def test_in_the_language_of_the_owner(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.owner.lang = "de_DE"
        languages = []
        translate = type(self.env)._

        def note_language(env, source, *args, **kwargs):
            languages.append(env.lang)
            return translate(env, source, *args, **kwargs)

        with patch.object(type(self.env), "_", note_language):
            self.body_of(with_files(4), max_parts=3)
        self.assertIn("de_DE", languages)
