import json

import pytest

from fairlead_client import Client, watch
from fairlead_client.queries import QueryCounter

SECRET = "shared by all pods of the model"


def counter_at(seconds):
    now = [seconds]
    return QueryCounter(SECRET, clock=lambda: now[0]), now


def test_rows_and_repeated_inputs_are_counted_by_client_and_no_name_leaves():
    counter, _ = counter_at(3_600 * 480_000)
    for amount in (1, 2, 1, 1):
        counter.add("customer-7", {"amount": amount, "country": "DE"})
    counter.add("customer-8", {"country": "DE", "amount": 1})
    counter.add("customer-8")
    taken = counter.take()
    assert taken["hour"] == "2024-10-04T00:00:00Z"
    assert [(one["rows"], one["compared"], one["repeated"]) for one in taken["keys"]] == [(4, 4, 2), (2, 1, 0)]
    assert "customer" not in json.dumps(taken)
    assert all(len(one["key"]) == 32 for one in taken["keys"])
    assert counter.take() is None


def test_the_same_secret_gives_the_same_key_everywhere_and_another_one_another():
    def key_of(secret):
        counter = QueryCounter(secret, clock=lambda: 0)
        counter.add("a")
        return counter.take()["keys"][0]["key"]

    assert key_of(SECRET) == key_of(SECRET.encode()) != key_of(SECRET + "!")
    with pytest.raises(ValueError, match="16 bytes"):
        QueryCounter("short")


def test_only_the_busiest_fifty_are_told_and_an_hour_that_is_over_is_told_once():
    counter, now = counter_at(0)
    for client in range(60):
        for _ in range(client + 1):
            counter.add(client, {"x": client})
    now[0] = 3_600
    counter.add("next", {"x": 1})
    first = counter.take()
    assert (len(first["keys"]), first["keys"][0]["rows"], first["keys"][-1]["rows"]) == (50, 60, 11)
    assert counter.take()["hour"] == "1970-01-01T01:00:00Z"
    assert counter.take() is None


def test_inputs_beyond_the_limit_are_not_compared(monkeypatch):
    monkeypatch.setattr("fairlead_client.queries.MOST_INPUTS", 2)
    counter, _ = counter_at(0)
    for value in (1, 2, 3, 1):
        counter.add("a", {"x": value})
    assert counter.take()["keys"][0] | {"key": ""} == {"key": "", "rows": 4, "compared": 2, "repeated": 0}


def test_a_batch_carries_them_once_however_it_is_cut(console, monkeypatch):
    monkeypatch.setattr("fairlead_client.client.MOST_BATCH_BYTES", 400)
    client = Client(console.url, "t", batch_rows=4, flush_seconds=60, client_secret=SECRET)
    for index in range(4):
        client.log({"text": "x" * 100}, client="customer-7" if index else None)
    assert client.flush(20)
    told = [batch["queries"] for batch in console.batches if "queries" in batch]
    assert len(console.batches) > 1
    assert [one["rows"] for queries in told for one in queries["keys"]] == [3]
    assert "customer" not in json.dumps(console.batches)
    client.close()


def test_without_a_secret_nobody_is_told_apart(console):
    client = Client(console.url, "t", batch_rows=1, flush_seconds=0.05)

    @watch(client, asked_by=lambda call: call["api_key"], features=lambda call: {"x": call["x"]})
    def answer(call):
        return {"score": 0.5}

    answer({"x": 1, "api_key": "secret-key"})
    assert client.flush(20)
    assert "queries" not in console.batches[0]
    assert "secret-key" not in json.dumps(console.batches)
    client.close()
