"""Who sees what, each as the real user."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import MailboxCase
from .fake_server import mail

ATTACHED = b"""From: carla@shop.example
To: olga@tea.example
Subject: With a list
Message-ID: <list@shop.example>
Date: Mon, 02 Nov 2026 10:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

See the list.
--b
Content-Type: text/csv; name=list.csv
Content-Disposition: attachment; filename=list.csv

a;b
--b--
"""


@tagged("post_install", "-at_install")
class TestMailboxAccess(MailboxCase):
    """A mailbox belongs to its owner; managers see its state."""

    def test_owner_sees_own_mailbox_only(self):
        other = self._connect(self.other_owner)
        mine = self.env["imap.connection"].with_user(self.owner).search([])
        self.assertEqual(mine, self.connection)
        with self.assertRaises(AccessError):
            other.with_user(self.owner).read(["email"])
        with self.assertRaises(AccessError):
            other.with_user(self.owner).action_pause()
        with self.assertRaises(AccessError):
            other.folder_ids.with_user(self.owner).read(["path"])
        with self.assertRaises(AccessError):
            self.env["imap.connection"].with_user(self.owner).create(
                {"email": "x@tea.example", "host": "h.example", "user_id": self.other_owner.id}
            )

    def test_owner_cannot_give_the_mailbox_away(self):
        """It would link mail with the other owner's rights, to records that the giver cannot see."""
        with self.assertRaises(AccessError):
            self.connection.with_user(self.owner).user_id = self.other_owner
        self.connection.with_user(self.manager).user_id = self.other_owner

    def test_without_the_permission_nothing_shows(self):
        for model in (
            "imap.connection",
            "imap.folder",
            "imap.placement",
            "imap.exclusion",
            "imap.connect",
        ):
            self.assertFalse(self.env[model].with_user(self.colleague).has_access("read"), model)
        preferences = self.env.ref("base.view_users_form_simple_modif")
        for user, shows in ((self.colleague, False), (self.owner, True)):
            arch = self.env["res.users"].with_user(user).get_view(preferences.id, "form")["arch"]
            self.assertEqual("imap_connection_ids" in arch, shows)
            self.assertEqual("action_connect_mailbox" in arch, shows)

    def test_manager_sees_all_states_and_acts(self):
        connection = self.connection.with_user(self.manager)
        self.assertEqual(connection.search([("id", "=", connection.id)]).state, "connected")
        connection.action_pause()
        self.assertEqual(connection.state, "paused")
        connection.action_resume()
        self.assertEqual(connection.state, "connected")
        connection.action_disconnect()
        self.assertEqual(connection.state, "disconnected")
        connection.unlink()
        self.assertFalse(connection.exists())

    def test_manager_of_another_company_sees_nothing(self):
        stranger = self.manager_elsewhere()
        self.assertFalse(self.env["imap.connection"].with_user(stranger).search([]))

    def test_owner_can_see_own_list_in_the_preferences(self):
        user = self.owner.with_user(self.owner)
        self.assertEqual(
            user.read(["imap_connection_ids"])[0]["imap_connection_ids"], self.connection.ids
        )


@tagged("post_install", "-at_install")
class TestMailAccess(MailboxCase):
    """Synced mail is read like other mail in the chatter, by employees who may read the record."""

    def setUp(self):
        super().setUp()
        self.server.inbox.deliver(ATTACHED)
        self.connection._sync()
        self.entry = self.entries(self.customer)
        self.file = self.entry.attachment_ids
        self.assertEqual(self.file.name, "list.csv")
        self.assertEqual(self.file.res_model, "imap.email")
        # what is in the cache is read by everybody
        self.env.flush_all()
        self.env.invalidate_all()

    def test_colleague_reads_it_with_its_attachment(self):
        entry = self.entry.with_user(self.colleague)
        self.assertIn("See the list", entry.read(["body"])[0]["body"])
        self.assertEqual(self.file.with_user(self.colleague).read(["raw"])[0]["raw"], b"a;b")
        self.assertEqual(
            self.customer.with_user(self.colleague).imap_email_ids, entry.sudo().imap_email_id
        )
        self.assertEqual(entry.imap_email_id.subject, "With a list")

    def test_who_cannot_read_the_record_cannot_read_the_mail(self):
        self.env["ir.rule"].create(
            {
                "name": "Carla is a secret",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', '!=', {self.customer.id})]",
            }
        )
        with self.assertRaises(AccessError):
            self.entry.with_user(self.colleague).read(["body"])
        with self.assertRaises(AccessError):
            self.entry.imap_email_id.with_user(self.colleague).read(["subject"])
        with self.assertRaises(AccessError):
            self.file.with_user(self.colleague).read(["raw"])
        self.assertFalse(self.env["imap.email"].with_user(self.colleague).search([]))
        self.assertFalse(
            self.env["mail.message"].with_user(self.colleague).search([("id", "=", self.entry.id)])
        )

    def test_nobody_writes_or_deletes_the_email_itself(self):
        for user in (self.colleague, self.owner, self.manager):
            email = self.entry.imap_email_id.with_user(user)
            for operation in ("write", "create", "unlink"):
                self.assertFalse(email.has_access(operation))

    def test_portal_user_never_sees_mail_of_their_own_contact(self):
        """The portal user is the author, so core lets them read; the rule must not."""
        portal = self.env["res.users"].create(
            {
                "login": "carla",
                "partner_id": self.customer.id,
                "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
            }
        )
        self.assertEqual(self.entry.author_id, portal.partner_id)
        for user in (portal, self.env.ref("base.public_user")):
            messages = self.env["mail.message"].with_user(user)
            self.assertFalse(messages.search([("id", "=", self.entry.id)]))
            self.assertFalse(messages.search_count([("body", "ilike", "See the list")]))
            for record in (self.entry, self.file, self.entry.imap_email_id):
                with self.assertRaises(AccessError):
                    record.with_user(user).read()
            self.assertFalse(
                self.env["ir.attachment"].with_user(user).search([("id", "=", self.file.id)])
            )
            self.assertFalse(messages._get_with_access(self.entry.id))
        self.assertFalse(self.file.access_token)
        self.assertFalse(self.file.public)

    def test_portal_user_still_sees_their_other_messages(self):
        portal = self.env["res.users"].create(
            {
                "login": "carla",
                "partner_id": self.customer.id,
                "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
            }
        )
        answer = self.customer.message_post(
            body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertTrue(self.env["mail.message"].with_user(portal).search([("id", "=", answer.id)]))

    def test_mail_links_to_no_contact_that_the_owner_cannot_see(self):
        company = self.env["res.company"].create({"name": "Coffee"})
        hidden = self.env["res.partner"].create(
            {"name": "Hidden", "email": "hidden@bean.example", "company_id": company.id}
        )
        self.server.inbox.deliver(mail("hidden@bean.example", "olga@tea.example", "Beans"))
        self.connection._sync()
        self.assertFalse(self.entries(hidden))
