"""The words by which mail programs introduce an earlier mail, in the languages of their users.

The header of an earlier mail is found by labels at the beginnings of lines; a line that introduces a quote by what it
ends in. Who adds a language adds its words to each list.
"""

import re

#: what programs call the fields of a mail that they quote
_FROM = """
    From|Von|De|Da|Van|Från|Fra|Lähettäjä|Od|Odesílatel|Odosielateľ|От|Від|Kimden|Gönderen
    |Feladó|De la|Από|Saatja|Nuo
    |差出人|送信者|发件人|寄件者|寄件人
    |보낸 사람|보낸사람|מאת|من|Từ|Dari|จาก
"""
_SENT = """
    Sent|Gesendet|Envoyé|Envoyée|Enviado el|Enviado|Enviada|Enviada em|Inviato|Verzonden|Skickat|Sendt|Lähetetty|Wysłano
    |Wysłane|Odesláno|Odoslané|Отправлено|Надіслано|Gönderildi|Gönderme Tarihi|Elküldve|Küldve|Trimis|Στάλθηκε
    |Εστάλη|Saadetud|Nosūtīts|Išsiųsta|Poslano
    |送信日時|发送时间|發送時間|寄件日期|傳送時間|보낸 날짜|보낸날짜|נשלח|تاريخ الإرسال|Đã gửi
"""
_DATE = "Date|Datum|Fecha|Data|Dato|Päivämäärä|Дата|Tarih|Dátum|Ημερομηνία|日付|日時|日期|날짜|תאריך|التاريخ"
_SUBJECT = """
    Subject|Betreff|Objet|Asunto|Oggetto|Onderwerp|Assunto|Ämne|Emne|Aihe|Temat|Předmět|Predmet|Тема|Konu|Tárgy
    |Subiect|Θέμα|Teema|Tēma|Tema|件名|主题|主題|主旨|제목|נושא|الموضوع|Chủ đề|Perihal
"""


def _alternatives(words):
    return "|".join(word.strip() for word in words.split("|"))


def _label(words):
    return re.compile(rf"[*\s]*(?:{_alternatives(words)})\s*[*]?\s*[:：]", re.IGNORECASE)


FROM = _label(_FROM)
#: Outlook alone says "sent"; a header with "date" may be that of any mail
SENT = _label(_SENT)
DATE = _label(_DATE)
SUBJECT = _label(_SUBJECT)
#: without any of these in a mail there is no header of Outlook's
SENT_WORD = re.compile(_alternatives(_SENT))

#: a line of its own above the header of an earlier mail
ORIGINAL_LINE = re.compile(
    r"\s*(?:_{20,}|-{2,}\s*(?:Original[ -]?(?:Message|Appointment|e-?mail|Nachricht)|Reply message"
    r"|Urspr(?:ü|ue)ngliche (?:Nachricht|E-?Mail)|Message d['’]origine|Message original|Mensaje original"
    r"|Messaggio originale|Oorspronkelijk(?:e)? bericht|Mensagem original|Ursprungligt meddelande|Oprindelig meddelelse"
    r"|Opprinnelig melding|Alkuperäinen viesti|Wiadomość oryginalna|Původní zpráva|Pôvodná správa"
    r"|Eredeti üzenet|Исходное сообщение|Mesaj original|Orijinal Mesaj|元のメッセージ|原始邮件|原始郵件"
    r"|원본 메(?:시|세)지)\s*-{2,})\s*",
    re.IGNORECASE,
)
#: a line above a mail that is passed on
FORWARD_LINE = re.compile(
    r"[-\s>*]*(?:Begin forwarded message|Forwarded (?:message|by)|Weitergeleitete (?:Nachricht|E-?Mail)"
    r"|Anfang der weitergeleiteten|Message transféré|Début du message (?:transféré|réexpédié)|Mensaje reenviado"
    r"|Inicio del mensaje reenviado|Messaggio inoltrato|Inizio messaggio inoltrato|Doorgestuurd bericht"
    r"|Begin doorgestuurd bericht|Mensagem (?:encaminhada|reencaminhada)|Início da mensagem|Vidarebefordrat"
    r"|Videresendt|Videresend(?:t|te) (?:besked|meddelelse|melding)|Välitetty viesti"
    r"|Wiadomość przekazana|Treść przekazanej|Přeposlaná|Továbbított|Пересылаемое сообщение"
    r"|Пересланное сообщение|Начало переадресованного|İletilen|Yönlendirilen"
    r"|転送|转发的?邮件|轉寄|전달된 메(?:시|세)지)",
    re.IGNORECASE,
)
#: what the subject of a mail begins with that is passed on
FORWARD_SUBJECT = re.compile(
    r"\s*(?:fwd?|wg|tr|rv|enc|vs|vl|vb|doorst|i|pd|továbbítás|i̇lt|ilt|转发|轉寄|転送|전달)\s*[:：]",
    re.IGNORECASE,
)
#: how the line above a quote ends: "On Monday, Carla wrote:"
ATTRIBUTION = re.compile(
    r"(?:wrote|writes|said|schrieb|schrieben|geschrieben|écrit|écrivait|escribió|escribio|escreveu|ha scritto|scrisse"
    r"|schreef|geschreven|skrev|kirjoitti|napisał|napisała|napisał\(a\)|pisze|napsal|napsala|napsal\(a\)|napísal"
    r"|пишет|писал|писала|написал|написала|пише|yazdı|írta|a scris|έγραψε|kirjutas|rašė|viết"
    r"|書きました|写道|寫道|のメール|작성|작성했습니다|님이 씀|כתב|כתבה|‏כתב|كتب|menulis)"
    r".{0,150}[:：][\s*_\u200e\u200f]*$",
    re.IGNORECASE,
)
#: how it ends in any language, as Yandex and Mail.ru write it, if it holds a moment
ADDRESSED = re.compile(r"<\s*[^<>\s@]+@[^<>\s]+\s*>\s*[:：][\s*_\u200e\u200f]*$")
#: a time or a year, which such a line holds in any language, if no address
MOMENT = re.compile(r"(?<!\d)(?:\d{1,2}[:.h]\d{2}|(?:19|20)\d\d)(?!\d)|\d{1,2}[./]\d{1,2}[./]\d{2}")
#: the writer says that there is something new within the quoted mail
ANSWERS_BELOW = re.compile(
    r"\b(?:below|in-?line|inline|in (?:red|blue|green)|unten|(?:in )?(?:rot|blau|grün)(?:er Schrift)?|ci-dessous"
    r"|en (?:rouge|bleu|vert)|abajo|en (?:rojo|azul|verde)|sotto|di seguito|in (?:rosso|blu|verde)|hieronder"
    r"|in het (?:rood|blauw)|abaixo|em (?:vermelho|azul)|nedan|nedenfor|i rött|poniżej|na czerwono|níže"
    r"|ниже|aşağıda)\b",
    re.IGNORECASE,
)
