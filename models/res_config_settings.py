from odoo import api, fields, models

from . import imap_schedule
from .imap_share import LEVELS, most


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    imap_internal_domains = fields.Char(related="company_id.imap_internal_domains", readonly=False)
    imap_suggested_domain = fields.Char(related="company_id.imap_suggested_domain")
    imap_opportunities = fields.Selection(
        related="company_id.imap_opportunities", required=True, readonly=False
    )
    imap_allowed_hosts = fields.Char(
        string="Servers in the own network",
        config_parameter="mail_imap_sync.allowed_hosts",
    )
    imap_ca_file = fields.Char(
        string="Own certificate authority",
        config_parameter="mail_imap_sync.ca_file",
    )
    imap_connections_per_host = fields.Integer(
        string="Connections per server",
        config_parameter="mail_imap_sync.connections_per_host",
    )
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
    imap_worker_count = fields.Integer(string="Mailboxes at the same time")

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

    def get_values(self):
        return super().get_values() | {"imap_worker_count": imap_schedule.worker_count(self.env)}

    def set_values(self):
        result = super().set_values()
        imap_schedule.set_worker_count(self.env, self.imap_worker_count)
        return result
