"""Mails like those of a sales person's mailbox, the same ones in every run."""

import random
import struct
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

OWNER = "olga@tea.example"
#: of 20 mails, how many are of a kind
MIX = {"text": 11, "answer": 3, "newsletter": 4, "attachment": 2}
#: past mail only: what is newer than the connection goes another way
_LAST_DAY = datetime(2024, 6, 1, 9, 0, tzinfo=timezone.utc)

_HERE = Path(__file__).parent
_PAGE = (_HERE / "newsletter.html").read_text()
_ROW = (_HERE / "newsletter_row.html").read_text()
_WORDS = """
the order of green tea was sent on Monday by the usual carrier and should be with you before
the end of the week we have added two samples from the new harvest one Darjeeling first flush
and one roasted oolong please tell us what you think the invoice follows in a separate mail
payment within thirty days as agreed many thanks for your patience last month the warehouse has
moved and some parcels took longer could we meet on Thursday afternoon to talk about next
year's quantities prices and packaging Grüße café
""".split()


@dataclass(frozen=True)
class Mail:
    """One mail in a folder of the mailbox.

    :param contact: the first contact that it is with
    """

    folder: str
    contact: str
    date: datetime
    raw: bytes


def contact(number):
    """The address of a contact."""
    return f"contact{number}@customer{number % 40}.example"


def mixed(count, contacts, seed=1):
    """Yield mails with contacts: short texts in threads, answers with quotes, newsletters of 20 to
    100 KB, files.

    :param count: how many
    :param contacts: how many contacts they are with
    :param seed: other mails for each
    """
    dice = random.Random(seed)
    kinds = [kind for kind, share in MIX.items() for _ in range(share)]
    threads = {}
    for number in range(count):
        kind = dice.choice(kinds)
        who = contact(dice.randrange(contacts))
        sent = kind != "newsletter" and dice.random() < 0.4
        date = _LAST_DAY - timedelta(minutes=17 * (count - number))
        message = EmailMessage()
        message["From"], message["To"] = (OWNER, who) if sent else (who, OWNER)
        if dice.random() < 0.1:
            message["Cc"] = f"{contact(dice.randrange(contacts))}, colleague@elsewhere.example"
        message["Date"] = format_datetime(date)
        message["Message-ID"] = f"<{number}.{dice.getrandbits(64):x}@bench.example>"
        _continue_thread(dice, message, threads.setdefault(who, []))
        _FILL[kind](dice, message)
        yield Mail("Sent" if sent else "INBOX", who, date, message.as_bytes())


def strangers(count):
    """Yield short mails with nobody who is known."""
    dice = random.Random(8)
    for number in range(count):
        date = _LAST_DAY - timedelta(minutes=count - number)
        who = f"somebody{number}@far{number % 500}.example"
        message = EmailMessage()
        message["From"], message["To"] = f"Some Body <{who}>", OWNER
        message["Subject"] = _words(dice, 6)
        message["Date"] = format_datetime(date)
        message["Message-ID"] = f"<{number}@far.example>"
        message.set_content("Hello\n")
        yield Mail("INBOX", who, date, message.as_bytes())


def _continue_thread(dice, message, thread):
    """Begin a conversation, or answer the last mail of the one before."""
    if not thread or dice.random() < 0.35:
        thread[:] = [_words(dice, 5).capitalize()]
        message["Subject"] = thread[0]
    else:
        message["Subject"] = f"Re: {thread[0]}"
        message["In-Reply-To"] = thread[-1]
        message["References"] = " ".join(thread[1:][-12:])
    thread.append(message["Message-ID"])


def _text(dice, message):
    body = "\n\n".join(_paragraph(dice) for _ in range(dice.randint(1, 4)))
    quote = "\n".join("> " + _words(dice, 10) for _ in range(dice.randint(0, 25)))
    message.set_content(f"Hello,\n\n{body}\n\n-- \nBest regards\n\n{quote}\n")


def _answer(dice, message):
    """As mail programs write it: HTML, with the conversation so far below."""
    own = "".join(f"<p class='MsoNormal'>{_paragraph(dice)}</p>" for _ in range(dice.randint(1, 4)))
    quoted = "".join(
        f"<div><b>From:</b> {contact(number)}<br>{_paragraph(dice)}</div><hr>"
        for number in range(dice.randint(3, 15))
    )
    body = (
        f'<html><body><div style="font-family: Calibri; font-size: 11pt">{own}</div>'
        f'<div class="gmail_quote"><blockquote style="margin:0 0 0 1ex">{quoted}</blockquote></div>'
        "</body></html>"
    )
    message.set_content(_paragraph(dice))
    message.add_alternative(body, subtype="html", cte="quoted-printable")


def _newsletter(dice, message):
    """Nested tables, styles in every cell, pictures and links with long addresses: 20 to 100 KB."""
    rows = []
    size, wanted = 0, dice.randint(20_000, 100_000)
    while size < wanted:
        row = {"words": _words(dice, 30), "title": _words(dice, 4), "number": dice.getrandbits(64)}
        rows.append(_ROW.format(**row))
        size += len(rows[-1])
    message.set_content(_paragraph(dice))
    body = _PAGE.format(rows="".join(rows))
    message.add_alternative(body, subtype="html", cte="quoted-printable")


def _attachment(dice, message):
    """A text with one to three files, every other time with a picture in the text."""
    message.set_content(_paragraph(dice))
    if dice.random() < 0.5:
        body = f'<p>{_paragraph(dice)}</p><p><img src="cid:logo" width="120"></p>'
        message.add_alternative(body, subtype="html", cte="quoted-printable")
        picture = _png(dice, dice.randint(30, 100))
        html = message.get_payload()[1]
        html.add_related(picture, "image", "png", cid="<logo>", filename="logo.png")
    for number in range(dice.randint(1, 3)):
        content = b"%PDF-1.4\n" + dice.randbytes(dice.randint(10_000, 200_000))
        message.add_attachment(content, "application", "pdf", filename=f"Offer {number}.pdf")


def _png(dice, size):
    """A square picture of noise (RFC 2083)."""
    lines = b"".join(b"\0" + dice.randbytes(3 * size) for _ in range(size))
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_png_chunk(*part) for part in parts)


def _png_chunk(kind, data):
    checksum = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + checksum


_FILL = {"text": _text, "answer": _answer, "newsletter": _newsletter, "attachment": _attachment}


def _words(dice, number):
    return " ".join(dice.choices(_WORDS, k=number))


def _paragraph(dice):
    return _words(dice, dice.randint(15, 60)).capitalize() + "."
