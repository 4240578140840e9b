"""Who can sign in to the demo."""

from dataclasses import dataclass

from .sample.people import Person, person


@dataclass(frozen=True)
class User:
    """A login of the demo; the password is the login, because everybody may know it.

    :param groups: external identifiers
    """

    person: Person
    groups: tuple[str, ...]
    who: str

    @property
    def login(self):
        return self.person.key

    password = login


_SALES = "sales_team.group_sale_salesman"

USERS = (
    User(
        person("clara"),
        ("base.group_user", _SALES, "base.group_partner_manager", "mail_imap_sync.group_user"),
        "salesperson, whose mailbox is connected",
    ),
    User(
        person("felix"),
        ("base.group_user", _SALES, "mail_imap_sync.group_user"),
        "salesperson, who shares only the subjects of his mail",
    ),
    User(
        person("tomas"),
        ("base.group_user", _SALES),
        "salesperson without the permission to connect a mailbox",
    ),
    User(
        person("ingrid"),
        (
            "base.group_user",
            "sales_team.group_sale_manager",
            "base.group_system",
            "mail_imap_sync.group_manager",
        ),
        "administrator",
    ),
    User(person("bashir"), ("base.group_user",), "employee in the warehouse"),
    User(person("amelie"), ("base.group_portal",), "customer in the portal"),
)
