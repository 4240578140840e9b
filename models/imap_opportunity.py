"""On which open opportunities the mail of a contact appears besides; docs/MATCHING.md has the rules."""

from datetime import timezone

from odoo.fields import Domain

from ..lib.match import Opportunity

#: which opportunities are open
OPEN = Domain([("type", "=", "opportunity"), ("won_status", "=", "pending"), ("active", "=", True)])


def open_opportunities(owner_env, company, partner_ids):
    """Return contact id -> its :class:`~..lib.match.Opportunity`, as a company wants it.

    :param owner_env: environment of the owner of the mailbox: what they may not read does not count
    :param company: the ``res.company`` of the mailbox
    :rtype: dict
    """
    policy = company.imap_opportunities
    leads = owner_env["crm.lead"]
    if policy == "none" or not partner_ids or not leads.has_access("read"):
        return {}
    # sudo: res.partner - only which company a contact belongs to
    partners = owner_env["res.partner"].browse(partner_ids).sudo()
    found = leads.search_fetch(
        OPEN
        & Domain("partner_id", "in", (partners | partners.commercial_partner_id).ids)
        & Domain("company_id", "in", [False, company.id]),
        ["partner_id", "create_date"],
        order="id desc",
    )
    by_partner = {}
    for lead in found:
        since = lead.create_date.replace(tzinfo=timezone.utc)
        opportunity = Opportunity((lead._name, lead.id), since)
        by_partner.setdefault(lead.partner_id.id, []).append(opportunity)
    return {
        partner.id: tuple(chosen)
        for partner in partners
        if (chosen := _chosen(policy, by_partner, partner.id, partner.commercial_partner_id.id))
    }


def _chosen(policy, by_partner, partner_id, company_id):
    own = by_partner.get(partner_id, [])
    of_company = by_partner.get(company_id, []) if company_id != partner_id else []
    if policy == "all":
        return own + of_company
    candidates = own or of_company
    return candidates if len(candidates) == 1 else []
