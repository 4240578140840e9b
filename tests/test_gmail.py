"""Gmail: labels are not folders, each message once, whatever its labels."""

from odoo.tests import tagged

from ..lib.quirks import Quirks
from .common import MailboxCase
from .fake_server import FakeServer, ago, mail

FIRST_ID = 1278455344230334865


def gmail(all_mail=True):
    """Return a Gmail mailbox, with or without All Mail."""
    server = FakeServer()
    server.quirks = Quirks(("gmail",), labels=True)
    server.add_folder("Clients")
    server.add_folder("[Gmail]/Spam", "junk")
    if all_mail:
        server.add_folder("[Gmail]/All Mail", "all")
    return server


@tagged("post_install", "-at_install")
class TestGmail(MailboxCase):
    def setUp(self):
        super().setUp()
        self.server = gmail()
        self.connection.sudo().folder_ids.unlink()
        self.connection.action_connect()
        self.all_mail = self.server.folders["[Gmail]/All Mail"]

    def _selected(self):
        return self.connection.folder_ids.filtered("selected").mapped("path")

    def test_only_all_mail_unless_somebody_chooses(self):
        self.assertEqual(self._selected(), ["[Gmail]/All Mail"])

    def test_inbox_and_sent_where_all_mail_is_hidden(self):
        self.server = gmail(all_mail=False)
        self.connection.sudo().folder_ids.unlink()
        self.connection.action_connect()
        self.assertEqual(self._selected(), ["INBOX", "Sent"])
        # and it widens nothing when it is shown later
        self.server.add_folder("[Gmail]/All Mail", "all")
        self.connection.action_connect()
        self.assertEqual(self._selected(), ["INBOX", "Sent"])

    def test_once_whatever_its_labels(self):
        raw = mail("carla@shop.example", "olga@tea.example", "Order")
        self.all_mail.deliver(
            raw, gm_msgid=FIRST_ID, gm_labels=("\\Inbox", "Clients", "Kunden/Müller")
        )
        for name in ("INBOX", "Clients"):
            self.server.folders[name].deliver(raw, gm_msgid=FIRST_ID)
        self.assertEqual(self.connection._sync()["linked"], 1)
        placement = self.customer.sudo().imap_email_ids.placement_ids
        self.assertEqual(placement.labels, ["\\Inbox", "Clients", "Kunden/Müller"])
        self.assertEqual(placement.gm_msgid, FIRST_ID)
        # somebody chooses the others too: more copies, no more emails
        self.connection.folder_ids.selected = True
        self.connection._sync()
        self.assertEqual(len(self.entries(self.customer)), 1)
        self.assertEqual(len(self.customer.sudo().imap_email_ids.placement_ids), 3)

    def test_direction_comes_from_the_label(self):
        # from an alias that nobody told Odoo of
        self.all_mail.deliver(
            mail("tea@alias.example", "carla@shop.example", "Offer"),
            gm_msgid=FIRST_ID,
            gm_labels=("\\Sent",),
        )
        self.connection._sync()
        self.assertEqual(self.entries(self.customer).imap_email_id.direction, "out")

    def test_drafts_are_known_by_flag_or_label(self):
        for number, marks in enumerate(({"flags": ("\\Draft",)}, {"gm_labels": ("\\Draft",)})):
            self.all_mail.deliver(
                mail("olga@tea.example", "carla@shop.example", f"Draft {number}"), **marks
            )
        self.assertEqual(self.connection._sync()["skipped"], 2)
        self.assertFalse(self.entries(self.customer))

    def test_an_email_that_reads_differently_is_the_same_by_its_id(self):
        for text in ("As it came", "As a footer was added"):
            self.all_mail.deliver(
                mail(
                    "carla@shop.example",
                    "olga@tea.example",
                    text=text,
                    message_id="<same@shop.example>",
                    date=ago(days=1),
                ),
                gm_msgid=FIRST_ID,
            )
            self.connection._sync()
        self.assertEqual(len(self.entries(self.customer)), 1)
        self.assertEqual(len(self.customer.sudo().imap_email_ids.placement_ids), 2)

    def test_ids_are_those_of_one_mailbox(self):
        other = self._connect(self.other_owner)
        other_server = self.servers["otto@tea.example"] = FakeServer()
        self.all_mail.deliver(
            mail("carla@shop.example", "olga@tea.example", "One"), gm_msgid=FIRST_ID
        )
        other_server.inbox.deliver(
            mail("carla@shop.example", "otto@tea.example", "Two"), gm_msgid=FIRST_ID
        )
        self.connection._sync()
        other._sync()
        self.assertEqual(len(self.entries(self.customer)), 2)
