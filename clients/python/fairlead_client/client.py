"""Rows go out in the background; an answer never waits for them."""

import atexit
import collections
import dataclasses
import datetime
import gzip
import json
import logging
import os
import random
import socket
import threading
import time
import urllib.error
import urllib.request
import uuid

from .queries import QueryCounter
from .values import plain, sendable

log = logging.getLogger("fairlead_client")
# The console refuses bodies of more than 5 MB and batches of more than 5,000 rows.
MOST_BATCH_BYTES = 4_000_000


@dataclasses.dataclass
class Stats:
    """What became of the rows so far; `queued` is what waits now."""

    sent: int = 0
    rejected: int = 0
    dropped: int = 0
    lost: int = 0
    queued: int = 0
    last_error: str = ""


class Client:
    """Sends rows in batches from a thread of its own.

    `log` neither blocks nor raises: when more than `queue_rows` wait, new rows are dropped and counted. A batch that
    was not answered is sent again with the same id, so that it counts once, until `give_up_seconds` are over. With a
    `client_secret`, which all servers of the model share, rows are also counted by who asked: as an HMAC, never by name.
    """

    def __init__(
        self,
        url,
        token,
        *,
        revision=None,
        service=None,
        environment=None,
        source=None,
        batch_rows=500,
        flush_seconds=2.0,
        queue_rows=20_000,
        give_up_seconds=600.0,
        timeout_seconds=10.0,
        client_secret=None,
    ):
        self._url = url.rstrip("/") + "/api/ingest/v1/batch"
        self._token = token
        self._head = {
            key: value
            for key, value in (("revision", revision), ("service", service), ("environment", environment))
            if value is not None
        }
        self._source = source
        self._batch_rows = min(batch_rows, 5_000)
        self._flush_seconds = flush_seconds
        self._queue_rows = queue_rows
        self._give_up_seconds = give_up_seconds
        self._timeout_seconds = timeout_seconds
        self._client_secret = client_secret
        self._start_anew()
        atexit.register(self.close, 2.0)

    def _start_anew(self):
        self._pid = os.getpid()
        self._rows = collections.deque()
        self._changed = threading.Condition()
        self._stats = Stats()
        self._queries = None if self._client_secret is None else QueryCounter(self._client_secret)
        self._flushing = self._closed = False
        self._busy = 0
        self._thread = None

    def log(self, features=None, prediction=None, ts=None, y=None, client=None, id=None):
        """Takes one row: what the model was asked and, if known, what it answered; `ts` defaults to now.

        `y` is what came of the prediction: 0 or 1 of a score, the class, the number, or a dict of these by the name of
        the prediction. Later than the prediction it goes by `label`, which finds the prediction by the `id` that it has
        here if the service is set to keep ids (only as keyed hashes).

        `client` is whoever asked, such as an API key; it is hashed here and needs a `client_secret`.
        """
        try:
            row = {"ts": _time_text(ts)}
            if id is not None:
                row["id"] = str(id)
            if features:
                row["f"] = {str(name): sendable(value) for name, value in features.items()}
            if prediction is not None:
                values = prediction if isinstance(prediction, dict) else {"prediction": prediction}
                row["p"] = {str(name): sendable(value) for name, value in values.items()}
            truth = plain(y)
            if truth is not None:
                row["y"] = (
                    {str(name): sendable(value) for name, value in truth.items()}
                    if isinstance(truth, dict)
                    else sendable(truth)
                )
            # A forked worker has neither the thread nor the right to the rows of its parent.
            if self._pid != os.getpid():
                self._start_anew()
            self._take(row)
            if client is not None and self._queries is not None:
                self._queries.add(client, row.get("f"))
        except Exception as error:  # A model must answer whatever happens here.
            self._stats.dropped += 1
            self._stats.last_error = repr(error)

    def label(self, prediction=None, y=None, ts=None, *, id=None):
        """Tells what came of a prediction that was logged before: repeat it as it was, with the `ts` that it had; or name
        the `id` that it was logged with, where the service is set to find predictions by id.
        """
        if prediction is not None and ts is None or prediction is None and id is None:
            raise TypeError("label needs the prediction and its ts, or the id that it was logged with.")
        self.log(prediction=prediction, ts=ts, y=y, id=None if prediction is not None else id)

    def _take(self, row):
        with self._changed:
            if self._closed or len(self._rows) >= self._queue_rows:
                self._stats.dropped += 1
                return
            self._rows.append(row)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="fairlead-client", daemon=True)
                self._thread.start()
            if len(self._rows) == self._batch_rows:
                self._changed.notify_all()

    @property
    def stats(self):
        with self._changed:
            return dataclasses.replace(self._stats, queued=len(self._rows) + self._busy)

    def flush(self, timeout=10.0):
        """Waits until all rows so far were sent or given up; answers whether they were within the time."""
        with self._changed:
            self._flushing = True
            self._changed.notify_all()
            done = self._changed.wait_for(lambda: not self._rows and self._busy == 0, timeout)
            self._flushing = False
            return done

    def close(self, timeout=10.0):
        """Sends what waits and takes no more rows."""
        if self._pid != os.getpid():
            return
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(timeout)

    def _run(self):
        while True:
            with self._changed:
                self._changed.wait_for(
                    lambda: self._closed or self._flushing or len(self._rows) >= self._batch_rows,
                    self._flush_seconds,
                )
                rows = [self._rows.popleft() for _ in range(min(len(self._rows), self._batch_rows))]
                self._busy = len(rows)
                if not rows and self._closed:
                    return
            try:
                queries = self._queries.take() if rows and self._queries is not None else None
                for body, count in self._bodies(rows, queries):
                    self._send(body, count)
            except Exception as error:
                self._count(lost=len(rows), error=repr(error))
            with self._changed:
                self._busy = 0
                self._changed.notify_all()

    def _bodies(self, rows, queries=None):
        """The rows as one batch, or as several where one would be too large."""
        if not rows:
            return
        batch = {
            **self._head,
            "source": self._source or f"{socket.gethostname()}-{os.getpid()}",
            "pod": os.environ.get("HOSTNAME") or socket.gethostname(),
            "batchId": str(uuid.uuid4()),
            "rows": rows,
        }
        if queries is not None:
            batch["queries"] = queries
        text = json.dumps(batch, allow_nan=False, separators=(",", ":")).encode()
        if len(text) <= MOST_BATCH_BYTES or len(rows) == 1:
            yield gzip.compress(text, 5), len(rows)
        else:
            half = len(rows) // 2
            yield from self._bodies(rows[:half], queries)
            yield from self._bodies(rows[half:])

    def _send(self, body, count):
        until = time.monotonic() + self._give_up_seconds
        pause = 0.5
        while True:
            try:
                answer = self._post(body)
                rejected = int(answer.get("rejected", 0))
                return self._count(sent=count - rejected, rejected=rejected)
            except urllib.error.HTTPError as error:
                message = f"{error.code}: {error.read(2_000).decode(errors='replace')}"
                if error.code < 500 and error.code not in (408, 429):
                    return self._count(lost=count, error=message)
            except (OSError, ValueError) as error:
                message = repr(error)
            if time.monotonic() + pause > until or self._closed:
                return self._count(lost=count, error=message)
            self._note(message)
            with self._changed:
                self._changed.wait_for(lambda: self._closed, pause * random.uniform(0.5, 1.0))
            pause = min(pause * 2, 30.0)

    def _post(self, body):
        request = urllib.request.Request(
            self._url,
            data=body,
            method="POST",
            headers={
                "authorization": f"Bearer {self._token}",
                "content-type": "application/json",
                "content-encoding": "gzip",
            },
        )
        with urllib.request.urlopen(request, timeout=self._timeout_seconds) as response:
            return json.loads(response.read())

    def _count(self, *, sent=0, rejected=0, lost=0, error=None):
        with self._changed:
            self._stats.sent += sent
            self._stats.rejected += rejected
            self._stats.lost += lost
        if error is not None:
            self._note(error)

    def _note(self, message):
        if message != self._stats.last_error:
            log.warning("Rows could not be sent to Fairlead: %s", message)
        self._stats.last_error = message


def _time_text(ts):
    if isinstance(ts, str):
        return ts
    at = ts if ts is not None else datetime.datetime.now(datetime.timezone.utc)
    if isinstance(at, (int, float)):
        at = datetime.datetime.fromtimestamp(at, datetime.timezone.utc)
    if at.tzinfo is None:
        at = at.astimezone()
    return at.astimezone(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
