"""What an owner shares: mailbox, conversation, single email; several owners; changed at any time."""

from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..models import imap_sharing
from ..models.imap_known import KnownMail
from .fake_server import mail
from .sharing_common import SUBJECT, SharingCase


@tagged("post_install", "-at_install")
class TestMailboxSharing(SharingCase):
    def test_everything_by_default_in_one_entry(self):
        entry = self.deliver()
        self.assertEqual(self.connection.visibility, "everything")
        self.assertEqual(self.entries(self.customer), entry)
        for user in (self.owner, *self.others):
            self.assertEqual(self.seen(user), ["everything"])

    def test_each_level(self):
        for level, seen in (
            ("subject", ["subject"]),
            ("metadata", ["metadata"]),
            ("private", []),
            ("everything", ["everything"]),
        ):
            with self.subTest(level):
                self.share(level)
                self.deliver(subject=level)
                self.assertEqual(self.seen(self.owner)[-1], "everything")
                for user in self.others:
                    self.assertEqual(self.seen(user)[-1:], seen)

    def test_stubs_tell_who_when_and_perhaps_the_subject(self):
        self.share("subject")
        entry = self.deliver(to="Olga <olga@tea.example>, Chris <chris@shop.example>")
        stub = self.entries(self.customer) - entry
        for field in ("author_id", "email_from", "incoming_email_to", "date", "message_type"):
            self.assertEqual(stub[field], entry[field], field)
        self.assertEqual(stub.subject, SUBJECT)
        self.assertFalse(stub.body or stub.attachment_ids)
        self.assertNotEqual(stub.message_id, entry.message_id)
        self.share("metadata")
        self.assertFalse((self.entries(self.customer) - entry).subject)

    def test_a_change_holds_for_past_mail(self):
        for number in range(3):
            self.deliver(subject=f"Mail {number}")
        for level in ("private", "subject", "metadata", "everything", "subject"):
            self.share(level)
            seen = [] if level == "private" else [level] * 3
            self.assertEqual(self.seen(self.colleague), seen)
            self.assertEqual(self.seen(self.owner), ["everything"] * 3)
        self.assertEqual(len(self.entries(self.customer)), 6, "one stub each")
        self.share("everything")
        self.assertEqual(len(self.entries(self.customer)), 3, "and no stub left")

    def test_a_change_is_one_write_however_much_mail_there_is(self):
        """What people may read follows before any entry is touched."""
        for number in range(5):
            self.deliver(subject=f"Mail {number}")
        self.share("subject")
        with (
            patch.object(imap_sharing, "AT_ONCE", 2),
            patch.object(type(self.connection), "_share_some"),
        ):
            self.share("private")
            self.assertEqual(self.seen(self.colleague), [])
            self.share("metadata")
            self.assertEqual(self.seen(self.colleague), [], "no stub tells more than that")
            self.share("everything")
            self.assertEqual(self.seen(self.colleague), ["everything"] * 5)

    def test_much_mail_goes_on_in_the_background(self):
        for number in range(5):
            self.deliver(subject=f"Mail {number}")
        with patch.object(imap_sharing, "AT_ONCE", 2):
            self.share("subject")
            self.assertEqual(self.seen(self.colleague), ["subject"] * 2)
            cron = self.env.ref("mail_imap_sync.ir_cron_share")
            self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]))
            with self.enter_registry_test_mode():
                cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self.seen(self.colleague), ["subject"] * 5)
        self.assertEqual(self.connection.stubs_after, -1)

    def test_two_workers_make_stubs_of_the_same_emails(self):
        emails = self.deliver(subject="First").imap_email_id
        self.share("subject")
        emails += self.deliver(subject="Second").imap_email_id
        second = self.entries(self.customer).filtered(lambda m: m.imap_email_id == emails[1])
        second.filtered("imap_stub").unlink()
        messages = self.env.registry["mail.message"]
        search_fetch = messages.search_fetch

        def without_stubs(model, *args, **kwargs):
            return search_fetch(model, *args, **kwargs).filtered(lambda m: not m.imap_stub)

        with (
            patch.object(messages, "search_fetch", without_stubs),
            mute_logger("odoo.sql_db"),
        ):
            emails._update_stubs()
        self.assertEqual(self.seen(self.colleague), ["subject"] * 2)
        self.assertEqual(len(self.entries(self.customer)), 4)

    def test_a_change_while_the_mailbox_is_read(self):
        """What that run stored for the level of before is put right when it is over."""
        self.deliver(subject="Before")

        def change(*_args):
            self.env.cr.execute("UPDATE imap_connection SET visibility = 'subject'")
            self.connection.invalidate_recordset(["visibility"])

        with patch.object(KnownMail, "settle", change):
            self.deliver(subject="Meanwhile")
        self.assertEqual(self.seen(self.colleague), ["subject"] * 2)

    def test_only_the_owner_decides(self):
        for user in (self.manager, self.administrator):
            with self.assertRaises(AccessError):
                self.connection.with_user(user).visibility = "private"
            with self.assertRaises(AccessError):
                self.env["imap.connection"].with_user(user).create(
                    {
                        "email": "x@tea.example",
                        "host": "imap.tea.example",
                        "user_id": self.owner.id,
                        "visibility": "everything",
                    }
                )

    def test_the_number_of_emails_shows_before_it_is_saved(self):
        first = self.deliver(subject="First")
        self.deliver(subject="Second")
        first.with_user(self.owner).imap_set_sharing("subject")
        form = Form(self.connection.with_user(self.owner))
        self.assertFalse(form.visibility_effect)
        form.visibility = "private"
        self.assertIn("once you save: 1.", form.visibility_effect)
        self.assertIn("you chose for them: 1.", form.visibility_effect)
        self.assertNotIn("colleague who has them", form.visibility_effect)
        self.assertEqual(self.seen(self.colleague), ["subject", "everything"])
        form.visibility = "everything"
        self.assertFalse(form.visibility_effect)
        form = Form(self.connection.with_user(self.manager))
        self.assertFalse(form.visibility_effect)
        first.imap_email_id.with_user(self.owner)._delete()
        effects = self.env["imap.share"]._effect
        self.assertEqual(effects(self.connection, "private"), (1, 0, 0), "one is in Odoo")

    def test_company_default_and_least(self):
        company = self.env.company
        company.imap_default_visibility = "subject"
        other = self._connect(self.other_owner)
        self.assertEqual(other.visibility, "subject")
        self.assertEqual(self.connection.visibility, "everything", "it was connected before")
        company.imap_least_visibility = "metadata"
        with self.assertRaises(ValidationError):
            other.visibility = "private"
        other.visibility = "metadata"
        company.imap_least_visibility = "everything"
        third = self._connect(self.manager)
        self.assertEqual(third.visibility, "everything", "the least counts at first, too")

    def test_settings(self):
        settings = self.env["res.config.settings"].with_user(self.administrator)
        self.share("private")
        form = Form(settings)
        form.imap_least_visibility = "subject"
        self.assertEqual(form.imap_share_too_little, 1, "before it is saved")
        form.imap_default_visibility = "metadata"
        self.assertEqual(form.imap_default_visibility, "subject")
        form.save().execute()
        self.assertEqual(self.env.company.imap_default_visibility, "subject")
        again = settings.create({})
        self.assertEqual(again.imap_share_too_little, 1)
        domain = again.action_open_mailboxes_that_share_too_little()["domain"]
        self.assertEqual(self.env["imap.connection"].search(domain), self.connection)

    def test_a_higher_least_opens_nothing_that_owners_did_not(self):
        self.share("private")
        self.deliver()
        self.env.company.write(
            {"imap_default_visibility": "everything", "imap_least_visibility": "everything"}
        )
        self.assertEqual(self.seen(self.administrator), [])
        self.assertTrue(self.connection.shares_too_little)
        mailboxes = self.env["imap.connection"].with_user(self.administrator)
        self.assertEqual(mailboxes.search([("shares_too_little", "=", True)]), self.connection)
        with self.assertRaises(AccessError):
            mailboxes.browse(self.connection.id).action_share_least()
        self.connection.action_share_least()
        self.assertEqual(self.seen(self.administrator), ["everything"])
        self.assertFalse(mailboxes.search([("shares_too_little", "=", True)]))


