import json
import pathlib

import pytest

from fairlead_client import training_counts

VECTORS = json.loads((pathlib.Path(__file__).parent / "vectors.jsonl").read_text())
CASES = {case["name"]: case for case in VECTORS["cases"]}


def values_of(case):
    return [
        float(value["notFinite"].replace("Infinity", "inf")) if isinstance(value, dict) else value
        for value in case["values"]
    ]


def column_of(values, known=None, predictions=()):
    known = {} if known is None else {"column": known}
    counts = training_counts({"column": values}, predictions=predictions, known=known)
    assert counts["rows"] == len(values)
    # Through JSON, as it is sent.
    columns = json.loads(json.dumps(counts, allow_nan=False))["columns"]
    return columns[0] if columns else None


@pytest.mark.parametrize("name", CASES)
def test_bins_and_counts_are_those_of_the_console_to_the_last_bit(name):
    assert column_of(values_of(CASES[name])) == CASES[name]["own"]


@pytest.mark.parametrize("name", CASES)
def test_counts_on_bins_of_a_service_are_those_of_the_console(name):
    assert column_of(values_of(CASES[name]), VECTORS["known"]) == CASES[name]["onKnown"]


@pytest.mark.parametrize("name", CASES)
def test_bins_of_a_prediction_are_those_of_the_console_with_the_edges_of_scores(name):
    assert column_of(values_of(CASES[name]), predictions=["column"]) == CASES[name]["predicted"]


def test_more_values_than_bins_are_learned_from_are_drawn_alike():
    assert column_of([((index * 7919) % 100_003) / 7 for index in range(130_000)]) == VECTORS["long"]


def test_a_data_frame_is_read_by_columns_with_its_missing_values():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(
        {
            "amount": [index / 7 for index in range(300)],
            "country": ["DE", "FR", None] * 100,
            "score": [index / 300 for index in range(300)],
        }
    )
    counts = training_counts(frame, predictions=["score"])
    plain = training_counts({name: frame[name].tolist() for name in frame.columns}, predictions=["score"])
    assert json.dumps(counts) == json.dumps(plain)
    assert [(column["name"], column["place"]) for column in counts["columns"]] == [
        ("amount", "input"),
        ("country", "input"),
        ("score", "prediction"),
    ]
    assert counts["columns"][1]["values"] == [["DE", 100], ["FR", 100]]


def test_a_table_of_too_many_columns_is_refused_with_a_sentence():
    with pytest.raises(ValueError, match="more than 500 columns"):
        training_counts({f"c{index}": [1] for index in range(501)})
