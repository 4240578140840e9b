"""Where the letters of the sample are written, sent and sorted into folders."""

import datetime

from . import clients
from .letter import Letter, Mail
from .people import person
from .quoting import reply_subject

SEEN = ("\\Seen",)


class Desk:
    """Collects the mails of a mailbox, oldest conversation first.

    :param clock: gives the dates
    :param owner: whose mailbox it is
    :param colleagues: desks of colleagues, who get a copy of what names them
    """

    def __init__(self, clock, owner, colleagues=()):
        self.clock = clock
        self.owner = owner
        self.mails = []
        self._colleagues = colleagues

    def receive(self, key, sender, at, body, *, subject="", to=None, folder="INBOX", **more):
        """A letter that somebody wrote; see :meth:`_file` for what may be said about it.

        :param at: a moment, or (working days ago, time of day) where the sender is
        """
        to = to or (self.owner.key,)
        return self._write(key, person(sender), at, body, subject, to, folder, **more)

    def send(self, key, at, body, *, subject="", to=None, folder="Sent", **more):
        """A letter from the owner; answers go to the sender of what they answer."""
        to = to or (more["answers"].sender.key,)
        return self._write(key, self.owner, at, body, subject, to, folder, **more)

    def take(self, key, raw, date, subject, *, folder="INBOX", message_id=None, **outcome):
        """A mail that was written by hand, as bytes."""
        self._file(key, raw, date, subject, folder, message_id, **outcome)

    def _write(
        self, key, sender, at, body, subject, to, folder, *,
        cc=(), bcc=(), answers=None, files=(), **outcome,
    ):  # fmt: skip
        date = at if isinstance(at, datetime.datetime) else self._moment(at, sender)
        letter = Letter(
            key=key,
            sender=sender,
            to=tuple(map(person, to)),
            subject=subject or reply_subject(answers.subject, sender.language),
            body=body,
            date=date,
            cc=tuple(map(person, cc)),
            bcc=tuple(map(person, bcc)),
            answers=answers,
            files=tuple(files),
        )
        raw = clients.to_bytes(letter)
        self._file(key, raw, date, letter.subject, folder, letter.message_id, **outcome)
        for desk in self._colleagues:
            if desk.owner in letter.to + letter.cc:
                links = outcome.get("links", ())
                desk.take(key, raw, date, letter.subject, message_id=letter.message_id, links=links)
        return letter

    def _file(
        self, key, raw, date, subject, folder, message_id, *,
        flags=SEEN, links=(), document=None, skip=None, also_in=(),
    ):  # fmt: skip
        """Put a mail into its folder.

        :param links: keys of the contacts in whose chatter it has to be
        :param document: key of the document that it answers
        :param skip: the rule that leaves it out
        :param also_in: more folders, with a copy each
        """
        for place in (folder, *also_in):
            self.mails.append(
                Mail(
                    letter=key,
                    folder=place,
                    raw=raw,
                    date=date + datetime.timedelta(seconds=3),  # the way takes a moment
                    subject=subject,
                    message_id=message_id,
                    flags=tuple(flags),
                    links=tuple(links),
                    document=document,
                    skip=skip,
                )
            )

    def _moment(self, at, sender):
        days_ago, time = at
        return self.clock.workday(days_ago, time, sender.zone)
