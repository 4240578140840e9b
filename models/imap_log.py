"""What Odoo and its libraries write to the log of calls and addresses, without the secrets in them.

At level DEBUG Odoo writes down the arguments of every call over RPC, and so the password that somebody types into a
form. Addresses carry tokens where Odoo's own service signs in to Google and Microsoft (Odoo Enterprise).
"""

import logging

from odoo.service.model import Params

from ..lib.redaction import without_secrets, without_secrets_in_url


class SecretsInCalls(logging.Filter):
    """For the log of calls: masks values that are named like a secret."""

    def filter(self, record):
        if isinstance(record.args, tuple):
            record.args = tuple(map(self._masked, record.args))
        return True

    @staticmethod
    def _masked(argument):
        if not isinstance(argument, Params):
            return argument
        return Params(without_secrets(argument.args), without_secrets(argument.kwargs))


class SecretsInUrls(logging.Filter):
    """For logs of requests: masks secrets in queries."""

    def filter(self, record):
        record.msg = self._masked(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(map(self._masked, record.args))
        return True

    @staticmethod
    def _masked(text):
        return without_secrets_in_url(text) if isinstance(text, str) else text


FILTERS = {
    "odoo.service.model": SecretsInCalls("mail_imap_sync"),
    "werkzeug": SecretsInUrls("mail_imap_sync"),
    "urllib3.connectionpool": SecretsInUrls("mail_imap_sync"),
}


def keep_secrets_out():
    """Let the filters work from now on, in all databases of this process."""
    for name, log_filter in FILTERS.items():
        logging.getLogger(name).addFilter(log_filter)


keep_secrets_out()
