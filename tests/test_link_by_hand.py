"""Where an email stands because a person wants it so: added, moved, removed; it sticks, and it can be taken back."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ..models.imap_link import UNDO
from .common import MailboxCase
from .fake_server import FakeServer, ago, mail
from .test_access import ATTACHED


class LinkCase(MailboxCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.links = cls.env["imap.link"]
        cls.lead = cls.env["crm.lead"].create(
            {"name": "Tea", "type": "opportunity", "user_id": cls.owner.id, "team_id": False}
        )

    def deliver(self, subject="Order", **headers):
        raw = mail("carla@shop.example", "olga@tea.example", subject, **headers)
        self.server.inbox.deliver(raw, ago(days=1))
        self.connection._sync()
        return self.entries(self.customer).filtered(lambda entry: entry.subject == subject)

    def subjects(self, record):
        return self.entries(record).mapped("subject")

    def add(self, entries, record, user=None):
        user = user or self.owner
        return self.links.with_user(user)._add(entries.with_user(user), record.with_user(user))

    def remove(self, entries, user=None):
        user = user or self.owner
        return self.links.with_user(user)._remove(entries.with_user(user))

    def undo(self, decisions, user=None):
        return decisions.with_user(user or self.owner).sudo(False).action_undo()

    def sync_in_every_way(self):
        """Sync again: a copy in another folder, through another mailbox, numbered anew, and the audit."""
        copies = [message.raw for message in self.server.inbox.messages.values()]
        for raw in copies:
            self.server.sent.deliver(raw, ago(days=1))
        self.servers["otto@tea.example"] = FakeServer()
        for raw in copies:
            self.servers["otto@tea.example"].inbox.deliver(raw, ago(days=1))
        other = self._connect(self.other_owner)
        other._sync()
        self.connection._sync()
        self.server.inbox.renumber()
        self.connection._sync()
        self.connection.with_user(self.owner).action_audit()


@tagged("post_install", "-at_install")
class TestLinkByHand(LinkCase):
    def test_added_entry_is_the_same_email(self):
        self.server.inbox.deliver(ATTACHED, ago(days=1))
        self.connection._sync()
        entry = self.entries(self.customer)
        self.add(entry, self.lead)
        added = self.entries(self.lead)
        for name in ("body", "date", "author_id", "message_type", "subtype_id", "attachment_ids"):
            self.assertEqual(added[name], entry[name], name)
        self.assertEqual(added.imap_email_id, entry.imap_email_id)
        self.assertEqual(added.attachment_ids.res_model, "imap.email")
        self.assertEqual(self.entries(self.customer), entry)

    def test_added_and_removed_stick(self):
        entry = self.deliver()
        self.add(entry, self.lead)
        self.remove(entry)
        self.sync_in_every_way()
        self.assertEqual(self.subjects(self.lead), ["Order"])
        self.assertFalse(self.entries(self.customer))

    def test_removed_everywhere_sticks(self):
        self.remove(self.deliver())
        self.sync_in_every_way()
        self.assertFalse(self.entries(self.customer))
        self.assertEqual(self.env["imap.email"].search_count([]), 1)

    def test_added_twice_is_once(self):
        entry = self.deliver()
        self.assertEqual(len(self.add(entry, self.lead)), 1)
        self.assertFalse(self.add(entry, self.lead))
        self.assertEqual(self.subjects(self.lead), ["Order"])

    def test_where_odoo_sent_it_from_it_is_already(self):
        sent = self.lead.message_post(
            body="Offer", message_type="comment", message_id="<o@x.example>"
        )
        self.server.sent.deliver(
            mail("olga@tea.example", "carla@shop.example", "Offer", message_id=sent.message_id),
            ago(days=1),
        )
        self.connection._sync()
        self.assertFalse(self.add(self.entries(self.customer), self.lead))

    def test_answers_follow(self):
        self.add(self.deliver("Order", message_id="<order@shop.example>"), self.lead)
        self.deliver("Re: Order", In_Reply_To="<order@shop.example>")
        self.assertEqual(self.subjects(self.lead), ["Order", "Re: Order"])

    def test_exclusion_that_is_applied_counts_more(self):
        self.add(self.deliver(), self.lead)
        exclusion = self.env["imap.exclusion"].with_user(self.owner)
        exclusion.create({"name": "carla@shop.example"})._remove_past(10)
        self.connection._sync()
        self.assertFalse(self.entries(self.lead))
        self.assertFalse(self.env["imap.email"].search([]))

    # ------------------------------------------------------------------
    # undo
    # ------------------------------------------------------------------

    def test_undo_of_added(self):
        decisions = self.add(self.deliver(), self.lead)
        self.undo(decisions)
        self.assertFalse(self.entries(self.lead))
        self.assertFalse(decisions.exists())
        self.assertEqual(self.subjects(self.customer), ["Order"])

    def test_undo_of_removed_brings_all_of_it_back(self):
        self.server.inbox.deliver(ATTACHED, ago(days=1))
        self.connection._sync()
        entry = self.entries(self.customer)
        before = entry.read(["body", "date", "author_id", "attachment_ids", "email_from"])[0]
        decisions = self.remove(entry)
        self.assertFalse(self.entries(self.customer))
        self.undo(decisions)
        after = self.entries(self.customer).read(list(before))[0]
        self.assertEqual({**after, "id": 0}, {**before, "id": 0})
        self.sync_in_every_way()
        self.assertEqual(len(self.entries(self.customer)), 1)

    def test_undo_goes_one_step_back(self):
        entry = self.deliver()
        self.add(entry, self.lead)
        removed = self.remove(self.entries(self.lead))
        self.undo(removed)
        self.assertEqual(self.subjects(self.lead), ["Order"])
        self.assertEqual(self.links.search([]).kind, "added")

    def test_undo_is_for_who_decided_and_once(self):
        decisions = self.add(self.deliver(), self.customer2)
        self.assertTrue(self.customer2.with_user(self.other_owner).has_access("write"))
        with self.assertRaises(AccessError):
            self.undo(decisions, self.other_owner)
        self.undo(decisions)
        with self.assertRaises(UserError):
            self.undo(decisions)

    def test_undo_without_what_was_deleted_since(self):
        author = self.env["res.partner"].create({"name": "Ann", "email": "ann@far.example"})
        raw = mail("ann@far.example", "olga@tea.example, carla@shop.example", "Order")
        self.server.inbox.deliver(raw, ago(days=1))
        self.connection._sync()
        decisions = self.remove(self.entries(self.customer))
        author.unlink()
        self.undo(decisions)
        self.assertEqual(self.entries(self.customer).email_from, "ann@far.example")

    def test_content_of_what_was_removed_is_kept_for_a_week(self):
        self.server.inbox.deliver(ATTACHED, ago(days=1))
        self.connection._sync()
        email = self.env["imap.email"].search([])
        attachments = self.entries(self.customer).attachment_ids
        decisions = self.remove(self.entries(self.customer))
        self.links._forget_kept()
        self.assertTrue(decisions.kept)
        decisions.kept_until = fields.Datetime.now() - timedelta(minutes=1)
        self.links._forget_kept()
        self.assertFalse(attachments.exists(), "it stands nowhere")
        self.assertEqual((email.subject, email.deleted_by_id), (False, self.owner))
        with self.assertRaises(UserError):
            self.undo(decisions)
        self.sync_in_every_way()
        self.assertFalse(self.entries(self.customer))
        self.assertEqual(UNDO, timedelta(days=7))

    def test_owner_finds_what_was_removed_and_links_it_again(self):
        """Through "Why isn't this email here?", also when nothing of it is kept any more."""
        self.server.inbox.deliver(ATTACHED, ago(days=1))
        self.connection._sync()
        self.remove(self.entries(self.customer)).kept_until = fields.Datetime.now()
        self.links._forget_kept()
        why = self.env["imap.why"].with_user(self.owner)
        wizard = why.create({"connection_id": self.connection.id, "person": "carla"})
        wizard.action_search()
        line = wizard.line_ids
        self.assertEqual((line.outcome, line.can_link), ("removed", True))
        line.action_link()
        entry = self.entries(self.customer)
        self.assertEqual(entry.attachment_ids.mapped("name"), ["list.csv"])
        self.assertEqual(line.outcome, "linked")
        inbox = self.connection.folder_ids.filtered(lambda f: f.role == "inbox")
        self.assertEqual((inbox.linked, inbox.seen), (1, 1))
        self.sync_in_every_way()
        self.assertEqual(len(self.entries(self.customer)), 1)

    # ------------------------------------------------------------------
    # rights
    # ------------------------------------------------------------------

    def test_needs_to_post_on_the_record(self):
        entry = self.deliver()
        self.assertFalse(self.lead.with_user(self.colleague).has_access("read"))
        with self.assertRaises(AccessError):
            self.add(entry, self.lead, self.colleague)
        reader = new_test_user(self.env, "rita", groups="base.group_user")
        self.assertTrue(self.customer.with_user(reader).has_access("read"))
        self.assertFalse(self.customer.with_user(reader).has_access("write"))
        with self.assertRaises(AccessError):
            self.add(entry, self.customer2, reader)
        with self.assertRaises(AccessError):
            self.remove(entry, reader)

    def test_needs_to_read_the_email(self):
        self.deliver()
        entry = self.entries(self.customer)
        self.add(entry, self.lead)
        self.remove(entry)
        on_lead = self.entries(self.lead)
        with self.assertRaises(AccessError):
            self.add(on_lead, self.customer2, self.colleague)
        portal = new_test_user(self.env, "pia", groups="base.group_portal")
        with self.assertRaises(AccessError):
            self.add(on_lead, self.customer2, portal)

    def test_only_synced_emails_and_records_with_a_chatter(self):
        note = self.customer.message_post(body="A note")
        with self.assertRaises(UserError):
            self.add(note, self.lead)
        entry = self.deliver()
        with self.assertRaises(UserError):
            self.add(entry, self.env["res.country"].search([], limit=1))
        with self.assertRaises(UserError):
            self.remove(note)

    def test_nobody_writes_decisions_past_the_checks(self):
        entry = self.deliver()
        values = {
            "email_id": entry.imap_email_id.id,
            "model": "crm.lead",
            "res_id": self.lead.id,
            "kind": "added",
        }
        with self.assertRaises(AccessError):
            self.links.with_user(self.manager).create(values)
        with self.assertRaises(AccessError):
            self.add(entry, self.lead).with_user(self.owner).sudo(False).read(["kind"])

    # ------------------------------------------------------------------
    # merged records
    # ------------------------------------------------------------------

    def test_merged_contacts_keep_what_was_decided(self):
        self.remove(self.deliver())
        twin = self.env["res.partner"].create({"name": "Carla again", "email": "c@shop.example"})
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (self.customer + twin).ids, twin
        )
        twin.email = "carla@shop.example"
        self.sync_in_every_way()
        self.assertFalse(self.entries(twin))

    def test_merged_opportunities_keep_what_was_decided(self):
        entry = self.deliver("Order", message_id="<order@shop.example>")
        self.add(entry, self.lead)
        self.remove(self.entries(self.lead))
        other = self.lead.copy({"name": "More tea"})
        (self.lead + other).merge_opportunity(user_id=self.owner.id)
        survivor = (self.lead + other).exists()
        self.assertEqual(self.links.search([]).res_id, survivor.id)

    def test_deleted_record(self):
        self.add(self.deliver(), self.lead)
        self.lead.unlink()
        self.assertFalse(self.links.search([]))


@tagged("post_install", "-at_install")
class TestLinkTo(LinkCase):
    """The dialog."""

    def open(self, entry, user=None):
        wizard = self.env["imap.link.to"].with_user(user or self.owner)
        return Form(wizard.with_context(default_message_id=entry.id))

    def test_suggests_the_only_open_opportunity_of_the_company(self):
        shop = self.env["res.partner"].create({"name": "Shop", "is_company": True})
        self.customer.parent_id = shop
        entry = self.deliver()
        self.assertFalse(self.open(entry).res_id)
        self.lead.partner_id = self.customer2
        self.customer2.parent_id = shop
        self.assertEqual(self.open(entry).res_id, self.lead.id)
        self.lead.copy()
        self.assertFalse(self.open(entry).res_id)

    def test_opportunities_and_contacts_first(self):
        models = list(self.links.with_user(self.owner)._target_models())
        self.assertEqual(models[:2], ["crm.lead", "res.partner"])
        self.assertNotIn("discuss.channel", models)
        self.assertNotIn("res.users", models)

    def test_move_the_conversation(self):
        self.deliver("Order", message_id="<order@shop.example>")
        self.deliver("Re: Order", References="<order@shop.example>")
        self.deliver("Something else")
        entry = self.entries(self.customer)[0]
        form = self.open(entry)
        self.assertEqual((form.stands_on, form.conversation_count), ("Carla", 2))
        form.res_id, form.how, form.conversation = self.lead.id, "move", True
        action = form.save().action_link()
        self.assertEqual(self.subjects(self.lead), ["Order", "Re: Order"])
        self.assertEqual(self.subjects(self.customer), ["Something else"])
        self.assertEqual(action["params"]["text"], "Moved to Tea.")
        self.links.with_user(self.owner).browse(action["params"]["undo"]).action_undo()
        self.assertFalse(self.entries(self.lead))
        self.assertEqual(len(self.entries(self.customer)), 3)

    def test_says_what_is_missing(self):
        entry = self.deliver()
        form = self.open(entry)
        form.model = "res.partner"
        form.res_id = self.customer.id
        with self.assertRaisesRegex(UserError, "stands there already"):
            form.save().action_link()
        wizard = self.env["imap.link.to"].with_user(self.owner).create({"message_id": entry.id})
        with self.assertRaisesRegex(UserError, "Choose the record"):
            wizard.action_link()

    def test_tells_nothing_of_an_email_that_one_may_not_read(self):
        entry = self.deliver()
        self.add(entry, self.lead)
        self.remove(entry)
        on_lead = self.entries(self.lead)
        wizards = self.env["imap.link.to"].with_user(self.colleague)
        with self.assertRaises(AccessError):
            wizards.create({"message_id": on_lead.id})
        with self.assertRaises(AccessError):
            wizards.onchange({"message_id": on_lead.id}, [], {"message_id": {}, "subject": {}})

    def test_another_persons_dialog(self):
        form = self.open(self.deliver())
        form.res_id = self.lead.id
        wizard = form.save()
        with self.assertRaises(AccessError):
            wizard.with_user(self.other_owner).action_link()
