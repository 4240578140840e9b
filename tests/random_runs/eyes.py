"""Compares what people see of mail in chatters with what its owners share, stated once more."""

from collections import Counter

#: the most private first
_ORDER = ("private", "metadata", "subject", "everything")


def level(world, email, viewer=None):
    """Return what somebody sees of an email: the most that one of its owners shares, and owners see everything.

    :param viewer: a user; None: somebody who owns no copy of it
    """
    mailboxes = world.env["imap.share"].search([("email_id", "=", email.id)]).connection_id
    boxes = [box for box in world.boxes if box.connection.id in mailboxes.ids]
    if any(box.connection.user_id == viewer for box in boxes):
        return "everything"
    key = world.key_of(email)
    shared = [box.chosen.get(key) or box.level for box in boxes]
    return max(shared, key=_ORDER.index, default="private")


def seen(world):
    """Yield what somebody sees too much or too little of."""
    owners = [box.connection.user_id for box in world.boxes]
    for viewer in (*owners, world.colleague):
        for name, record in world.records.items():
            messages = world.env["mail.message"].with_user(viewer)
            in_chatter = [("model", "=", record._name), ("res_id", "=", record.id)]
            found = messages.search([("imap_email_id", "!=", False), *in_chatter]).sudo()
            shown = Counter(
                (message.imap_email_id, message.imap_stub or "everything") for message in found
            )
            wanted = Counter()
            if record.with_user(viewer).has_access("read"):
                entries = world.env["mail.message"].search(
                    [("imap_email_id", "!=", False), ("imap_stub", "=", False), *in_chatter]
                )
                of_each = {email: level(world, email, viewer) for email in entries.imap_email_id}
                wanted = Counter(
                    (email, shared) for email, shared in of_each.items() if shared != "private"
                )
            for email, shared in shown - wanted:
                yield f"{viewer.login} sees {shared} of {email.subject} on {name}"
            for email, shared in wanted - shown:
                yield f"{viewer.login} does not see {shared} of {email.subject} on {name}"
