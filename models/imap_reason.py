"""The rules of linking (lib/match.py) in words, in the reader's language."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    "deleted": _lt("It was deleted in Odoo."),
    "draft": _lt("It is a draft."),
    "too_old": _lt("It is older than the period of this mailbox."),
    "excluded": _lt("Somebody in it is never to be synced."),
    "bounce": _lt("It tells that a mail was not delivered, and of none that Odoo knows."),
    "internal": _lt("Everybody in it is staff."),
    "bulk": _lt("It is from a mailing list or a newsletter."),
    "automated": _lt("A program wrote it, not a person."),
    "nobody": _lt("Nobody in it is a contact."),
}

LABELS = {
    "deleted": _lt("deleted in Odoo"),
    "draft": _lt("drafts"),
    "too_old": _lt("older than the period"),
    "excluded": _lt("never synced"),
    "bounce": _lt("not delivered"),
    "internal": _lt("among staff"),
    "bulk": _lt("mailing lists and newsletters"),
    "automated": _lt("written by programs"),
    "nobody": _lt("no contact"),
    "unreadable": _lt("unreadable"),
}


def why(env, code):
    """Return the sentence that says why a mail was passed over."""
    return env._(SENTENCES[code])


def label(env, code):
    """Return how the mails are called that a rule passed over, to stand behind their number."""
    return env._(LABELS[code]) if code in LABELS else code
