from odoo import api, fields, models

POLICIES = [
    ("none", "Never"),
    ("sent", "People whom I write to"),
    ("all", "Everybody whom I write to or who writes to me"),
]


class ImapContactPolicyMixin(models.AbstractModel):
    """A mailbox whose mail makes contacts, if its owner wants that."""

    _name = "imap.contact.policy.mixin"
    _description = "Mailbox that makes contacts"

    contact_policy = fields.Selection(
        POLICIES,
        string="Create contacts",
        compute="_compute_contact_policy",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="For mail that is looked at from now on. Newsletters, programs and colleagues never become contacts.",
    )
    contact_roles = fields.Boolean(
        string="Shared addresses too",
        help="Addresses such as info@ or sales@, which no single person has",
    )
    may_create_contacts = fields.Boolean(compute="_compute_may_create_contacts")
    created_count = fields.Integer(string="Contacts created", compute="_compute_created_count")

    @api.depends("company_id")
    def _compute_contact_policy(self):
        for connection in self:
            connection.contact_policy = (
                connection.contact_policy or connection.company_id.imap_contact_policy or "none"
            )

    @api.depends("user_id")
    def _compute_may_create_contacts(self):
        for connection in self:
            partners = self.env["res.partner"].with_user(connection.user_id)
            connection.may_create_contacts = partners.has_access("create")

    def _compute_created_count(self):
        numbers = dict(
            # sudo: imap.newcomer - numbers only, of mailboxes that the user may see
            self.env["imap.newcomer"]
            .sudo()
            ._read_group(self._created_domain(), ["connection_id"], ["__count"])
        )
        for connection in self:
            connection.created_count = numbers.get(connection._origin.sudo(), 0)

    def _created_domain(self):
        return [("connection_id", "in", self._origin.ids), ("partner_id", "!=", False)]

    def action_open_created(self):
        """Show the contacts that this mailbox made, to look them through, archive or delete them."""
        self.ensure_one()
        self.check_access("read")
        # sudo: imap.newcomer - as above; the list shows what the user may read
        newcomers = self.env["imap.newcomer"].sudo().search(self._created_domain())
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Contacts created from %(mailbox)s", mailbox=self.email),
            "res_model": "res.partner",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", newcomers.partner_id.ids)],
        }
