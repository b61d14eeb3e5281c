"""Wrappers for FastAPI endpoints and MLflow models: they answer as before and log what passes."""

import functools
import inspect

from .client import log


def _record(value):
    """A pydantic model, dataclass or dict as a dict of columns; None for anything else."""
    for name in ("model_dump", "dict"):
        method = getattr(value, name, None)
        if callable(method) and not isinstance(value, type):
            return method()
    if isinstance(value, dict):
        return value
    fields = getattr(value, "__dataclass_fields__", None)
    return None if fields is None else {name: getattr(value, name) for name in fields}


def watch(client, features=None, prediction=None, asked_by=None):
    """Decorates an endpoint, sync or async: logs its arguments as features and what it returns as prediction.

    `features(*args, **kwargs)` and `prediction(result)` may pick the columns; without them every argument that is a
    pydantic model, dataclass or dict gives its fields. `asked_by(*args, **kwargs)` names who asked, such as an API key.
    """

    def pick(args, kwargs):
        if features is not None:
            return features(*args, **kwargs)
        found = {}
        for value in (*args, *kwargs.values()):
            found.update(_record(value) or {})
        return found

    def tell(args, kwargs, result):
        try:
            answer = prediction(result) if prediction is not None else _record(result)
            asked = {} if asked_by is None else {"client": asked_by(*args, **kwargs)}
            client.log(pick(args, kwargs), result if answer is None else answer, **asked)
        except Exception as error:
            log.warning("A call could not be logged: %r", error)

    def decorate(call):
        if inspect.iscoroutinefunction(call):

            @functools.wraps(call)
            async def watched(*args, **kwargs):
                result = await call(*args, **kwargs)
                tell(args, kwargs, result)
                return result

        else:

            @functools.wraps(call)
            def watched(*args, **kwargs):
                result = call(*args, **kwargs)
                tell(args, kwargs, result)
                return result

        return watched

    return decorate


def _records(table):
    """Rows of a DataFrame, of a list of dicts, or of a dict of columns."""
    to_dict = getattr(table, "to_dict", None)
    if callable(to_dict):
        try:
            return to_dict("records")
        except TypeError:
            return [{"prediction": value} for value in table]
    if isinstance(table, dict):
        names = list(table)
        return [dict(zip(names, values)) for values in zip(*table.values())]
    return [row if isinstance(row, dict) else {"prediction": row} for row in table]


class watched_model:
    """An MLflow pyfunc model (anything with `predict`) that logs each row it is asked with its answer."""

    def __init__(self, model, client):
        self._model = model
        self._client = client

    def __getattr__(self, name):
        return getattr(self._model, name)

    def predict(self, data, *args, **kwargs):
        result = self._model.predict(data, *args, **kwargs)
        try:
            for row, answer in zip(_records(data), _records(result)):
                self._client.log(row, answer)
        except Exception as error:
            log.warning("A prediction could not be logged: %r", error)
        return result
