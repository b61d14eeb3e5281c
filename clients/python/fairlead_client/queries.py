"""Who asks how much, and how often the same: counted here, under keys that cannot be turned back into names."""

import hashlib
import hmac
import json
import threading
import time

KEPT_KEYS = 50
MOST_CLIENTS = 1_000
MOST_INPUTS = 10_000


class QueryCounter:
    """Counts rows and repeated inputs by client and hour; what leaves it are HMACs and numbers.

    All servers of a model have to share the secret, or one client has a key at each of them. At most 1,000 clients of an
    hour are told apart, and the inputs of a client are compared until it has sent 10,000 different ones.
    """

    def __init__(self, secret, clock=time.time):
        self._secret = secret.encode() if isinstance(secret, str) else bytes(secret)
        if len(self._secret) < 16:
            raise ValueError("A client secret has at least 16 bytes: anybody can guess names under a short one.")
        self._clock = clock
        self._lock = threading.Lock()
        self._hours = {}

    def add(self, client, features=None):
        key = hmac.new(self._secret, str(client).encode(), hashlib.sha256).hexdigest()[:32]
        hour = int(self._clock() // 3600)
        with self._lock:
            clients = self._hours.setdefault(hour, {})
            one = clients.get(key)
            if one is None:
                if len(clients) >= MOST_CLIENTS:
                    return
                one = clients[key] = {"total": 0, "rows": 0, "compared": 0, "repeated": 0, "inputs": set()}
            one["total"] += 1
            one["rows"] += 1
            if features and len(one["inputs"]) < MOST_INPUTS:
                text = json.dumps(features, sort_keys=True, default=str, separators=(",", ":"))
                digest = hashlib.sha256(text.encode()).digest()[:8]
                one["compared"] += 1
                one["repeated"] += digest in one["inputs"]
                one["inputs"].add(digest)

    def take(self):
        """What the busiest clients of the oldest hour asked since it was taken last; None when there is nothing."""
        with self._lock:
            for hour in sorted(self._hours):
                clients = self._hours[hour]
                busiest = sorted(
                    (key for key, one in clients.items() if one["rows"] > 0),
                    key=lambda key: (-clients[key]["total"], key),
                )[:KEPT_KEYS]
                keys = [
                    {"key": key, **{name: clients[key][name] for name in ("rows", "compared", "repeated")}}
                    for key in busiest
                ]
                for key in busiest:
                    clients[key].update(rows=0, compared=0, repeated=0)
                if hour < int(self._clock() // 3600):
                    del self._hours[hour]
                if keys:
                    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(hour * 3600))
                    return {"hour": at, "keys": keys}
        return None
