from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class ImapConnection(models.Model):
    """A mailbox whose owner disconnects it, and whose mail may leave Odoo with it."""

    _name = "imap.connection"
    _inherit = ["imap.connection"]

    departure_note = fields.Char(compute="_compute_departure_note", compute_sudo=True)

    def _compute_departure_note(self):
        for connection in self:
            left = sum(deletion._left() for deletion in connection._departures())
            connection.departure_note = bool(left) and self.env._(
                "Its mail is being deleted in Odoo. Still to do: %(n)s.", n=f"{left:,}"
            )

    def _departures(self):
        """Return the deletions of this mailbox's own mail that are not done yet."""
        # sudo: imap.deletion - whoever asked for it
        return (
            self.env["imap.deletion"]
            .sudo()
            .search(
                Domain("connection_id", "in", self.ids)
                & Domain("is_departure", "=", True)
                & Domain("state", "=", "waiting")
            )
        )

    def _check_has_left(self):
        if self._departures():
            raise UserError(
                self.env._("Its mail is being deleted in Odoo. Try again when that is done.")
            )

    def _schedule(self):
        self._check_has_left()
        return super()._schedule()

    def unlink(self):
        self._check_has_left()
        return super().unlink()

    def action_open_disconnect(self):
        """Ask what is to become of the mail, and disconnect."""
        self.ensure_one()
        return self.env["imap.disconnect"]._open(self)
