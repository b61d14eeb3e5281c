import datetime
import threading

import pytest

from fairlead_client import Client, create_reference


def rows_of(console):
    return [row for batch in console.batches for row in batch["rows"]]


def test_rows_arrive_in_batches_with_who_sends_them(console):
    client = Client(console.url, "fli_secret", revision=3, batch_rows=2, flush_seconds=0.05)
    at = datetime.datetime(2026, 11, 20, 10, 0, tzinfo=datetime.timezone.utc)
    for index in range(5):
        client.log({"amount": index}, {"score": 0.5}, ts=at)
    assert client.flush(20)
    assert rows_of(console) == [
        {"ts": "2026-11-20T10:00:00.000Z", "f": {"amount": index}, "p": {"score": 0.5}} for index in range(5)
    ]
    assert all(len(batch["rows"]) <= 2 and batch["revision"] == 3 for batch in console.batches)
    assert len({batch["batchId"] for batch in console.batches}) == len(console.batches)
    assert len({batch["source"] for batch in console.batches}) == 1
    assert set(console.tokens) == {"Bearer fli_secret"}
    assert (client.stats.sent, client.stats.queued) == (5, 0)
    client.close()


def test_labels_repeat_the_prediction_with_what_came_of_it(console):
    client = Client(console.url, "t", flush_seconds=0.05)
    at = datetime.datetime(2026, 11, 20, 10, 0, tzinfo=datetime.timezone.utc)
    client.log({"amount": 3}, 0.9, ts=at, y=True)
    client.label({"score": 0.9}, 1, ts=at)
    client.label({"animal": "cat", "eta": 4.5}, {"animal": "dog", "eta": 3}, ts=at)
    client.log({"amount": 3}, 0.9, ts=at)
    assert client.flush(20)
    time = "2026-11-20T10:00:00.000Z"
    assert rows_of(console) == [
        {"ts": time, "f": {"amount": 3}, "p": {"prediction": 0.9}, "y": True},
        {"ts": time, "p": {"score": 0.9}, "y": 1},
        {"ts": time, "p": {"animal": "cat", "eta": 4.5}, "y": {"animal": "dog", "eta": 3}},
        {"ts": time, "f": {"amount": 3}, "p": {"prediction": 0.9}},
    ]
    client.close()


def test_labels_name_the_prediction_by_its_id(console):
    client = Client(console.url, "t", flush_seconds=0.05)
    client.log({"amount": 3}, 0.9, ts="2026-11-20T10:00:00Z", id=4711)
    client.label(id=4711, y=1)
    assert client.flush(20)
    sent, label = rows_of(console)
    assert sent == {"ts": "2026-11-20T10:00:00Z", "id": "4711", "f": {"amount": 3}, "p": {"prediction": 0.9}}
    assert (label["id"], label["y"], "p" in label) == ("4711", 1, False)
    with pytest.raises(TypeError, match="or the id"):
        client.label(0.9, 1)
    client.close()


def test_a_batch_without_answer_is_sent_again_with_its_id_and_counts_once(console):
    console.answers = [(503, {"error": "away"}), (500, {}), (200, {"rejected": 0})]
    client = Client(console.url, "t", batch_rows=1, flush_seconds=0.05)
    client.log({"a": 1})
    assert client.flush(20)
    assert len(console.batches) == 3
    assert console.batches[0] == console.batches[1] == console.batches[2]
    assert (client.stats.sent, client.stats.lost) == (1, 0)
    client.close()


def test_a_refused_batch_is_lost_with_the_sentence_and_not_sent_again(console):
    console.answers = [(401, {"error": {"message": "Sign in first."}})]
    client = Client(console.url, "t", batch_rows=1, flush_seconds=0.05)
    client.log({"a": 1})
    assert client.flush(20)
    assert len(console.batches) == 1
    assert client.stats.lost == 1
    assert "Sign in first." in client.stats.last_error
    client.close()


def test_rejected_rows_are_counted_apart(console):
    console.answers = [(200, {"rejected": 1})]
    client = Client(console.url, "t", batch_rows=2, flush_seconds=60)
    client.log({"a": 1})
    client.log({"a": 2})
    assert client.flush(20)
    assert (client.stats.sent, client.stats.rejected) == (1, 1)
    client.close()


def test_a_caller_never_waits_and_what_does_not_fit_is_dropped_and_counted(console):
    console.hold = threading.Event()
    client = Client(console.url, "t", batch_rows=1, queue_rows=10, flush_seconds=60)
    for index in range(100):
        client.log({"a": index})
    stats = client.stats
    assert stats.queued <= 11
    assert stats.dropped >= 89
    console.hold.set()
    assert client.flush(20)
    assert client.stats.sent + client.stats.dropped == 100
    client.close()


def test_a_caller_never_sees_an_error(console):
    class Broken:
        def items(self):
            raise RuntimeError("broken")

        def __len__(self):
            return 1

    client = Client(console.url, "t")
    client.log(Broken())
    client.log({"a": 1}, ts="not a time")
    assert client.stats.dropped == 1
    client.close()


def test_no_console_loses_rows_only_after_the_time_to_give_up(console):
    url = console.url
    console.close()
    client = Client(url, "t", batch_rows=1, flush_seconds=60, give_up_seconds=0)
    client.log({"a": 1})
    assert client.flush(20)
    assert client.stats.lost == 1
    client.close()


def test_closing_sends_what_waits_and_takes_no_more(console):
    client = Client(console.url, "t", flush_seconds=60)
    client.log({"a": 1})
    client.close(20)
    client.log({"a": 2})
    assert [row["f"] for row in rows_of(console)] == [{"a": 1}]
    assert client.stats.dropped == 1


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (float("nan"), "NaN"),
        (float("-inf"), "-Infinity"),
        (True, True),
        (2**60, float(2**60)),
        (datetime.date(2026, 11, 20), "2026-11-20"),
        ("x" * 300, "x" * 256),
        ("😀" * 200, "😀" * 128),
        ("a\0b", "ab"),
        (None, None),
    ],
)
def test_values_are_sent_as_the_console_takes_them(console, value, sent):
    client = Client(console.url, "t", batch_rows=1, flush_seconds=60)
    client.log({"a": value})
    assert client.flush(20)
    assert rows_of(console)[0]["f"] == {"a": sent}
    client.close()


def test_a_batch_too_large_for_one_body_is_sent_in_parts(console):
    client = Client(console.url, "t", batch_rows=200, flush_seconds=60)
    wide = {f"column {index}": "x" * 250 for index in range(200)}
    for _ in range(200):
        client.log(wide)
    assert client.flush(60)
    assert len(console.batches) > 1
    assert len(rows_of(console)) == 200
    client.close()


def test_a_reference_is_made_of_counts_and_no_rows(console):
    console.answers = [(201, {"referenceId": "r", "leftOut": []})]
    made = create_reference(console.url, "flt_t", "service", {"amount": [0.5, 1.5, 2.5]}, name="May")
    assert made["referenceId"] == "r"
    [sent] = console.batches
    assert sent["name"] == "May"
    assert sum(sent["counts"]["columns"][0]["counts"]) == 3
    assert "rows" not in sent


def test_a_refusal_of_a_reference_is_its_sentence_with_what_to_do(console):
    refusal = {"error": {"message": "There is one already.", "fix": "Say of which version."}}
    console.answers = [(409, refusal)]
    with pytest.raises(RuntimeError, match=r"There is one already\. Say of which version\."):
        create_reference(console.url, "flt_t", "service", {"amount": [0.5, 1.5]}, name="May")
