"""Which mail belongs to whom: the rules of linking as one pure function; the first one wins."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from .addresses import Address, domain_of, spellings
from .authentication import Result
from .exclusions import covering
from .headers import HeaderFacts
from .kinds import Kind
from .newcomers import Correspondents, Creation, newcomers

#: an opportunity is made a little later than the mail that it is made for
BEFORE_OPPORTUNITY = timedelta(days=1)


class Outcome(Enum):
    """What is to be done with a mail."""

    LINK = "link"
    SKIP = "skip"


class Reason(Enum):
    """Which rule decided, in the order in which they are tried; docs/MATCHING.md has them as a table.

    The codes are stored and counted: never change one.
    """

    DRAFT = "draft"
    TOO_OLD = "too_old"
    EXCLUDED = "excluded"
    BOUNCE = "bounce"
    INTERNAL = "internal"
    ANSWER = "answer"
    BULK = "bulk"
    AUTOMATED = "automated"
    CONTACT = "contact"
    CREATED = "created"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Opportunity:
    """A record on which the mail of a contact is to appear besides.

    :param record: (model, id)
    :param since: when it was made (aware)
    """

    record: tuple[str, int]
    since: datetime


@dataclass(frozen=True, slots=True)
class MatchContext:
    """What the rules need to know besides the mail. All addresses and domains are normalised (lower
    case).

    :param own: the addresses of this mailbox
    :param staff: the addresses of internal users
    :param staff_domains: domains whose every address is staff (without their subdomains)
    :param excluded: addresses that are never synced
    :param excluded_domains: domains that are never synced, with their subdomains
    :param contacts: address -> id of the contact that the caller chose for it; ask for
        :func:`addresses_of_interest`
    :param known: Message-ID -> the records (model, id) that the message stands on; ask for
        :func:`ids_of_interest`
    :param opportunities: id of a contact -> where its mail is to appear besides
    :param include_bulk: the mailbox wants mailing lists and automated mail too
    :param is_draft: the mail is a draft, or in a system folder that is not selected
    :param in_sent_folder: the mail lies in a folder of sent mail, so the owner wrote it, under
        whatever alias
    :param creation: who becomes a contact; None: nobody
    :param period_start: mail that came before is too old; None takes all (aware, as ``facts.date``
        is)
    """

    own: frozenset[str] = frozenset()
    staff: frozenset[str] = frozenset()
    staff_domains: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    excluded_domains: frozenset[str] = frozenset()
    contacts: Mapping[str, int] = field(default_factory=dict)
    known: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    opportunities: Mapping[int, tuple[Opportunity, ...]] = field(default_factory=dict)
    include_bulk: bool = False
    is_draft: bool = False
    in_sent_folder: bool = False
    creation: Creation | None = None
    period_start: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be done with a mail, and why.

    :param contacts: ids of the contacts to link to, in the order of the header, each once
    :param records: (model, id) of the records to link to besides
    :param direction: 'out' if somebody of the company wrote it, else 'in'
    :param kind: who or what wrote it
    :param newcomers: who is to become a contact, and to be linked to as well
    """

    outcome: Outcome
    reason: Reason
    direction: str
    contacts: tuple[int, ...] = ()
    records: tuple[tuple[str, int], ...] = ()
    kind: Kind = Kind.PERSON
    newcomers: tuple[Address, ...] = ()


def addresses_of_interest(facts: HeaderFacts) -> frozenset[str]:
    """Return the addresses that the caller must look up for ``contacts``."""
    emails = (*_parties(facts), *_failed(facts))
    return frozenset(form for email in emails for form in spellings(email))


def ids_of_interest(facts: HeaderFacts) -> tuple[str, ...]:
    """Return the Message-IDs that the caller must look up for ``known``: the ancestors, nearest
    first.

    The mail's own identifier is not among them: whether a mail is stored already does not change
    its verdict.
    """
    ancestors = dict.fromkeys((*facts.in_reply_to, *reversed(facts.references)))
    ancestors.pop(facts.message_id, None)
    return tuple(ancestors)


