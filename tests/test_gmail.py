"""Gmail: labels are not folders, each message once, whatever its labels."""

from odoo.tests import tagged

from ..lib.known import Tracking
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

    def deliver(self, number=0, **values):
        return self.all_mail.deliver(
            mail("carla@shop.example", "olga@tea.example", f"Mail {number}"),
            gm_msgid=FIRST_ID + number,
            **values,
        )

    def sync(self):
        """Sync and return the UIDs whose bodies were fetched."""
        self.server.bodies_fetched.clear()
        self.connection._sync()
        self.assertEqual(self.connection.state, "connected")
        return list(self.server.bodies_fetched)

    # labels that change

    def labels(self):
        return self.customer.sudo().imap_email_ids.placement_ids.labels or []

    def test_labels_follow_the_server(self):
        self.server.tracking = Tracking.CONDSTORE
        uid = self.deliver(gm_labels=("\\Inbox", "Clients"))
        self.sync()
        message = self.all_mail.messages[uid]
        for labels in (("Clients",), ("Clients", "Kunden/Müller"), ()):
            message.gm_labels = labels
            self.assertFalse(self.sync())
            self.assertEqual(self.labels(), list(labels))
        placement = self.customer.sudo().imap_email_ids.placement_ids
        self.assertIs(placement.labels, False)

    def test_labels_follow_flags_that_do_not_change(self):
        self.server.tracking = Tracking.CONDSTORE
        uid = self.deliver(flags=("\\Seen",), gm_labels=("\\Inbox",))
        self.sync()
        self.all_mail.messages[uid].gm_labels = ("\\Important", "\\Inbox")
        self.sync()
        placement = self.customer.sudo().imap_email_ids.placement_ids
        self.assertEqual(placement.labels, ["\\Important", "\\Inbox"])
        self.assertEqual(placement.flags, "\\Seen")

    # copies that need not be fetched

    def test_a_copy_is_known_by_its_id(self):
        self.deliver(1)
        self.deliver(2)
        self.assertEqual(len(self.sync()), 2)
        before = self.entries(self.customer)
        self.server.folders["Clients"].deliver(
            mail("carla@shop.example", "olga@tea.example", "Mail 1"), gm_msgid=FIRST_ID + 1
        )
        self.connection.folder_ids.selected = True
        self.assertFalse(self.sync(), "no body")
        self.assertEqual(self.entries(self.customer), before)
        emails = self.customer.sudo().imap_email_ids
        self.assertEqual(sorted(len(email.placement_ids) for email in emails), [1, 2])

    def test_moved_to_spam_and_back(self):
        uid = self.deliver(1)
        self.connection.folder_ids.selected = True
        self.sync()
        before = self.entries(self.customer)
        spam = self.server.folders["[Gmail]/Spam"]
        for source, target in ((self.all_mail, spam), (spam, self.all_mail)):
            message = source.messages.pop(uid)
            uid = target.deliver(message.raw, message.internaldate, gm_msgid=message.gm_msgid)
            self.assertFalse(self.sync(), "no body")
        self.assertEqual(self.entries(self.customer), before)

    def test_numbered_anew_without_a_body(self):
        for number in range(5):
            self.deliver(number)
        self.assertEqual(len(self.sync()), 5)
        before = self.entries(self.customer)
        self.all_mail.renumber()
        self.assertFalse(self.sync(), "no body")
        self.assertEqual(self.entries(self.customer), before)
        states = self.env["imap.placement"].search([]).mapped("state")
        self.assertEqual(states, ["linked"] * 5)

    def test_a_copy_is_fetched_when_nothing_of_the_email_is_left(self):
        self.deliver(1)
        self.sync()
        self.entries(self.customer).sudo().unlink()
        self.all_mail.renumber()
        self.assertEqual(len(self.sync()), 1)
        self.assertIn("Hello", self.entries(self.customer).body)

    def test_a_copy_stands_on_contacts_that_came_later(self):
        raw = mail("carla@shop.example", "olga@tea.example, new@shop.example", "Both")
        self.all_mail.deliver(raw, gm_msgid=FIRST_ID)
        self.sync()
        newcomer = self.env["res.partner"].create({"name": "New", "email": "new@shop.example"})
        self.all_mail.renumber()
        self.assertFalse(self.sync(), "no body")
        self.assertEqual(self.entries(newcomer).body, self.entries(self.customer).body)

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
