"""Nothing on the server changes, whatever somebody does in Odoo: each command that is sent is one that only reads."""

from datetime import timedelta

from odoo.tests import tagged

from .fake_server import ago, mail
from .test_dovecot_sync import LOGIN, DovecotCase
from .test_silence import Silence

#: commands that change nothing, and which open no folder for writing
READING = (
    "CAPABILITY",
    "COMPRESS",
    "ENABLE",
    "EXAMINE",
    "FETCH",
    "ID",
    "LIST",
    "LOGOUT",
    "NOOP",
    "SEARCH",
    "STATUS",
    "UID FETCH",
    "UID SEARCH",
)


@tagged("post_install", "-at_install")
class TestServerUntouched(Silence, DovecotCase):
    def setUp(self):
        super().setUp()
        for number in range(3):
            raw = mail("carla@shop.example", LOGIN, f"Mail {number}")
            self.server.append(LOGIN, "INBOX", raw, internaldate=ago(days=number))
        self.server.append(LOGIN, "INBOX", mail("stranger@far.example", LOGIN, "Nobody"))
        self.server.append(LOGIN, "INBOX", b"\xff\x00 no mail")
        self.server.append(LOGIN, "Sent", mail(LOGIN, "carla@shop.example"), flags=("\\Seen",))
        self.manager = self.env.ref("base.user_admin")

    def everything(self):
        """Do all that makes Odoo talk to the server, as the owner."""
        connection = self.connect()
        connection.action_connect()
        backfill = self.env["imap.backfill"].with_user(self.owner)
        backfill.browse(connection.action_open_backfill()["res_id"]).action_look()
        connection._sync()
        connection._sync()
        entry = self.entries()[:1].with_user(self.owner)
        self.assertIn("carla@shop.example", entry.imap_original()["header"])
        connection.action_audit()
        copy = entry.sudo().imap_email_id.placement_ids.with_user(self.owner)
        self.assertIn(b"carla@shop.example", copy._original())
        copy.sudo().state = "quarantined"
        copy.action_retry()
        self.assertEqual(copy.state, "linked")
        why = self.env["imap.why"].with_user(self.owner)
        why.create(
            {"connection_id": connection.id, "person": "stranger@far.example"}
        ).action_search()
        diagnostics = self.env["imap.diagnostics"].with_user(self.owner)
        diagnostics.create({"connection_id": connection.id}).action_ask_server()
        self.env["res.partner"].create({"name": "Nobody", "email": "stranger@far.example"})
        connection._sync()
        self.look(timedelta(days=2))
        connection.action_sync_now()
        connection.action_disconnect()

    def test_whatever_is_done(self):
        folders = ("INBOX", "Sent")
        before = {folder: self.server.messages(LOGIN, folder) for folder in folders}
        self.everything()
        self.assertEqual(len(self.entries()), 4)
        after = {folder: self.server.messages(LOGIN, folder) for folder in folders}
        self.assertEqual(after, before)
        self.assertFalse(any("\\Seen" in one.flags for one in after["INBOX"]))
        commands = [command.upper() for command in self.server.client_commands(LOGIN)]
        self.assertEqual([one for one in commands if not self.only_reads(one)], [])
        # a body that is fetched without PEEK would be marked as read
        self.assertEqual([one for one in commands if "BODY[" in one or "RFC822 " in one], [])
        self.assertTrue(any("BODY.PEEK[]" in command for command in commands))

    @staticmethod
    def only_reads(command):
        return any(f"{command} ".startswith(f"{name} ") for name in READING)
