"""Settings that are numbers, or names of servers and files: they are checked when they are saved."""

import ipaddress
import re
import ssl

from odoo import fields, models
from odoo.exceptions import ValidationError

from . import imap_schedule
from .imap_numbers import CONNECTIONS_PER_HOST, LARGEST_ATTACHMENT, LARGEST_MAIL, SECRET_DAYS

#: field -> what is behind it
_NUMBERS = {
    "imap_connections_per_host": CONNECTIONS_PER_HOST,
    "imap_largest_mail": LARGEST_MAIL,
    "imap_largest_attachment": LARGEST_ATTACHMENT,
    "imap_secret_days": SECRET_DAYS,
}
_HOST_NAME = re.compile(r"(?!-)[\w-]{1,63}(?<!-)(?:\.(?!-)[\w-]{1,63}(?<!-))*\.?")
#: minutes: a day
LONGEST_INTERVAL = 24 * 60


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    imap_allowed_hosts = fields.Char(
        string="Servers in the own network",
        config_parameter="mail_imap_sync.allowed_hosts",
    )
    imap_ca_file = fields.Char(
        string="Own certificate authority",
        config_parameter="mail_imap_sync.ca_file",
    )
    imap_interval = fields.Integer(string="Minutes between two looks at a mailbox")
    imap_worker_count = fields.Integer(string="Mailboxes at the same time")
    imap_connections_per_host = fields.Integer(string="Connections per server")
    imap_largest_mail = fields.Integer(string="Largest mail (MB)")
    imap_largest_attachment = fields.Integer(string="Largest attachment (MB)")
    imap_secret_days = fields.Integer(string="Days until passwords of archived users are erased")

    def get_values(self):
        return (
            super().get_values()
            | {name: number.value(self.env) for name, number in _NUMBERS.items()}
            | {
                "imap_interval": imap_schedule.interval_minutes(self.env),
                "imap_worker_count": imap_schedule.worker_count(self.env),
            }
        )

    def set_values(self):
        self._check_imap_numbers()
        self._check_imap_allowed_hosts()
        self._check_imap_ca_file()
        result = super().set_values()
        for name, number in _NUMBERS.items():
            if self[name] != number.value(self.env):
                number.store(self.env, self[name])
        imap_schedule.set_worker_count(self.env, self.imap_worker_count)
        if self.imap_interval != imap_schedule.interval_minutes(self.env):
            imap_schedule.set_interval_minutes(self.env, self.imap_interval)
        return result

    def _check_imap_numbers(self):
        bounds = {name: (number.least, number.most) for name, number in _NUMBERS.items()} | {
            "imap_interval": (1, LONGEST_INTERVAL),
            "imap_worker_count": (1, imap_schedule.MOST_WORKERS),
        }
        before = self.get_values()
        for name, (least, most) in bounds.items():
            # what was set elsewhere is no reason to refuse all other settings
            if self[name] != before[name] and not least <= self[name] <= most:
                raise ValidationError(
                    self.env._(
                        "“%(setting)s” can be from %(least)s to %(most)s.",
                        setting=self._fields[name]._description_string(self.env),
                        least=least,
                        most=most,
                    )
                )

    def _check_imap_allowed_hosts(self):
        hosts = (self.imap_allowed_hosts or "").strip()
        if hosts == self._stored("allowed_hosts"):
            return
        for host in filter(None, map(str.strip, hosts.split(","))):
            if not _HOST_NAME.fullmatch(host) and not _is_address(host):
                raise ValidationError(
                    self.env._(
                        "“%(host)s” is no name of a server. Type it as in the account of the mailbox, without port and "
                        "without “imap://”; several with commas between them.",
                        host=host,
                    )
                )

    def _check_imap_ca_file(self):
        path = (self.imap_ca_file or "").strip()
        if not path or path == self._stored("ca_file"):
            return
        try:
            ssl.create_default_context(cafile=path)
        except ssl.SSLError:
            raise ValidationError(
                self.env._("There are no certificates (PEM) in the file %(path)s.", path=path)
            ) from None
        except OSError as error:
            raise ValidationError(
                self.env._(
                    "Odoo cannot read the file %(path)s: %(reason)s. It has to be on the machine of Odoo.",
                    path=path,
                    reason=error.strerror,
                )
            ) from None

    def _stored(self, name):
        return self.env["ir.config_parameter"].sudo().get_param(f"mail_imap_sync.{name}") or ""


def _is_address(text):
    try:
        ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return False
    return True
