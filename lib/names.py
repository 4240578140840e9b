"""Names of people, made of what stands in front of an address: ``"DOE, John (Sales)"`` is John Doe."""

import re
import unicodedata

from .addresses import MAX_NAME_LENGTH, domain_of
from .roles import is_role
from .text import decode_words, one_line

#: What stands at the end of the name of a company, without dots: legal forms, and words of that kind.
_LEGAL_FORMS = frozenset(
    """
    ab ag aps as asbl bv bvba cic co company corp corporation coop cooperative cv doo dac ead ek eg eingetragener ev
    eirl eood fa gbr gmbh ggmbh gmbhco inc incorporated kabushiki kft kg kgaa kk lda limited llc llp lp ltd ltda mbh nv
    og ohg ood oy oyj plc pllc pte pty pvt sa sab sagl sarl sas sasu sca scop scs se sepa sia sl slu snc soc spa
    spk spol sprl srl srls sro ug uab vof zoo zrt holding holdings group foundation stiftung verein institute institut
    gesellschaft partners associates bank university universität université università
    """.split()
)
#: What may stand behind a comma after a complete name, without dots.
_DEGREES = frozenset(
    "jr sr ii iii iv phd md mba esq cpa msc bsc ma ba dds dvm jd llm rn pe pmp cfa mph mdiv dphil edd".split()
)
_SUFFIXES = _LEGAL_FORMS | _DEGREES
#: Parts of family names that are written small.
_PARTICLES = frozenset(
    "af al av bin ben bint da dal das de del della den der di do dos du el ibn la las le les lo los op "
    "te ten ter van vom von y zu zum zur".split()
)
_ROMAN = frozenset("II III IV VI VII VIII".split())
_AND = frozenset({"&", "+", "and", "und", "et", "y", "e", "og", "och", "en"})
#: Words that belong to no person.
_NOBODY = frozenset(
    "team support sales service services info office department dept abteilung customer newsletter".split()
)

#: Words between the name of a person and that of a service that sends for them.
_VIA = re.compile(
    r"\s+(?:via|über|por medio de|a través de|par l['’]intermédiaire de)\s+\S.*$", re.I
)
_IN_BRACKETS = re.compile(r"\s*(?:\([^()]*\)?|\[[^\[\]]*\]?|\{[^{}]*\}?|<[^<>]*>?|【[^】]*】?)\s*")
_ADDRESS = re.compile(r"[^\s@\"'<>()\[\],;:]+@[^\s@\"'<>()\[\],;:]*")
_BEHIND_DASH = re.compile(r"\s+(?:[-–—|•·/]+|::|\\)\s+")
_QUOTES = "\"'`´“”„‟«»‹›‘’‚"
_AROUND = " \t,;:|*_~^=<>()[]{}" + _QUOTES
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*\.?")
_PIECE = re.compile(r"[^\W\d_]+")


def clean_name(display: str, email: str) -> str:
    """Return the name for a contact, never empty.

    :param display: decoded display name of a header field, as in :class:`~.addresses.Address`
    :param email: normalised address; it stands in where the display name says nothing, and helps to
        tell given names from family names
    """
    name = _without_decoration(display)
    company = is_company(name)
    if not company:
        name = _without_brackets(name)
        name = _turned(_before_dash(name), email)
    if not _says_something(name, email):
        return name_of_address(email)
    return name if company else _in_case(name, email)


