"""Numbers that administrators set: the system parameter of each, what holds without one, and the bounds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number among the settings.

    :param parameter: key of the system parameter
    :param default: what holds as long as nobody sets it
    :param least: what is lower counts as this
    :param most: what is higher counts as this
    """

    parameter: str
    default: int
    least: int
    most: int

    def value(self, env):
        """Return the number that holds; system parameters can be set to anything."""
        text = env["ir.config_parameter"].sudo().get_param(self.parameter)
        try:
            value = int(text) if text else self.default
        except ValueError:
            return self.default
        return min(max(value, self.least), self.most)

    def store(self, env, value):
        """Store a number within the bounds; the default is stored by storing nothing."""
        set_param = env["ir.config_parameter"].sudo().set_param
        set_param(self.parameter, False if value == self.default else str(value))


#: mailboxes of one server that are synced at the same time; 0: as many as its provider allows, else the usual number
CONNECTIONS_PER_HOST = Number("mail_imap_sync.connections_per_host", 0, 0, 100)
#: servers see one address for all users of an Odoo: Dovecot and Courier allow 10 to 20 connections of it
USUAL_CONNECTIONS = 8
#: days for which the password of an archived owner is kept, so that they can go on if they come back
SECRET_DAYS = Number("mail_imap_sync.secret_days", 30, 0, 365)
#: megabytes of the largest mail that is copied; of a larger one there is only who, when and the subject
LARGEST_MAIL = Number("mail_imap_sync.largest_mail", 50, 1, 60)
#: megabytes of the largest attachment that is copied
LARGEST_ATTACHMENT = Number("mail_imap_sync.largest_attachment", 50, 0, 60)
#: bytes
MEGABYTE = 1_000_000
