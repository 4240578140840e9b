"""Every path on which somebody might meet mail that is not shared with them, each as the real user."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.mail.tools.discuss import Store

from .fake_server import mail
from .sharing_common import LEVELS, SECRET_FILE, SECRET_TEXT, SUBJECT, RestrictedCase


@tagged("post_install", "-at_install")
class TestMessages(RestrictedCase):
    def test_owner_reads_everything_at_each_level(self):
        for level in LEVELS:
            self.share(level)
            entry = self.entry.with_user(self.owner)
            self.assertIn(SECRET_TEXT, entry.read(["body"])[0]["body"])
            self.assertEqual(self.file.with_user(self.owner).raw, SECRET_FILE)
            self.assertEqual(
                self.email.with_user(self.owner).read(["subject"])[0]["subject"], SUBJECT
            )

    def test_read(self):
        for _level, user in self.each():
            entry = self.entry.with_user(user)
            for fields in (["body"], ["subject"], ["preview"], None):
                with self.assertRaises(AccessError):
                    entry.read(fields)
            with self.assertRaises(AccessError):
                entry.web_read({"body": {}, "parent_id": {"fields": {"body": {}}}})
            with self.assertRaises(AccessError):
                entry.copy()
            with self.assertRaises(AccessError):
                entry.check_access("read")
            with self.assertRaises(AccessError):
                # server code that browses what a client names: reports, computed fields
                self.assertFalse(entry.body)

    def test_search(self):
        """Neither what is found, nor that something is found, nor how many."""
        domains = (
            [("body", "ilike", SECRET_TEXT)],
            [("attachment_ids.name", "=", "figures.csv")],
            [("attachment_ids.index_content", "ilike", SECRET_FILE.decode())],
            [("message_id", "ilike", "Meerkat.offer")],
            [("imap_email_id.message_id", "ilike", "Meerkat.offer")],
            [("imap_email_id.digest", "!=", False)],
            [("id", "=", self.entry.id)],
        )
        subject = (
            [("subject", "=", SUBJECT)],
            [("imap_email_id.subject", "=", SUBJECT)],
            [("imap_email_id", "ilike", SUBJECT)],
        )
        for level, user in self.each():
            messages = self.env["mail.message"].with_user(user)
            partners = self.env["res.partner"].with_user(user)
            for domain in (*domains, *subject):
                if level == "subject" and domain == subject[0]:
                    continue
                self.assertFalse(messages.search(domain), domain)
                self.assertFalse(messages.search_count(domain), domain)
                self.assertFalse(messages._read_group(domain, [], ["__count"])[0][0], domain)
                through = [(f"message_ids.{name}", *rest) for name, *rest in domain]
                self.assertFalse(partners.search(through), through)
                through = [("message_ids", "any", domain)]
                self.assertFalse(partners.search_count(through), through)
            self.assertFalse(messages.name_search(SUBJECT) if level != "subject" else False)
            names = messages.formatted_read_group([], ["imap_email_id"], ["__count"])
            self.assertTellsNothing(names, level)

    def test_chatter(self):
        for level, user in self.each():
            self.assertEqual(self.seen(user), [] if level == "private" else [level])
            thread = self.customer.with_user(user)
            messages = thread.env["mail.message"]
            for term in (SECRET_TEXT, "figures", "quokka", "Meerkat.offer"):
                found = messages._message_fetch(None, thread=thread, search_term=term)
                self.assertFalse(found["messages"] or found["count"])
            found = messages._message_fetch(None, thread=thread, search_term=SUBJECT)
            self.assertEqual(found["count"], 1 if level == "subject" else 0)
            self.assertNotIn(self.entry, thread.message_ids)
            # a chatter that holds synced mail is in the order of dates: it does not tell of mail that is private
            told = messages._message_fetch(None, thread=thread).get("imap_date_order", False)
            self.assertEqual(told, level != "private")

    def test_other_messages_do_not_name_it(self):
        """Core makes it the parent of what is posted next, and names parents in superuser mode."""
        for level, user in self.each():
            note = self.customer.with_user(user).message_post(body="A note")
            note.sudo().parent_id = self.entry
            self.env.invalidate_all()
            self.assertTellsNothing(note.read(["parent_id"]), level)
            self.assertTellsNothing(Store().add(note).get_result(), level)
            named = note.web_read({"parent_id": {"fields": {"display_name": {}}}})
            self.assertTellsNothing(named, level)
            reply = self.env["mail.compose.message"].with_user(user)
            with self.assertRaises(AccessError):
                reply.create({"parent_id": self.entry.id}).read(["subject"])
            stub = self.entries(self.customer) - self.entry
            if stub:
                self.assertTellsNothing(stub.with_user(user).read(), level)
                self.assertTellsNothing(
                    stub.with_user(user).web_read(
                        {"imap_email_id": {"fields": {"display_name": {}}}, "subject": {}}
                    ),
                    level,
                )

    def test_colleagues_still_talk_on_the_record(self):
        for _level, user in self.each():
            note = self.customer.with_user(user).message_post(
                body="A note", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
            self.assertTrue(note.read(["body"]))
            composer = (
                self.env["mail.compose.message"]
                .with_user(user)
                .create({"model": "res.partner", "res_ids": str(self.customer.ids), "body": "Hi"})
            )
            composer._action_send_mail()
            suggested = self.customer.with_user(user)._message_get_suggested_recipients(
                reply_discussion=True
            )
            self.assertTellsNothing(suggested)

    def test_nobody_makes_an_entry_of_their_own(self):
        """It would make the email readable."""
        self.share("private")
        for user in self.others:
            thread = self.customer.with_user(user)
            messages = thread.env["mail.message"]
            here = {"model": "res.partner", "res_id": self.customer2.id}
            with self.assertRaises(AccessError):
                thread.message_post(body="Hi", imap_email_id=self.email.id)
            with self.assertRaises(AccessError):
                messages.create({**here, "imap_email_id": self.email.id})
            with self.assertRaises(AccessError):
                messages.with_context(default_imap_email_id=self.email.id).create(here)
            note = thread.message_post(body="Hi")
            with self.assertRaises(AccessError):
                note.imap_email_id = self.email
            with self.assertRaises(AccessError):
                self.entry.with_user(user).res_id = self.customer2.id
            with self.assertRaises(AccessError):
                self.email.with_user(user).read(["subject"])

    def test_write_and_delete(self):
        for _level, user in self.each():
            with self.assertRaises(AccessError):
                self.entry.with_user(user).write({"body": "mine"})
            with self.assertRaises(AccessError):
                self.entry.with_user(user).unlink()
            with self.assertRaises(AccessError):
                self.entry.with_user(user).toggle_message_starred()

    def test_authors_and_recipients_are_no_readers(self):
        """Core lets them read: a colleague who wrote the mail, but whose mailbox is not connected, is one of them."""
        raw = mail("colin@tea.example", "carla@shop.example, olga@tea.example", text=SECRET_TEXT)
        entry = self.deliver(raw)
        self.assertEqual(entry.author_id, self.colleague.partner_id)
        self.share("private")
        entry.partner_ids = self.manager.partner_id
        self.notify(entry, self.manager, self.administrator)
        entry.starred_partner_ids = self.colleague.partner_id
        for user in (self.colleague, self.manager, self.administrator):
            with self.assertRaises(AccessError):
                entry.with_user(user).read(["body"])
            messages = self.env["mail.message"].with_user(user)
            for domain in (
                [("id", "=", entry.id)],
                [("author_id", "=", user.partner_id.id), ("imap_email_id", "!=", False)],
                [("needaction", "=", True), ("imap_email_id", "!=", False)],
                [("starred_partner_ids", "in", user.partner_id.ids)],
            ):
                self.assertFalse(messages.search(domain))
            self.assertFalse(messages._get_with_access(entry.id))

    def test_authors_read_where_they_may_read_the_record_only(self):
        """An owner put a colleague's mail on a deal that the colleague may not read: its name is none of theirs."""
        raw = mail("colin@tea.example", "carla@shop.example, olga@tea.example", text=SECRET_TEXT)
        entry = self.deliver(raw)
        self.share("everything")
        deal = self.env["crm.lead"].create({"name": "Hush", "user_id": self.owner.id})
        self.env["imap.link"].with_user(self.owner)._add(
            entry.with_user(self.owner), deal.with_user(self.owner)
        )
        there = self.entries(deal)
        self.assertEqual(there.author_id, self.colleague.partner_id)
        self.notify(there, self.manager)
        for user in (self.colleague, self.manager):
            self.env.invalidate_all()
            own = there.with_user(user)
            self.assertFalse(deal.with_user(user).has_access("read"))
            messages = self.env["mail.message"].with_user(user)
            self.assertIn(SECRET_TEXT, entry.with_user(user).read(["body"])[0]["body"])
            for fields in (["record_name"], ["body"], ["display_name"], None):
                with self.assertRaises(AccessError):
                    own.read(fields)
            with self.assertRaises(AccessError):
                self.assertFalse(own.body)
            self.assertFalse(messages.search([("id", "=", there.id)]))
            self.assertFalse(messages.search([("model", "=", "crm.lead"), ("id", "=", there.id)]))
            found = messages.search([("imap_email_id", "!=", False)])
            self.assertIn(entry, found)
            self.assertNotIn(there, found)
            self.assertFalse(messages._get_with_access(there.id))
            with self.assertRaises(AccessError):
                own.write({"body": "mine"})
        self.assertIn(SECRET_TEXT, there.with_user(self.owner).read(["body"])[0]["body"])

    def test_access_through_the_thread(self):
        """Core's way for reactions and the like grants what the thread grants."""
        for _level, user in self.each():
            messages = self.env["mail.message"].with_user(user)
            for mode in ("read", "write", "create"):
                self.assertFalse(messages._get_with_access(self.entry.id, mode=mode))

    def test_exports(self):
        for user in self.others:
            user.group_ids += self.env.ref("base.group_allow_export")
        for level, user in self.each():
            with self.assertRaises(AccessError):
                self.entry.with_user(user).export_data(["body", "subject"])
            exported = self.customer.with_user(user).export_data(
                ["name", "message_ids/body", "message_ids/subject", "message_ids/message_id"]
            )
            self.assertTellsNothing(exported, level)

    def test_reports(self):
        """A report on messages, or on records with their messages."""
        view = self.env["ir.ui.view"].create(
            {
                "name": "messages",
                "type": "qweb",
                "key": "mail_imap_sync.test_report",
                "arch": """<t t-name="mail_imap_sync.test_report">
                    <t t-foreach="docs" t-as="doc"><p t-out="doc.body"/><i t-out="doc.subject"/></t>
                </t>""",
            }
        )
        self.env["ir.model.data"].create(
            {
                "module": "mail_imap_sync",
                "name": "test_report",
                "model": "ir.ui.view",
                "res_id": view.id,
            }
        )
        report = self.env["ir.actions.report"].create(
            {
                "name": "Messages",
                "model": "mail.message",
                "report_type": "qweb-html",
                "report_name": "mail_imap_sync.test_report",
            }
        )
        html, _type = report.with_user(self.owner)._render_qweb_html(report.id, self.entry.ids)
        self.assertIn(SECRET_TEXT, html.decode())
        for _level, user in self.each():
            with self.assertRaises(Exception) as caught:
                report.with_user(user)._render_qweb_html(report.id, self.entry.ids)
            self.assertTellsNothing(str(caught.exception))

    def test_store(self):
        """What is sent to clients tells who is no owner nothing about sharing either."""
        for level, user in self.each():
            thread = self.customer.with_user(user)
            messages = thread.env["mail.message"]._message_fetch(None, thread=thread)["messages"]
            said = Store().add(messages).get_result()
            self.assertTellsNothing(said, level)
            for message in said.get("mail.message", []):
                self.assertFalse(message.get("imap_sharing"))
                self.assertFalse(message.get("imap_kind"), "told by headers that they do not see")

    def test_counters(self):
        """Of what one may not read there is no trace in counters either."""
        self.notify(self.entry, self.colleague)
        self.entry.starred_partner_ids = self.colleague.partner_id
        self.share("private")
        partner = self.colleague.with_user(self.colleague).partner_id
        self.assertFalse(partner._get_needaction_count())
        self.assertFalse(self.customer.with_user(self.colleague).message_needaction)
        self.assertFalse(self.customer.with_user(self.colleague).message_needaction_counter)
        digest = self.env["digest.digest"].create({"name": "All", "kpi_mail_message_total": True})
        before = digest.with_user(self.administrator).kpi_mail_message_total_value
        self.deliver(subject="Another")
        self.env.invalidate_all()
        self.assertEqual(digest.with_user(self.administrator).kpi_mail_message_total_value, before)
        reports = self.env["crm.activity.report"].with_user(self.administrator)
        self.assertFalse(reports.search([("body", "ilike", SECRET_TEXT)]))
