"""The text of a mail, plain and as HTML, the way each mail program lays it out."""

import html
import textwrap

from . import mime, quoting

#: how often an answer quotes the answer that it answers
_QUOTED_LEVELS = 2

# plain text


def plain_text(letter, before_greeting="", levels=_QUOTED_LEVELS):
    """Text with answers quoted by angle brackets, prose broken at 76 columns."""
    parts = [textwrap.fill(p, 76) if _is_prose(p) else p for p in letter.paragraphs]
    text = "\n\n".join(part for part in parts if not _cid(part))
    text += f"\n\n{before_greeting}{letter.sender.greeting}".rstrip() + "\n"
    if letter.answers and levels:
        quoted = plain_text(letter.answers, levels=levels - 1).strip()
        text += f"\n{quoting.attribution(letter.answers, letter.sender.language)}\n"
        text += textwrap.indent(quoted, "> ", lambda line: True).replace("> \n", ">\n") + "\n"
    return text


def outlook_text(letter, levels=_QUOTED_LEVELS):
    """Text that is never broken, with the answered mail below a line."""
    text = "\n\n".join(part for part in letter.paragraphs if not _cid(part))
    text += f"\n\n{letter.sender.greeting}\n"
    if letter.answers and levels:
        block = quoting.header_block(letter.answers, letter.sender.language)
        text += "\n________________________________\n"
        text += "\n".join(f"{label} {value}" for label, value in block) + "\n\n"
        text += outlook_text(letter.answers, levels - 1)
    return text


# HTML


def _paragraphs(letter):
    """The letter and its greeting, as paragraphs and lists, without anything a program adds."""
    return "".join(map(_block, letter.paragraphs)) + f"<p>{_lines(letter.sender.greeting)}</p>"


def gmail_html(letter, levels=_QUOTED_LEVELS):
    """Divs, with the answered mail in a ``gmail_quote``."""
    blocks = "<div><br></div>".join(map(_gmail_block, letter.paragraphs))
    greeting = f"<div><br></div><div>{_lines(letter.sender.greeting)}</div>"
    page = f'<div dir="ltr">{blocks}{greeting}</div>'
    if not letter.answers or not levels:
        return page + "\n"
    attribution = _escape(quoting.attribution(letter.answers, letter.sender.language))
    return (
        f'{page}<br><div class="gmail_quote gmail_quote_container"><div dir="ltr"'
        f' class="gmail_attr">{attribution}<br></div>'
        '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;'
        'border-left:1px solid rgb(204,204,204);padding-left:1ex">'
        f"{gmail_html(letter.answers, levels - 1)}</blockquote></div>\n"
    )


def thunderbird_html(letter, levels=_QUOTED_LEVELS):
    """A page of paragraphs, with the answered mail as a citation."""
    return (
        '<!DOCTYPE html>\n<html>\n  <head>\n    <meta http-equiv="Content-Type"'
        ' content="text/html; charset=UTF-8">\n  </head>\n  <body>\n'
        f"{_thunderbird_body(letter, levels)}  </body>\n</html>\n"
    )


def _thunderbird_body(letter, levels):
    body = "".join(f"    {_block(p)}\n" for p in letter.paragraphs)
    body += f'    <div class="moz-signature">-- <br>{_lines(letter.sender.greeting)}</div>\n'
    if letter.answers and levels:
        answered = letter.answers
        prefix = _escape(quoting.attribution(answered, letter.sender.language))
        body += (
            f'    <div class="moz-cite-prefix">{prefix}<br></div>\n'
            f'    <blockquote type="cite" cite="mid:{answered.message_id.strip("<>")}">\n'
            f"{_thunderbird_body(answered, levels - 1)}    </blockquote>\n"
        )
    return body


def apple_html(letter, levels=_QUOTED_LEVELS):
    """Divs, with pictures where they belong in the text."""
    blocks = "<div><br></div>".join(_apple_block(letter, p) for p in letter.paragraphs)
    body = f"{blocks}<div><br></div><div>{_lines(letter.sender.greeting)}</div>"
    if letter.answers and levels:
        attribution = _escape(quoting.attribution(letter.answers, letter.sender.language))
        body += (
            f'<div><br><blockquote type="cite"><div>{attribution}</div><br'
            f' class="Apple-interchange-newline"><div>{_paragraphs(letter.answers)}</div>'
            "</blockquote></div>"
        )
    return (
        '<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head>'
        '<body style="overflow-wrap: break-word; -webkit-nbsp-mode: space; line-break:'
        f' after-white-space;">{body}</body></html>\n'
    )


def right_to_left_html(letter):
    """Arabic, with what it answers from left to right."""
    paragraphs = "".join(f"<p>{_lines(p)}</p>" for p in letter.paragraphs)
    quoted = ""
    if letter.answers:
        quoted = (
            f'<p dir="ltr">{_escape(quoting.attribution(letter.answers, "en"))}</p>'
            f'<blockquote dir="ltr">{_paragraphs(letter.answers)}</blockquote>'
        )
    return (
        '<html lang="ar"><body dir="rtl" style="font-family: Tahoma, sans-serif">'
        f"{paragraphs}<p>{_lines(letter.sender.greeting)}</p>{quoted}</body></html>"
    )


