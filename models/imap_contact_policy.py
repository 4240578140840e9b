from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: the one that makes the fewest contacts first: its order is what "at most" means
POLICIES = [
    ("none", "Never"),
    ("sent", "People whom I write to"),
    ("all", "Everybody whom I write to or who writes to me"),
]
POLICY_ORDER = [policy for policy, _label in POLICIES]


def up_to(most):
    """Return all policies that make no more contacts than one."""
    return POLICY_ORDER[: POLICY_ORDER.index(most) + 1]


def least_policy(*policies):
    """Return that of some policies that makes the fewest contacts."""
    return min(policies, key=POLICY_ORDER.index)


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
    allowed_policies = fields.Json(
        compute="_compute_allowed_policies", help="Those that the company allows"
    )
    may_create_contacts = fields.Boolean(compute="_compute_may_create_contacts")
    created_count = fields.Integer(string="Contacts created", compute="_compute_created_count")

    @api.depends("company_id")
    def _compute_contact_policy(self):
        for connection in self:
            company = connection.sudo().company_id
            connection.contact_policy = connection.contact_policy or (
                company._imap_contact_policy_at_first() if company else "none"
            )

    @api.depends("company_id")
    def _compute_allowed_policies(self):
        for connection in self:
            company = connection.sudo().company_id
            connection.allowed_policies = up_to(
                company.imap_most_contact_policy or POLICY_ORDER[-1]
            )

    @api.constrains("contact_policy")
    def _check_contact_policy(self):
        for connection in self:
            most = connection.sudo().company_id.imap_most_contact_policy
            if least_policy(connection.contact_policy, most) != connection.contact_policy:
                labels = dict(self._fields["contact_policy"]._description_selection(self.env))
                raise ValidationError(
                    self.env._(
                        "Your company allows for “Create contacts” at most: %(most)s.",
                        most=labels[most],
                    )
                )

    def _lower_contact_policy(self):
        """Let these mailboxes make no more contacts than their company allows by now."""
        for connection in self:
            most = connection.company_id.imap_most_contact_policy
            policy = least_policy(connection.contact_policy, most)
            if policy != connection.contact_policy:
                connection.contact_policy = policy

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
