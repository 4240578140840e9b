from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .imap_entry import create_entries, present_entries, shared_values

#: how long what was taken off can be put back as it was; only its place is remembered after that
UNDO = timedelta(days=7)


class ImapLink(models.Model):
    """What a person decided by hand: on this record this email stands, or does not, whatever the rules say.

    It holds for every later sync, through whosever mailbox, and for the audit; and for mail that left Odoo with its
    mailbox, once that comes back.
    """

    _name = "imap.link"
    _description = "Decision by hand where an email stands"

    email_id = fields.Many2one("imap.email", required=True, ondelete="cascade")
    model = fields.Char(required=True, index=True)
    res_id = fields.Many2oneReference(model_field="model", required=True)
    kind = fields.Selection([("added", "Added"), ("removed", "Removed")], required=True)
    user_id = fields.Many2one("res.users", string="By", ondelete="set null")
    before = fields.Char(help="What was decided before that: the kind, for whoever takes this back")
    kept = fields.Json(groups=fields.NO_ACCESS, help="The entry that was removed, for a while")
    kept_until = fields.Datetime(index="btree_not_null")

    _once = models.UniqueIndex("(email_id, model, res_id)")

    @api.model
    def _removed(self, email_ids):
        """Return the (email id, model, res_id) from which people removed emails."""
        removed = self.search_fetch(
            [("email_id", "in", email_ids), ("kind", "=", "removed")],
            ["email_id", "model", "res_id"],
        )
        return {(link.email_id.id, link.model, link.res_id) for link in removed}

    @api.model
    def _added(self, emails):
        """Return where people added emails that come back, and forget those places that are gone (sudo).

        Who added them is not asked again: as with mail that stays, what was decided once holds.

        :return: a dict of email -> list of (model, res_id)
        """
        added = self.search([("email_id", "in", emails.ids), ("kind", "=", "added")])
        there = self.browse()
        for model, links in added.grouped("model").items():
            if model in self.env:
                found = set(self.env[model].browse(links.mapped("res_id")).exists().ids)
                there += links.filtered(lambda link, found=found: link.res_id in found)
        (added - there).unlink()
        by_email = there.grouped("email_id")
        return {
            email: [(link.model, link.res_id) for link in links]
            for email, links in by_email.items()
        }

    def unlink(self):
        emails = self.email_id
        result = super().unlink()
        emails._forget_undecided()
        return result

    # ------------------------------------------------------------------
    # deciding
    # ------------------------------------------------------------------

    @api.model
    def _add(self, entries, record):
        """Let the emails of some chatter entries stand on a record too.

        :param entries: ``mail.message``, as the person
        :return: the decisions; none where the email stands there already
        """
        self._check_emails(entries)
        self._check_record(record)
        decisions = self.sudo().browse()
        # sudo: mail.message - entries are made by this and the sync only
        for entry in entries.sudo():
            if self._stands_on(entry.imap_email_id, record):
                continue
            decisions += self._decide(entry.imap_email_id, record._name, record.id, "added")
            self._create_entry(shared_values(entry), record._name, record.id)
        return decisions

    @api.model
    def _remove(self, entries):
        """Take emails off the record on which some chatter entries stand.

        :param entries: ``mail.message``, as the person
        :return: the decisions
        """
        self._check_emails(entries)
        decisions = self.sudo().browse()
        for model, of_model in entries.sudo().grouped("model").items():
            self._check_record(self.env[model].browse(set(of_model.mapped("res_id"))))
        for entry in entries.sudo():
            decision = self._decide(entry.imap_email_id, entry.model, entry.res_id, "removed")
            decision.write({"kept": self._kept(entry), "kept_until": fields.Datetime.now() + UNDO})
            decisions += decision
        entries.sudo().unlink()
        return decisions

    @api.model
    def action_remove(self, message_ids):
        """Take emails off the record in whose chatter these messages are.

        :return: a sentence, and the ids of the decisions, to undo them
        """
        messages = self.env["mail.message"].browse(message_ids)
        decisions = self._remove(messages)
        text = self.env._(
            "Removed from here, also for later syncs. In the mailbox nothing changed."
        )
        return {"text": text, "undo": decisions.ids}

    def action_undo(self):
        """Take one's own decisions back, the last one first."""
        decisions = self.sudo().exists()
        if not decisions:
            raise UserError(self.env._("It has been taken back already."))
        if decisions.user_id != self.env.user:
            raise AccessError(self.env._("Only who decided this takes it back."))
        for decision in decisions.sorted("id", reverse=True):
            self._check_record(self.env[decision.model].browse(decision.res_id))
            decision._take_back()
        return True

    def _take_back(self):
        entries = self._entries(self.email_id, self.env[self.model].browse(self.res_id))
        kept, place = self.kept, (self.model, self.res_id)
        if self.kind == "added":
            entries.unlink()
        elif not kept:
            raise UserError(self.env._("It is too late for that: use “Link to…” instead."))
        elif not entries:
            self._create_entry(self._still_there(kept), *place)
        if self.before:
            self.write({"kind": self.before, "before": False, "kept": False, "kept_until": False})
        else:
            self.unlink()

    # ------------------------------------------------------------------
    # rights
    # ------------------------------------------------------------------

    @api.model
    def _check_emails(self, entries):
        """Check that the person reads these emails in full."""
        entries.check_access("read")
        emails = entries.sudo().imap_email_id
        if not entries or len(emails) < len(entries):
            raise UserError(self.env._("This is no synced email."))
        emails.with_env(self.env).check_access("read")

    @api.model
    def _check_record(self, records):
        """Check that the person may post in the chatter of these records."""
        if not self._takes_emails(records):
            raise UserError(self.env._("Emails are linked to records with a chatter."))
        records.check_access("read")
        records.check_access(records._mail_post_access)

    @api.model
    def _takes_emails(self, model):
        """Say whether records of a model have a chatter for mail: no chats, and nothing of the mail system itself."""
        return (
            isinstance(model, self.pool["mail.thread"])
            and not model._abstract
            and not model._transient
            and model._name not in ("discuss.channel", "res.users")
            and not model._name.startswith("mail.")
        )

    @api.model
    def _target_models(self):
        """Return model -> label of the records to which the user can link emails, the usual ones first."""
        found = self.env["ir.model"].sudo().search([("is_mail_thread", "=", True)], order="name")
        labels = {
            model.model: model.name
            for model in found
            if model.model in self.env
            and self._takes_emails(self.env[model.model])
            and self.env[model.model].has_access(self.env[model.model]._mail_post_access)
        }
        if "crm.lead" in labels:
            labels["crm.lead"] = self.env._("Opportunity or lead")
        usual = [model for model in ("crm.lead", "res.partner") if model in labels]
        return {model: labels[model] for model in dict.fromkeys([*usual, *labels])}

    # ------------------------------------------------------------------
    # rows
    # ------------------------------------------------------------------

    @api.model
    def _decide(self, email, model, res_id, kind):
        """Store a decision; a later one about the same place takes the place of the one before."""
        decisions = self.sudo()
        decision = decisions.search(
            [("email_id", "=", email.id), ("model", "=", model), ("res_id", "=", res_id)]
        )
        values = {"kind": kind, "user_id": self.env.uid, "kept": False, "kept_until": False}
        if decision:
            decision.write({**values, "before": decision.kind})
            return decision
        place = {"email_id": email.id, "model": model, "res_id": res_id}
        return decisions.create({**values, **place})

    @api.model
    def _entries(self, emails, record):
        return (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("imap_email_id", "in", emails.ids),
                    ("imap_stub", "=", False),
                    ("model", "=", record._name),
                    ("res_id", "=", record.id),
                ]
            )
        )

    @api.model
    def _stands_on(self, email, record):
        """Say whether an email stands on a record, by its entry or by the message with which Odoo sent it."""
        place = (email.id, record._name, record.id)
        return place in present_entries(self.sudo().env, email)

    @api.model
    def _create_entry(self, values, model, res_id):
        env = self.sudo().with_context(mail_create_nosubscribe=True, tracking_disable=True).env
        env["imap.email"]._register_entry_models({model})
        entries = create_entries(env, [{**values, "model": model, "res_id": res_id}])
        entries.imap_email_id._update_stubs()
        return entries

    @api.model
    def _kept(self, entry):
        """Return what an entry is made of, as JSON."""
        values = {**shared_values(entry), "date": entry.date.isoformat(), "body": str(entry.body)}
        return {**values, "attachment_ids": entry.attachment_ids.ids}

    @api.model
    def _still_there(self, kept):
        """Return what an entry was made of, without what was deleted since."""
        author = self.env["res.partner"].sudo().browse(kept["author_id"] or []).exists()
        attachments = self.env["ir.attachment"].sudo().browse(kept["attachment_ids"]).exists()
        return {
            **kept,
            "date": datetime.fromisoformat(kept["date"]),
            "author_id": author.id,
            "attachment_ids": [(6, 0, attachments.ids)],
        }

    @api.model
    def _follow(self, model, res_ids, record):
        """Let decisions about records that are merged into another one hold for that; its own count more."""
        decisions = self.sudo().search([("model", "=", model), ("res_id", "in", res_ids)])
        there = Domain("model", "=", record._name) & Domain("res_id", "=", record.id)
        decided = self.sudo().search(there).email_id
        for decision in decisions:
            if decision.email_id in decided:
                decision.unlink()
            else:
                decided += decision.email_id
                decision.write({"model": record._name, "res_id": record.id})

    @api.autovacuum
    def _forget_kept(self):
        """Keep no content of what was taken off for longer than it can be put back."""
        late = self.sudo().search(Domain("kept_until", "<", fields.Datetime.now()))
        late.write({"kept": False, "kept_until": False})
        nowhere = late.email_id.filtered(lambda email: not email.entry_ids)
        for user, decisions in late.grouped("user_id").items():
            # whoever took it off the last record has deleted it
            by_user = (decisions.email_id & nowhere).with_user(user or self.env.user)
            by_user._bury()
