"""Makes contacts of people whom a mailbox meets: with the rights of its owner, each of them once."""

import logging
from dataclasses import dataclass
from datetime import datetime, timezone

import psycopg2

from odoo.fields import Domain
from odoo.tools import email_normalize, format_date

from ..lib.addresses import domain_of, spellings
from ..lib.names import clean_name, is_company
from ..lib.newcomers import Creation, Policy
from ..lib.public_providers import is_public_provider
from ..lib.roles import is_role
from .imap_companies import companies_by_domain

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is to become a contact.

    :param date: of a mail with them (aware)
    :param company: id of the contact of their company, 0 if there is none
    """

    email: str
    name: str
    date: datetime
    company: int = 0

    @property
    def key(self):
        """The one spelling of the address that stands for all."""
        return min(spellings(self.email))


class Contacts:
    """Makes contacts for one mailbox.

    :param connection: the mailbox (sudo)
    """

    def __init__(self, connection):
        self._connection = connection
        owner = connection.user_id
        company = connection.company_id
        if company not in owner.company_ids:
            company = owner.company_id
        # nothing of the caller's context, such as default values, reaches the contacts
        context = {
            "lang": owner.lang,
            "tz": owner.tz,
            "allowed_company_ids": (company | owner.company_ids).ids,
            "tracking_disable": True,
            "mail_create_nolog": True,
            "mail_create_nosubscribe": True,
        }
        self._env = connection.env(user=owner.id, context=context)
        self._company = company
        self.allowed = self._env["res.partner"].has_access("create")

    def creation(self):
        """Return by which policy mail makes contacts, None if it makes none or the owner may make none.

        :rtype: Creation | None
        """
        policy = Policy(self._connection.contact_policy)
        if policy is Policy.NONE or not self.allowed:
            return None
        return Creation(policy, self._connection.contact_roles, self.internal_domains())

    def internal_domains(self):
        """Return the domains whose people are the company's own, be they users or not."""
        # sudo: res.company, mail.alias.domain - their addresses
        company = self._company.sudo()
        owner = self._connection.user_id
        addresses = (self._connection.email, self._connection.login, owner.email, company.email)
        found = {domain_of(email_normalize(address) or "") for address in addresses if address}
        found.add((company.alias_domain_id.name or "").lower())
        return frozenset(name for name in found if name and not is_public_provider(name))

    def meet(self, met, past):
        """Make contacts of people in some mails, and find their companies.

        :param bool past: the mails are past ones, and what is older is read as well
        :param met: list of (:class:`~..lib.addresses.Address`, :class:`~datetime.datetime`) of people and the mails
        :return: address -> id of the new contact, under each spelling of the address
        :rtype: dict
        """
        if not met:
            return {}
        companies = self.companies(address.email for address, _date in met)
        named = sorted(met, key=lambda one: not one[0].name)
        people = (
            Person(
                address.email,
                clean_name(address.name, address.email),
                date,
                companies.get(domain_of(address.email), 0),
            )
            for address, date in named
        )
        return self.make(people, past=past)

    def make(self, people, again=False, past=True):
        """Make contacts of people, as far as they are none.

        :param people: :class:`Person` objects; of several with one address the first one counts
        :param bool again: also of those who were made one before, and deleted since
        :param bool past: the mailbox goes through its past mail anyway; else theirs is looked for in it
        :return: address -> id of the new contact, under each spelling of the address
        :rtype: dict
        """
        by_key = {}
        for person in people:
            by_key.setdefault(person.key, person)
        unknown = self._unknown(by_key, again)
        partners = self._env["res.partner"]
        if past:
            partners = partners.with_context(imap_met_in=self._connection.ids)
        made = self._create(partners, unknown) if unknown else {}
        return {form: made[key] for key in made for form in spellings(key)}

    def companies(self, emails):
        """Return domain -> id of the contact that is the company of all who have an address there."""
        domains = {domain_of(email) for email in emails}
        return companies_by_domain(
            self._env, {name for name in domains if not is_public_provider(name)}
        )

    # ------------------------------------------------------------------
    # who is new
    # ------------------------------------------------------------------

    def _unknown(self, people, again):
        """Return those of some people who are no contacts, not even ones that the owner may not see, and were not
        made one before.

        :param dict people: key -> :class:`Person`
        """
        company = self._new_company()
        there = self.known(people)
        if not again:
            there |= self._newcomers()._known(people, company)
        return {key: person for key, person in people.items() if key not in there}

    def known(self, emails):
        """Return which of some addresses contacts have, those included that the owner may not see."""
        company = self._new_company()
        forms = {form: email for email in emails for form in spellings(email)}
        of_company = Domain("company_id", "in", [False, *(company or self._company).ids])
        # sudo: res.partner - a contact that the owner may not see is not made twice, nor told of
        partners = self._env["res.partner"].sudo().with_context(active_test=False)
        found = partners.search_fetch(
            Domain("email_normalized", "in", list(forms)) & of_company, ["email_normalized"]
        )
        return {forms[partner.email_normalized] for partner in found}

    def _new_company(self):
        """Return the company that a new contact is of; empty: everybody's."""
        default = self._env["res.partner"].default_get(["company_id"]).get("company_id")
        return self._env["res.company"].browse(default)

    def _newcomers(self):
        # sudo: imap.newcomer - written by the sync only
        return self._env["imap.newcomer"].sudo()

    # ------------------------------------------------------------------
    # making
    # ------------------------------------------------------------------

    def _create(self, model, people):
        """Return key -> id of the new contact, all made at once, or where that fails one by one.

        :raise psycopg2.OperationalError, psycopg2.IntegrityError: another worker made one of them at this moment
        """
        try:
            with self._env.cr.savepoint():
                partners = model.create([self._values(person) for person in people.values()])
        except psycopg2.OperationalError:
            raise
        except Exception:
            if len(people) > 1:
                singles = ({key: person} for key, person in people.items())
                return {
                    key: made for one in singles for key, made in self._create(model, one).items()
                }
            _logger.warning("Mailbox %s: no contact was made", self._connection.id, exc_info=True)
            return {}
        made = dict(zip(people, partners.ids, strict=True))
        self._newcomers()._remember(made, self._new_company(), self._connection)
        self._note(partners, people.values())
        return made

    def _values(self, person):
        values = {"name": person.name, "email": person.email}
        if person.company:
            values["parent_id"] = person.company
        else:
            values["user_id"] = self._env.uid
            values["is_company"] = is_company(person.name) and is_role(person.email)
        return values

    def _note(self, partners, people):
        """Say in the chatter of each contact where it comes from."""
        notes = {}
        for partner, person in zip(partners, people, strict=True):
            date = person.date.astimezone(timezone.utc).replace(tzinfo=None)
            notes[partner.id] = self._env._(
                "Created from an email in the mailbox %(mailbox)s on %(date)s.",
                mailbox=self._connection.email,
                date=format_date(self._env, date),
            )
        partners._message_log_batch(notes)
