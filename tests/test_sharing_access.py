"""Every path on which somebody might meet mail that is not shared with them, each as the real user."""

import json

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.mail.tools.discuss import Store

from .fake_server import mail
from .sharing_common import SECRET_FILE, SECRET_TEXT, SUBJECT, SharingCase, letter

LEVELS = ("subject", "metadata", "private")


class RestrictedCase(SharingCase):
    """One mail at each level below everything, and how to look for what it must not tell."""

    def setUp(self):
        super().setUp()
        self.entry = self.deliver()
        self.email = self.entry.imap_email_id
        self.file = self.entry.attachment_ids

    who = ""

    def each(self):
        """Yield each level and each employee with whom the mail is not shared in full."""
        for level in LEVELS:
            self.share(level)
            for user in self.others:
                self.env.invalidate_all()
                self.who = f"{user.login}, {level}"
                yield level, user

    def _formatMessage(self, msg, standardMsg):
        return super()._formatMessage(f"{self.who}: {msg or ''}", standardMsg)

    def notify(self, entry, *users):
        self.env["mail.notification"].create(
            [
                {
                    "mail_message_id": entry.id,
                    "res_partner_id": user.partner_id.id,
                    "notification_type": "inbox",
                }
                for user in users
            ]
        )

    def assertTellsNothing(self, said, level="private"):
        said = said if isinstance(said, str) else json.dumps(said, default=str)
        self.assertNotIn(SECRET_TEXT, said)
        self.assertNotIn(SECRET_FILE.decode(), said)
        self.assertNotIn("figures.csv", said)
        self.assertNotIn("Meerkat.offer", said, "the Message-ID")
        if level != "subject":
            self.assertNotIn(SUBJECT, said)


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


@tagged("post_install", "-at_install")
class TestNotices(SharingCase):
    """Nobody is told of mail that they may not read."""

    def setUp(self):
        super().setUp()
        subtype = self.env.ref("mail_imap_sync.mt_email")
        followers = (self.owner, *self.others)
        self.customer.message_subscribe([u.partner_id.id for u in followers], subtype.ids)
        self.env["mail.mail"].search([]).unlink()

    def arrive(self, subject="Offer", **headers):
        # core tells nobody again whose address is in the mail already
        return self.deliver_new(subject=subject, to="team@tea.example", **headers)

    def told(self, entry):
        return entry.notification_ids.res_partner_id.user_ids

    def test_new_mail(self):
        for level in ("subject", "metadata", "private"):
            self.share(level)
            before = self.entries(self.customer)
            for kind in ("inbox", "email"):
                for user in (self.owner, *self.others):
                    user.notification_type = kind
                entry = self.arrive(subject=f"{level} {kind}")
                self.assertEqual(self.told(entry), self.owner)
                for stub in self.entries(self.customer) - before - entry:
                    self.assertFalse(stub.imap_stub and stub.notification_ids)
                mails = self.env["mail.mail"].search([("mail_message_id", "=", entry.id)])
                self.assertLessEqual(mails.recipient_ids, self.owner.partner_id)

    def test_shared_mail_is_told_to_those_who_may_read_the_record(self):
        self.env["ir.rule"].create(
            {
                "name": "Carla is a secret",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', '!=', {self.customer.id})] if user.id == {self.colleague.id} else []",
            }
        )
        entry = self.arrive()
        told = self.told(entry)
        self.assertIn(self.manager, told)
        self.assertNotIn(self.colleague, told)

    def test_bus(self):
        """What is pushed into browsers goes to readers only."""
        for user in (self.owner, *self.others):
            user.notification_type = "inbox"
        self.share("private")
        self.env["bus.bus"].search([]).unlink()
        self.arrive()
        self.cr.precommit.run()
        pushed = self.env["bus.bus"].search([("message", "ilike", SECRET_TEXT)])
        channels = {json.dumps(json.loads(row.channel)) for row in pushed}
        self.assertEqual(len(channels), 1)
        self.assertIn(str(self.owner.partner_id.id), channels.pop())

    def test_push_without_the_text(self):
        self.share("subject")
        entry = self.arrive()
        payload = self.customer._notify_by_web_push_prepare_payload(entry)
        self.assertNotIn(SECRET_TEXT, json.dumps(payload))
        self.share("everything")
        self.env.invalidate_all()
        payload = self.customer._notify_by_web_push_prepare_payload(entry)
        self.assertIn(SECRET_TEXT, json.dumps(payload))

    def test_notifications_are_taken_back(self):
        entry = self.arrive()
        self.assertIn(self.colleague, self.told(entry))
        waiting = self.env["mail.mail"].create(
            {
                "mail_message_id": entry.id,
                "recipient_ids": (self.owner + self.colleague).partner_id.ids,
                "state": "outgoing",
            }
        )
        self.share("private")
        self.assertEqual(self.told(entry), self.owner)
        self.assertEqual(waiting.recipient_ids, self.owner.partner_id)

    def test_outgoing_mail_names_no_hidden_one_in_its_references(self):
        entry = self.deliver(letter(subject="First"))
        for level, user, named in (
            ("everything", self.colleague, True),
            ("private", self.colleague, False),
            ("private", self.env.ref("base.user_root"), False),
            ("private", self.owner, True),
        ):
            self.share(level)
            sent = self.customer.with_user(user).message_post(
                body="Hello",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.customer.ids,
            )
            references = sent.sudo().mail_ids.references
            self.assertIn(sent.sudo().message_id, references)
            self.assertEqual(entry.message_id in references, named, (level, user.login))
            # the next one would name this one instead
            sent.sudo().unlink()

    def test_choices_hold_before_anybody_is_told(self):
        """An answer in a private conversation."""
        first = self.deliver(subject="First")
        first.with_user(self.owner).imap_set_sharing("private", conversation=True)
        answer = self.arrive(subject="Re First", In_Reply_To="<First@example.com>")
        self.assertEqual(self.told(answer), self.owner)
