from odoo import fields, models

from . import imap_schedule
from .imap_connection import CONNECTIONS_PER_HOST


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
        default=CONNECTIONS_PER_HOST,
    )
    imap_contact_policy = fields.Selection(
        related="company_id.imap_contact_policy", readonly=False, required=True
    )
    imap_worker_count = fields.Integer(string="Mailboxes at the same time")

    def get_values(self):
        return super().get_values() | {"imap_worker_count": imap_schedule.worker_count(self.env)}

    def set_values(self):
        result = super().set_values()
        imap_schedule.set_worker_count(self.env, self.imap_worker_count)
        return result
