"""Mail whose sender the receiving server could not confirm: it is marked, and makes nobody a contact."""

from odoo.tests import tagged

from odoo.addons.mail.tools.discuss import Store

from ..models.imap_survey import Survey
from .common import MailboxCase
from .fake_server import ago, mail

OWNER, CARLA, NINA = "olga@tea.example", "carla@shop.example", "nina@leaf.example"


def says(verdict, domain="shop.example"):
    return f"mx.tea.example; dmarc={verdict} header.from={domain}"


@tagged("post_install", "-at_install")
class TestAuthentication(MailboxCase):
    def deliver(self, from_=CARLA, to=OWNER, subject="Hello", told=None, server=None):
        headers = {"Authentication_Results": told} if told else {}
        server = server or self.server
        return server.inbox.deliver(
            mail(from_, to, subject, date=ago(days=1), **headers), ago(days=1)
        )

    def email(self, subject="Hello"):
        return self.env["imap.email"].search([("subject", "=", subject)])

    def test_what_the_server_says_is_stored_and_shown(self):
        cases = {
            "Bad": (says("fail"), ("fail", "dmarc")),
            "Good": (says("pass"), ("pass", "dmarc")),
            "Unknown": (None, (False, False)),
        }
        for subject, (told, expected) in cases.items():
            with self.subTest(subject):
                self.deliver(subject=subject, told=told)
                self.connection._sync()
                email = self.email(subject)
                self.assertEqual((email.authentication, email.authentication_method), expected)
                (entry,) = email.entry_ids.with_user(self.owner)
                (data,) = Store().add(entry).get_result()["mail.message"]
                self.assertEqual(data["imap_authentication"], expected[0])

    def test_it_is_linked_all_the_same_and_can_be_searched_for(self):
        self.deliver(told=says("fail"))
        self.deliver(subject="Good", told=says("pass"))
        self.connection._sync()
        self.assertEqual(len(self.customer.imap_email_ids), 2)
        emails = self.env["imap.email"].with_user(self.owner)
        found = emails.search([("authentication", "=", "fail")])
        self.assertEqual(found.mapped("subject"), ["Hello"])

    def test_it_triggers_nothing(self):
        """Automation rules go by these fields; and nobody is to hurry because of a forged mail."""
        touchpoints = ("imap_last_received", "imap_awaiting_us_since")
        self.deliver(told=says("fail"))
        self.connection._sync()
        for name in touchpoints:
            self.assertFalse(self.customer[name])
        self.deliver(subject="Good", told=says("pass"))
        self.connection._sync()
        for name in touchpoints:
            self.assertEqual(self.customer[name], self.email("Good").date)
        self.assertEqual(self.customer.imap_mail_count, 1)

    def test_it_counts_no_more_once_a_copy_tells(self):
        self.deliver()
        self.connection._sync()
        self.assertEqual(self.customer.imap_mail_count, 1)
        self.server.sent.deliver(
            mail(CARLA, OWNER, "Hello", date=ago(days=1), Authentication_Results=says("fail")),
            ago(days=1),
        )
        self.connection._sync()
        self.assertEqual(len(self.email()), 1)
        self.assertEqual(self.email().authentication, "fail")
        self.assertFalse(self.customer.imap_mail_count)

    def test_it_makes_nobody_a_contact(self):
        self.connection.contact_policy = "all"
        people = self.env["res.partner"].search([])
        self.deliver(NINA, told=says("fail", "leaf.example"))
        # in the name of the owner, to make contacts of the recipients
        self.deliver(OWNER, f"{OWNER}, {NINA}", "From you", told=says("fail", "tea.example"))
        # links, and still makes nobody else a contact
        self.deliver(CARLA, f"{OWNER}, {NINA}", "Linked", told=says("fail"))
        self.connection._sync()
        self.assertFalse(self.env["res.partner"].search([]) - people)
        self.assertEqual(self.email("Linked").authentication, "fail")
        self.deliver(NINA, subject="True", told=says("pass", "leaf.example"))
        self.connection._sync()
        new = self.env["res.partner"].search([]) - people
        self.assertEqual(new.email, NINA)

    def test_it_proposes_nobody_as_a_contact(self):
        """As who looks into a mailbox first, and then chooses."""
        self.deliver(NINA, told=says("fail", "leaf.example"))
        self.deliver("paul@far.example", told=says("pass", "far.example"))
        session = self.connection._session()
        session.examine(b"INBOX")
        inbox = self.connection.folder_ids.filtered(lambda folder: folder.role == "inbox")
        found = Survey(self.connection.sudo(), False).look(session, inbox, [1, 2], 1)
        self.assertEqual(set(found.people), {"paul@far.example"})

    def test_one_who_is_not_known_of_is_no_fraud(self):
        self.connection.contact_policy = "all"
        self.deliver(NINA)
        self.connection._sync()
        self.assertTrue(self.env["res.partner"].search([("email", "=", NINA)]))

    def test_another_copy_tells_more(self):
        self.deliver()
        self.connection._sync()
        other = self._connect(self.other_owner)
        server = self.servers[other.email] = type(self.server)()
        raw = next(iter(self.server.inbox.messages.values())).raw
        told = f"Authentication-Results: {says('fail')}\n".encode()
        server.inbox.deliver(told + raw, ago(days=1))
        other._sync()
        email = self.email()
        self.assertEqual(len(email.placement_ids), 2)
        self.assertEqual(email.authentication, "fail")
