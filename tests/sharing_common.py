import json
from datetime import timedelta
from email import message_from_bytes, policy

from odoo import fields
from odoo.tests import new_test_user

from .common import MailboxCase
from .fake_server import mail

#: what only readers of the email itself may ever meet
SECRET_TEXT = "zanzibar price"
SECRET_FILE = b"quokka figures"
SUBJECT = "Meerkat offer"
#: at which colleagues do not read an email
LEVELS = ("subject", "metadata", "private")


def letter(subject=SUBJECT, text=SECRET_TEXT, to="olga@tea.example", **headers):
    """Return the bytes of a mail of the customer, with an attachment."""
    raw = mail("carla@shop.example", to, subject, text, **headers)
    message = message_from_bytes(raw, policy=policy.default)
    message.add_attachment(SECRET_FILE, "text", "csv", filename="figures.csv")
    return message.as_bytes()


class SharingCase(MailboxCase):
    """A mailbox with mail of a customer, and everybody from whom it may have to be kept."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        everything = "base.group_system,sales_team.group_sale_manager,mail_imap_sync.group_manager"
        cls.administrator = new_test_user(cls.env, "adam", name="Adam", groups=everything)
        cls.stranger = cls.manager_elsewhere(everything)
        #: employees who own no copy of Olga's mail
        cls.others = (cls.colleague, cls.other_owner, cls.manager, cls.administrator, cls.stranger)

    def deliver(self, raw=None, **values):
        """Bring a mail into the chatter of the customer; return its entry."""
        before = self.entries(self.customer)
        self.server.inbox.deliver(raw or letter(**values))
        self.connection._sync()
        return (self.entries(self.customer) - before).filtered(lambda m: not m.imap_stub)

    def deliver_new(self, raw=None, **values):
        """The same, as mail that arrives now and notifies followers."""
        self.connection._sync()
        later = fields.Datetime.now() + timedelta(seconds=5)
        before = self.entries(self.customer)
        self.server.inbox.deliver(raw or letter(**values), later.astimezone())
        self.connection._sync()
        return (self.entries(self.customer) - before).filtered(lambda m: not m.imap_stub)

    def share(self, level, connection=None):
        """Let the owner of a mailbox choose what colleagues see."""
        connection = connection or self.connection
        connection.with_user(connection.user_id).visibility = level

    def seen(self, user, record=None):
        """Return what a user sees of synced mail in a chatter: "everything", "subject", "metadata" or nothing, the
        oldest first."""
        self.env.invalidate_all()
        thread = (record or self.customer).with_user(user)
        messages = thread.env["mail.message"]._message_fetch(None, thread=thread)["messages"]
        entries = messages.sudo().filtered("imap_email_id").sorted("date")
        return [entry.imap_stub or "everything" for entry in entries]


class RestrictedCase(SharingCase):
    """One mail at each level below everything, and how to look for what it must not tell."""

    def setUp(self):
        super().setUp()
        self.entry = self.deliver()
        self.email = self.entry.imap_email_id
        self.file = self.entry.attachment_ids

    who = ""

    def each(self):
        """Yield each level and each employee with whom the mail is not shared in full."""
        for level in LEVELS:
            self.share(level)
            for user in self.others:
                self.env.invalidate_all()
                self.who = f"{user.login}, {level}"
                yield level, user

    def _formatMessage(self, msg, standardMsg):
        return super()._formatMessage(f"{self.who}: {msg or ''}", standardMsg)

    def notify(self, entry, *users):
        self.env["mail.notification"].create(
            [
                {
                    "mail_message_id": entry.id,
                    "res_partner_id": user.partner_id.id,
                    "notification_type": "inbox",
                }
                for user in users
            ]
        )

    def assertTellsNothing(self, said, level="private"):
        said = said if isinstance(said, str) else json.dumps(said, default=str)
        self.assertNotIn(SECRET_TEXT, said)
        self.assertNotIn(SECRET_FILE.decode(), said)
        self.assertNotIn("figures.csv", said)
        self.assertNotIn("Meerkat.offer", said, "the Message-ID")
        if level != "subject":
            self.assertNotIn(SUBJECT, said)
