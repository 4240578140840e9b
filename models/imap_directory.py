"""Who is who, and which messages are known: what matching asks of the database, once per slice of mail."""

from datetime import timezone
from functools import cached_property

from odoo.fields import Domain
from odoo.tools import email_normalize

from ..lib.match import MatchContext, addresses_of_interest, ids_of_interest
from .imap_opportunity import open_opportunities


class Directory:
    """Answers for one mailbox, with the rights of its owner: what they cannot see is not linked to.

    :param connection: the mailbox (sudo)
    """

    def __init__(self, connection):
        self._connection = connection
        self._env = connection.env
        self._owner_env = (
            connection.with_user(connection.user_id)
            .with_context(active_test=False, allowed_company_ids=connection.user_id.company_ids.ids)
            .env
        )
        addresses = (connection.email, connection.login)
        self._own = frozenset(filter(None, map(email_normalize, addresses)))
        self._company = connection.company_id

    def look_up(self, all_facts):
        """Return what is known about the people and the conversations of some mails.

        :param all_facts: list of :class:`~..lib.headers.HeaderFacts`
        :return: the context for matching, and a dict of address -> id of the partner who has it
        :rtype: tuple(MatchContext, dict)
        """
        addresses = frozenset().union(*map(addresses_of_interest, all_facts))
        staff_partners = self._staff(addresses)
        contacts = self._contacts(addresses)
        since = self._connection.sync_since
        # anew for each slice: what somebody excludes during a long run holds at once
        excluded, excluded_domains = self._env["imap.exclusion"]._of_mailbox(self._connection)
        context = MatchContext(
            own=self._own,
            staff=frozenset(staff_partners) | self._mailbox_addresses(addresses),
            staff_domains=self._company._imap_staff_domains(),
            excluded=excluded,
            excluded_domains=excluded_domains,
            contacts=contacts,
            opportunities=open_opportunities(
                self._owner_env, self._company, set(contacts.values())
            ),
            include_bulk=self._connection.include_bulk,
            known=self._known_records(
                {ref for facts in all_facts for ref in ids_of_interest(facts)}
            ),
            period_start=since and since.replace(tzinfo=timezone.utc),
        )
        return context, {**contacts, **staff_partners}

    def _staff(self, addresses):
        """Return address -> partner id of internal users, former ones included."""
        users = self._env["res.users"].with_context(active_test=False)
        found = users.search_fetch(
            [
                ("share", "=", False),
                "|",
                ("partner_id.email_normalized", "in", list(addresses)),
                ("login", "in", list(addresses)),
            ],
            ["login", "partner_id"],
        )
        partners = {}
        for user in found:
            for address in (user.partner_id.email_normalized, email_normalize(user.login)):
                if address:
                    partners.setdefault(address, user.partner_id.id)
        return partners

    def _mailbox_addresses(self, addresses):
        """Return which of these addresses are connected mailboxes, that is, colleagues."""
        return addresses & self._all_mailboxes

    @cached_property
    def _all_mailboxes(self):
        # once per run: there may be thousands, and one that is connected meanwhile counts in the next run
        mailboxes = self._env["imap.connection"].search_fetch([], ["email"])
        return frozenset(filter(None, map(email_normalize, mailboxes.mapped("email"))))

    def _contacts(self, addresses):
        """Return address -> id of the contact to link to; where several have it, the most specific one:
        a person before a company, the owner's company before others, active before archived, the oldest."""
        partners = self._owner_env["res.partner"].search_fetch(
            Domain("email_normalized", "in", list(addresses))
            & Domain("user_ids", "not any!", Domain("share", "=", False)),
            ["email_normalized", "is_company", "company_id", "active"],
        )
        company = self._company

        def specificity(partner):
            return (
                partner.is_company,
                partner.company_id != company,
                not partner.active,
                partner.id,
            )

        chosen = {}
        for partner in partners.sorted(specificity):
            chosen.setdefault(partner.email_normalized, partner.id)
        return chosen

    def _known_records(self, message_ids):
        """Return Message-ID -> records (model, id) on which that message stands and that the owner may read."""
        if not message_ids:
            return {}
        messages = self._env["mail.message"].search_fetch(
            Domain("message_id", "in", list(message_ids))
            & Domain("model", "!=", False)
            & Domain("res_id", "!=", 0)
            & Domain("message_type", "!=", "user_notification"),
            ["message_id", "model", "res_id"],
            order="id",
        )
        known = {}
        for model, entries in messages.grouped("model").items():
            if not self._is_document(model):
                continue
            records = self._owner_env[model].browse(set(entries.mapped("res_id"))).exists()
            readable = set(records._filtered_access("read").ids)
            for entry in entries:
                if entry.res_id in readable:
                    known.setdefault(entry.message_id, {})[model, entry.res_id] = None
        return {message_id: tuple(records) for message_id, records in known.items()}

    def _is_document(self, model):
        """Say whether mail may be linked to records of this model: documents with a chatter, not chats.

        Contacts are left out: those of an answer are found by its own addresses.
        """
        return (
            model in self._env
            and model not in ("discuss.channel", "res.partner", "res.users")
            and hasattr(self._env[model], "message_post")
        )
