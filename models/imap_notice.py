"""What of an email was not copied, in words, to stand at the end of its entry."""

from markupsafe import Markup

from odoo.tools import human_size
from odoo.tools.translate import LazyTranslate

from ..lib.parse import Note

_lt = LazyTranslate(__name__)

SENTENCES = {
    Note.MAIL_CUT: _lt("This email is so large that only its beginning was copied."),
    Note.BODY_CUT: _lt("The text is longer than what is shown here."),
    Note.TOO_MANY_PARTS: _lt("This email consists of more parts than are copied."),
    Note.TOO_DEEP: _lt("Parts of this email that are nested very deeply were not copied."),
    Note.TOO_MANY_ATTACHMENTS: _lt("Not all of its attachments were copied: there are too many."),
    Note.ATTACHMENT_TOO_LARGE: _lt("An attachment was too large to be copied."),
}


def notice(env, mail, size):
    """Return what is missing of an email, as HTML; nothing for one that was copied as a whole.

    :param mail: the :class:`~..lib.parse.ParsedMail`, None when nothing of it was copied
    :param int size: its bytes on the server
    """
    if mail is None:
        said = [
            env._(
                "This email has %(size)s and was not copied; it is in the mailbox.",
                size=human_size(size),
            )
        ]
    elif mail.notes:
        said = [env._(SENTENCES[note]) for note in mail.notes]
        said.append(env._("The whole email is in the mailbox."))
    else:
        return Markup()
    return Markup("<p><em>%s</em></p>") % " ".join(said)
