from odoo import fields, models


class ImapQuarantineMixin(models.AbstractModel):
    """What a mailbox shows of its messages that could not be read."""

    _name = "imap.quarantine.mixin"
    _description = "Mailbox with messages that could not be read"

    quarantine_count = fields.Integer(
        string="Could not be read", compute="_compute_quarantine_count"
    )
    # of these, how many nobody has let rest
    quarantine_open = fields.Integer(compute="_compute_quarantine_count")

    def _compute_quarantine_count(self):
        # sudo: imap.placement - numbers only, of a mailbox whose numbers the user may see
        counted = (
            self.env["imap.placement"]
            .sudo()
            ._read_group(
                self.env["imap.placement"]._quarantine_domain(self),
                ["connection_id", "dismissed"],
                ["__count"],
            )
        )
        numbers = {(connection.id, rest): number for connection, rest, number in counted}
        for connection in self:
            opened = numbers.get((connection._origin.id, False), 0)
            connection.quarantine_open = opened
            connection.quarantine_count = opened + numbers.get((connection._origin.id, True), 0)

    def action_open_quarantine(self):
        """Show the messages of this mailbox that could not be read."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mail_imap_sync.imap_placement_action_quarantine"
        )
        return {
            **action,
            "domain": self.env["imap.placement"]._quarantine_domain(self),
            "context": {"imap_connection_id": self.id},
        }
