"""Where Google and Microsoft send people back to: addresses of core, which administrators registered there already."""

from werkzeug.exceptions import Forbidden

from odoo.http import request

from odoo.addons.google_gmail.controllers.main import GoogleGmailController
from odoo.addons.microsoft_outlook.controllers.main import MicrosoftOutlookController

from ..lib.tokens import Tokens

#: the form that goes on with the set-up
CONTINUE = "/odoo/connect-mailbox-continue"


def _go_on(record, provider, tokens):
    """Hand tokens to the form that asked for them, and return to it.

    Whoever got somebody else to follow their link must not get that person's mail: the form has to be of the user who
    comes back.
    """
    wizard = request.env[record._name].browse(record.id)
    if record.create_uid != request.env.user or record.user_id != request.env.user:
        raise Forbidden()
    wizard._signed_in_at(provider, tokens)
    return request.redirect(CONTINUE)


class GoogleController(GoogleGmailController):
    def _check_email_and_redirect_to_gmail_record(
        self, access_token, expiration, refresh_token, record
    ):
        if record._name != "imap.connect":
            return super()._check_email_and_redirect_to_gmail_record(
                access_token, expiration, refresh_token, record
            )
        return _go_on(record, "google", Tokens(refresh_token, access_token, int(expiration)))


class MicrosoftController(MicrosoftOutlookController):
    def _check_email_and_redirect_to_outlook_record(
        self, access_token, expiration, refresh_token, record
    ):
        if record._name != "imap.connect":
            return super()._check_email_and_redirect_to_outlook_record(
                access_token, expiration, refresh_token, record
            )
        return _go_on(record, "microsoft", Tokens(refresh_token, access_token, int(expiration)))
