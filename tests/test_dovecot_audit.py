"""Quarantine and audit against a real Dovecot."""

from odoo.tests import tagged

from ..lib.errors import MessageDamaged
from ..models import imap_reader
from .fake_server import ago, mail
from .test_dovecot_sync import LOGIN, DovecotCase

KINDS = ("on_server", "linked", "skipped", "quarantined", "pending", "missing", "gone")


@tagged("post_install", "-at_install")
class TestDovecotAudit(DovecotCase):
    def setUp(self):
        super().setUp()
        for number in range(5):
            self.server.append(
                LOGIN,
                "INBOX",
                mail("carla@shop.example", LOGIN, f"Mail {number}"),
                internaldate=ago(days=5 - number),
            )
        self.server.append(LOGIN, "INBOX", mail("stranger@far.example", LOGIN, "Nobody"))
        self.addCleanup(self.empty)
        self.connection = self.connect()
        self.connection.action_connect()

    def empty(self):
        uids = [message.uid for message in self.server.messages(LOGIN, "INBOX")]
        if uids:
            self.server.expunge(LOGIN, "INBOX", uids)

    def audit(self, **expected):
        report = self.connection.action_audit()
        self.assertEqual(
            {kind: report[kind] for kind in KINDS}, {**dict.fromkeys(KINDS, 0), **expected}
        )
        return report

    def test_audit(self):
        self.audit(on_server=6, pending=6)
        self.connection._sync()
        self.assertTrue(self.audit(on_server=6, linked=5, skipped=1)["complete"])
        lost = self.customer.imap_email_ids[1:3]
        lost.entry_ids.unlink()
        lost.unlink()
        self.audit(on_server=6, linked=5, skipped=1, missing=2)
        self.assertEqual(len(self.entries()), 5)
        first = self.server.messages(LOGIN, "INBOX")[0]
        self.server.expunge(LOGIN, "INBOX", [first.uid])
        self.audit(on_server=5, linked=4, skipped=1, gone=1)
        self.assertEqual(len(self.entries()), 5)

    def test_period(self):
        self.server.append(
            LOGIN, "INBOX", mail("carla@shop.example", LOGIN, "Moved"), internaldate=ago(days=90)
        )
        self.connection._sync()
        report = self.audit(on_server=7, linked=5, skipped=2)
        self.assertEqual(report["skipped_by_rule"], {"nobody": 1, "too_old": 1})

    def test_why(self):
        self.server.append(
            LOGIN,
            "Archive",
            mail("Carla Größe <carla@shop.example>", LOGIN, "Grüner Tee", message_id="<tea@x>"),
            internaldate=ago(days=9),
        )
        self.connection._sync()
        before = self.server.messages(LOGIN, "Archive")
        for values in ({"subject": "grüner tee"}, {"person": "größe"}):
            wizard = self.env["imap.why"].with_user(self.owner)
            wizard = wizard.create({"connection_id": self.connection.id, **values})
            wizard.action_search()
            line = wizard.line_ids
            self.assertEqual((line.subject, line.outcome), ("Grüner Tee", "unsynced"), values)
        line.action_link()
        self.assertEqual(line.explanation, "It is in the chatter of Carla.")
        self.assertIn("Grüner Tee", self.entries().mapped("subject"))
        self.assertEqual(self.server.messages(LOGIN, "Archive"), before)
        self.server.expunge(LOGIN, "Archive", [before[0].uid])

    def test_quarantine(self):
        parse = imap_reader.parse_mail

        def failing(raw):
            if b"Subject: Mail 3" in raw:
                raise MessageDamaged("no sense")
            return parse(raw)

        self.patch(imap_reader, "parse_mail", failing)
        self.assertEqual(self.connection._sync()["quarantined"], 1)
        placement = self.env["imap.placement"].search([("state", "=", "quarantined")])
        self.audit(on_server=6, linked=4, skipped=1, quarantined=1)
        self.assertIn(b"Subject: Mail 3", placement.with_user(self.owner)._original())
        self.patch(imap_reader, "parse_mail", parse)
        placement.with_user(self.owner).action_retry()
        self.audit(on_server=6, linked=5, skipped=1)
        before = self.server.messages(LOGIN, "INBOX")
        self.assertFalse(any("\\Seen" in message.flags for message in before))
