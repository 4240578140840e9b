"""The sample mailbox: half a year of Clara Whitfield, who sells tea.

``build(now)`` gives all mails with dates that lead up to ``now`` and are the same for the same
``now``. Beside each mail stands what the sync has to make of it; ``expected.py`` holds the sums.
Pure Python: it knows neither Odoo nor a server.
"""

from dataclasses import dataclass
from datetime import datetime

from . import cafes, kyoto, mueller, office, strangers, verlaine
from .clock import Clock
from .desk import Desk
from .letter import Lead, Mail

#: All folders, in the order in which they are made.
FOLDERS = ("INBOX", "Sent", "Drafts", "Junk", "Trash", "Archive", kyoto.FOLDER, mueller.FOLDER)
#: What Clara chooses to sync: Inbox and Sent are chosen without her, the others are not.
SELECTED = ("INBOX", "Sent", "Archive", kyoto.FOLDER, mueller.FOLDER)

__all__ = ["FOLDERS", "SELECTED", "Sample", "build"]


@dataclass(frozen=True)
class Sample:
    """Everything that the demo puts into the mailbox, and the lead that it puts into Odoo.

    :param now: the moment that all dates lead up to
    :param period_start: what came before is too old to be synced
    """

    mails: tuple[Mail, ...]
    lead: Lead
    now: datetime
    period_start: datetime


def build(now) -> Sample:
    """The sample as it stands at a moment (with a time zone)."""
    clock = Clock(now)
    desk = Desk(clock)
    for conversation in (verlaine, kyoto, mueller, cafes, office, strangers):
        conversation.write(desk)
    # delivered in the order in which they came, as in a real mailbox
    mails = sorted(desk.mails, key=lambda mail: mail.date)
    return Sample(tuple(mails), cafes.lead(clock), clock.now, clock.period_start)
