"""What core keeps of messages besides, and makes of them: it must not tell of mail that is not shared either."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.mail.models import mail_link_preview
from odoo.addons.mail.tools.discuss import Store

from .sharing_common import RestrictedCase


@tagged("post_install", "-at_install")
class TestTraces(RestrictedCase):
    def author_with_account(self):
        """Return the portal user who wrote the mail."""
        author = new_test_user(self.env, "carla", name="Carla", groups="base.group_portal")
        self.env.cr.execute(
            "UPDATE res_users SET partner_id = %s WHERE id = %s", (self.customer.id, author.id)
        )
        self.env.invalidate_all()
        return author

    def follow(self, *users):
        subtype = self.env.ref("mail_imap_sync.mt_email")
        self.customer.message_subscribe([u.partner_id.id for u in users], subtype.ids)

    def test_notifications(self):
        """Who was told of a mail tells that there is one, and from whom."""
        self.follow(self.owner)
        entry = self.deliver_new(subject="Another", to="team@tea.example")
        told = entry.notification_ids
        self.assertEqual(told.res_partner_id, self.owner.partner_id)
        self.assertTrue(told.with_user(self.owner).read(["res_partner_id"]))
        others = (*self.others, self.author_with_account())
        for level in ("subject", "metadata", "private"):
            self.share(level)
            for user in others:
                rows = self.env["mail.notification"].with_user(user)
                self.assertFalse(rows.search([("res_partner_id", "=", self.owner.partner_id.id)]))
                self.assertFalse(rows.search_count([("mail_message_id", "=", entry.id)]))
                with self.assertRaises(AccessError):
                    told.with_user(user).read(["res_partner_id"])

    def test_notifications_of_other_messages(self):
        """Everybody sees them as before."""
        note = self.customer.message_post(body="A note", message_type="comment")
        self.notify(note, self.owner)
        rows = self.env["mail.notification"].with_user(self.colleague)
        self.assertTrue(rows.search([("mail_message_id", "=", note.id)]).is_read is False)

    def test_who_wrote_a_mail_is_told_of_no_failure(self):
        """Odoo tells followers of it, which is not the author's doing."""
        author = self.author_with_account()
        self.colleague.notification_type = "email"
        self.follow(self.colleague)
        entry = self.deliver_new(subject="Another", to="team@tea.example")
        mails = self.env["mail.mail"].search([("mail_message_id", "=", entry.id)])
        self.assertTrue(mails)
        mails._postprocess_sent_message(
            success_pids=[], success_emails=[], failure_type="mail_smtp"
        )
        self.assertEqual(entry.notification_ids.notification_status, "exception")
        self.assertFalse(entry.notification_ids.author_id)
        self.assertFalse(self.customer.with_user(author).sudo().message_has_error_counter)
        store = Store()
        entry.with_user(author)._message_notifications_to_store(store)
        self.assertFalse(store.get_result())

    def test_pages_that_a_mail_links_to_are_not_fetched(self):
        """It would tell the sender that somebody reads it, and administrators what is in it."""
        html = '<p>See <a href="https://shop.example/offer">this</a></p>'
        note = self.customer.with_user(self.owner).message_post(body="A note")
        self.entry.body = note.body = html
        fetched = []

        def fetch(url, _session):
            fetched.append(url)

        self.patch(mail_link_preview, "get_link_preview_from_url", fetch)
        previews = self.env["mail.link.preview"].sudo()
        previews._create_from_message_and_notify(self.entry.with_user(self.owner))
        self.assertFalse(fetched)
        previews._create_from_message_and_notify(note.with_user(self.owner))
        self.assertEqual(fetched, ["https://shop.example/offer"])

    def test_no_file_stands_for_the_record(self):
        """Its name would be read by everybody who reads the record."""
        own = self.env["ir.attachment"].create({"name": "own.pdf", "raw": b"%PDF-1.4"})
        documents = self.env["mail.thread.main.attachment"]
        document = documents.new({})
        document._message_set_main_attachment_id(self.file)
        self.assertFalse(document.message_main_attachment_id)
        document._message_set_main_attachment_id(self.file + own)
        self.assertEqual(document.message_main_attachment_id, own)

    def test_counters_of_a_message_that_was_starred(self):
        self.entry.starred_partner_ids = self.colleague.partner_id
        self.share("private")
        store = Store()
        self.colleague.with_user(self.colleague)._init_messaging(store)
        said = store.get_result()["Store"]
        self.assertEqual(said["starred"]["counter"], 0)
        self.assertEqual(said["inbox"]["counter"], 0)
        self.entry.starred_partner_ids += self.owner.partner_id
        store = Store()
        self.owner.with_user(self.owner)._init_messaging(store)
        self.assertEqual(store.get_result()["Store"]["starred"]["counter"], 1)
