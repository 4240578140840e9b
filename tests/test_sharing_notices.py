"""What is sent out and pushed, of mail that is not shared with everybody."""

import json

from odoo.tests import tagged

from .sharing_common import SECRET_TEXT, SharingCase, letter


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
