"""A session on a mailbox for something that a person waits for."""

from contextlib import contextmanager

from odoo.exceptions import UserError

from ..lib.errors import SyncError
from . import imap_claim
from .imap_error import sentence


@contextmanager
def visit(connection, claim=True):
    """Open a session on a mailbox; yields it.

    :param connection: the ``imap.connection``, as the person; whether they may do this is checked by the caller
    :param claim: keep syncs away meanwhile; needed by whatever stores mail
    :raise UserError: with a sentence, whatever fails
    """
    env = connection.env
    # sudo: imap.connection - the password, and who owns it
    connection = connection.sudo()
    if not connection._may_sync():
        raise UserError(env._("This mailbox is not connected. Resume it first."))
    try:
        if not claim:
            with connection._session() as session:
                yield session
            return
        limit = connection._host_limit()
        with imap_claim.claimed(env, connection.id, connection.host, limit) as won:
            if not won:
                raise UserError(
                    env._("This mailbox is being synced just now. Try again in a minute.")
                )
            with connection._session() as session:
                yield session
    except SyncError as error:
        raise UserError(sentence(env, error)) from None
