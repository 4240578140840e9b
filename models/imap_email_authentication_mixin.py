from odoo import api, fields, models

from ..lib.authentication import Result


class ImapEmailAuthenticationMixin(models.AbstractModel):
    """Whether an email comes from whom it says, by the word of the mail server that received it."""

    _name = "imap.email.authentication.mixin"
    _description = "Sender of an email, confirmed or not"

    authentication = fields.Selection(
        [("pass", "Confirmed"), ("fail", "Not confirmed")],
        string="Sender",
        readonly=True,
        help="Whether the mail server that received the email could confirm who sent it; empty if it does not tell",
    )
    authentication_method = fields.Char(
        string="Sender checked by",
        readonly=True,
        help="The check that decided: dmarc, dkim, spf, or compauth of Microsoft 365",
    )

    @api.model
    def _authentication_values(self, facts):
        """Return what a mail tells about this, as values.

        :param facts: :class:`~..lib.headers.HeaderFacts`
        """
        found = facts.authentication()
        told = found.result is not Result.NONE
        return {
            "authentication": told and found.result.value,
            "authentication_method": told and found.method,
        }

    def _learn_authentication(self, facts):
        """Take over what another copy tells: the first may be the one that was sent, or lie where nobody checks."""
        if not self.authentication and not self.deleted_date:
            values = self._authentication_values(facts)
            if values["authentication"]:
                self.write(values)