def match(facts: HeaderFacts, context: MatchContext) -> Verdict:
    """Decide about one mail."""
    people = _People(facts, context)
    direction = people.direction()
    kind = _kind(facts, context)

    def skip(reason: Reason) -> Verdict:
        return Verdict(Outcome.SKIP, reason, direction, kind=kind)

    def link(reason: Reason, contacts, records) -> Verdict:
        return Verdict(Outcome.LINK, reason, direction, contacts, records, kind, created)

    if context.is_draft:
        return skip(Reason.DRAFT)
    if context.period_start and facts.date < context.period_start:
        return skip(Reason.TOO_OLD)
    if excluded_by(facts, context):
        return skip(Reason.EXCLUDED)
    contacts = people.contacts()
    created = _newcomers(people, kind, context)
    answered = _answered_records(facts, context)
    # before the rule on staff: it comes from a mail server, which may be our own
    if kind is Kind.BOUNCE:
        if answered or (contacts and context.include_bulk):
            return link(Reason.BOUNCE, contacts, answered)
        return skip(Reason.BOUNCE)
    if people.all_ours():
        return skip(Reason.INTERNAL)
    # before the rules on lists and programs: an absence notice belongs to what it answers
    if answered:
        return link(Reason.ANSWER, contacts, answered)
    if kind is Kind.BULK and not context.include_bulk:
        return skip(Reason.BULK)
    if kind is Kind.AUTOMATED and not context.include_bulk:
        return skip(Reason.AUTOMATED)
    if contacts:
        return link(Reason.CONTACT, contacts, _opportunities(facts, contacts, kind, context))
    if created:
        return link(Reason.CREATED, (), ())
    return skip(Reason.NOBODY)


def excluded_by(facts: HeaderFacts, context: MatchContext) -> str:
    """Return the excluded address or domain that keeps a mail out, '' if there is none."""
    addresses, domains = context.excluded, context.excluded_domains
    entries = (covering(one.email, addresses, domains) for one in facts.everyone())
    return next(filter(None, entries), "")


def correspondents(facts: HeaderFacts, context: MatchContext) -> Correspondents:
    """Return the outside people of a mail who are no contacts."""
    return _People(facts, context).correspondents()


class _People:
    """Who takes part in a mail, seen from one mailbox."""

    __slots__ = ("_context", "_facts", "_outside", "_parties")

    def __init__(self, facts: HeaderFacts, context: MatchContext):
        self._facts = facts
        self._context = context
        self._parties = _parties(facts)
        # a contact's mail that somebody dragged into Sent is still the contact's
        written_by_owner = (
            {address.email for address in facts.from_ if address.email not in context.contacts}
            if context.in_sent_folder
            else ()
        )
        self._outside = [
            email
            for email in self._parties
            if email not in written_by_owner and not _is_ours(email, context)
        ]

    def all_ours(self) -> bool:
        """Whether everybody is of the company; mail without anybody is broken, not internal."""
        return bool(self._parties) and not self._outside

    def contacts(self) -> tuple[int, ...]:
        """Return the ids of the contacts among the outside addresses; staff is never linked to."""
        known = self._context.contacts
        failed = (email for email in _failed(self._facts) if not _is_ours(email, self._context))
        emails = (*self._outside, *failed)
        ids = (known[form] for email in emails for form in spellings(email) if form in known)
        return tuple(dict.fromkeys(ids))

    def correspondents(self) -> Correspondents:
        """Return the outside people who are no contacts."""
        facts, known = self._facts, self._context.contacts
        strangers = {
            email for email in self._outside if not any(form in known for form in spellings(email))
        }
        author = facts.from_ or facts.sender
        named = facts.to + facts.cc
        return Correspondents(
            authors=tuple(one for one in author if one.email in strangers),
            recipients=tuple(one for one in named if one.email in strangers),
            by_owner=any(self._is_owner(one.email) for one in author[:1]),
            to_owner=any(_is_among(one.email, (self._context.own,)) for one in named),
            number=len(self._parties),
            forged=facts.authentication().result is Result.FAIL,
        )

    def _is_owner(self, author: str) -> bool:
        """Whether the owner of the mailbox wrote as this author, be it under an alias."""
        if _is_among(author, (self._context.own,)):
            return True
        return self._context.in_sent_folder and author not in self._outside

    def direction(self) -> str:
        """Return 'out' if From, else Sender, is of the company, or the mail lies in Sent; a bounce
        comes in, even from a mail server of our own.
        """
        if self._facts.bounce:
            return "in"
        author = (self._facts.from_ or self._facts.sender)[:1]
        ours = any(_is_ours(address.email, self._context) for address in author)
        return "out" if ours or self._context.in_sent_folder else "in"


