"""The whole path against a real Dovecot."""

import re
from email.message import EmailMessage

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, new_test_user, tagged

from ..lib.errors import CertificateInvalid
from .fake_server import ago, mail
from .servers.dovecot import DovecotServer

LOGIN = "olga@tea.example"
PASSWORD = "correct horse"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000a49444154789c6300010000050001"
    "0d0a2db40000000049454e44ae426082"
)


class DovecotCase(TransactionCase):
    """A salesperson with a mailbox on a Dovecot of the test's own."""

    server_options = {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls.make_server()
        cls.server.start()
        cls.addClassCleanup(cls.server.stop)
        cls.server.add_user(LOGIN, PASSWORD)
        cls.allow(cls.server)
        cls.owner = new_test_user(
            cls.env, "olga", email=LOGIN, groups="base.group_user,mail_imap_sync.group_user"
        )
        cls.customer = cls.env["res.partner"].create(
            {"name": "Carla", "email": "carla@shop.example"}
        )

    @classmethod
    def make_server(cls):
        return DovecotServer(**cls.server_options)

    @classmethod
    def allow(cls, server):
        set_param = cls.env["ir.config_parameter"].set_param
        set_param("mail_imap_sync.allowed_hosts", "localhost")
        set_param("mail_imap_sync.ca_file", server.ca_file)

    def connect(self, **values):
        return (
            self.env["imap.connection"]
            .with_user(self.owner)
            .create(
                {
                    "email": LOGIN,
                    "host": "localhost",
                    "port": self.server.tls_port,
                    "password": PASSWORD,
                    **values,
                }
            )
        )

    def entries(self):
        return self.env["mail.message"].search(
            [
                ("model", "=", "res.partner"),
                ("res_id", "=", self.customer.id),
                ("imap_email_id", "!=", False),
            ]
        )


@tagged("post_install", "-at_install")
class TestDovecotSync(DovecotCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.empty)

    def empty(self):
        for folder in ("INBOX", "Sent"):
            uids = [message.uid for message in self.server.messages(LOGIN, folder)]
            if uids:
                self.server.expunge(LOGIN, folder, uids)

    def test_from_password_to_chatter(self):
        message = EmailMessage()
        message["From"], message["To"] = "Carla <carla@shop.example>", LOGIN
        message["Subject"], message["Message-ID"] = "Büro-Tee ☕", "<full@shop.example>"
        message.set_content("See below")
        message.add_alternative('<p>Grüße <img src="cid:logo"></p>', subtype="html")
        message.get_payload()[1].add_related(
            PIXEL, "image", "png", cid="<logo>", filename="logo.png"
        )
        message.add_attachment(
            b"%PDF-1.4", maintype="application", subtype="pdf", filename="Angebot.pdf"
        )
        self.server.append(LOGIN, "INBOX", message.as_bytes(), internaldate=ago(days=3))
        self.server.append(LOGIN, "INBOX", mail("stranger@far.example", LOGIN, "Nobody"))
        self.server.append(
            LOGIN, "Sent", mail(LOGIN, "carla@shop.example", "Sent"), flags=("\\Seen",)
        )
        connection = self.connect()
        connection.action_connect()
        chosen = connection.folder_ids.filtered("selected")
        self.assertEqual(set(chosen.mapped("role")), {"inbox", "sent"})
        result = connection._sync()
        self.assertEqual(
            result,
            {"seen": 3, "linked": 2, "skipped": 1, "quarantined": 0, "pending": 0, "busy": False},
        )
        received = self.entries().filtered(lambda m: m.message_type == "email")
        self.assertEqual(received.subject, "Büro-Tee ☕")
        self.assertEqual(received.author_id, self.customer)
        self.assertEqual(received.attachment_ids.mapped("name"), ["Angebot.pdf"])
        image = int(re.search(r"/web/image/(\d+)", received.body)[1])
        self.assertEqual(self.env["ir.attachment"].browse(image).raw, PIXEL)
        self.assertIn("Grüße", received.body)
        self.assertEqual(
            round((received.date - ago(days=3).replace(tzinfo=None)).total_seconds(), -2), 0
        )

    def test_new_mail_comes_with_the_next_run(self):
        connection = self.connect()
        connection.action_connect()
        connection._sync()
        for number in range(3):
            self.server.append(LOGIN, "INBOX", mail("carla@shop.example", LOGIN, f"New {number}"))
            self.assertEqual(connection._sync()["linked"], 1)
        self.assertEqual(len(self.entries()), 3)

    def test_nothing_on_the_server_is_changed(self):
        """Invariant 4: EXAMINE and PEEK only, no flag is ever set."""
        for number in range(5):
            self.server.append(LOGIN, "INBOX", mail("carla@shop.example", LOGIN, f"Mail {number}"))
        before = self.server.messages(LOGIN, "INBOX")
        connection = self.connect()
        connection.action_connect()
        connection._sync()
        connection._sync()
        self.assertEqual(len(self.entries()), 5)
        self.assertEqual(self.server.messages(LOGIN, "INBOX"), before)
        self.assertFalse(any("\\Seen" in message.flags for message in before))
        commands = self.server.client_commands(LOGIN)
        self.assertTrue(any("BODY.PEEK[]" in command for command in commands))
        for command in commands:
            self.assertNotRegex(
                command.upper(), r"^(SELECT|STORE|UID STORE|EXPUNGE|APPEND|UID MOVE|CREATE)"
            )
            self.assertNotRegex(command.upper(), r"BODY\[|RFC822[^.]")

    def test_bodies_of_strangers_are_never_fetched(self):
        """FEATURES.md P4, seen on the wire."""
        self.server.append(LOGIN, "INBOX", mail("stranger@far.example", LOGIN, "Private"))
        connection = self.connect()
        connection.action_connect()
        start = len(self.server.client_commands(LOGIN))
        connection._sync()
        commands = self.server.client_commands(LOGIN)[start:]
        self.assertTrue(any("HEADER.FIELDS" in command for command in commands))
        self.assertFalse(any("BODY.PEEK[]" in command for command in commands))

    def test_uidvalidity_reset_relinks_without_duplicates(self):
        for number in range(4):
            self.server.append(LOGIN, "INBOX", mail("carla@shop.example", LOGIN, f"Mail {number}"))
        connection = self.connect()
        connection.action_connect()
        connection._sync()
        before = self.entries()
        self.server.reset_uidvalidity(LOGIN, "INBOX")
        connection._sync()
        self.assertEqual(self.entries(), before)

    def test_cut_connection_resumes(self):
        for number in range(4):
            self.server.append(LOGIN, "INBOX", mail("carla@shop.example", LOGIN, f"Mail {number}"))
        connection = self.connect()
        connection.action_connect()
        session_class = type(connection._session())
        fetch_bodies = session_class.fetch_bodies

        def cut(session, messages, **options):
            self.server.kick(LOGIN)
            return fetch_bodies(session, messages, **options)

        with self.subTest("cut"):
            session_class.fetch_bodies = cut
            self.addCleanup(setattr, session_class, "fetch_bodies", fetch_bodies)
            connection._sync()
            self.assertEqual(connection.state, "error")
            self.assertFalse(self.entries())
        session_class.fetch_bodies = fetch_bodies
        connection._sync()
        self.assertEqual((connection.state, len(self.entries())), ("connected", 4))

    def test_starttls(self):
        self.server.append(LOGIN, "INBOX", mail("carla@shop.example", LOGIN))
        connection = self.connect(security="starttls", port=self.server.plain_port)
        connection.action_connect()
        self.assertEqual(connection._sync()["linked"], 1)

    def test_wrong_password(self):
        with self.assertRaisesRegex(UserError, "login and password"):
            self.connect(password="wrong").action_connect()

    def test_refused_connection_and_unknown_host(self):
        with self.assertRaisesRegex(UserError, "does not answer on this port"):
            self.connect(port=1).action_connect()
        self.env["ir.config_parameter"].set_param("mail_imap_sync.allowed_hosts", "nowhere.invalid")
        with self.assertRaisesRegex(UserError, "no mail server with this name|did not answer"):
            self.connect(host="nowhere.invalid", email="b@tea.example").action_connect()

    def test_private_address_needs_an_administrator(self):
        self.env["ir.config_parameter"].set_param("mail_imap_sync.allowed_hosts", "")
        with self.assertRaisesRegex(UserError, "private network"):
            self.connect().action_connect()

    def test_certificate_of_nobody_we_trust(self):
        self.env["ir.config_parameter"].set_param("mail_imap_sync.ca_file", "")
        connection = self.connect()
        with self.assertRaises(CertificateInvalid), connection._session():
            pass
        with self.assertRaisesRegex(UserError, "certificate cannot be trusted"):
            connection.action_connect()

    def test_password_is_in_no_log(self):
        with self.assertLogs("odoo", level="DEBUG") as logs:
            connection = self.connect()
            connection.action_connect()
            connection._sync()
            connection.password = "wrong " + PASSWORD
            connection._sync()
        self.assertNotIn(PASSWORD, "\n".join(logs.output))
