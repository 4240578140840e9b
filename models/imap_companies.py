"""Which company somebody works for, by the domain of their address."""

from odoo.tools import SQL

#: what comes before the domain in the address of a website
_BEFORE_DOMAIN = r"^([a-z]+:)?(//)?([^/@]*@)?(www\.)?"
_BEHIND_DOMAIN = r"[/:?#].*$"


def companies_by_domain(env, domains):
    """Return domain -> id of the contact that is the company of everybody there.

    That is the one company contact whose address or website is of that domain; or, if there is none, the company that
    all contacts of that domain belong to. Where it could be several, it is none.

    :param env: whoever asks: companies that they may not see are not suggested
    :param set domains: lower case
    """
    if not domains:
        return {}
    env["res.partner"].flush_model()
    rows = env.execute_query(
        SQL(
            """
            SELECT split_part(email_normalized, '@', 2), id FROM res_partner
             WHERE active AND email_normalized IS NOT NULL AND split_part(email_normalized, '@', 2) IN %(domains)s
             UNION
            SELECT site, id FROM (
                SELECT regexp_replace(regexp_replace(lower(website), %(before)s, ''), %(behind)s, '') AS site, id
                  FROM res_partner WHERE active AND is_company AND website IS NOT NULL
            ) AS sites WHERE site IN %(domains)s
            """,
            domains=tuple(domains),
            before=_BEFORE_DOMAIN,
            behind=_BEHIND_DOMAIN,
        )
    )
    partners = env["res.partner"].browse({partner_id for _domain, partner_id in rows})
    readable = partners._filtered_access("read")
    # sudo: res.users - who is staff
    people = readable.filtered(
        lambda p: all(p.sudo().with_context(active_test=False).user_ids.mapped("share"))
    )
    found = {}
    for domain, partner_id in rows:
        partner = people.browse(partner_id)
        if partner in people:
            found.setdefault(domain, []).append(partner)
    companies = {domain: _only_company(there) for domain, there in found.items()}
    return {domain: company.id for domain, company in companies.items() if company}


def _only_company(partners):
    """Return the company of all of some contacts of one domain, None if there is none or it is not certain."""
    companies = {partner for partner in partners if partner.is_company}
    if not companies:
        companies = {partner.commercial_partner_id for partner in partners}
    only = companies.pop() if len(companies) == 1 else None
    return only if only and only.is_company else None
