"""What a mail program puts around the letter that is answered, in the user's language."""

_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
}
_DAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
}
_PREFIX = {"en": "Re: ", "fr": "RE: ", "de": "AW: "}
_WROTE = {
    "en": "On {date} at {time}, {who} wrote:",
    "fr": "Le {date} à {time}, {who} a écrit :",
    "de": "Am {date} um {time} schrieb {who}:",
}
_LABELS = {
    "en": ("From:", "Sent:", "To:", "Cc:", "Subject:"),
    "fr": ("De :", "Envoyé :", "À :", "Cc :", "Objet :"),
    "de": ("Von:", "Gesendet:", "An:", "Cc:", "Betreff:"),
}


def reply_subject(subject, language):
    """The subject of an answer; one prefix is enough, whoever put it there."""
    if subject.startswith(tuple(_PREFIX.values())):
        return subject
    return _PREFIX[language] + subject


def attribution(letter, language):
    """The line above quoted text."""
    who = f"{letter.sender.name} <{letter.sender.email}>"
    return _WROTE[language].format(
        date=_date(letter.date, language), time=letter.date.strftime("%H:%M"), who=who
    )


def header_block(letter, language):
    """What Outlook puts above quoted text: (label, value) pairs."""
    weekday = _DAYS[language].split()[letter.date.weekday()]
    values = (
        f"{letter.sender.name} <{letter.sender.email}>",
        f"{weekday}, {_date(letter.date, language)} {letter.date.strftime('%H:%M')}",
        "; ".join(f"{person.name} <{person.email}>" for person in letter.to),
        "; ".join(f"{person.name} <{person.email}>" for person in letter.cc),
        letter.subject,
    )
    return [(label, value) for label, value in zip(_LABELS[language], values, strict=True) if value]


def _date(moment, language):
    dot = "." if language == "de" else ""
    return f"{moment.day}{dot} {_MONTHS[language].split()[moment.month - 1]} {moment.year}"
