from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import email_domain_extract

from ..lib.exclusions import NoEntry, TooWide, read_domain
from ..lib.public_providers import is_public_provider
from .imap_contact_policy import POLICIES
from .imap_share import VISIBILITIES, most


class ResCompany(models.Model):
    _inherit = "res.company"

    imap_internal_domains = fields.Char(
        string="Internal domains",
        help="Separated by commas. Whoever writes from there counts as staff.",
    )
    imap_suggested_domain = fields.Char(compute="_compute_imap_suggested_domain")
    imap_opportunities = fields.Selection(
        [
            ("none", "On none"),
            ("only", "On the open one, if there is only one"),
            ("all", "On all open ones"),
        ],
        string="Mail of a contact on its opportunities",
        required=True,
        default="none",
    )

    imap_contact_policy = fields.Selection(
        POLICIES,
        string="New mailboxes create contacts",
        required=True,
        default="none",
    )

    imap_default_visibility = fields.Selection(
        VISIBILITIES,
        string="Colleagues see at first",
        required=True,
        default="everything",
        help="What colleagues see of the mail of a mailbox until its owner decides otherwise",
    )
    imap_least_visibility = fields.Selection(
        VISIBILITIES,
        string="Colleagues see at least",
        required=True,
        default="private",
        help="The least that owners can choose to share",
    )

    @api.depends("alias_domain_id.name", "email")
    def _compute_imap_suggested_domain(self):
        for company in self:
            domain = company.alias_domain_id.name or email_domain_extract(company.email)
            company.imap_suggested_domain = False if is_public_provider(domain or "") else domain

    @api.constrains("imap_internal_domains")
    def _check_imap_internal_domains(self):
        for company in self:
            for text in company._imap_internal_domain_texts():
                try:
                    public = is_public_provider(read_domain(text))
                except (NoEntry, TooWide):
                    raise ValidationError(
                        self.env._(
                            "“%(text)s” is no domain. Type what follows the @ in the addresses of your company, such "
                            "as example.com; several with commas between them.",
                            text=text,
                        )
                    ) from None
                if public:
                    raise ValidationError(
                        self.env._(
                            "Anybody can have an address at %(domain)s. If it was internal, no mail of customers who "
                            "have one would be linked.",
                            domain=text,
                        )
                    )

    def _imap_visibility_at_first(self):
        """Return what a new mailbox shares."""
        self.ensure_one()
        return most([self.imap_default_visibility, self.imap_least_visibility])

    def _imap_internal_domain_texts(self):
        self.ensure_one()
        texts = (self.imap_internal_domains or "").split(",")
        return [text.strip() for text in texts if text.strip()]

    def _imap_staff_domains(self):
        """Return the domains whose every address is staff.

        :rtype: frozenset
        """
        return frozenset(map(read_domain, self._imap_internal_domain_texts()))