def _parties(facts: HeaderFacts) -> tuple[str, ...]:
    """Return the addresses of the author and all recipients, each once.

    Reply-To is not among them: it names where answers go, not who took part.
    """
    fields = facts.from_ + facts.sender + facts.to + facts.cc + facts.bcc
    return tuple(dict.fromkeys(address.email for address in fields))


def _failed(facts: HeaderFacts) -> tuple[str, ...]:
    """Return whom a bounce is about, as far as its header says."""
    return tuple(address.email for address in facts.failed) if facts.bounce else ()


def _kind(facts: HeaderFacts, context: MatchContext) -> Kind:
    """Return what a mail counts as where it is several things at once."""
    if facts.bounce:
        return Kind.BOUNCE
    if facts.bulk and not _is_own_list(facts.list_id, context):
        return Kind.BULK
    return Kind.AUTOMATED if facts.automated else Kind.PERSON


def _is_own_list(list_id: str, context: MatchContext) -> bool:
    """Whether a mailing list is one of the company's own: a group address such as sales@, through
    which people write to colleagues.
    """
    domains = context.staff_domains | {domain_of(email) for email in context.own}
    return any(list_id == domain or list_id.endswith(f".{domain}") for domain in domains)


def _is_ours(email: str, context: MatchContext) -> bool:
    """Whether an address is the owner's or a colleague's.

    Here, and only here, a plus-address (RFC 5233) counts as the address it belongs to:
    ``me+shop@x`` reaches me.
    """
    return _is_among(email, (context.own, context.staff), context.staff_domains)


def _is_among(email: str, groups, domains=frozenset()) -> bool:
    """Whether an address, or the one that a plus-address belongs to, is in one of some sets, or its
    domain among some.
    """
    for form in spellings(email):
        local, _, domain = form.rpartition("@")
        if domain in domains or any(form in group for group in groups):
            return True
        if "+" in local:
            base = f"{local.partition('+')[0]}@{domain}"
            if any(base in group for group in groups):
                return True
    return False


def _newcomers(people: _People, kind: Kind, context: MatchContext) -> tuple[Address, ...]:
    """Return who of a mail is to become a contact: nobody if no person wrote it."""
    if context.creation is None or kind is not Kind.PERSON:
        return ()
    return newcomers(people.correspondents(), context.creation)


def _answered_records(facts: HeaderFacts, context: MatchContext) -> tuple[tuple[str, int], ...]:
    """Return the records of the nearest known message that this mail answers.

    The nearest only: a conversation that moved on from a lead to its order goes on at the order.
    """
    for message_id in ids_of_interest(facts):
        if records := context.known.get(message_id):
            return tuple(records)
    return ()


def _opportunities(facts: HeaderFacts, contacts, kind: Kind, context: MatchContext):
    """Return the further records of these contacts that a mail concerns: none of before it came."""
    if kind is not Kind.PERSON:
        return ()
    found = (one for contact in contacts for one in context.opportunities.get(contact, ()))
    records = (one.record for one in found if facts.date >= one.since - BEFORE_OPPORTUNITY)
    return tuple(dict.fromkeys(records))
