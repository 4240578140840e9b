"""Newsletters and automatic mail: left out, until the owner of a mailbox wants them."""

from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import MailboxCase
from .fake_server import ago, mail


@tagged("post_install", "-at_install")
class TestBulk(MailboxCase):
    def setUp(self):
        super().setUp()
        for subject, headers in (
            ("Hello", {}),
            ("News", {"List_Unsubscribe": "<https://shop.example>"}),
            ("Invoice", {"Auto_Submitted": "auto-generated"}),
        ):
            raw = mail("carla@shop.example", "olga@tea.example", subject, **headers)
            self.server.inbox.deliver(raw, ago(days=1))
        self.server.inbox.deliver(
            mail("news@far.example", "olga@tea.example", "Strange", List_Id="<news.far.example>"),
            ago(days=1),
        )
        self.connection._sync()

    def subjects(self):
        return self.entries(self.customer).mapped("subject")

    def test_left_out_at_first(self):
        self.assertEqual(self.subjects(), ["Hello"])
        inbox = self.connection.folder_ids.filtered(lambda f: f.role == "inbox")
        self.assertEqual(inbox.skipped_by_rule, {"bulk": 2, "automated": 1})

    def test_included_past_mail_comes_and_nothing_is_fetched_twice(self):
        fetched = list(self.server.bodies_fetched)
        told = []
        self.connection.with_user(self.owner).include_bulk = True
        with patch.object(
            type(self.env["res.users"]),
            "_bus_send",
            lambda user, kind, message: told.append((user, message["message"])),
        ):
            self.run_scheduled("ir_cron_audit")
        self.assertEqual(sorted(self.subjects()), ["Hello", "Invoice", "News"])
        self.assertEqual(len(self.server.bodies_fetched), len(fetched) + 2)
        self.assertEqual(
            told, [(self.owner, "olga@tea.example was looked through again. Mails linked: 2.")]
        )
        self.assertEqual(
            set(self.entries(self.customer).imap_email_id.mapped("kind")),
            {"person", "bulk", "automated"},
        )
        # a week later nothing is left to be done, and nobody is told
        self.connection.sudo().next_audit = False
        self.connection.sudo().connected_since = "2020-01-01"
        with patch.object(type(self.env["res.users"]), "_bus_send") as silence:
            self.run_scheduled("ir_cron_audit")
        silence.assert_not_called()

    def test_included_new_mail_comes(self):
        self.connection.with_user(self.owner).include_bulk = True
        raw = mail("carla@shop.example", "olga@tea.example", "More", Precedence="bulk")
        self.server.inbox.deliver(raw)
        self.connection._sync()
        self.assertIn("More", self.subjects())

    def test_left_out_again_what_is_there_stays(self):
        connection = self.connection.with_user(self.owner)
        connection.include_bulk = True
        self.run_scheduled("ir_cron_audit")
        connection.include_bulk = False
        raw = mail("carla@shop.example", "olga@tea.example", "More", Precedence="bulk")
        self.server.inbox.deliver(raw)
        self.connection._sync()
        self.assertEqual(sorted(self.subjects()), ["Hello", "Invoice", "News"])

    def test_paused_mailbox_is_looked_through_once_it_goes_on(self):
        connection = self.connection.with_user(self.owner)
        connection.action_pause()
        connection.include_bulk = True
        self.run_scheduled("ir_cron_audit")
        self.assertEqual(self.subjects(), ["Hello"])
        connection.action_resume()
        self.run_scheduled("ir_cron_audit")
        self.assertEqual(sorted(self.subjects()), ["Hello", "Invoice", "News"])

    def test_only_the_owner_decides(self):
        with self.assertRaises(AccessError):
            self.connection.with_user(self.other_owner).include_bulk = True
