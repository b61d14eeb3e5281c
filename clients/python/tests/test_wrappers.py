import asyncio
import dataclasses

import pytest

from fairlead_client import watch, watched_model


class Kept:
    def __init__(self):
        self.rows = []

    def log(self, features=None, prediction=None, ts=None):
        self.rows.append((features, prediction))


@dataclasses.dataclass
class Asked:
    amount: float
    country: str


def test_an_endpoint_answers_as_before_and_its_arguments_are_the_features():
    kept = Kept()

    @watch(kept)
    def predict(asked: Asked):
        return {"score": asked.amount / 10}

    assert predict(Asked(5, "DE")) == {"score": 0.5}
    assert kept.rows == [({"amount": 5, "country": "DE"}, {"score": 0.5})]


def test_an_async_endpoint_stays_async_and_columns_may_be_picked():
    kept = Kept()

    @watch(kept, features=lambda asked: {"amount": asked["amount"]}, prediction=lambda result: result[0])
    async def predict(asked):
        return [0.25]

    assert asyncio.run(predict({"amount": 1, "secret": 2})) == [0.25]
    assert kept.rows == [({"amount": 1}, 0.25)]


def test_an_error_of_the_endpoint_passes_and_one_of_the_log_does_not():
    kept = Kept()

    @watch(kept, features=lambda asked: asked["missing"])
    def predict(asked):
        if asked.get("fail"):
            raise ValueError("the model's own")
        return {"score": 1}

    assert predict({}) == {"score": 1}
    with pytest.raises(ValueError, match="the model's own"):
        predict({"fail": True})
    assert kept.rows == []


def test_a_fastapi_endpoint_is_watched_with_its_validation_and_its_schema():
    fastapi = pytest.importorskip("fastapi")
    testclient = pytest.importorskip("fastapi.testclient")
    pydantic = pytest.importorskip("pydantic")
    kept = Kept()
    app = fastapi.FastAPI()

    class Question(pydantic.BaseModel):
        amount: float

    @app.post("/predict")
    @watch(kept)
    async def predict(question: Question):
        return {"score": question.amount / 10}

    # The annotation of a class made inside a function.
    app_client = testclient.TestClient(app)
    assert app_client.post("/predict", json={"amount": 5}).json() == {"score": 0.5}
    assert app_client.post("/predict", json={"amount": "x"}).status_code == 422
    assert kept.rows == [({"amount": 5.0}, {"score": 0.5})]


class Model:
    metadata = "kept"

    def __init__(self, answer):
        self.answer = answer

    def predict(self, data, params=None):
        return self.answer(data)


def test_a_model_answers_as_before_and_each_row_is_logged_with_its_answer():
    kept = Kept()
    model = watched_model(Model(lambda data: [row["amount"] / 10 for row in data]), kept)
    assert model.predict([{"amount": 1}, {"amount": 2}], params={}) == [0.1, 0.2]
    assert kept.rows == [({"amount": 1}, {"prediction": 0.1}), ({"amount": 2}, {"prediction": 0.2})]
    assert model.metadata == "kept"


def test_a_model_of_data_frames_is_logged_by_rows():
    pandas = pytest.importorskip("pandas")
    kept = Kept()
    frame = pandas.DataFrame({"amount": [1.0, 2.0], "country": ["DE", "FR"]})
    model = watched_model(Model(lambda data: pandas.Series([0.5, 0.25])), kept)
    assert list(model.predict(frame)) == [0.5, 0.25]
    assert kept.rows == [
        ({"amount": 1.0, "country": "DE"}, {"prediction": 0.5}),
        ({"amount": 2.0, "country": "FR"}, {"prediction": 0.25}),
    ]


def test_what_a_model_returns_cannot_break_it():
    kept = Kept()
    model = watched_model(Model(lambda data: 7), kept)
    assert model.predict([{"amount": 1}]) == 7
    assert kept.rows == []
