"""The sample mailbox: half a year of Clara Whitfield, who sells tea; and a few mails of Felix, her colleague.

``build(now)`` gives all mails with dates that lead up to ``now`` and are the same for the same
``now``. Beside each mail stands what the sync has to make of it; ``expected.py`` holds the sums.
Pure Python: it knows neither Odoo nor a server.
"""

from dataclasses import dataclass
from datetime import datetime

from . import cafes, felix, kyoto, mueller, office, strangers, verlaine
from .clock import Clock
from .desk import Desk
from .letter import Lead, Mail
from .people import CLARA, FELIX

#: All folders, in the order in which they are made.
FOLDERS = ("INBOX", "Sent", "Drafts", "Junk", "Trash", "Archive", kyoto.FOLDER, mueller.FOLDER)
#: What Clara chooses to sync: Inbox and Sent are chosen without her, the others are not.
SELECTED = ("INBOX", "Sent", "Archive", kyoto.FOLDER, mueller.FOLDER)

__all__ = ["FOLDERS", "SELECTED", "Sample", "build"]


@dataclass(frozen=True)
class Sample:
    """Everything that the demo puts into the mailboxes, and the lead that it puts into Odoo.

    :param mails: Clara's
    :param felix: those of Felix; some are copies of Clara's
    :param now: the moment that all dates lead up to
    :param period_start: what came before is too old to be synced
    """

    mails: tuple[Mail, ...]
    felix: tuple[Mail, ...]
    lead: Lead
    now: datetime
    period_start: datetime


def build(now) -> Sample:
    """The sample as it stands at a moment (with a time zone)."""
    clock = Clock(now)
    felix_desk = Desk(clock, FELIX)
    desk = Desk(clock, CLARA, colleagues=(felix_desk,))
    for conversation in (verlaine, kyoto, mueller, cafes, office, strangers):
        conversation.write(desk)
    felix.write(felix_desk)
    return Sample(
        _in_order(desk.mails),
        _in_order(felix_desk.mails),
        cafes.lead(clock),
        clock.now,
        clock.period_start,
    )


def _in_order(mails):
    """As they were delivered, in the order in which they came, as in a real mailbox."""
    return tuple(sorted(mails, key=lambda mail: mail.date))
