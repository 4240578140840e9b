"""What people delete in Odoo stays deleted, and nothing of it is kept."""

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, fields
from odoo.api import Environment
from odoo.exceptions import AccessError, UserError
from odoo.sql_db import db_connect
from odoo.tests import BaseCase, tagged
from odoo.tools import config, mute_logger

from ..models.imap_entry import closed_places
from .common import MailboxCase
from .fake_server import FakeServer, ago, mail


@tagged("post_install", "-at_install")
class TestDeletedInOdoo(MailboxCase):
    def setUp(self):
        super().setUp()
        self.inbox = self.connection.folder_ids.filtered(lambda f: f.role == "inbox")

    def deliver(self, subject="Order", sender="carla@shop.example", days=1, server=None, **headers):
        raw = mail(sender, "olga@tea.example", subject, **headers)
        (server or self.server).inbox.deliver(raw, ago(days=days))
        return raw

    def synced(self, subject="Order", **values):
        """Return an email that came to Olga's mailbox."""
        self.deliver(subject, **values)
        self.connection._sync()
        return self.env["imap.email"].search([("subject", "=", subject)])

    def delete(self, email, user=None):
        action = email.with_user(user or self.owner).action_delete()
        wizard = (
            self.env[action["res_model"]].with_user(user or self.owner).browse(action["res_id"])
        )
        wizard.action_delete()
        return wizard

    def why(self, subject, user=None, **values):
        wizard = self.env["imap.why"].with_user(user or self.owner)
        wizard = wizard.create({"subject": subject, "person": False, **values})
        wizard.action_search()
        return wizard.line_ids

    def shown_as_deletable(self, user):
        values = self.entries(self.customer).with_user(user)._imap_store_values()
        return [message for message, shown in values.items() if shown["imap_may_delete"]]

    def gone(self, email, subject="Order"):
        self.assertFalse(self.entries(self.customer).filtered(lambda m: m.subject == subject))
        self.assertFalse(self.env["imap.email"].search([("id", "=", email.id)]))

    def test_nothing_of_it_is_kept_but_the_digest(self):
        email = self.synced(
            Cc="chris@shop.example",
            Bcc="secret@shop.example",
            message_id="<order.1@shop.example>",
            Authentication_Results="mx.tea.example; dmarc=pass header.from=shop.example",
        )
        digest, attachments = email.digest, self.env["ir.attachment"]
        attachments.create({"name": "a.pdf", "res_model": "imap.email", "res_id": email.id})
        entries = email.entry_ids
        self.assertEqual(len(entries), 2)
        self.delete(email)
        self.assertFalse(entries.exists())
        self.assertFalse(attachments.search([("res_model", "=", "imap.email")]))
        row = email.read()[0]
        kept = {name for name, value in row.items() if value and value != "False"}
        self.assertEqual(row["digest"], digest)
        self.assertEqual(row["deleted_by_id"][0], self.owner.id)
        self.env.flush_all()
        self.env.cr.execute("SELECT * FROM imap_email WHERE id = %s", [email.id])
        text = str(self.env.cr.dictfetchone())
        for word in ("shop.example", "Order", "secret", "dmarc"):
            self.assertNotIn(word, text)
        self.assertFalse(kept & {"subject", "message_id", "thread_key", "partner_ids"})

    def test_no_list_count_or_search_has_it(self):
        email = self.synced()
        self.assertEqual(self.customer.with_user(self.owner).imap_email_count, 1)
        self.assertTrue(self.customer.imap_last_received)
        self.delete(email)
        emails = self.env["imap.email"]
        for user in (self.owner, self.manager, self.env.ref("base.user_admin")):
            for context in ({}, {"active_test": False}):
                found = emails.with_user(user).with_context(**context)
                self.assertFalse(found.search([]))
                self.assertFalse(found.search_count([]))
        self.assertFalse(emails.search([("id", "=", email.id)]))
        self.env.invalidate_all()
        self.assertFalse(self.customer.with_user(self.owner).imap_email_count)
        self.assertFalse(self.customer.imap_last_received)
        self.assertFalse(self.customer.with_user(self.owner).imap_email_ids)

    def test_no_sync_brings_it_back(self):
        """Not another copy, folder or mailbox, a longer period, another numbering, a new contact, or the check."""
        email = self.synced(Cc="new@far.example")
        raw = self.server.inbox.messages[1].raw
        self.delete(email)
        self.connection._sync()
        self.gone(email)
        # a longer period looks at all of it once more
        self.connection.with_user(self.owner).sync_since = False
        self.connection._sync()
        self.gone(email)
        self.assertEqual((self.inbox.seen, self.inbox.linked), (1, 0))
        self.assertEqual(self.inbox.skipped_by_rule, {"deleted": 1})
        # somebody in it becomes a contact
        nina = self.env["res.partner"].create({"name": "Nina", "email": "new@far.example"})
        self.connection._sync()
        self.gone(email)
        self.assertFalse(self.entries(nina))
        # the check for completeness
        report = self.connection.with_user(self.owner).action_audit()
        self.assertEqual((report["missing"], report["linked"], report["gone"]), (0, 0, 0))
        self.assertEqual(report["skipped_by_rule"], {"deleted": 1})
        self.assertTrue(report["complete"])
        # a second copy in the same mailbox
        self.server.inbox.deliver(raw, ago(days=1))
        self.connection._sync()
        self.gone(email)
        self.assertEqual((self.inbox.linked, self.inbox.skipped_by_rule), (0, {"deleted": 2}))
        # the server numbers its messages anew
        self.server.inbox.uidvalidity += 1
        self.connection._sync()
        self.gone(email)
        self.assertEqual((self.inbox.linked, self.inbox.skipped_by_rule), (0, {"deleted": 2}))

    def test_a_colleagues_copy_and_a_mailbox_that_is_connected_again(self):
        raw = mail("carla@shop.example", "olga@tea.example, otto@tea.example", "Order")
        self.server.inbox.deliver(raw, ago(days=1))
        self.connection._sync()
        email = self.env["imap.email"].search([])
        self.delete(email)
        self.servers["otto@tea.example"] = FakeServer()
        self.servers["otto@tea.example"].inbox.deliver(raw, ago(days=1))
        other = self._connect(self.other_owner)
        self.assertEqual(other._sync()["linked"], 0)
        self.gone(email)
        self.connection.unlink()
        again = self._connect(self.owner)
        result = again._sync()
        self.assertEqual((result["linked"], result["skipped"]), (0, 1))
        self.gone(email)

    def test_why_says_who_and_when_and_brings_it_back(self):
        email = self.synced(Cc="chris@shop.example")
        before = email.read(["subject", "message_id", "thread_key", "direction", "kind", "size"])
        addresses = email.sudo().addresses
        self.delete(email)
        line = self.why("Order")
        self.assertEqual((line.outcome, line.can_link), ("deleted", True))
        self.assertIn("Deleted in Odoo by Olga on", line.explanation)
        self.assertIn(str(fields.Date.today().year), line.explanation)
        line.action_link()
        self.assertEqual(line.outcome, "linked")
        self.assertEqual(len(email.entry_ids), 2)
        self.assertEqual(
            email.read(["subject", "message_id", "thread_key", "direction", "kind", "size"]), before
        )
        self.assertEqual(email.sudo().addresses, addresses)
        self.assertEqual(self.entries(self.customer).subject, "Order")
        self.assertEqual((self.inbox.linked, self.inbox.skipped_by_rule), (1, {"deleted": 0}))
        self.assertFalse(email.deleted_by_id)
        report = self.connection.with_user(self.owner).action_audit()
        self.assertEqual((report["linked"], report["missing"]), (1, 0))

    def test_deleting_the_message_in_one_chatter(self):
        """It is taken off there; deleting the last one deletes the email."""
        email = self.synced(Cc="chris@shop.example")
        entry = self.entries(self.customer)
        entry.with_user(self.colleague).unlink()
        self.assertEqual(email.entry_ids.res_id, self.customer2.id)
        self.server.inbox.deliver(self.server.inbox.messages[1].raw)
        self.connection.with_user(self.owner).sync_since = False
        self.connection._sync()
        self.connection.with_user(self.owner).action_audit()
        self.assertFalse(self.entries(self.customer))
        self.assertFalse(email.deleted_date)
        email.entry_ids.with_user(self.colleague).unlink()
        self.assertTrue(email.deleted_date)
        self.assertIn("Deleted in Odoo by Colin on", self.why("Order")[0].explanation)

    def test_who_may_delete(self):
        email = self.synced()
        for user in (self.colleague, self.other_owner):
            with self.assertRaises(UserError):
                self.delete(email, user)
            with self.assertRaises(AccessError):
                email.with_user(user)._delete()
            self.assertFalse(self.shown_as_deletable(user))
        for user in (self.owner, self.manager):
            self.assertEqual(self.shown_as_deletable(user), self.entries(self.customer).ids)
        self.assertTrue(self.entries(self.customer))
        self.delete(email, self.manager)
        self.gone(email)

    def test_who_does_not_read_it_does_not_delete_it(self):
        email = self.synced()
        company = self.env["res.company"].create({"name": "Coffee"})
        self.customer.company_id = company
        for user in (self.owner, self.manager):
            with self.assertRaises(AccessError):
                email.with_user(user).action_delete()
            with self.assertRaises(AccessError):
                email.with_user(user)._delete()

    def test_the_question_tells_what_leaves(self):
        lead = self.env["crm.lead"].create({"name": "Tea", "user_id": self.owner.id})
        offer = lead.message_post(body="Offer", message_type="comment", message_id="<o@x.example>")
        raw = mail(
            "carla@shop.example", "olga@tea.example, otto@tea.example", In_Reply_To=offer.message_id
        )
        self.server.inbox.deliver(raw, ago(days=1))
        self.servers["otto@tea.example"] = FakeServer()
        self.servers["otto@tea.example"].inbox.deliver(raw, ago(days=1))
        self.servers["otto@tea.example"].inbox.deliver(
            mail("carla@shop.example", "otto@tea.example", "His"), ago(days=1)
        )
        other = self._connect(self.other_owner)
        (self.connection | other.with_env(self.env)).mapped(lambda c: c._sync() and c)
        emails = self.env["imap.email"].search([])
        action = emails.with_user(self.owner).action_delete()
        wizard = self.env["imap.delete"].with_user(self.owner).browse(action["res_id"])
        self.assertEqual(
            (wizard.emails, wizard.contacts, wizard.others, wizard.elsewhere, wizard.staying),
            (1, 1, 1, 1, 1),
        )
        with self.assertRaises(AccessError):
            wizard.with_user(self.other_owner).action_delete()
        wizard.action_delete()
        self.assertEqual(self.entries(self.customer).subject, "His")

    def test_what_colleagues_did_not_see_they_do_not_see_when_it_is_back(self):
        email = self.synced()
        entry = self.entries(self.customer).with_user(self.owner)
        entry.imap_set_sharing("subject")
        self.assertEqual(len(self.entries(self.customer)), 2, "the email and its stub")
        stub = self.entries(self.customer).filtered("imap_stub")
        self.assertNotIn(stub.id, self.shown_as_deletable(self.manager))
        self.delete(email)
        self.assertFalse(self.entries(self.customer))
        self.why("Order").action_link()
        entries = self.entries(self.customer)
        self.assertEqual(set(entries.mapped("imap_stub")), {False, "subject"})
        seen = (
            self.env["mail.message"].with_user(self.colleague).search([("id", "in", entries.ids)])
        )
        self.assertEqual(seen.imap_stub, "subject")

    def test_what_a_manager_deleted_only_a_manager_brings_back(self):
        email = self.synced()
        email.with_user(self.manager)._bury(by_manager=True)
        line = self.why("Order")
        self.assertEqual((line.outcome, line.can_link), ("deleted", False))
        self.assertIn("Only who manages all mailboxes", line.explanation)
        with self.assertRaises(UserError):
            line.action_link()
        # not by a copy in a folder that is not synced, either
        archive = self.server.add_folder("Archive", "archive")
        archive.deliver(self.server.inbox.messages[1].raw, ago(days=1))
        self.connection._fetch_folders()
        line = self.why("Order").filtered(lambda line: line.folder_id.path == "Archive")
        if line.can_link:
            line.action_link()
        self.gone(email)


@tagged("post_install", "-at_install")
class TestDeletedMeanwhile(BaseCase):
    """Another transaction deletes an email while a sync is about to show it in one more chatter."""

    def setUp(self):
        super().setUp()
        self.database = db_connect(config["db_name"][0])
        with self.database.cursor() as cr:
            emails = Environment(cr, SUPERUSER_ID, {})["imap.email"]
            self.email = emails.create(
                {"digest": "deleted meanwhile", "date": "2026-01-01", "direction": "in"}
            ).id
        self.addCleanup(self.forget)

    def forget(self):
        with self.database.cursor() as cr:
            cr.execute("DELETE FROM imap_email WHERE id = %s", [self.email])

    @mute_logger("odoo.sql_db")
    def test_the_sync_begins_again(self):
        with self.database.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            self.assertFalse(env["imap.email"].browse(self.email).deleted_date)
            with self.database.cursor() as other:
                Environment(other, SUPERUSER_ID, {})["imap.email"].browse(self.email)._bury()
            with self.assertRaises(SerializationFailure):
                closed_places(env, env["imap.email"].browse(self.email))
            cr.rollback()
