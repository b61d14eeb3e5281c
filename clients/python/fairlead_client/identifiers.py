"""Columns that look like identifiers of people are not counted; the same rules as the console's."""

import re

JUDGED_ROWS = 1_000
FEWEST = 20
TELLING = 0.05

_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_UUID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", re.I | re.A)
_CARD = re.compile(r"[0-9][0-9 -]{11,22}[0-9]")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_IPV4 = re.compile(r"([0-9]{1,3}\.){3}[0-9]{1,3}")
_IPV6 = re.compile(r"[0-9a-f:]{2,39}", re.I | re.A)
_DATE = re.compile(r"[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}")
_PHONE = re.compile(r"(\+|0|\()[0-9\s().\-/]{7,20}")


def _digits(text):
    return re.sub(r"[^0-9]", "", text)


def _is_card(text):
    if not _CARD.fullmatch(text):
        return False
    digits = _digits(text)
    if not 13 <= len(digits) <= 19:
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        times = int(digit) * (2 if place % 2 == 1 else 1)
        total += times - 9 if times > 9 else times
    return total % 10 == 0


def _is_iban(text):
    compact = text.replace(" ", "").upper()
    if not _IBAN.fullmatch(compact):
        return False
    moved = compact[4:] + compact[:4]
    return int("".join(str(ord(one) - 55) if one.isalpha() else one for one in moved)) % 97 == 1


def _is_ip(text):
    if _IPV4.fullmatch(text):
        return all(int(part) <= 255 for part in text.split("."))
    return bool(_IPV6.fullmatch(text)) and len(text.split(":")) >= 4


def _is_phone(text):
    if _DATE.fullmatch(text) or not _PHONE.fullmatch(text):
        return False
    return 8 <= len(_digits(text)) <= 15


_LOOKS = (
    ("e-mail addresses", lambda text: bool(_EMAIL.fullmatch(text))),
    ("UUIDs", lambda text: bool(_UUID.fullmatch(text))),
    ("account numbers (IBAN)", _is_iban),
    ("card numbers", _is_card),
    ("IP addresses", _is_ip),
    ("phone numbers", _is_phone),
)


def identifier_reason(values):
    """Why a column is refused, judged by its first values that are there; None when nothing speaks against it."""
    texts = [value for value in values[:JUDGED_ROWS] if isinstance(value, str)]
    if not texts:
        return None
    for what, fits in _LOOKS:
        if sum(1 for text in texts if fits(text)) >= max(1, TELLING * len(texts)):
            return f"Its values look like {what}."
    if len(texts) < FEWEST:
        return None
    distinct = len(set(texts))
    if distinct * 2 <= len(texts):
        return None
    return f"{distinct} of its first {len(texts)} values are distinct, as those of identifiers are."
