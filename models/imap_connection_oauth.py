"""Mailboxes that are signed in to by the tokens of a provider."""

from contextlib import suppress
from dataclasses import replace

from odoo import fields, models

from ..lib.errors import SecretUnreadable, SyncError, TokenRefused
from ..lib.tokens import Tokens
from .imap_oauth import PROVIDERS

#: seconds for which a token has to last when a session begins
ENOUGH = 300


class ImapConnection(models.Model):
    _inherit = "imap.connection"

    auth = fields.Selection(
        selection_add=PROVIDERS,
        ondelete={provider: "cascade" for provider, _name in PROVIDERS},
    )

    def _credentials(self):
        if self.auth == "password":
            return super()._credentials()
        return {"secret": self._fresh_tokens().access, "by_token": True}

    def _fresh_tokens(self):
        """Return tokens that last for the next minutes; new ones are stored with whatever is stored next.

        :raise SyncError: the provider gives none
        """
        tokens = self._tokens()
        if not tokens.lasts(ENOUGH):
            tokens = self.env["imap.oauth"].sudo()._refreshed(self.auth, tokens)
            self._keep_tokens(tokens)
        return tokens

    def _tokens(self):
        secret = self._decrypted_secret()
        try:
            return Tokens.load(secret)
        except (TypeError, ValueError):
            raise SecretUnreadable("no tokens are stored") from None

    def _keep_tokens(self, tokens):
        self.sudo().secret = self._vault().encrypt(tokens.dump())

    def _record_failure(self, error):
        if isinstance(error, TokenRefused) and self.secret:
            # it may have ended early: the next try brings a new one, or tells that access was withdrawn; there are
            # none any more if a password was typed meanwhile, or the owner archived
            with suppress(SyncError):
                self._keep_tokens(replace(self._tokens(), access="", expires=0))
        return super()._record_failure(error)