_WORD_HEAD = """\
<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"
 xmlns:w="urn:schemas-microsoft-com:office:word"
 xmlns:m="http://schemas.microsoft.com/office/2004/12/omml" xmlns="http://www.w3.org/TR/REC-html40">
<head>
<meta http-equiv="Content-Type" content="text/html; charset={charset}">
<meta name="Generator" content="Microsoft Word 15 (filtered medium)">
<!--[if !mso]><style>v\\:* {{behavior:url(#default#VML);}}
o\\:* {{behavior:url(#default#VML);}}
.shape {{behavior:url(#default#VML);}}
</style><![endif]--><style><!--
/* Font Definitions */
@font-face
	{{font-family:Calibri;
	panose-1:2 15 5 2 2 2 4 3 2 4;}}
/* Style Definitions */
p.MsoNormal, li.MsoNormal, div.MsoNormal
	{{margin:0cm;
	font-size:11.0pt;
	font-family:"Calibri",sans-serif;}}
span.EmailStyle17
	{{mso-style-type:personal-compose;
	color:windowtext;}}
@page WordSection1
	{{size:612.0pt 792.0pt;
	margin:70.85pt 70.85pt 70.85pt 70.85pt;}}
div.WordSection1
	{{page:WordSection1;}}
--></style><!--[if gte mso 9]><xml>
<o:shapedefaults v:ext="edit" spidmax="1026" />
</xml><![endif]-->
</head>
<body lang="{language}" link="#0563C1" vlink="#954F72" style="word-wrap:break-word">
<div class="WordSection1">
"""


def outlook_html(letter):
    """Word's page: a style sheet, conditional comments, and paragraphs for everything."""
    head = _WORD_HEAD.format(charset=letter.sender.charset, language=letter.sender.language.upper())
    return f"{head}{_outlook_body(letter, _QUOTED_LEVELS)}</div>\n</body>\n</html>\n"


def _outlook_body(letter, levels):
    empty = '<p class="MsoNormal"><o:p>&nbsp;</o:p></p>\n'
    blocks = empty.join(map(_outlook_block, letter.paragraphs))
    greeting = "".join(map(_outlook_block, letter.sender.greeting.split("\n")))
    body = f"{blocks}{empty}{greeting}"
    if letter.answers and levels:
        block = "<br>\n".join(
            f"<b>{label}</b> {_escape(value)}"
            for label, value in quoting.header_block(letter.answers, letter.sender.language)
        )
        body += (
            f'{empty}<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;'
            f'padding:3.0pt 0cm 0cm 0cm">\n<p class="MsoNormal">{block}<o:p></o:p></p>\n</div>'
            f"</div>\n{empty}{_outlook_body(letter.answers, levels - 1)}"
        )
    return body


# pieces of text


def _is_prose(paragraph):
    """Whether lines may be broken elsewhere: not in lists and not in scripts without spaces."""
    return paragraph.isascii() and "\n" not in paragraph


def _cid(paragraph):
    """The name of the picture that a paragraph stands for, or ''."""
    return paragraph[1:-1] if paragraph.startswith("[") and paragraph.endswith("]") else ""


def _escape(value):
    return html.escape(value, quote=False)


def _lines(value):
    return "<br>".join(map(_escape, value.split("\n")))


def _items(paragraph):
    """The entries of a list, or nothing."""
    lines = paragraph.split("\n")
    return [line[2:] for line in lines] if all(line.startswith("- ") for line in lines) else []


def _block(paragraph):
    if items := _items(paragraph):
        return "<ul>" + "".join(f"<li>{_escape(item)}</li>" for item in items) + "</ul>"
    return "" if _cid(paragraph) else f"<p>{_lines(paragraph)}</p>"


def _gmail_block(paragraph):
    return _block(paragraph) if _items(paragraph) else f"<div>{_lines(paragraph)}</div>"


def _apple_block(letter, paragraph):
    if cid := _cid(paragraph):
        file = next(file for file in letter.files if file.cid.startswith(cid))
        return (
            f'<div><img id="{mime.token(cid)}" src="cid:{file.cid}" alt="{file.name}"'
            ' apple-inline="yes"></div>'
        )
    return _gmail_block(paragraph)


def _outlook_block(paragraph):
    if items := _items(paragraph):
        return "".join(
            '<p class="MsoNormal" style="margin-left:36.0pt;text-indent:-18.0pt;'
            'mso-list:l0 level1 lfo1"><![if !supportLists]><span style="font-family:Symbol">'
            '<span style="mso-list:Ignore">&middot;&nbsp;&nbsp;</span></span><![endif]>'
            f"{_escape(item)}<o:p></o:p></p>\n"
            for item in items
        )
    return f'<p class="MsoNormal">{_lines(paragraph)}<o:p></o:p></p>\n'
