"""How a letter looks when a certain mail program has sent it.

Each program is a function from a :class:`Letter` to a part in the shape that this program gives it:
order and spelling of the header, structure, encodings. What stands in the text is ``bodies.py``.
"""

import dataclasses

from . import bodies, mime


def plain(letter):
    """An old, careful program: plain text in a charset of its country."""
    charset = letter.sender.charset
    encoding = {"iso-2022-jp": "7bit", "koi8-r": "base64"}.get(charset, "quoted-printable")
    body = mime.multipart(
        "mixed",
        f"----=_Part_{mime.token(letter.key)}",
        mime.text(bodies.plain_text(letter), charset=charset, encoding=encoding),
        *map(mime.attachment, letter.files),
    )
    return body.with_fields(
        ("Date", mime.date(letter.date)),
        *_people(letter, charset),
        ("Subject", mime.words(letter.subject, charset)),
        ("Message-ID", letter.message_id),
        *_thread(letter),
        ("MIME-Version", "1.0"),
        ("X-Mailer", {"koi8-r": "The Bat! (v9.4) Professional"}.get(charset, "Sylpheed 3.7.0")),
    )


def outlook(letter):
    """Outlook: Word's HTML with conditional comments, the header of the quoted mail as a block."""
    boundary = mime.token(letter.key, "outlook", length=24).upper()
    charset = letter.sender.charset
    body = mime.multipart(
        "mixed",
        f"_004_{boundary}_",
        mime.multipart(
            "alternative",
            f"_000_{boundary}_",
            mime.text(bodies.outlook_text(letter), charset=charset),
            mime.text(bodies.outlook_html(letter), "html", charset=charset),
        ),
        *map(mime.attachment, letter.files),
    )
    return body.with_fields(
        *_people(letter, charset),
        ("Subject", mime.words(letter.subject, charset)),
        ("Thread-Topic", mime.words(_topic(letter.subject), charset)),
        ("Thread-Index", f"Adx{mime.token(_topic(letter.subject), length=19)}=="),
        ("Date", mime.date(letter.date)),
        ("Message-ID", letter.message_id),
        *_thread(letter),
        ("Accept-Language", f"{letter.sender.language}, en-US"),
        ("Content-Language", letter.sender.language),
        ("X-MS-Has-Attach", "yes" if letter.files else ""),
        ("MIME-Version", "1.0"),
    )


def gmail(letter):
    """Gmail in a browser: divs, and ``gmail_quote`` around what is answered."""
    boundary = f"000000000000{mime.token(letter.key, 'gmail')}"
    body = mime.multipart(
        "mixed",
        f"{boundary}1",
        mime.multipart(
            "alternative",
            boundary,
            mime.text(bodies.plain_text(letter), charset="UTF-8"),
            mime.text(bodies.gmail_html(letter), "html"),
        ),
        *map(mime.attachment, letter.files),
    )
    return body.with_fields(
        ("MIME-Version", "1.0"),
        *_thread(letter)[::-1],
        *_people(letter)[:1],
        ("Date", mime.date(letter.date)),
        ("Message-ID", letter.message_id),
        ("Subject", mime.words(letter.subject)),
        *_people(letter)[1:],
    )


def thunderbird(letter):
    """Thunderbird: unencoded UTF-8, ``moz-cite-prefix``."""
    boundary = f"------------{mime.token(letter.key, 'thunderbird', length=24)}"
    body = mime.multipart(
        "mixed",
        f"{boundary}0",
        mime.multipart(
            "alternative",
            boundary,
            mime.text(bodies.plain_text(letter, "-- \n"), encoding="8bit", format="flowed"),
            mime.text(bodies.thunderbird_html(letter), "html", encoding="8bit"),
        ),
        *map(mime.attachment, letter.files),
    )
    return body.with_fields(
        ("Message-ID", letter.message_id),
        ("Date", mime.date(letter.date)),
        ("MIME-Version", "1.0"),
        ("User-Agent", "Mozilla Thunderbird"),
        ("Subject", mime.words(letter.subject)),
        *_people(letter)[1:],
        *_thread(letter),
        ("Content-Language", f"{letter.sender.language}-GB"),
        *_people(letter)[:1],
    )