@tagged("post_install", "-at_install")
class TestChoices(SharingCase):
    """A single email, a conversation."""

    def setUp(self):
        super().setUp()
        self.first = self.deliver(subject="First")
        self.answer = self.deliver(
            mail(
                "carla@shop.example",
                "olga@tea.example",
                "Re: First",
                In_Reply_To="<First@example.com>",
            )
        )
        self.other = self.deliver(subject="Other")

    def choose(self, entry, level, conversation=False, user=None):
        return entry.with_user(user or self.owner).imap_set_sharing(level, conversation)["undo"]

    def test_one_email(self):
        undo = self.choose(self.first, "private")
        self.assertEqual(self.seen(self.colleague), ["everything"] * 2)
        self.assertEqual(self.seen(self.owner), ["everything"] * 3)
        self.first.with_user(self.owner).imap_undo_sharing(undo)
        self.assertEqual(self.seen(self.colleague), ["everything"] * 3)

    def test_one_email_is_shared_from_a_private_mailbox(self):
        self.share("private")
        self.choose(self.other, "everything")
        self.assertEqual(self.seen(self.colleague), ["everything"])
        self.choose(self.other, False)
        self.assertEqual(self.seen(self.colleague), [], "as the mailbox again")

    def test_conversation_with_what_is_to_come(self):
        undo = self.choose(self.answer, "private", conversation=True)
        self.assertEqual(self.seen(self.colleague), ["everything"])
        self.deliver(
            mail(
                "olga@tea.example",
                "carla@shop.example",
                "Re: Re: First",
                References="<First@example.com> <Re:.First@example.com>",
            )
        )
        self.assertEqual(self.seen(self.colleague), ["everything"])
        self.answer.with_user(self.owner).imap_undo_sharing(undo)
        self.assertEqual(self.seen(self.colleague), ["everything"] * 4)

    def test_conversation_takes_single_choices_back_and_undo_restores_them(self):
        self.choose(self.first, "subject")
        undo = self.choose(self.answer, "metadata", conversation=True)
        self.assertEqual(self.seen(self.colleague), ["metadata", "metadata", "everything"])
        self.choose(self.first, "everything")
        self.assertEqual(self.seen(self.colleague), ["everything", "metadata", "everything"])
        self.answer.with_user(self.owner).imap_undo_sharing(undo)
        self.assertEqual(self.seen(self.colleague), ["subject", "everything", "everything"])

    def test_a_choice_outlives_changes_of_the_mailbox(self):
        self.choose(self.first, "private")
        self.share("subject")
        self.assertEqual(self.seen(self.colleague), ["subject"] * 2)
        self.share("everything")
        self.assertEqual(self.seen(self.colleague), ["everything"] * 2)

    def test_a_choice_outlives_the_copies_on_the_server(self):
        self.choose(self.first, "private")
        self.server.inbox.uidvalidity += 1
        self.connection._sync()
        self.env["imap.placement"].search([]).unlink()
        self.assertEqual(self.seen(self.colleague), ["everything"] * 2)

    def test_options_for_the_dialog(self):
        options = self.answer.with_user(self.owner).imap_sharing_options()
        self.assertEqual(options["count"], 2)
        self.assertEqual((options["current"], options["mailbox"]), ("everything", "everything"))
        self.assertEqual(
            [option["level"] for option in options["levels"]],
            ["everything", "subject", "metadata", "private"],
        )
        self.choose(self.answer, "private", conversation=True)
        options = self.first.with_user(self.owner).imap_sharing_options()
        self.assertEqual((options["current"], options["mailbox"]), ("private", "everything"))

    def test_nobody_else_chooses(self):
        for user in self.others:
            entry = self.first.with_user(user)
            with self.assertRaises(AccessError):
                entry.imap_set_sharing("private")
            with self.assertRaises(AccessError):
                entry.imap_undo_sharing({"shares": []})
            with self.assertRaises(AccessError):
                entry.imap_sharing_options()
            self.assertFalse(entry.imap_sharing)
        self.share("private")
        for user in self.others:
            with self.assertRaises(AccessError):
                self.first.with_user(user).imap_set_sharing("everything")

    def test_undo_cannot_be_used_for_something_else(self):
        """It comes back from the browser, so it may hold anything."""
        other = self._connect(self.other_owner)
        foreign = self.env["imap.share"].create(
            {
                "email_id": self.other.imap_email_id.id,
                "user_id": self.other_owner.id,
                "connection_id": other.id,
            }
        )
        entry = self.first.with_user(self.owner)
        entry.imap_undo_sharing({"shares": [[foreign.id, "private"]]})
        self.assertFalse(foreign.visibility)
        self.env.company.imap_least_visibility = "subject"
        for undo in ({"shares": [[1, "private"]]}, {"conversation": "private"}):
            with self.assertRaises(ValidationError):
                entry.imap_undo_sharing(undo)

    def test_not_less_than_the_company_asks_for(self):
        self.env.company.imap_least_visibility = "metadata"
        with self.assertRaises(ValidationError):
            self.choose(self.first, "private")
        options = self.first.with_user(self.owner).imap_sharing_options()
        self.assertNotIn("private", [option["level"] for option in options["levels"]])
        self.choose(self.first, "metadata")

    def test_badge_tells_the_owner_what_colleagues_see(self):
        self.choose(self.first, "subject")
        entry = self.first.with_user(self.owner)
        self.assertEqual(entry.imap_sharing, {"level": "subject", "by_others": False})


