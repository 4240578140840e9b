"""From sign-in to chatter, and what changed in what is known, on a real Cyrus: QRESYNC from somebody else's hand."""

from datetime import timedelta

from odoo.tests import tagged

from .fake_server import mail
from .servers.cyrus import CyrusServer
from .test_dovecot_changes import DovecotChangesCase, SameOnEveryServer
from .test_dovecot_sync import LOGIN


@tagged("post_install", "-at_install")
class TestCyrus(SameOnEveryServer, DovecotChangesCase):
    @classmethod
    def make_server(cls):
        return CyrusServer()

    def test_from_password_to_chatter(self):
        self.assertEqual(
            set(self.connection.folder_ids.filtered("selected").mapped("role")), {"inbox", "sent"}
        )
        self.box.append("INBOX", mail("carla@shop.example", LOGIN, "Order"))
        self.box.append("INBOX", mail("stranger@far.example", LOGIN, "Nobody"))
        self.box.append("Sent", mail(LOGIN, "carla@shop.example", "Offer"), flags=("\\Seen",))
        self.sync()
        emails = self.entries().imap_email_id
        self.assertEqual(
            {email.subject: email.direction for email in emails}, {"Order": "in", "Offer": "out"}
        )

    def verbs(self, commands):
        return [command.split()[0] for command in commands if command != "COMPRESS DEFLATE"]

    def test_what_is_sent(self):
        uids = self.deliver(5)
        self.sync()
        self.assertEqual(self.verbs(self.sync()), ["LIST"])
        self.box.add_flags("INBOX", uids[:1], ["\\Seen"])
        self.box.expunge("INBOX", uids[1:2])
        commands = self.sync()
        self.assertEqual(self.verbs(commands), ["LIST", "ENABLE", "EXAMINE", "UID"])
        self.assertRegex(
            commands[-1], r"UID FETCH 1:4294967295 \(UID FLAGS\) \(CHANGEDSINCE \d+ VANISHED\)"
        )
        self.assertEqual((self.flags()[uids[0]], self.states()[uids[1]]), ("\\Seen", "missing"))

    def test_the_highest_message_is_not_taken_for_all(self):
        """Cyrus clips ``1:*`` to the highest UID that is left, and tells nothing of what vanished above it."""
        uids = self.deliver(4)
        self.box.expunge("INBOX", uids[2:])
        self.sync()
        self.sync(timedelta(minutes=5))
        self.assertEqual([self.states()[uid] for uid in uids], ["linked"] * 2 + ["gone"] * 2)