def apple(letter):
    """Apple Mail: pictures stand in the text, in a part related to the HTML."""
    boundary = f"Apple-Mail=_{mime.token(letter.key, 'apple', length=32).upper()}"
    pictures = [mime.attachment(file) for file in letter.files if file.cid]
    rich = mime.multipart(
        "related",
        f"{boundary}-2",
        mime.text(bodies.apple_html(letter), "html"),
        *pictures,
        type="text/html",
    )
    body = mime.multipart(
        "mixed",
        f"{boundary}-1",
        mime.multipart("alternative", boundary, mime.text(bodies.plain_text(letter)), rich),
        *(mime.attachment(file) for file in letter.files if not file.cid),
    )
    return body.with_fields(
        *_people(letter)[:1],
        ("Mime-Version", "1.0 (Mac OS X Mail 16.0 \\(3774.600.62\\))"),
        ("Subject", mime.words(letter.subject)),
        ("Message-Id", letter.message_id),
        *_thread(letter),
        *_people(letter)[1:],
        ("Date", mime.date(letter.date)),
        ("X-Mailer", "Apple Mail (2.3774.600.62)"),
    )


def iphone(letter):
    """Mail on a telephone: plain text and the line that everybody knows."""
    # telephones write addresses in small letters
    sender = dataclasses.replace(letter.sender, email=letter.sender.email.lower())
    sign_off = {"fr": "Envoyé de mon iPhone"}.get(letter.sender.language, "Sent from my iPhone")
    body = mime.multipart(
        "mixed",
        f"Apple-Mail-{mime.token(letter.key, 'iphone', length=32).upper()}",
        mime.text(bodies.plain_text(letter, sign_off), charset="utf-8"),
        *map(mime.attachment, letter.files),
    )
    return body.with_fields(
        *_people(dataclasses.replace(letter, sender=sender))[:1],
        ("Mime-Version", "1.0 (1.0)"),
        ("Date", mime.date(letter.date)),
        ("Subject", mime.words(letter.subject)),
        ("Message-Id", letter.message_id),
        *_thread(letter),
        *_people(letter)[1:],
        ("X-Mailer", "iPhone Mail (21F90)"),
    )


def right_to_left(letter):
    """A webmail that writes Arabic: HTML alone, from right to left, in base64."""
    return mime.text(bodies.right_to_left_html(letter), "html", encoding="base64").with_fields(
        ("MIME-Version", "1.0"),
        ("Date", mime.date(letter.date)),
        *_people(letter),
        ("Subject", mime.words(letter.subject)),
        *_thread(letter),
        ("User-Agent", "Roundcube Webmail/1.6.5"),
        ("Message-ID", letter.message_id),
    )


_CLIENTS = {
    client.__name__: client
    for client in (plain, outlook, gmail, thunderbird, apple, iphone, right_to_left)
}


def to_bytes(letter):
    """The letter as its sender's program sends it, and as it arrives."""
    sent = _CLIENTS[letter.sender.client](letter)
    return sent.with_fields(*_trace(letter)).to_bytes()


# header fields


def _trace(letter):
    """What servers on the way put on top; a mail in the folder of sent ones has seen none."""
    if letter.sender.key == "clara":
        return ()
    domain = letter.sender.email.partition("@")[2].lower()
    stamp = mime.date(letter.date)
    name = mime.token(letter.key, "queue", length=12).upper()
    return (
        ("Return-Path", f"<{letter.sender.email}>"),
        ("Delivered-To", "clara@kestreltea.example"),
        (
            "Received",
            f"from mail.{domain} (mail.{domain} [192.0.2.25])\n"
            f"\tby mx.kestreltea.example (Postfix) with ESMTPS id {name}\n"
            f"\tfor <clara@kestreltea.example>; {stamp}",
        ),
        (
            "Authentication-Results",
            f"mx.kestreltea.example; spf=pass smtp.mailfrom={domain}; dkim=pass header.d={domain}",
        ),
    )


def _people(letter, charset="utf-8"):
    return (
        ("From", mime.address(letter.sender, charset)),
        ("To", mime.addresses(letter.to, charset)),
        ("Cc", mime.addresses(letter.cc, charset)),
        ("Bcc", mime.addresses(letter.bcc, charset)),
    )


def _thread(letter):
    if not letter.answers:
        return ()
    return (
        ("In-Reply-To", letter.answers.message_id),
        ("References", "\n ".join(letter.references)),
    )


def _topic(subject):
    return subject.partition(": ")[2] if subject.startswith(("Re: ", "RE: ", "AW: ")) else subject
