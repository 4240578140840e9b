"""A person in a browser, against a real Dovecot."""

from datetime import timedelta
from email.message import EmailMessage

from odoo import fields
from odoo.tests import tagged

from .fake_server import ago, mail
from .tour_common import LOGIN, TourCase

#: days from one mail of a long chatter to the next: so that all of them are within the period of a new mailbox
SPACING = 0.8


@tagged("post_install", "-at_install")
class TestTours(TourCase):
    def test_connect_and_read(self):
        order = EmailMessage()
        order["From"], order["To"], order["Subject"] = "Carla <carla@shop.example>", LOGIN, "Order"
        order["Message-ID"] = "<order@shop.example>"
        order["Authentication-Results"] = "mx.tea.example; dmarc=fail header.from=shop.example"
        order.set_content("Two tins please")
        order.add_attachment(
            b"%PDF-1.4", maintype="application", subtype="pdf", filename="Order.pdf"
        )
        self.server.append(LOGIN, "INBOX", order.as_bytes(), internaldate=ago(days=2))
        self.server.append(
            LOGIN, "Sent", mail(LOGIN, "carla@shop.example", "Re: Order"), internaldate=ago(days=1)
        )
        self.start("connect_mailbox", path="/odoo", imap_port=self.server.tls_port)
        self.start("read_mail")

    def test_chatter_order(self):
        connection = self.write_and_connect()
        self.deliver("Fresh mail", "Sencha", 0)
        self.deliver("Late mail", "Sencha", 3.5)
        self.start("chatter_order", imap_connection=connection.id)

    def test_jump_to_mail(self):
        self.write_and_connect()
        message = self.env["mail.message"].search([("subject", "=", "Mail 60")])
        self.start("jump_to_mail", path=f"/mail/message/{message.id}")

    def write_and_connect(self):
        """Write notes, and connect a mailbox with many mails of the same time; return it."""
        now = fields.Datetime.now()
        for name, days in (("of yesterday", 1), ("of day 5", 4.5)):
            date = now - timedelta(days=days * SPACING)
            self.customer.message_post(body=f"Note {name}", message_type="comment", date=date)
        for day in range(3, 66):
            text = "Oolong" if str(day).startswith("6") else "Sencha"
            self.deliver(f"Mail {day}", text, day)
        return self.connect()

    def deliver(self, subject, text, days):
        raw = mail("carla@shop.example", LOGIN, subject, text)
        self.server.append(LOGIN, "INBOX", raw, internaldate=ago(days=days * SPACING))

    def test_mails_that_could_not_be_read_are_all_tried_again(self):
        uids = [
            self.server.append(LOGIN, "INBOX", mail("carla@shop.example", LOGIN, subject))
            for subject in ("One", "Two", "Three")
        ]
        damaged = uids[:2]
        for uid in damaged:
            self.server.set_readable(LOGIN, "INBOX", uid, False)
            self.addCleanup(self.server.set_readable, LOGIN, "INBOX", uid, True)
        self.assertEqual(self.connect().quarantine_count, 2)
        self.start("quarantine_stays", path="/odoo")
        for uid in damaged:
            self.server.set_readable(LOGIN, "INBOX", uid, True)
        self.start("quarantine_is_read", path="/odoo")
        subjects = self.customer.imap_email_ids.mapped("subject")
        self.assertLessEqual({"One", "Two", "Three"}, set(subjects))
