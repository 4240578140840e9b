"""What may have happened to messages that are known, and how to find it out at the least cost.

A *look* at a folder brings the flags of what is known up to date and finds out what is not there any
more. What the server said at its beginning is stored with what it found; next time the two tell what
there is to do:

=============  ==========================  ====================================================
the server     flags changed               messages vanished
=============  ==========================  ====================================================
QRESYNC        CHANGEDSINCE (RFC 7162)     VANISHED, in the same answer
CONDSTORE      CHANGEDSINCE                all UIDs are listed, unless as many messages came as
                                           there are more now
neither        of the newest 500 messages  the same; in any case once a day
               every half hour, of all
               once a day
=============  ==========================  ====================================================

A MODSEQ that falls, or a look that was never made, means a look at everything.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

#: without MODSEQ: how many of the newest messages are asked for their flags, and how often
RECENT_MESSAGES = 500
RECENT_EVERY = timedelta(minutes=30)
#: without MODSEQ: how often all are looked at
ALL_EVERY = timedelta(hours=24)


class Tracking(Enum):
    """How a server keeps track of changes in a folder."""

    QRESYNC = "qresync"
    CONDSTORE = "condstore"
    NONE = "none"


class Flags(Enum):
    """Whose flags are to be read."""

    NONE = "none"
    CHANGED = "changed"
    RECENT = "recent"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Look:
    """What the server said when a folder was last looked at; all empty: never.

    :param highestmodseq: 0 without MODSEQ
    :param recent_at: when flags of recent messages were last read without MODSEQ
    :param all_at: when everything was last read without MODSEQ
    """

    uidnext: int = 0
    messages: int = 0
    highestmodseq: int = 0
    recent_at: datetime | None = None
    all_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What to ask.

    :param flags: whose flags; CHANGED tells of vanished messages as well, with QRESYNC
    :param listing: find out what vanished by a list of all messages
    """

    flags: Flags = Flags.NONE
    listing: bool = False

    def __bool__(self) -> bool:
        return self != NOTHING


NOTHING = Plan()
EVERYTHING = Plan(Flags.ALL, listing=True)


def plan_look(
    look: Look, snapshot, tracking: Tracking, anything_known: bool, now: datetime
) -> Plan:
    """Say how to look at a folder.

    :param look: the last one
    :param snapshot: what the server says now: ``uidnext``, ``messages`` (or ``exists``) and
        ``highestmodseq``; a STATUS or the answer to EXAMINE
    :param anything_known: whether any message of the folder is known: nothing can happen to others
    """
    if not anything_known:
        return NOTHING
    if not look.uidnext or snapshot.uidnext is None or snapshot.uidnext < look.uidnext:
        return EVERYTHING
    messages = _messages(snapshot)
    grown_evenly = snapshot.uidnext - look.uidnext == messages - look.messages
    if tracking is not Tracking.NONE and snapshot.highestmodseq:
        if not look.highestmodseq or snapshot.highestmodseq < look.highestmodseq:
            return EVERYTHING
        listing = tracking is Tracking.CONDSTORE and not grown_evenly
        changed = snapshot.highestmodseq != look.highestmodseq or not grown_evenly
        return Plan(Flags.CHANGED if changed else Flags.NONE, listing)
    if not look.all_at or now - look.all_at >= ALL_EVERY:
        return EVERYTHING
    changed = (snapshot.uidnext, messages) != (look.uidnext, look.messages)
    due = not look.recent_at or now - look.recent_at >= RECENT_EVERY
    return Plan(Flags.RECENT if changed or due else Flags.NONE, listing=not grown_evenly)


def look_made(look: Look, plan: Plan, snapshot, tracking: Tracking, now: datetime) -> Look:
    """The look to store once what a plan asked for is stored.

    :param snapshot: taken before anything was asked: what changes meanwhile shows next time
    """
    modseq = snapshot.highestmodseq or 0 if tracking is not Tracking.NONE else 0
    return Look(
        uidnext=snapshot.uidnext,
        messages=_messages(snapshot),
        highestmodseq=modseq,
        recent_at=now if plan.flags in (Flags.RECENT, Flags.ALL) else look.recent_at,
        # nothing known: the clock starts with the first messages, which are fresh
        all_at=now if plan == EVERYTHING or not look.uidnext else look.all_at,
    )


def is_unchanged(look: Look, status) -> bool:
    """Whether a STATUS proves that nothing came or went since a look (and, with MODSEQ, that no
    flag changed).
    """
    return (look.uidnext, look.messages, look.highestmodseq) == (
        status.uidnext,
        status.messages,
        status.highestmodseq or 0,
    )


def _messages(state) -> int:
    return state.exists if hasattr(state, "exists") else state.messages


def flags_text(flags) -> str:
    """Flags as they are stored: in one order, and without ``\\Recent``, which belongs to a session
    and not to a message (RFC 3501 section 2.3.2).
    """
    return " ".join(sorted({flag for flag in flags if flag.lower() != "\\recent"}))
