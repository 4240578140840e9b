"""A contact that is deleted takes its mail along; its mail is exported for who may read it."""

import io
import zipfile
from base64 import b64decode
from datetime import timedelta
from email import message_from_bytes, policy

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

from .common import MailboxCase
from .fake_server import ago, mail

PICTURE = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestDeletedContact(MailboxCase):
    def deliver(self, subject="Order", sender="carla@shop.example", **headers):
        self.server.inbox.deliver(mail(sender, "olga@tea.example", subject, **headers), ago(days=1))
        self.connection._sync()
        return self.env["imap.email"].search([("subject", "=", subject)])

    def test_it_takes_its_mail_along(self):
        email = self.deliver()
        file = self.env["ir.attachment"].create(
            {"name": "a.pdf", "res_model": "imap.email", "res_id": email.id}
        )
        both = self.deliver("Both", Cc="chris@shop.example")
        self.customer.unlink()
        self.assertFalse(email.exists())
        self.assertFalse(file.exists())
        self.assertTrue(both.exists())
        self.assertEqual(self.entries(self.customer2).imap_email_id, both)
        inbox = self.connection.folder_ids.filtered(lambda f: f.role == "inbox")
        self.assertEqual((inbox.linked, inbox.skipped_by_rule), (1, {"nobody": 1}))
        self.assertFalse(self.env["imap.share"].search([("email_id", "=", email.id)]))
        report = self.connection.with_user(self.owner).action_audit()
        self.assertEqual((report["missing"], report["skipped_by_rule"]), (0, {"nobody": 1}))

    def test_it_comes_back_with_the_contact(self):
        self.connection.sudo().connected_since -= timedelta(days=1)
        self.deliver()
        self.customer.unlink()
        self.connection._sync()
        again = self.env["res.partner"].create({"name": "Carla", "email": "carla@shop.example"})
        self.connection._sync()
        self.assertEqual(self.entries(again).subject, "Order")

    def test_what_stands_on_an_opportunity_stays(self):
        lead = self.env["crm.lead"].create({"name": "Tea", "user_id": self.owner.id})
        offer = lead.message_post(body="Offer", message_type="comment", message_id="<o@x.example>")
        email = self.deliver(In_Reply_To=offer.message_id)
        self.customer.unlink()
        self.assertEqual(email.entry_ids.model, "crm.lead")
        lead.unlink()
        self.assertFalse(email.exists())

    def test_what_was_taken_off_elsewhere_stays_off(self):
        email = self.deliver(Cc="chris@shop.example")
        self.env["imap.link"].with_user(self.owner).action_remove(
            self.entries(self.customer2).with_user(self.owner).ids
        )
        self.customer.unlink()
        self.assertFalse(email.deleted_date, "it can be undone yet")
        self.env["imap.link"].search([]).kept_until = fields.Datetime.now() - timedelta(days=1)
        self.env["imap.link"]._forget_kept()
        self.connection.with_user(self.owner).sync_since = False
        self.connection._sync()
        self.connection.with_user(self.owner).action_audit()
        self.assertFalse(self.entries(self.customer2))
        self.assertTrue(email.exists().deleted_date)
        self.assertEqual((email.deleted_by_id, email.subject), (self.owner, False))


@tagged("post_install", "-at_install")
class TestExport(MailboxCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        exporters = cls.env.ref("base.group_allow_export")
        for user in (cls.owner, cls.colleague, cls.manager):
            user.group_ids += exporters
            user.password = user.login

    def export(self, user, partner=None):
        """Return the mails that a user gets, by subject, or the status that refuses."""
        self.authenticate(user.login, user.login)
        answer = self.url_open(f"/mail_imap_sync/export/{(partner or self.customer).id}")
        if answer.status_code != 200:
            return answer.status_code
        self.assertEqual(answer.headers["Content-Type"], "application/zip")
        with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
            mails = [
                message_from_bytes(packed.read(name), policy=policy.default)
                for name in packed.namelist()
            ]
        return {one["Subject"]: one for one in mails}

    def deliver(self, subject, **headers):
        raw = mail("Carla Ärmel <carla@shop.example>", "olga@tea.example", subject, **headers)
        message = message_from_bytes(raw, policy=policy.default)
        message.add_attachment(b"%PDF", "application", "pdf", filename="offer.pdf")
        self.server.inbox.deliver(message.as_bytes(), ago(days=1))
        self.connection._sync()

    def test_who_reads_it_exports_it(self):
        self.deliver("Order", Cc="chris@shop.example")
        self.deliver("Private")
        private = self.entries(self.customer).filtered(lambda m: m.subject == "Private")
        private.with_user(self.owner).imap_set_sharing("subject")
        mails = self.export(self.owner)
        self.assertEqual(set(mails), {"Order", "Private"})
        order = mails["Order"]
        self.assertEqual(order["From"].addresses[0].display_name, "Carla Ärmel")
        self.assertEqual(order["Cc"], "chris@shop.example")
        self.assertEqual(order["Message-ID"], "<Order@example.com>")
        text, file = order.iter_parts()
        self.assertIn("Hello", text.get_content())
        self.assertEqual((file.get_filename(), file.get_content()), ("offer.pdf", b"%PDF"))
        for user in (self.colleague, self.manager):
            self.assertEqual(set(self.export(user)), {"Order"})

    def test_an_image_in_the_text(self):
        raw = mail("carla@shop.example", "olga@tea.example", "Picture")
        message = message_from_bytes(raw, policy=policy.default)
        message.set_content('<p>See <img src="cid:tea@shop"></p>', subtype="html")
        message.add_related(PICTURE, "image", "png", cid="<tea@shop>", filename="tea.png")
        self.server.inbox.deliver(message.as_bytes(), ago(days=1))
        self.connection._sync()
        text, image = self.export(self.owner)["Picture"].iter_parts()
        self.assertEqual(image.get_content(), PICTURE)
        self.assertIn(f'src="cid:{image["Content-ID"][1:-1]}"', text.get_content())

    def test_who_may_not(self):
        self.deliver("Order")
        clerk = new_test_user(
            self.env, "clerk-of-tea", password="clerk-of-tea", groups="base.group_user"
        )
        clerk.group_ids -= self.env.ref("base.group_allow_export")
        self.assertEqual(self.export(clerk), 403)
        portal = new_test_user(
            self.env, "portal-of-tea", password="portal-of-tea", groups="base.group_portal"
        )
        self.assertNotEqual(self.export(portal), 200)
        self.assertNotIsInstance(self.export(portal), dict)
        self.customer.company_id = self.env["res.company"].create({"name": "Coffee"})
        self.assertEqual(self.export(self.owner), 403)
