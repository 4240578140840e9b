"""Brings touchpoints up to date after mail was stored."""

import logging

import psycopg2

from odoo.modules import module

_logger = logging.getLogger(__name__)

#: models of the records that have touchpoints
MODELS = ("res.partner", "crm.lead")
#: models of documents on which people talk to a contact. What is written on others, applications for a job for one, is
#: not for everybody who may see the contact, and nobody answers by sending an invoice.
TALKS = (*MODELS, "sale.order", "project.task", "helpdesk.ticket")
#: a transaction that lost against another worker or a person is tried again this often
ATTEMPTS = 3
#: somebody else, or the database itself: no fault of the records
_CONFLICTS = psycopg2.OperationalError


def places_of(messages):
    """Return the records that messages stand on, as far as they have touchpoints: a set of (model, id)."""
    messages = messages.sudo()
    # without their text
    messages.fetch(["imap_email_id", "model", "res_id"])
    return {(m.model, m.res_id) for m in messages if m.model in MODELS and m.res_id}


def places_of_synced(messages):
    """Return the records that those of some messages stand on that are entries of emails."""
    messages = messages.sudo()
    messages.fetch(["imap_email_id", "model", "res_id"])
    return places_of(messages.filtered("imap_email_id"))


def written_between(message, recipients):
    """Return the records that a message concerns which somebody here wrote to somebody outside in Odoo, or they to us.

    :param recipients: who is notified of it, as from ``_notify_thread``
    :return: a set of (model, id)
    """
    message = message.sudo()
    if message.message_type not in ("comment", "email") or message.imap_email_id:
        return set()
    if message.model not in TALKS:
        return set()
    people = {r["id"] for r in recipients if r["share"] and r["notif"] == "email" and r["id"]}
    author = message.author_id
    if author.partner_share:
        people = {author.id}
    elif author and not people:
        # a note, or a message among colleagues
        return set()
    return {("res.partner", person) for person in people} | places_of(message)


def touch(env, places):
    """Work the touchpoints of some records out anew, or leave that to the run that stores mail at this moment.

    :param places: (model, id) of each; those that have none, or are not there, are left out
    """
    collector = env.context.get("imap_touched")
    if collector:
        collector.add(places)
        return
    for model, ids in _by_model(places):
        env[model].browse(ids)._imap_touch()


def _by_model(places):
    for model in MODELS:
        ids = sorted(id_ for name, id_ in places if name == model)
        if ids:
            yield model, ids


class Touched:
    """Records of which a run over a mailbox has stored mail.

    A slice of mail is stored in one transaction, which may take a while. Rows of contacts are what other workers and
    people write as well: changed there, one of both would often be thrown back. So the records are only noted with the
    mail, on the folder, and worked out in a short transaction that follows. It waits for nobody: a record that somebody
    else is writing at this moment comes after the next slice, or with the next run, as does what a kill leaves undone.

    :param connection: the ``imap.connection`` (sudo), claimed by the caller
    """

    def __init__(self, connection):
        self._connection = connection
        self._places = set()

    def add(self, places):
        """Take records whose entries changed: (model, id) of each."""
        self._places |= places

    def note(self, folder):
        """Note the records in the transaction that stores their mail."""
        if self._places:
            folder.touched = sorted(self._places)

    def recover(self):
        """Do what a run before has left."""
        noted = self._connection.folder_ids.filtered("touched")
        self._places |= {tuple(place) for folder in noted for place in folder.touched}
        self.settle()
        self.close()

    def settle(self):
        """Work out what was noted, in a transaction of its own: the mail is stored for good already."""
        if not self._places:
            return
        for _attempt in range(ATTEMPTS):
            try:
                self._places = self._work_out(self._places)
                break
            except _CONFLICTS:
                # somebody changed one of these records since this transaction began
                if module.current_test:
                    return
                self._connection.env.cr.rollback()
                self._connection.env.invalidate_all()
        self._connection._checkpoint()

    def _work_out(self, places):
        """Work out records; return those that somebody else is writing at this moment."""
        env = self._connection.env
        try:
            with env.cr.savepoint():
                return {
                    (model, id_)
                    for model, ids in _by_model(places)
                    for id_ in env[model].browse(ids)._imap_touch(wait=False).ids
                }
        except _CONFLICTS:
            raise
        except Exception:
            if len(places) == 1:
                # an automation rule fails: it holds no other record up
                _logger.warning("Touchpoints of %s are not up to date", *places, exc_info=True)
                return set()
        return set().union(*(self._work_out({place}) for place in places))

    def settle_at_once(self):
        """Work out what was noted in the transaction of whoever waits for it."""
        touch(self._connection.env, self._places)
        self._places.clear()

    def close(self):
        """Forget the notes of what is done."""
        noted = self._connection.folder_ids.filtered("touched")
        if noted and not self._places:
            noted.touched = False
