"""One run: what is linked, once, and what leaves no trace."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL

from ..lib.errors import ConnectionLost, HostUnknown, LoginRefused
from ..models import imap_reader, imap_sync
from ..models.imap_folder import ImapFolder
from . import fake_server
from .common import MailboxCase
from .fake_server import ago, mail


@tagged("post_install", "-at_install")
class TestSync(MailboxCase):
    def _small_slices(self):
        """Cut what follows into slices of 200 mails, and those into two batches."""
        self.patch(imap_sync, "SLICE", 200)
        self.patch(imap_reader, "BODY_BATCH", 100)

    def test_received_and_sent(self):
        self.server.inbox.deliver(
            mail("Carla <carla@shop.example>", "olga@tea.example", "Order", date=ago(days=2)),
            ago(days=2),
        )
        self.server.sent.deliver(
            mail("olga@tea.example", "carla@shop.example", "Re: Order", date=ago(days=1)),
            ago(days=1),
        )
        result = self.connection._sync()
        self.assertEqual(
            result,
            {"seen": 2, "linked": 2, "skipped": 0, "quarantined": 0, "pending": 0, "busy": False},
        )
        received, sent = self.entries(self.customer)
        self.assertEqual(received.subject, "Order")
        self.assertEqual(received.author_id, self.customer)
        self.assertEqual(received.message_type, "email")
        self.assertEqual(received.imap_email_id.direction, "in")
        self.assertEqual(received.incoming_email_to, "olga@tea.example")
        self.assertEqual(sent.author_id, self.owner.partner_id)
        self.assertEqual(sent.imap_email_id.direction, "out")
        self.assertIn("Hello", received.body)
        self.assertEqual(self.customer.imap_email_ids, (sent + received).imap_email_id)

    def test_strangers_and_staff_leave_no_trace(self):
        """FEATURES.md P4: headers first, bodies only for mail that links, nothing stored for the rest."""
        self.server.inbox.deliver(
            mail("stranger@far.example", "olga@tea.example", "Strange secret")
        )
        self.server.inbox.deliver(mail("colin@tea.example", "olga@tea.example", "Lunch secret"))
        self.server.inbox.deliver(
            mail(
                "carla@shop.example",
                "olga@tea.example",
                "Sale secret",
                List_Unsubscribe="<mailto:x@y.example>",
            )
        )
        messages = self.env["mail.message"].search_count([])
        result = self.connection._sync()
        self.assertEqual((result["seen"], result["skipped"]), (3, 3))
        self.assertFalse(self.server.bodies_fetched)
        self.assertFalse(self.env["imap.email"].search([]))
        self.assertFalse(self.env["imap.placement"].search([]))
        self.assertEqual(self.env["mail.message"].search_count([]), messages)
        inbox = self.connection.folder_ids.filtered(lambda f: f.role == "inbox")
        self.assertEqual(inbox.skipped_by_rule, {"nobody": 1, "internal": 1, "bulk": 1})

    def test_remote_images_are_held_back_and_inline_ones_are_not(self):
        """A sender must not learn that a mail was read; new mail and past mail alike."""
        self.connection._sync()
        html = '<p>Hi<img src="https://t.example/pixel.gif"/><b style="background:url(//t.example/x)">!</b></p>'
        later = fields.Datetime.now() + timedelta(seconds=5)
        for subject, date in (("Past", ago(days=1)), ("New", later.astimezone())):
            raw = mail("carla@shop.example", "olga@tea.example", subject, text=html)
            raw = raw.replace(b"Content-Type: text/plain", b"Content-Type: text/html")
            self.server.inbox.deliver(raw, date)
        self.connection._sync()
        entries = self.entries(self.customer)
        self.assertEqual(len(entries), 2)
        for entry in entries:
            self.assertIn('longdesc="https://t.example/pixel.gif"', entry.body)
            self.assertNotIn("src=", entry.body)
            self.assertNotIn("url(", entry.body)

    def test_every_recipient_field_links(self):
        self.server.sent.deliver(
            mail(
                "olga@tea.example",
                "stranger@far.example",
                "Offer",
                Cc="carla@shop.example",
                Bcc="chris@shop.example",
            )
        )
        self.connection._sync()
        self.assertEqual(len(self.entries(self.customer)), 1)
        self.assertEqual(len(self.entries(self.customer2)), 1)
        self.assertEqual(self.customer.imap_email_ids, self.customer2.imap_email_ids)

    def test_again_changes_nothing(self):
        self.server.inbox.deliver(mail("carla@shop.example", "olga@tea.example"))
        self.connection._sync()
        self.server.inbox.deliver(mail("stranger@far.example", "olga@tea.example"))
        self.connection._sync()
        before = self.contents()
        self.assertGreater(len(before), 200)
        for _run in range(10):
            result = self.connection._sync()
            self.assertEqual((result["seen"], result["linked"]), (0, 0))
        after = self.contents()
        changed = {table for table, rows in after.items() if rows != before[table]}
        # when it was looked at last, and will be again
        self.assertLessEqual(changed, {"imap_connection", "ir_cron_trigger"})

    def contents(self):
        """Return table -> a checksum of all of its rows."""
        self.env.cr.precommit.run()
        self.env.flush_all()
        tables = self.env.execute_query(
            SQL("SELECT tablename FROM pg_tables WHERE schemaname = current_schema")
        )
        return {
            table: self.env.execute_query(
                SQL(
                    "SELECT md5(string_agg(one::text, '' ORDER BY one::text)) FROM %s AS one",
                    SQL.identifier(table),
                )
            )
            for (table,) in tables
        }

    def test_one_email_in_two_folders_and_two_mailboxes(self):
        other = self._connect(self.other_owner)
        copy = mail("carla@shop.example", "olga@tea.example, otto@tea.example", "Shared")
        self.server.inbox.deliver(copy)
        self.server.add_folder("Archive").deliver(copy)
        self.connection.action_connect()
        self.connection.folder_ids.selected = True
        other_server = self.servers["otto@tea.example"] = fake_server.FakeServer()
        other_server.inbox.deliver(b"Received: from elsewhere\n" + copy)
        self.connection._sync()
        other._sync()
        self.assertEqual(len(self.entries(self.customer)), 1)
        email = self.customer.imap_email_ids
        self.assertEqual(len(email.placement_ids), 3)

    def test_same_message_id_other_body_is_another_email(self):
        for text in ("First", "Second"):
            self.server.inbox.deliver(
                mail(
                    "carla@shop.example",
                    "olga@tea.example",
                    text=text,
                    message_id="<same@shop.example>",
                )
            )
        self.connection._sync()
        self.assertEqual(len(self.entries(self.customer)), 2)

    def test_renumbered_folder_is_relinked_without_duplicates(self):
        for number in range(3):
            self.server.inbox.deliver(
                mail("carla@shop.example", "olga@tea.example", f"Mail {number}")
            )
        self.connection._sync()
        before = self.entries(self.customer)
        self.server.inbox.renumber()
        self.connection._sync()
        self.assertEqual(self.entries(self.customer), before)

    def test_message_that_odoo_sent_is_not_repeated(self):
        sent = self.customer.message_post(body="From Odoo", message_type="comment")
        self.server.sent.deliver(
            mail("olga@tea.example", "carla@shop.example", "From Odoo", message_id=sent.message_id)
        )
        result = self.connection._sync()
        self.assertEqual(result["linked"], 1)
        self.assertFalse(self.entries(self.customer))

    def test_reply_joins_the_opportunity_that_it_answers(self):
        lead = self.env["crm.lead"].create(
            {"name": "Tea for the shop", "partner_id": self.customer.id, "user_id": self.owner.id}
        )
        offer = lead.message_post(body="Our offer", message_type="comment")
        self.server.inbox.deliver(
            mail(
                "carla@shop.example", "olga@tea.example", "Re: offer", In_Reply_To=offer.message_id
            )
        )
        self.connection._sync()
        self.assertEqual(len(self.entries(lead)), 1)
        self.assertEqual(len(self.entries(self.customer)), 1)

    def test_reply_joins_no_document_that_the_owner_cannot_read(self):
        lead = self.env["crm.lead"].create({"name": "Secret", "user_id": self.colleague.id})
        offer = lead.message_post(body="Our offer", message_type="comment")
        self.server.inbox.deliver(
            mail(
                "carla@shop.example", "olga@tea.example", "Re: offer", In_Reply_To=offer.message_id
            )
        )
        self.connection._sync()
        self.assertFalse(self.entries(lead))
        self.assertEqual(len(self.entries(self.customer)), 1)

    def test_gateway_still_handles_a_mail_that_sync_saw_first(self):
        """An address of Odoo in Cc must make its document, whoever reads the mail first."""
        raw = mail(
            "carla@shop.example", "olga@tea.example", "New order", message_id="<gw@shop.example>"
        )
        self.server.inbox.deliver(raw)
        self.connection._sync()
        lead = self.env["mail.thread"].message_process("crm.lead", raw)
        self.assertTrue(lead)
        self.assertFalse(
            self.env["mail.thread"].message_process("crm.lead", raw), "still once only"
        )

    # invariant 1: the cursor and the outcome are stored together

    def test_killed_between_storage_and_cursor(self):
        for number in range(5):
            self.server.inbox.deliver(
                mail("carla@shop.example", "olga@tea.example", f"Mail {number}")
            )
        with (
            patch.object(
                ImapFolder, "_store_cursor", side_effect=[None, None, KeyboardInterrupt()]
            ),
            self.assertRaises(KeyboardInterrupt),
            self.env.cr.savepoint(),
        ):
            self.connection._sync()
        self.assertFalse(self.entries(self.customer), "nothing may be stored without its cursor")
        self.assertEqual(self.connection._sync()["linked"], 5)
        self.assertEqual(len(self.entries(self.customer)), 5)

    def test_connection_lost_in_a_slice(self):
        """Slices before the break stay, the broken one leaves nothing, the next run completes it."""
        self._small_slices()
        for number in range(450):
            self.server.inbox.deliver(
                mail("carla@shop.example", "olga@tea.example", f"Mail {number}")
            )
        fetch_bodies = fake_server.FakeSession.fetch_bodies
        batches = []

        def breaking(session, messages, **options):
            batches.append(len(messages))
            if len(batches) == 4:
                raise ConnectionLost("cable")
            return fetch_bodies(session, messages, **options)

        with patch.object(fake_server.FakeSession, "fetch_bodies", breaking):
            self.connection._sync()
        self.assertEqual(self.connection.state, "error")
        self.assertEqual(len(self.entries(self.customer)), 200)
        self.assertEqual(self.connection._sync()["linked"], 250)
        self.assertEqual(len(self.entries(self.customer)), 450)
        self.assertEqual(self.connection.state, "connected")

    def test_unreadable_message_costs_only_itself(self):
        good = self.server.inbox.deliver(mail("carla@shop.example", "olga@tea.example", "Good"))
        bad = self.server.inbox.deliver(mail("carla@shop.example", "olga@tea.example", "Bad"))
        self.server.unreadable.add(bad)
        result = self.connection._sync()
        self.assertEqual((result["linked"], result["quarantined"]), (1, 1))
        placements = {p.uid: p.state for p in self.env["imap.placement"].search([])}
        self.assertEqual(placements, {good: "linked", bad: "quarantined"})

    def test_message_that_cannot_be_stored_costs_only_itself(self):
        store = type(self.env["ir.attachment"]).create

        def failing(records, vals_list):
            if any(values.get("name") == "bad.txt" for values in vals_list):
                raise ValueError("no room")
            return store(records, vals_list)

        for name in ("good.txt", "bad.txt"):
            raw = mail("carla@shop.example", "olga@tea.example", name)
            self.server.inbox.deliver(
                raw.replace(
                    b'Content-Type: text/plain; charset="utf-8"',
                    b'Content-Type: text/plain; charset="utf-8"\nContent-Disposition: attachment; filename='
                    + name.encode(),
                )
            )
        self.patch(type(self.env["ir.attachment"]), "create", failing)
        with self.assertLogs("odoo.addons.mail_imap_sync", "ERROR"):
            result = self.connection._sync()
        self.assertEqual((result["linked"], result["quarantined"]), (1, 1))
        self.assertEqual(self.entries(self.customer).subject, "good.txt")

    # what is past is silent, what is new is posted

    def test_past_mail_notifies_nobody_and_new_mail_does(self):
        self.customer.message_subscribe(
            self.colleague.partner_id.ids, self.env.ref("mail_imap_sync.mt_email").ids
        )
        self.server.inbox.deliver(
            mail("carla@shop.example", "olga@tea.example", "Past"), ago(days=1)
        )
        self.connection._sync()
        self.assertFalse(self.entries(self.customer).notification_ids)
        later = fields.Datetime.now() + timedelta(seconds=5)
        self.server.inbox.deliver(
            mail("carla@shop.example", "olga@tea.example", "New"), later.astimezone()
        )
        self.connection._sync()
        new = self.entries(self.customer)[-1]
        self.assertEqual(new.subject, "New")
        self.assertEqual(new.notification_ids.res_partner_id, self.colleague.partner_id)

    def test_new_mail_reaches_no_customer(self):
        """A customer who follows the record must not get a copy of mail from somebody's mailbox."""
        subtypes = self.env.ref("mail_imap_sync.mt_email") + self.env.ref("mail.mt_comment")
        self.customer.message_subscribe(self.customer.ids, subtypes.ids)
        later = fields.Datetime.now() + timedelta(seconds=5)
        self.connection._sync()
        # core tells nobody whose address stands in the mail
        self.server.inbox.deliver(
            mail("chris@shop.example", "olga@tea.example", "New", Bcc="carla@shop.example"),
            later.astimezone(),
        )
        self.connection._sync()
        self.assertEqual(len(self.entries(self.customer)), 1)
        self.assertFalse(self.entries(self.customer).notification_ids)
        self.assertFalse(self.env["mail.mail"].search([("subject", "=", "New")]))

    # period

    def test_mail_before_the_period_is_left_alone_until_it_is_extended(self):
        self.server.inbox.deliver(
            mail("carla@shop.example", "olga@tea.example", "Old", date=ago(days=200)), ago(days=200)
        )
        self.server.inbox.deliver(mail("carla@shop.example", "olga@tea.example", "Young"))
        self.connection._sync()
        self.assertEqual(self.entries(self.customer).mapped("subject"), ["Young"])
        self.connection.sync_since = False
        self.connection._sync()
        self.assertEqual(self.entries(self.customer).mapped("subject"), ["Old", "Young"])
        self.assertEqual(self.connection.linked_count, 2)

    def test_period_that_is_extended_while_past_mail_is_read(self):
        """The run goes by the period of before: what it does not ask for must not count as read."""
        for days in (200, 1):
            for number in range(4):
                subject = f"{days} days, {number}"
                self.server.inbox.deliver(
                    mail("carla@shop.example", "olga@tea.example", subject, date=ago(days=days)),
                    ago(days=days),
                )
        self.during_each_fetch(lambda: self.connection.write({"sync_since": False}))
        with patch("odoo.addons.mail_imap_sync.models.imap_sync.SLICE", 2):
            self.assertEqual(self.connection._sync()["seen"], 2, "another run goes on")
            self.assertLessEqual(self.connection.next_sync, fields.Datetime.now())
            self.connection._sync()
        self.assertEqual(self.connection.linked_count, 8)

    # failures of a whole run

    def test_failure_backs_off_and_success_clears_it(self):
        self.server.error = ConnectionLost("the server said goodbye")
        self.connection._sync()
        self.assertEqual(self.connection.state, "error")
        self.assertEqual(self.connection.error_code, "connection_lost")
        self.assertGreater(self.connection.next_sync, fields.Datetime.now() + timedelta(seconds=30))
        self.server.error = None
        self.connection._sync()
        self.assertEqual(self.connection.state, "connected")
        self.assertFalse(self.connection.error_message)

    def test_refused_login_stops_before_it_locks_the_account(self):
        self.server.error = LoginRefused("no")
        for _run in range(3):
            self.connection._sync()
        self.assertFalse(self.connection.next_sync)
        self.assertIn("login and password", self.connection.error_message)

    def test_unknown_host_of_a_working_mailbox_is_tried_again(self):
        self.server.error = HostUnknown("dns")
        for _run in range(5):
            self.connection._sync()
        self.assertTrue(self.connection.next_sync)

    def test_budget_leaves_the_rest_for_the_next_run(self):
        self._small_slices()
        for number in range(450):
            self.server.inbox.deliver(
                mail("carla@shop.example", "olga@tea.example", f"Mail {number}")
            )
        result = self.connection._sync(budget_seconds=1e-9)
        self.assertTrue(result["pending"])
        runs = 1
        while self.connection._sync(budget_seconds=1e-9)["pending"]:
            runs += 1
            self.assertLess(runs, 10, "every run reads something")
        self.assertEqual(len(self.entries(self.customer)), 450)

    def test_paused_while_syncing_stops_after_the_slice(self):
        self._small_slices()
        for number in range(450):
            self.server.inbox.deliver(
                mail("carla@shop.example", "olga@tea.example", f"Mail {number}")
            )
        checkpoint = type(self.connection)._checkpoint

        def pausing(connection):
            checkpoint(connection)
            if connection.linked_count:
                connection.action_pause()

        with patch.object(type(self.connection), "_checkpoint", pausing):
            self.connection._sync()
        self.assertEqual(len(self.entries(self.customer)), 200)
        self.assertEqual(self.connection.state, "paused")

    def test_cron_syncs_what_is_due(self):
        self.server.inbox.deliver(mail("carla@shop.example", "olga@tea.example"))
        self.connection.sudo().next_sync = fields.Datetime.now()
        with self.enter_registry_test_mode():
            self.env.ref("mail_imap_sync.ir_cron_sync").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(len(self.entries(self.customer)), 1)
        self.assertGreater(self.connection.next_sync, fields.Datetime.now())
