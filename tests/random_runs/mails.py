"""The mail of random runs, and where each belongs: the rules as a person would state them, not as they are coded."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage
from email.utils import format_datetime

_KEY = re.compile(rb"^X-Key: (\d+)", re.MULTILINE)

#: a server writes its own local time, and looks at its own local date
ZONES = (timezone.utc, timezone(timedelta(hours=14)), timezone(timedelta(hours=-12)))


def period_start():
    """Return the moment before which mail is left alone: one that is the day before in the west."""
    sixty_days_ago = datetime.now(timezone.utc) - timedelta(days=60)
    return sixty_days_ago.replace(hour=5, minute=0, second=0, microsecond=0)


def dates():
    """Return when mail may have come."""
    now, start = datetime.now(timezone.utc).replace(microsecond=0), period_start()
    hour, day = timedelta(hours=1), timedelta(days=1)
    return (
        now,
        now - hour,
        now - 3 * day,
        start + hour,
        start - hour,
        start - 2 * day,
        now - 200 * day,
    )


@dataclass(frozen=True)
class Kind:
    """A kind of mail.

    :param links: names of the records that it belongs to
    :param links_for: the same, for the mailbox of one user only, by login
    :param answers: the record whose message it answers
    """

    from_: str = "carla@shop.example"
    to: str = "{me}"
    cc: str = ""
    bcc: str = ""
    links: tuple[str, ...] = ()
    links_for: tuple[tuple[str, str], ...] = ()
    answers: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    message_id: str = "<{key}@shop.example>"
    draft: bool = False
    broken: bool = False
    in_odoo: bool = False


KINDS = (
    Kind(links=("carla",)),
    Kind(links=("carla",), from_="Carla <CARLA@shop.example>"),
    Kind(links=("carla", "chris"), cc="chris@shop.example"),
    Kind(links=("carla",), from_="{me}", to="carla@shop.example"),
    Kind(links=("chris",), from_="{me}", to="stranger@far.example", bcc="chris@shop.example"),
    Kind(from_="stranger@far.example"),
    Kind(from_="colin@tea.example"),
    Kind(headers=(("List-Id", "<news.shop.example>"),)),
    Kind(headers=(("Auto-Submitted", "auto-generated"),)),
    Kind(cc="lawyer@far.example"),
    Kind(links=("carla", "lead"), answers="lead"),
    Kind(links=("lead",), answers="lead", from_="stranger@far.example"),
    Kind(links=("carla", "lead"), answers="lead", headers=(("Auto-Submitted", "auto-replied"),)),
    # olga may not read otto's lead
    Kind(links=("carla",), links_for=(("otto", "otto's lead"),), answers="otto's lead"),
    Kind(links_for=(("otto", "otto's lead"),), answers="otto's lead", from_="stranger@far.example"),
    # two programs that give every mail the same Message-ID
    Kind(links=("carla",), message_id="<same@shop.example>"),
    Kind(links=("chris",), message_id="<same@shop.example>", from_="chris@shop.example"),
    Kind(links=("carla",), message_id=""),
    Kind(links=("carla", "chris"), message_id="", cc="chris@shop.example"),
    Kind(draft=True),
    Kind(links=("carla",), broken=True),
    # sent by Odoo itself, from Carla's chatter: there it stands already
    Kind(
        links=("chris",),
        from_="{me}",
        to="carla@shop.example",
        cc="chris@shop.example",
        in_odoo=True,
    ),
)


@dataclass(frozen=True)
class Mail:
    """One mail, however many copies of it lie on servers."""

    key: int
    kind: Kind
    date: datetime
    raw: bytes

    @property
    def flags(self):
        return ("\\Draft",) if self.kind.draft else ()

    @property
    def subject(self):
        return f"Mail {self.key}"

    @property
    def message_id(self):
        return self.kind.message_id.format(key=self.key)

    @property
    def people(self):
        """Everybody in the header, as text."""
        return " ".join((self.kind.from_, self.kind.to, self.kind.cc, self.kind.bcc))

    def links(self, login):
        """Return the names of the records that a copy in a user's mailbox belongs to, if it is of the period."""
        return {*self.kind.links, *(name for user, name in self.kind.links_for if user == login)}

    def outcomes(self, links, since, folder):
        """Return what may become of a copy in a user's mailbox: 'linked', 'quarantined' or 'skipped'.

        :param links: names of the records that it belongs to there
        :param folder: name of the folder that the copy lies in
        :param since: the beginning of that mailbox's period (aware), None if it has none
        """
        kind = self.kind
        # whoever wrote what lies in Sent is the owner, under another address: nobody else takes part in it
        to_oneself = folder == "Sent" and kind.from_.startswith("stranger") and kind.to == "{me}"
        if kind.draft or to_oneself:
            return {"skipped"}
        inside = "skipped"
        if kind.broken:
            inside = "quarantined"
        elif links:
            inside = "linked"
        if not since or self.date >= since:
            return {inside}
        # of what arrives now, a day more is taken: the server's clock may be wrong
        return {"skipped"} if self.date < since - timedelta(days=1) else {"skipped", inside}


def make(key, kind, date, me, answered):
    """Return a mail.

    :param me: address of the owner of the mailbox that it comes to first
    :param answered: Message-ID of the message that it answers, or ''
    """
    message = EmailMessage()
    message["X-Key"] = str(key)
    message["From"], message["To"] = kind.from_.format(me=me), kind.to.format(me=me)
    message["Subject"] = f"Mail {key}"
    message["Date"] = format_datetime(date)
    optional = {
        "Cc": kind.cc,
        "Bcc": kind.bcc,
        "Message-ID": kind.message_id.format(key=key),
        "In-Reply-To": answered,
    }
    if kind.broken:
        optional["X-Broken"] = "the server does not hand it out"
    for name, value in (*optional.items(), *kind.headers):
        if value:
            message[name] = value
    message.set_content(f"Text {key}")
    if key % 3 == 0:
        message.add_alternative(f"<p>Text <b>{key}</b></p>", subtype="html")
    if key % 5 == 0:
        message.add_attachment(b"data %d" % key, "application", "pdf", filename="offer.pdf")
    return Mail(key, kind, date, message.as_bytes())


def key_of(raw):
    """Return the key of the mail that these bytes are a copy of."""
    return int(_KEY.search(raw)[1])
