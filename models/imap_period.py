"""How far back mailboxes are read: the choices, what a new one starts with, and how far a company lets them go."""

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: how far back, in months; "now" and "all" are told apart from these. The shortest first: "at most" means this order
PERIODS = [
    ("now", "From now on"),
    ("1", "1 month"),
    ("2", "2 months"),
    ("3", "3 months"),
    ("6", "6 months"),
    ("12", "12 months"),
    ("all", "Everything"),
]
_ORDER = [period for period, _label in PERIODS]
#: the beginning of a period moves while somebody thinks about it
GRACE = relativedelta(days=1)


def shortest(*periods):
    """Return the shortest of some periods."""
    return min(periods, key=_ORDER.index)


def longest(*periods):
    """Return the longest of some periods."""
    return max(periods, key=_ORDER.index)


def up_to(period):
    """Return all periods that are no longer than one."""
    return _ORDER[: _ORDER.index(period) + 1]


def period_start(period):
    """Return the beginning of a period that ends now (naive UTC), False: everything."""
    if period == "all":
        return False
    months = 0 if period == "now" else int(period)
    return fields.Datetime.now() - relativedelta(months=months)


class ImapPeriodMixin(models.AbstractModel):
    """A mailbox of which mail is read from some moment on."""

    _name = "imap.period.mixin"
    _description = "Mailbox that is read from some moment on"

    sync_since = fields.Datetime(
        string="Mail since",
        default=lambda self: period_start(self.env.company._imap_period_at_first()),
        help="Mail before this moment is left alone. Empty: everything.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        connections = super().create(vals_list)
        for connection, vals in zip(connections, vals_list, strict=True):
            if "sync_since" in vals:
                connection._check_period(connection.sync_since)
        return connections

    def write(self, vals):
        if "sync_since" in vals:
            since = fields.Datetime.to_datetime(vals["sync_since"])
            self._going_further_back(since)._check_period(since)
        return super().write(vals)

    def _going_further_back(self, since):
        """Return those of these mailboxes whose period would become longer.

        :param since: its beginning (naive UTC), False: everything
        """
        return self.filtered(lambda c: c.sync_since and (not since or since < c.sync_since))

    def _check_period(self, since):
        """Let nobody read further back than their company allows. What was read before was allowed then.

        :raise ValidationError: with the longest period
        """
        if self.env.su:
            return
        for connection in self:
            company = connection.sudo().company_id
            start = period_start(company.imap_longest_period)
            if start and (not since or since < start - GRACE):
                field = company._fields["imap_longest_period"]
                label = dict(field._description_selection(self.env))[company.imap_longest_period]
                raise ValidationError(
                    self.env._(
                        "Your company allows as the longest period of past mail: %(period)s.",
                        period=label,
                    )
                )
