from odoo import api, fields, models

from .imap_contact_policy import POLICY_ORDER, least_policy
from .imap_period import shortest
from .imap_share import LEVELS, most


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    imap_internal_domains = fields.Char(related="company_id.imap_internal_domains", readonly=False)
    imap_suggested_domain = fields.Char(related="company_id.imap_suggested_domain")
    imap_opportunities = fields.Selection(
        related="company_id.imap_opportunities", required=True, readonly=False
    )
    imap_default_period = fields.Selection(
        related="company_id.imap_default_period", readonly=False, required=True
    )
    imap_longest_period = fields.Selection(
        related="company_id.imap_longest_period", readonly=False, required=True
    )
    imap_most_contact_policy = fields.Selection(
        related="company_id.imap_most_contact_policy", readonly=False, required=True
    )
    imap_creates_too_much = fields.Integer(compute="_compute_imap_creates_too_much")
    imap_contact_policy = fields.Selection(
        related="company_id.imap_contact_policy", readonly=False, required=True
    )
    imap_default_visibility = fields.Selection(
        related="company_id.imap_default_visibility", readonly=False, required=True
    )
    imap_least_visibility = fields.Selection(
        related="company_id.imap_least_visibility", readonly=False, required=True
    )
    imap_share_too_little = fields.Integer(compute="_compute_imap_share_too_little")

    @api.depends("company_id", "imap_least_visibility")
    def _compute_imap_share_too_little(self):
        for settings in self:
            settings.imap_share_too_little = self.env["imap.connection"].search_count(
                settings._share_too_little_domain()
            )

    def _share_too_little_domain(self):
        # by what is on the screen: the number shows before it is saved
        too_little = LEVELS[: LEVELS.index(self.imap_least_visibility or LEVELS[0])]
        return [("company_id", "=", self.company_id.id), ("visibility", "in", too_little)]

    @api.onchange("imap_default_visibility", "imap_least_visibility")
    def _onchange_imap_least_visibility(self):
        self.imap_default_visibility = most(
            [self.imap_default_visibility, self.imap_least_visibility]
        )

    def action_open_mailboxes_that_share_too_little(self):
        """List the mailboxes that share less than the company asks for."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "mail_imap_sync.imap_connection_action"
            ),
            "domain": self._share_too_little_domain(),
        }

    @api.depends("company_id", "imap_most_contact_policy")
    def _compute_imap_creates_too_much(self):
        for settings in self:
            # by what is on the screen: the number shows before it is saved
            most = settings.imap_most_contact_policy or POLICY_ORDER[-1]
            more = POLICY_ORDER[POLICY_ORDER.index(most) + 1 :]
            settings.imap_creates_too_much = self.env["imap.connection"].search_count(
                [("company_id", "=", settings.company_id.id), ("contact_policy", "in", more)]
            )

    @api.onchange("imap_default_period", "imap_longest_period")
    def _onchange_imap_longest_period(self):
        self.imap_default_period = shortest(self.imap_default_period, self.imap_longest_period)

    @api.onchange("imap_contact_policy", "imap_most_contact_policy")
    def _onchange_imap_most_contact_policy(self):
        self.imap_contact_policy = least_policy(
            self.imap_contact_policy, self.imap_most_contact_policy
        )
