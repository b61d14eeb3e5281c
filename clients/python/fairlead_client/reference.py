"""Makes training data the reference of a service."""

import json
import urllib.error
import urllib.request

from .training import training_counts


def create_reference(url, token, service_id, table, *, name, predictions=(), model_version_id=None, timeout=60.0):
    """Counts a table on the bins of the service, or on its own where there are none, and sends bins and counts.

    The token needs the role engineer. Answers what was made; `leftOut` says which columns were not taken and why.
    """
    path = f"{url.rstrip('/')}/api/v1/services/{service_id}/references"
    binning = _call(path, token, None, timeout)["binning"]
    known = {}
    for feature in (binning or {}).get("features", []):
        for column in (feature["name"], *feature["aliases"]):
            known[column] = feature["binning"]
    counts = training_counts(table, predictions=predictions, known=known)
    body = {"name": name, "modelVersionId": model_version_id, "counts": counts}
    return _call(path, token, body, timeout)


def _call(path, token, body, timeout):
    request = urllib.request.Request(
        path,
        data=None if body is None else json.dumps(body, allow_nan=False).encode(),
        method="GET" if body is None else "POST",
        headers={"authorization": f"Bearer {token}", "content-type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=timeout) as response:
            return json.loads(response.read())
    except urllib.error.HTTPError as error:
        raise RuntimeError(_sentence(error)) from None


def _sentence(error):
    text = error.read(10_000).decode(errors="replace")
    try:
        refusal = json.loads(text)["error"]
        return f"{refusal['message']} {refusal.get('fix') or ''}".strip()
    except (ValueError, KeyError, TypeError):
        return f"{error.code}: {text}"
