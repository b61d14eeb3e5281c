"""Evidently's own defaults on rows that the bench drew. Usage: its_defaults.py JOB.json ANSWER.json"""

import json
import sys
import time

import numpy as np
import pandas as pd
from evidently import Report
from evidently.legacy.calculations.stattests import get_stattest
from evidently.legacy.core import ColumnType
from evidently.presets import DataDriftPreset
from scipy.stats import ks_2samp

NUMBER, CATEGORY = ColumnType.Numerical, ColumnType.Categorical


def frame(part, columns):
    """Rows of one side; the file holds a column after the other, categories as their rank."""
    values = np.fromfile(part["file"]).reshape(len(columns), part["rows"])
    names = np.array([f"c{rank}" for rank in range(100)], dtype=object)
    data = {}
    for column, own in zip(columns, values):
        if column["kind"] == "numeric":
            data[column["name"]] = own
        else:
            ranks = np.nan_to_num(own, nan=99).astype(int)
            data[column["name"]] = np.where(np.isnan(own), None, names[ranks])
    return pd.DataFrame(data)


def by_default(reference, current, kind):
    reference, current = reference.dropna(), current.dropna()
    test = get_stattest(reference, current, kind, None)
    found = test(reference, current, kind, None)
    return {"method": test.display_name, "value": float(found.drift_score), "drifted": bool(found.drifted)}


def rates(job):
    columns = job["columns"]
    kinds = [NUMBER if column["kind"] == "numeric" else CATEGORY for column in columns]
    answer = []
    for window in job["windows"]:
        reference, current = frame(window["reference"], columns), frame(window["current"], columns)
        answer.append(
            [by_default(reference[c["name"]], current[c["name"]], kind) for c, kind in zip(columns, kinds)]
        )
    return answer


def report_of(reference, current):
    found = Report([DataDriftPreset()]).run(current, reference).dict()["metrics"]
    return {
        metric["config"]["column"]: float(metric["value"])
        for metric in found
        if metric["config"]["type"] == "evidently:metric_v2:ValueDrift"
    }


def report(job):
    columns = job["columns"]
    reference, current = frame(job["reference"], columns), frame(job["current"], columns)
    began = time.process_time()
    values = report_of(reference, current)
    return {"cpuSeconds": time.process_time() - began, "values": values}


def value(test, reference, current, kind):
    return float(get_stattest(reference, current, kind, test)(reference, current, kind, None).drift_score)


def categories(job):
    sides = [pd.Series(np.repeat([f"c{i}" for i in range(len(side))], side)) for side in job["sides"]]
    tests = ["psi", "jensenshannon", "chisquare"] + (["z"] if len(job["sides"][0]) == 2 else [])
    return {test: value(test, *sides, CATEGORY) for test in tests}


def numbers(job):
    sides = [pd.Series(np.fromfile(file)) for file in job["sides"]]
    edges = np.histogram_bin_edges(np.concatenate([side.values for side in sides]), bins="sturges")
    found = {test: value(test, *sides, NUMBER) for test in ["psi", "jensenshannon", "wasserstein"]}
    return {**found, "edges": edges.tolist(), "ks": float(ks_2samp(*sides).statistic)}


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        job = json.load(file)
    kinds = {"rates": rates, "report": report, "categories": categories, "numbers": numbers}
    with np.errstate(all="ignore"):
        answer = [kinds[one["kind"]](one) for one in job]
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump(answer, file)


main()
