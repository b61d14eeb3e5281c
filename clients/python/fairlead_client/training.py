"""Training data as bins and counts: it is read where it lies, and no row leaves."""

import math

from .binning import APART, SAFE_INTEGER, NumberCounter, learn_numbers, learn_predictions
from .identifiers import identifier_reason
from .values import LONGEST_TEXT, plain

MOST_COLUMNS = 500
MOST_SAMPLED = 100_000
MOST_VALUES = 10_000
FIRST_ROWS = 1_000
SEED = 6


def training_counts(table, predictions=(), known=None):
    """Bins and counts of a table: a DataFrame or a dict of columns. Columns in `predictions` are what the model answers.

    `known` are the bins that a service has by feature name; those columns are counted on them.
    """
    columns = _columns(table)
    if len(columns) > MOST_COLUMNS:
        raise ValueError(
            f"The table has more than {MOST_COLUMNS} columns: leave out those that the model does not take."
        )
    rows = max((len(values) for values in columns.values()), default=0)
    found = []
    for name, values in columns.items():
        place = "prediction" if name in predictions else "input"
        learn = learn_predictions if place == "prediction" else learn_numbers
        column = _column([plain(value) for value in values], rows, (known or {}).get(name), learn)
        if column is not None:
            found.append({"name": name, "place": place, **column})
    return {"schema": 1, "rows": rows, "columns": found}


def _columns(table):
    names = getattr(table, "columns", None)
    if names is not None:
        return {str(name): table[name].tolist() for name in names}
    return {str(name): list(values) for name, values in table.items()}


def _column(values, rows, known, learn):
    present = [value for value in values if value is not None]
    numbers = [value for value in present if _is_number(value)]
    texts = sum(1 for value in present if isinstance(value, (str, bool)))
    nested = len(present) - len(numbers) - texts
    finite = [float(value) for value in numbers if math.isfinite(value)]
    if known is not None:
        binning = None if known["kind"] == "categorical" else known
    else:
        binning = learn(_sample(finite)) if len(numbers) > texts + nested and finite else None
    if binning is not None:
        return _numbers(binning, present, rows)
    if nested > texts and known is None:
        return {
            "kind": "refused",
            "why": "It holds lists, objects or times; give each part as a column of its own.",
        }
    why = None if known is not None else identifier_reason(present[:FIRST_ROWS])
    if why is not None:
        return {"kind": "refused", "why": why}
    return _values(present, rows, not_finite=len(numbers) - len(finite))


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _numbers(binning, present, rows):
    counter = NumberCounter(binning)
    for value in present:
        counter.add(value)
    counter.apart["null"] = rows - len(present)
    return {
        "kind": "numbers",
        "binning": binning,
        "counts": counter.counts,
        "sums": [str(one) for one in counter.sums],
        "apart": [counter.apart[kind] for kind in APART],
    }


def _values(present, rows, not_finite):
    listed = {}
    categories = 0
    for value in present:
        category = _category(value)
        if category is None:
            continue
        categories += 1
        if category in listed:
            listed[category] += 1
        elif _units(category) <= LONGEST_TEXT and len(listed) < MOST_VALUES:
            listed[category] = 1
    if not listed:
        return None
    return {
        "kind": "values",
        "values": [[text, count] for text, count in listed.items()],
        "others": categories - sum(listed.values()),
        "nulls": rows - len(present),
        "notFinite": not_finite,
        "otherType": len(present) - categories - not_finite,
    }


def _category(value):
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if _is_number(value) and math.isfinite(value) and value == math.floor(value) and abs(value) <= SAFE_INTEGER:
        return str(int(value))
    return None


def _units(text):
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _sample(values):
    """At most 100,000 of the values, the same ones each time (Algorithm R)."""
    if len(values) <= MOST_SAMPLED:
        return values
    draw = _drawing(SEED)
    sample = values[:MOST_SAMPLED]
    for seen in range(MOST_SAMPLED + 1, len(values) + 1):
        place = math.floor(draw() * seen)
        if place < MOST_SAMPLED:
            sample[place] = values[seen - 1]
    return sample


def _drawing(state):
    """A fixed sequence of numbers in [0, 1) (mulberry32)."""
    mask = 0xFFFFFFFF

    def draw():
        nonlocal state
        state = (state + 0x6D2B79F5) & mask
        mixed = ((state ^ (state >> 15)) * (1 | state)) & mask
        mixed = ((mixed + ((mixed ^ (mixed >> 7)) * (61 | mixed))) & mask) ^ mixed
        return (mixed ^ (mixed >> 14)) / 2**32

    return draw
