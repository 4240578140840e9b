"""Who in a mail may become a contact: the people who are none yet, by the mailbox's policy.

Only people: mail of lists and programs, and of senders whose authentication failed, makes nobody a
contact, whatever the policy says.
"""

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from .addresses import Address, domain_of
from .names import is_sent_for
from .roles import is_machine, is_role

#: Mail to more people than this is no conversation: it makes nobody a contact.
MOST_PEOPLE = 30


class Policy(Enum):
    """Whose mail makes them a contact. The codes are stored."""

    NONE = "none"
    SENT = "sent"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Creation:
    """When somebody becomes a contact.

    :param policy: ``SENT``: whom the owner wrote to; ``ALL``: besides, who wrote to the owner, and
        who got the same mail
    :param roles: shared addresses such as info@ too
    :param internal_domains: domains (lower case) of the company itself
    """

    policy: Policy = Policy.NONE
    roles: bool = False
    internal_domains: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Correspondents:
    """The outside people of a mail who are no contacts, as the rules of linking see it.

    :param authors: From, else Sender
    :param recipients: To and Cc
    :param by_owner: the owner of the mailbox wrote it
    :param to_owner: the owner is named in To or Cc
    :param number: how many addresses the mail has in all
    :param forged: the receiving server found that somebody else may have written it
    """

    authors: tuple[Address, ...]
    recipients: tuple[Address, ...]
    by_owner: bool
    to_owner: bool
    number: int
    forged: bool = False


def newcomers(people: Correspondents, creation: Creation) -> tuple[Address, ...]:
    """Return who of a mail becomes a contact, in the order of the header, each once."""
    if people.number > MOST_PEOPLE or people.forged:
        return ()
    if people.by_owner:
        wanted = people.recipients if creation.policy is not Policy.NONE else ()
    elif creation.policy is Policy.ALL:
        # where the owner is not named, one of the recipients may be an alias of theirs
        wanted = people.authors + (people.recipients if people.to_owner else ())
    else:
        wanted = ()
    found = {}
    for address in wanted:
        if address.email not in found and may_be_created(address, creation):
            found[address.email] = address
    return tuple(found.values())


def may_be_created(address: Address, creation: Creation) -> bool:
    """Whether an address is that of a person (or, by choice, a shared one) outside of the company."""
    return (
        domain_of(address.email) not in creation.internal_domains
        and (creation.roles or not is_role(address.email))
        and not is_machine(address.email)
        and not is_sent_for(address.name)
        and is_deliverable(address.email)
    )


@lru_cache(maxsize=4096)
def is_deliverable(email: str) -> bool:
    """Whether mail could be sent to an address, by its syntax alone: nothing is looked up."""
    try:
        validate_email(email, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True
