"""How long to leave a mailbox alone after a failure."""

import random

from .errors import ConsentWithdrawn, LoginRefused, Retry, SecretUnreadable

#: seconds after the first failure; doubles with each further one
FIRST_DELAY = 60
#: no mailbox waits longer than this for its next try
LONGEST_DELAY = 3600
#: a refused sign-in may be a passing fault of the server, but repeating it locks accounts (GMX, web.de)
LOGIN_ATTEMPTS = 3


def delay_after(error, failures, *, draw=random.random):
    """Return the seconds until the next try, or None when only the owner can help.

    An unknown host or a bad certificate is for the owner to mend when connecting, but in a mailbox that once
    worked it is more often a fault of the network that passes: such a mailbox is tried again, politely.

    :param error: the :class:`~.errors.SyncError` that ended the run
    :param int failures: how many runs in a row have failed, this one included
    :param draw: returns a random float in [0, 1): jitter, so that mailboxes of one host do not return together
    """
    if isinstance(error, (SecretUnreadable, ConsentWithdrawn)) or error.retry is Retry.NEVER:
        return None
    if isinstance(error, LoginRefused) and failures >= LOGIN_ATTEMPTS:
        return None
    doubled = FIRST_DELAY * 2 ** min(failures - 1, 10)
    delay = min(doubled, LONGEST_DELAY) * (0.75 + 0.5 * draw())
    return max(delay, error.retry_after or 0)
