"""Reference values of scipy and rliable for Tests/Golden/statistics.json.

    pip install scipy rliable "pandas<3"
    python scripts/goldens/statistics.py > Tests/Golden/statistics.json
"""

import json
from importlib import metadata

import numpy as np
import scipy
from rliable import library, metrics
from scipy import stats

random = np.random.default_rng(20260601)


def rounded(value):
    """Plain floats; those that JSON lacks by the names that the reader of the tests knows."""
    value = float(value)
    return value if np.isfinite(value) else {"nan": "NaN", "inf": "Infinity"}[str(value)]


def numbers(values):
    return [rounded(value) for value in np.asarray(values).ravel()]


def quantiles():
    for degrees in [1, 2, 3, 4, 4.7, 9, 19, 30.5, 200]:
        probabilities = [1e-9, 0.0005, 0.0125, 0.025, 0.2, 0.3, 0.49, 0.5, 0.7, 0.975, 0.9999]
        yield {
            "name": f"t {degrees}",
            "degrees": degrees,
            "probabilities": probabilities,
            "quantiles": numbers(stats.t.ppf(probabilities, degrees)),
            "points": [-40, -3.2, -0.7, 1e-4, 0.9, 2.5, 11],
            "cumulative": numbers(stats.t.cdf([-40, -3.2, -0.7, 1e-4, 0.9, 2.5, 11], degrees)),
        }
    points = [-30, -8, -2.5, -0.1, 0, 0.3, 1.96, 6]
    probabilities = [1e-12, 0.001, 0.025, 0.5, 0.8, 0.999]
    yield {
        "name": "normal",
        "points": points,
        "cumulative": numbers(stats.norm.cdf(points)),
        "probabilities": probabilities,
        "quantiles": numbers(stats.norm.ppf(probabilities)),
    }


def differences():
    for count in [1, 2, 5, 8, 12, 13, 20, 50]:
        yield f"{count} normal", random.normal(0.3, 1, count)
    yield "13 tied", np.round(random.normal(0.4, 1, 13))
    yield "9 tied without zero", np.array([1, 1, -1, 2, 2, 2, -3, 1, 4.0])
    yield "5 all positive", np.array([0.1, 0.2, 0.3, 0.4, 0.5])
    yield "60 normal", random.normal(0.2, 1, 60)
    yield "70 tied", np.round(random.normal(0.3, 1.5, 70))


def signed_rank():
    for name, values in differences():
        ties = len(np.unique(np.abs(values))) < len(values) or bool(np.any(values == 0))
        ways = ["asymptotic"]
        # scipy enumerates the signs of ties for up to 13 differences, and of no ties for 50.
        if len(values) <= 13 or (not ties and len(values) <= 50):
            ways.append("auto")
        for zeros in ["wilcox", "pratt"]:
            for way in ways:
                found = stats.wilcoxon(values, zero_method=zeros, method=way)
                yield {
                    "name": f"{name}, {zeros}, {way}",
                    "differences": numbers(values),
                    "zeros": {"wilcox": "dropped", "pratt": "ranked"}[zeros],
                    "computation": {"auto": "exact", "asymptotic": "normal"}[way],
                    "statistic": rounded(found.statistic),
                    "p": rounded(found.pvalue),
                }


def intervals():
    for count in [2, 5, 12]:
        values = random.normal(1, 2, count)
        test = stats.ttest_1samp(values, 0)
        entry = {"name": f"{count} values", "values": numbers(values), "p": rounded(test.pvalue)}
        for level in [0.8, 0.95, 0.99]:
            interval = test.confidence_interval(level)
            entry[f"level_{level}"] = numbers([interval.low, interval.high])
        yield entry


def power():
    """By the noncentral t distribution."""
    for pairs in [2, 3, 5, 10, 20, 100]:
        for effect in [0.2, 0.8, 2.5]:
            degrees, shift = pairs - 1, effect * np.sqrt(pairs)
            critical = stats.t.ppf(0.975, degrees)
            reached = stats.nct.sf(critical, degrees, shift)
            reached += stats.nct.cdf(-critical, degrees, shift)
            if np.isnan(reached):  # scipy gives up where the power is 1 to rounding
                continue
            yield {
                "name": f"{pairs} pairs, effect {effect}",
                "pairs": pairs,
                "effect": effect,
                "power": rounded(reached),
            }


def aggregates():
    """Scores of two arms, runs by tasks, and what rliable makes of them."""
    for runs, tasks in [(3, 1), (5, 1), (10, 1), (20, 2), (6, 4)]:
        first = np.round(random.normal(0.7, 0.3, (runs, tasks)), 3)
        second = np.round(random.normal(0.6, 0.3, (runs, tasks)), 3)
        thresholds = np.array([0.0, 0.3, 0.55, 0.7, 1.1])
        profile = [library.run_score_deviation(first, tau) for tau in thresholds]
        yield {
            "name": f"{runs} runs of {tasks}",
            "first": [numbers(first[:, task]) for task in range(tasks)],
            "second": [numbers(second[:, task]) for task in range(tasks)],
            "mean": rounded(metrics.aggregate_mean(first)),
            "median": rounded(np.median(first)),
            "interquartile_mean": rounded(metrics.aggregate_iqm(first)),
            "optimality_gap": rounded(metrics.aggregate_optimality_gap(first, 1)),
            "improvement": rounded(metrics.probability_of_improvement(first, second)),
            "thresholds": numbers(thresholds),
            "profile": numbers(profile),
        }


def resampled():
    """Intervals of rliable's stratified bootstrap, to the precision of resampling."""
    for runs, tasks in [(10, 1), (20, 2)]:
        scores = np.round(random.normal(0.7, 0.3, (runs, tasks)), 3)
        entry = {
            "name": f"{runs} runs of {tasks}",
            "scores": [numbers(scores[:, task]) for task in range(tasks)],
        }
        for name, function in [
            ("mean", metrics.aggregate_mean),
            ("interquartile_mean", metrics.aggregate_iqm),
        ]:
            # Its resampling draws from the global generator, whatever state it is handed.
            np.random.seed(7)
            _, ends = library.get_interval_estimates(
                {"arm": scores}, lambda x, f=function: np.array([f(x)]), reps=50_000
            )
            entry[name] = numbers(ends["arm"])
        yield entry


def holm():
    for values in [[0.01, 0.04, 0.03, 0.005], [0.5], [0.2, 0.001, 0.2, 0.9, 0.011]]:
        order = np.argsort(values)
        adjusted = np.empty(len(values))
        scaled = np.array(values)[order] * np.arange(len(values), 0, -1)
        adjusted[order] = np.minimum(1, np.maximum.accumulate(scaled))
        yield {"name": str(values), "p": values, "adjusted": numbers(adjusted)}


def main():
    sections = [quantiles, signed_rank, intervals, power, aggregates, resampled, holm]
    cases = [
        {"section": section.__name__, **case} for section in sections for case in section()
    ]
    header = {
        "command": "python scripts/goldens/statistics.py > Tests/Golden/statistics.json",
        "scipy": scipy.__version__,
        "rliable": metadata.version("rliable"),
        "numpy": np.__version__,
        "seed": 20260601,
    }
    lines = ",\n  ".join(json.dumps(case) for case in cases)
    print(json.dumps(header)[:-1] + ',\n"cases": [\n  ' + lines + "\n]}")


main()
