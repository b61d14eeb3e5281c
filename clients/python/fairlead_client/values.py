"""Values of rows as they are sent."""

import datetime
import math

LONGEST_TEXT = 256
SAFE_INTEGER = 2**53 - 1


def plain(value):
    """A value of numpy or pandas as one of Python; missing ones (NaT, NA) are None."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    item = getattr(value, "item", None)
    if callable(item) and getattr(value, "ndim", 0) == 0:
        try:
            return plain(item())
        except (TypeError, ValueError):
            return value
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    return value


def sendable(value):
    """A value that JSON carries: what is not finite goes as its name, a long text is cut, a time becomes text."""
    value = plain(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, float):
        if math.isnan(value):
            return "NaN"
        if math.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
        return value
    if isinstance(value, int):
        return value if abs(value) <= SAFE_INTEGER else float(value)
    if isinstance(value, (datetime.datetime, datetime.date)):
        value = value.isoformat()
    if not isinstance(value, str):
        value = str(value)
    return cut(value.replace("\0", ""))


def cut(text):
    """At most 256 units of UTF-16, which is how the console measures, and none of them half of a pair."""
    if len(text) * 2 <= LONGEST_TEXT and text.isascii():
        return text
    units = text.encode("utf-16-le", "replace")[: LONGEST_TEXT * 2]
    return units.decode("utf-16-le", "ignore")