def name_of_address(email: str) -> str:
    """Return a name made of an address: ``john.doe2@x.com`` is John Doe; the address itself where
    that gives none.
    """
    local = email.rpartition("@")[0].strip('"').partition("+")[0]
    if is_role(email) or not local:
        return email
    separator = r"[._\s]+" if re.search(r"[._\s]", local) else r"-+"
    words = [re.sub(r"^\d+|\d+$", "", word) for word in re.split(separator, local)]
    words = [word for word in words if word]
    letters = [re.fullmatch(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*", word) for word in words]
    if not words or not all(letters) or max(map(len, words)) < 2 or len(words) > 5:
        return email
    named = [f"{word}." if len(word) == 1 and word.isascii() else word for word in words]
    return _capitalised(" ".join(named), all_words=True)


def is_company(name: str) -> bool:
    """Whether a name ends with the legal form of a company, or has another mark of one."""
    words = [_bare(word) for word in re.split(r"[\s,()]+", name) if word.strip(".,")]
    return (
        len(words) > 1
        and (
            words[-1] in _LEGAL_FORMS
            # GmbH & Co. KG, Sp. z o.o., Pty Ltd., S.A. de C.V.
            or any(word in ("gmbh", "llc", "ltd", "pty") for word in words[1:])
            or "".join(words[-3:]) in ("spzoo", "sadecv", "sderldecv")
        )
    )


def is_sent_for(display: str) -> bool:
    """Whether a service sends for the person who is named: ``Jane via LinkedIn``. The address is
    that of the service then.
    """
    return bool(_VIA.search(display))


# ----------------------------------------------------------------------
# what does not belong to a name
# ----------------------------------------------------------------------


def _without_decoration(display: str) -> str:
    """Return a display name without wrong decoding, symbols, quotes, addresses, and "via"."""
    name = _mended(one_line(decode_words(display), MAX_NAME_LENGTH))
    name = unicodedata.normalize("NFC", name)
    name = "".join(char for char in name if not _is_symbol(char)).strip(_AROUND)
    name = _VIA.sub("", name)
    alone = _ADDRESS.fullmatch(name)
    if alone:
        # ``john.doe@x.com`` or ``john.doe@`` as a name
        return name_of_address(name if domain_of(name) else f"{name}x")
    return one_line(_ADDRESS.sub(" ", name), MAX_NAME_LENGTH).strip(_AROUND)


def _is_symbol(char: str) -> bool:
    """Whether a character is an emoji, a dingbat or no character at all."""
    return char == "\ufffd" or unicodedata.category(char) in ("So", "Sk", "Cn", "Co", "Cs")


def _mended(name: str) -> str:
    """Return UTF-8 that somebody read as Windows-1252 as what it was: ``JÃ¼rgen``."""
    if "Ã" not in name and "Â" not in name:
        return name
    try:
        return name.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return name


def _without_brackets(name: str) -> str:
    """Return ``Jane (Sales)`` without what stands in brackets, unless nothing else is there."""
    outside = " ".join(_IN_BRACKETS.sub(" ", name).split())
    return (outside or name).strip(_AROUND)


def _before_dash(name: str) -> str:
    """Return the person in ``Jane Doe - Acme``: what stands first, if it has two words at least."""
    first = _BEHIND_DASH.split(name, maxsplit=1)[0]
    return first if len(first.split()) > 1 else name


# ----------------------------------------------------------------------
# the order of names
# ----------------------------------------------------------------------


def _turned(name: str, email: str) -> str:
    """Return ``Doe, John`` as ``John Doe``; degrees stay behind, companies as they are."""
    parts = [part.strip() for part in name.split(",") if part.strip()]
    tail = ""
    if len(parts) == 3 and _bare(parts[-1]) in _DEGREES:
        tail = f", {parts.pop()}"
    if len(parts) != 2 or not _is_family_first(*parts, email):
        return name
    return f"{parts[1]} {parts[0]}{tail}"


def _is_family_first(family: str, given: str, email: str) -> bool:
    words = f"{family} {given}".split()
    bare = [_bare(word) for word in words]
    if _bare(given.replace(" ", "")) in _SUFFIXES or any(map(str.isdigit, family + given)):
        return False
    if any(word in _AND or word in _NOBODY for word in bare):
        return False
    families = [word for word in family.split() if word.lower() not in _PARTICLES]
    givens = given.split()
    if len(families) > 3 or len(givens) > 3:
        return False
    if len(families) == 1 or len(givens) == 1:
        return True
    # two words on both sides may be a company and its branch: the address has to say
    hints = _pieces(email)
    return bool(hints & {_bare(word) for word in families}) and bool(
        hints & {_bare(word) for word in givens}
    )


def _pieces(email: str) -> set[str]:
    """Return the words in the local part of an address."""
    return {piece.casefold() for piece in _PIECE.findall(email.rpartition("@")[0])}


def _bare(word: str) -> str:
    return word.replace(".", "").strip(_AROUND).casefold()


# ----------------------------------------------------------------------
# upper and lower case
# ----------------------------------------------------------------------


def _in_case(name: str, email: str) -> str:
    """Return JOHN DOE, john doe and John DOE as John Doe; what is mixed otherwise stays."""
    name, comma, degrees = name.partition(",")
    words = name.split()
    if all(_WORD.fullmatch(word.replace("-", "")) for word in words):
        letters = [word for word in words if len(word.rstrip(".")) > 1]
        if len(words) == 1:
            # a single word written large may be an abbreviation
            alike = name.islower() or (name.isupper() and name.casefold() in _pieces(email))
        else:
            alike = all(map(str.isupper, letters)) or all(map(str.islower, letters))
        if alike or _has_loud_family(letters, email):
            name = _capitalised(name, all_words=alike)
    return name + comma + degrees


def _has_loud_family(words: list[str], email: str) -> bool:
    """Whether a family name is written large, as in John DOE; abbreviations of companies are not."""
    loud = [word for word in words if word.isupper() and len(word) > 2]
    if not loud or {_bare(word) for word in words} & _NOBODY:
        return False
    return len(words) == 2 or {_bare(word) for word in loud} <= _pieces(email)


def _capitalised(name: str, all_words: bool) -> str:
    """Return a name with capitals where names have them.

    :param all_words: also of words that are not written large throughout
    """
    words = name.split()
    done = []
    for number, word in enumerate(words):
        if not all_words and not (word.isupper() and len(word) > 2):
            done.append(word)
        elif word in _ROMAN:
            done.append(word)
        elif 0 < number < len(words) - 1 and word.lower() in _PARTICLES:
            done.append(word.lower())
        else:
            done.append("-".join(map(_capital, word.split("-"))))
    return " ".join(done)


def _capital(word: str) -> str:
    lower = word.lower()
    if lower.startswith("mc") and len(lower) > 4:
        return "Mc" + lower[2:].capitalize()
    before, apostrophe, after = lower.partition("'" if "'" in lower else "’")
    # O'Brien and D'Angelo, but not Ines's
    if apostrophe and len(before) == 1 and len(after) > 1:
        return before.upper() + apostrophe + after.capitalize()
    return lower.capitalize()


def _says_something(name: str, email: str) -> bool:
    """Whether there is a name in it, and not only the address, a number, or a mark."""
    return bool(_PIECE.search(name)) and len(name) > 1 and name.casefold() != email.casefold()