@tagged("post_install", "-at_install")
class TestConversations(SharingCase):
    """Which mails are one conversation: programs leave references out, and past mail comes newest first."""

    def keys(self):
        return {email.subject: email.thread_key for email in self.env["imap.email"].search([])}

    def reply(self, subject, to, **headers):
        self.server.inbox.deliver(
            mail(
                "carla@shop.example",
                "olga@tea.example",
                subject,
                In_Reply_To=f"<{to}@example.com>",
                **headers,
            )
        )

    def test_answers_without_references(self):
        self.deliver(subject="A")
        self.reply("B", "A")
        self.reply("C", "B")
        self.connection._sync()
        self.assertEqual(set(self.keys().values()), {"<A@example.com>"})

    def test_the_newest_comes_first(self):
        for subject, to in (("D", "C"), ("C", "B"), ("B", "A")):
            self.reply(subject, to)
            self.connection._sync()
        self.assertEqual(set(self.keys().values()), {"<A@example.com>"})
        shares = self.env["imap.share"].search([])
        self.assertEqual(set(shares.mapped("thread_key")), {"<A@example.com>"})

    def test_a_private_conversation_stays_private_when_its_beginning_comes(self):
        self.reply("C", "B")
        self.connection._sync()
        self.entries(self.customer).with_user(self.owner).imap_set_sharing("private", True)
        self.reply("B", "A")
        self.connection._sync()
        self.deliver(subject="A")
        self.reply("D", "A")
        self.connection._sync()
        self.assertEqual(self.seen(self.colleague), [])

    def test_a_shared_conversation_opens_no_other(self):
        self.share("private")
        self.reply("C", "B")
        self.connection._sync()
        self.entries(self.customer).with_user(self.owner).imap_set_sharing("everything", True)
        self.deliver(subject="A")
        self.reply("B", "A")
        self.connection._sync()
        self.assertEqual(self.seen(self.colleague), ["everything"], "that one only")

    def test_a_message_id_that_is_used_again_moves_nothing(self):
        self.share("private")
        self.deliver(subject="A")
        self.reply("B", "A")
        self.connection._sync()
        self.reply("A", "X", text="somebody else uses the Message-ID")
        self.connection._sync()
        self.assertEqual(
            self.env["imap.email"].search([("subject", "=", "B")]).thread_key, "<A@example.com>"
        )
