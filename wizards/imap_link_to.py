from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_list

from ..models.imap_opportunity import OPEN

#: emails of a conversation that are linked together
MOST = 200


class ImapLinkTo(models.TransientModel):
    """Link an email, or its conversation, to any record with a chatter; by hand, from the message."""

    _name = "imap.link.to"
    _description = "Link an email to a record"

    message_id = fields.Many2one("mail.message", required=True, ondelete="cascade")
    subject = fields.Char(string="Email", compute="_compute_subject")
    stands_on = fields.Char(string="In the chatter of", compute="_compute_stands_on")
    model = fields.Selection(
        selection=lambda self: list(self.env["imap.link"]._target_models().items()),
        string="Link to",
        required=True,
        default=lambda self: next(iter(self.env["imap.link"]._target_models()), False),
    )
    res_id = fields.Many2oneReference(
        string="Record",
        model_field="model",
        compute="_compute_res_id",
        store=True,
        readonly=False,
    )
    how = fields.Selection(
        [("add", "Show it there too"), ("move", "Move it there")],
        required=True,
        default="add",
    )
    conversation = fields.Boolean(string="The whole conversation")
    conversation_count = fields.Integer(compute="_compute_conversation_count")

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        for wizard in wizards:
            self.env["imap.link"]._check_emails(wizard.message_id)
        return wizards

    @api.depends("message_id")
    def _compute_subject(self):
        for wizard in self:
            # the dialog is not to tell more than the message does
            self.env["imap.link"]._check_emails(wizard.message_id)
            wizard.subject = wizard.message_id.subject

    @api.depends("message_id")
    def _compute_stands_on(self):
        for wizard in self:
            entries = self.env["mail.message"].search(
                [("imap_email_id", "=", wizard._email().id), ("model", "!=", False)]
            )
            names = []
            for model, of_model in entries.grouped("model").items():
                records = self.env[model].browse(set(of_model.mapped("res_id"))).exists()
                names += records._filtered_access("read").mapped("display_name")
            wizard.stands_on = format_list(self.env, names) if names else False

    @api.depends("model")
    def _compute_res_id(self):
        """Suggest the open opportunity of the contact in whose chatter the email stands, if there is just one."""
        for wizard in self:
            wizard.res_id = wizard._suggested() if wizard.model == "crm.lead" else False

    def _suggested(self):
        message = self.message_id
        if not message or message.model != "res.partner":
            return False
        partner = self.env["res.partner"].browse(message.res_id)
        found = self.env["crm.lead"].search(
            OPEN
            & Domain("partner_id.commercial_partner_id", "=", partner.commercial_partner_id.id),
            limit=2,
        )
        return found.id if len(found) == 1 else False

    @api.depends("message_id")
    def _compute_conversation_count(self):
        for wizard in self:
            wizard.conversation_count = len(wizard._conversation())

    def _email(self):
        # sudo: mail.message - of which email; whether the person reads it is checked before anything is done
        return self.message_id.sudo().imap_email_id

    def _conversation(self):
        """Return the entries of the message's conversation beside it, as far as the person reads them."""
        emails = self._email().with_env(self.env).conversation_ids
        return self.env["mail.message"].search(
            [
                ("model", "=", self.message_id.model),
                ("res_id", "=", self.message_id.res_id),
                ("imap_email_id", "in", emails.ids),
                ("imap_stub", "=", False),
            ],
            limit=MOST,
        )

    def action_link(self):
        """Link the email as the person wants."""
        self.ensure_one()
        links = self.env["imap.link"]
        links._check_emails(self.message_id)
        target = self._target()
        entries = self._conversation() if self.conversation else self.message_id
        here = self.env[self.message_id.model].browse(self.message_id.res_id)
        if target == here:
            raise UserError(self.env._("The email stands there already."))
        decisions = links._add(entries, target)
        moved = self.how == "move"
        if moved:
            decisions += links._remove(entries)
        if not decisions:
            raise UserError(self.env._("The email stands there already."))
        name = target.display_name
        if moved:
            text = self.env._("Moved to %(record)s.", record=name)
        else:
            text = self.env._("Linked to %(record)s.", record=name)
        return {
            "type": "ir.actions.client",
            "tag": "mail_imap_sync.linked",
            "params": {
                "text": text,
                "undo": decisions.ids,
                "thread": {"model": here._name, "id": here.id} if moved else False,
                "target": {"model": target._name, "id": target.id},
            },
        }

    def _target(self):
        if not self.res_id:
            raise UserError(self.env._("Choose the record to which the email is to be linked."))
        return self.env[self.model].browse(self.res_id)
