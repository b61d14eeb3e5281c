"""Bins of numbers and what is counted in them, bit for bit as the console learns and counts them."""

import bisect
import math

BINS = 20
MOST_ORDERED = 20
STEPS = float(2**24)
FARTHEST = float(2**36)
SAFE_INTEGER = 2**53 - 1
HIGH_SHARES = (0.96, 0.97, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995)
USUAL_THRESHOLD = 0.5
APART = ("null", "notFinite", "otherType", "new", "below", "above", "clamped")


def learn_numbers(values, bins=BINS):
    """Bins of finite numbers: one for each of up to 20 whole numbers, else quantile bins with point masses."""
    ordered = sorted(float(value) for value in values if math.isfinite(value))
    rows = len(ordered)
    runs = []
    for value in ordered:
        if runs and runs[-1][0] == value:
            runs[-1][1] += 1
        else:
            runs.append([value + 0.0, 1])
    deviation = _deviation(runs, rows)
    if len(runs) <= MOST_ORDERED and all(_is_safe_integer(value) for value, _ in runs):
        return {"kind": "ordered", "values": [int(value) for value, _ in runs], "deviation": deviation}
    masses = {value for value, count in runs if count * bins > rows}
    rest = [value for value in ordered if value not in masses]
    rest_bins = max(1, _round((bins * len(rest)) / rows))
    edges = sorted(masses | set(_quantile_edges(rest, rest_bins)))
    low, high = _quantile(ordered, 0.001), _quantile(ordered, 0.999)
    return {
        "kind": "numeric",
        "edges": edges,
        "points": [edge in masses for edge in edges],
        "scale": _scale(low, high),
        "deviation": deviation,
        "low": low,
        "high": high,
    }


def learn_predictions(values):
    """Bins of a prediction: those of a score have edges besides where few rows lie and at 0.5, from which it decides."""
    binning = learn_numbers(values)
    if binning["kind"] != "numeric" or binning["low"] < 0 or binning["high"] > 1:
        return binning
    for edge in [*_high_edges(values), USUAL_THRESHOLD]:
        if edge not in binning["edges"]:
            at = bisect.bisect_right(binning["edges"], edge)
            binning["edges"].insert(at, edge)
            binning["points"].insert(at, False)
    return binning


def _high_edges(values):
    """Eight edges in the highest twentieth of finite numbers; fewer where they coincide."""
    ordered = sorted(float(value) for value in values if math.isfinite(value))
    places = (math.floor(share * len(ordered)) for share in HIGH_SHARES)
    return [ordered[place] + 0.0 for place in places if ordered[place] > ordered[0]]


def _deviation(runs, rows):
    mean = 0.0
    for value, count in runs:
        mean += value * (count / rows)

    def over(unit):
        square = 0.0
        for value, count in runs:
            off = value / unit - mean / unit
            square += off * off * (count / rows)
        return square

    square = over(1.0)
    if math.isfinite(square):
        return math.sqrt(square)
    # Squares of the largest numbers overflow where the deviation does not.
    largest = max(abs(value) for value, _ in runs)
    return largest * math.sqrt(over(largest))


def _quantile(ordered, share):
    return ordered[min(len(ordered) - 1, math.floor(share * len(ordered)))] + 0.0


def _scale(low, high):
    step = high / STEPS - low / STEPS if high > low else (abs(high) or 1.0) / STEPS
    return {"centre": low / 2 + high / 2 + 0.0, "step": max(step, 5e-324)}


def _quantile_edges(rest, bins):
    edges = []
    for index in range(1, bins):
        place = (index * len(rest)) // bins
        if place < len(rest) and rest[place] > rest[0]:
            edges.append(rest[place] + 0.0)
    return edges


def _round(value):
    """Half upward, as JavaScript rounds."""
    if abs(value) >= 2.0**52:
        return value
    down = math.floor(value)
    return down if value - down < 0.5 else down + 1


def _is_safe_integer(value):
    return value == math.floor(value) and abs(value) <= SAFE_INTEGER


class NumberCounter:
    """Counts values one by one in the bins of a numeric or ordered binning; null ones are not given to it."""

    def __init__(self, binning):
        self.binning = binning
        self.apart = dict.fromkeys(APART, 0)
        if binning["kind"] == "ordered":
            self._bins = {float(value): bin for bin, value in enumerate(binning["values"])}
            self.counts, self.sums = [0] * len(self._bins), []
            self.add = self._add_ordered
            return
        self._edges, self._points = binning["edges"], binning["points"]
        self._open = [0]
        before = 0
        for index, is_point in enumerate(self._points):
            before += 1 if is_point else 0
            self._open.append(index + 1 + before)
        bins = len(self._edges) + 1 + before
        self.counts, self.sums = [0] * bins, [0] * bins
        self.add = self._add_numeric

    def _is_apart(self, value):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            self.apart["otherType"] += 1
        elif not math.isfinite(value):
            self.apart["notFinite"] += 1
        else:
            return False
        return True

    def _add_ordered(self, value):
        if self._is_apart(value):
            return
        bin = self._bins.get(float(value))
        if bin is None:
            self.apart["new"] += 1
        else:
            self.counts[bin] += 1

    def _add_numeric(self, value):
        if self._is_apart(value):
            return
        value = float(value)
        scale = self.binning["scale"]
        above = bisect.bisect_right(self._edges, value)
        on_point = above > 0 and self._points[above - 1] and self._edges[above - 1] == value
        bin = self._open[above] - (1 if on_point else 0)
        exact = _round((value - scale["centre"]) / scale["step"])
        steps = max(-FARTHEST, min(FARTHEST, exact))
        if steps != exact:
            self.apart["clamped"] += 1
        if value < self.binning["low"]:
            self.apart["below"] += 1
        if value > self.binning["high"]:
            self.apart["above"] += 1
        self.counts[bin] += 1
        self.sums[bin] += int(steps)
