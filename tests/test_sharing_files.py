"""The same of emails, their files, and what mailboxes and core keep besides."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .sharing_common import LEVELS, SECRET_FILE, SECRET_TEXT, SUBJECT, RestrictedCase


@tagged("post_install", "-at_install")
class TestEmailsAndFiles(RestrictedCase):
    def test_never_more_than_the_record(self):
        """Of a contact of another company there is nothing, whatever is shared of the mail."""
        self.customer.company_id = self.env.company
        for level in (*LEVELS, "everything"):
            self.share(level)
            self.env.invalidate_all()
            messages = self.env["mail.message"].with_user(self.stranger)
            domain = [("imap_email_id", "=", self.email.id)]
            self.assertFalse(messages.search(domain))
            self.assertFalse(messages._read_group(domain, [], ["__count"])[0][0])
            for entry in self.entries(self.customer):
                with self.assertRaises(AccessError):
                    entry.with_user(self.stranger).read(["email_from"])
                self.assertFalse(messages._get_with_access(entry.id))
            self.assertFalse(self.env["imap.email"].with_user(self.stranger).search([]))
            with self.assertRaises(AccessError):
                self.email.with_user(self.stranger).read(["subject"])
            with self.assertRaises(AccessError):
                self.file.with_user(self.stranger).read(["datas"])
            self.assertFalse(
                self.env["ir.attachment"]
                .with_user(self.stranger)
                .search([("id", "=", self.file.id)])
            )

    def test_whether_a_record_has_messages(self):
        self.customer.message_ids.filtered(lambda m: not m.imap_email_id).unlink()
        partners = self.env["res.partner"]
        domain = [("has_message", "=", True), ("id", "=", self.customer.id)]
        for level, user in self.each():
            seen = level != "private"
            self.assertEqual(self.customer.with_user(user).has_message, seen)
            self.assertEqual(bool(partners.with_user(user).search(domain)), seen)
        self.assertTrue(self.customer.with_user(self.owner).has_message)
        self.assertTrue(partners.with_user(self.owner).search(domain))

    def test_emails(self):
        for _level, user in self.each():
            emails = self.env["imap.email"].with_user(user)
            self.assertFalse(emails.search([]))
            self.assertFalse(emails.search_count([("subject", "=", SUBJECT)]))
            self.assertFalse(emails.formatted_read_group([], ["subject"], ["__count"]))
            self.assertFalse(emails.name_search(SUBJECT))
            with self.assertRaises(AccessError):
                emails.browse(self.email.id).read(["subject"])
            self.assertFalse(self.customer.with_user(user).imap_email_ids)
            self.assertFalse(self.customer.with_user(user).imap_email_count)
            self.assertFalse(emails.search([("people", "ilike", "carla")]))
            self.assertFalse(emails.search([("body", "ilike", SECRET_TEXT)]))
            self.assertFalse(emails.search([("partner_ids", "in", self.customer.ids)]))
            partners = self.env["res.partner"].with_user(user)
            self.assertFalse(partners.browse(self.customer.id).imap_email_ids)

    def test_files(self):
        for _level, user in self.each():
            files = self.env["ir.attachment"].with_user(user)
            for domain in (
                [("id", "=", self.file.id)],
                [("name", "=", "figures.csv")],
                [("res_model", "=", "imap.email")],
                [("index_content", "ilike", SECRET_FILE.decode())],
            ):
                self.assertFalse(files.search(domain))
                self.assertFalse(files.formatted_read_group(domain, ["name"], ["__count"]))
                self.assertFalse(files.search_count(domain))
            for read in (
                lambda file: file.read(["datas"]),
                lambda file: file.raw,
                lambda file: file.generate_access_token(),
                lambda file: file.copy(),
            ):
                with self.assertRaises(AccessError):
                    read(files.browse(self.file.id))

    def test_files_are_not_attached_elsewhere(self):
        self.share("private")
        for user in self.others:
            with self.assertRaises(AccessError):
                self.customer2.with_user(user).message_post(
                    body="Look", attachment_ids=self.file.ids
                )

    def test_tokens_from_a_time_when_it_was_shared(self):
        self.share("everything")
        mine = self.file.with_user(self.colleague)
        tokens = {"raw": mine._get_raw_access_token(), "id": mine._get_ownership_token()}
        self.file.generate_access_token()
        binary = self.env["ir.binary"].with_user(self.colleague)

        def find(token):
            return binary._find_record(
                res_model="ir.attachment", res_id=self.file.id, access_token=token, field="raw"
            )

        for token in (tokens["raw"], self.file.access_token):
            self.assertEqual(find(token).raw, SECRET_FILE)
        self.assertTrue(mine._has_attachments_ownership([tokens["id"]]))
        self.share("private")
        self.env.invalidate_all()
        for token in (tokens["raw"], self.file.access_token, None):
            with self.assertRaises(AccessError):
                find(token)
        self.assertFalse(mine._has_attachments_ownership([tokens["id"]]))

    def test_mailboxes_show_no_content(self):
        """Administrators and managers see how mailboxes do, whatever they hold."""
        self.share("private")
        for user in (self.manager, self.administrator):
            for model in ("imap.connection", "imap.folder", "imap.placement"):
                records = self.env[model].with_user(user).search([])
                self.assertTellsNothing(records.read())
            for model in ("imap.share", "imap.conversation"):
                self.assertFalse(self.env[model].with_user(user).has_access("read"))

    def test_administrators_models(self):
        """What core keeps of messages besides, and shows administrators."""
        self.env["mail.message.translation"].create(
            {
                "message_id": self.entry.id,
                "source_lang": "en",
                "target_lang": "fr",
                "body": SECRET_TEXT,
            }
        )
        self.env["mail.mail"].create(
            {
                "mail_message_id": self.entry.id,
                "body_html": SECRET_TEXT,
                "email_to": "x@tea.example",
            }
        )
        self.share("private")
        self.env["mail.mail"].create(
            {
                "mail_message_id": self.entry.id,
                "body_html": SECRET_TEXT,
                "email_to": "x@tea.example",
            }
        )
        for user in (self.administrator, self.stranger):
            for model, field in (
                ("mail.message.translation", "message_id"),
                ("mail.mail", "mail_message_id"),
            ):
                rows = self.env[model].search([(field, "=", self.entry.id)])
                self.assertTrue(rows)
                self.assertFalse(rows.with_user(user).search([("id", "in", rows.ids)]))
                with self.assertRaises(AccessError):
                    rows.with_user(user).read(["body"])
