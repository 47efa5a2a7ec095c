"""Runs exported files in PyTorch and JAX and compares them with cases.jsonl.

    verify.py FOLDER [torch] [jax]

Values and derivatives must agree to 1e-10 in float64 and to 1e-5 in float32, relative to the size of
the largest number of each array where that exceeds 1.
"""
import importlib.util
import inspect
import json
import pathlib
import sys

import numpy as np

folder = pathlib.Path(sys.argv[1])
libraries = sys.argv[2:] or ["torch", "jax"]
tolerances = {"float64": 1e-10, "float32": 1e-5}
modules = {}


def load(name):
    """The module of a file of the folder, once."""
    if name not in modules:
        spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
        modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(modules[name])
    return modules[name]


def argument(path):
    """How exported functions call a field."""
    if "." not in path:
        return path
    *sides, field = path.split(".")
    if sides == ["column"]:
        return field
    side = "".join(side + "_" for side in sides if side != "completion")
    names = {
        "log_prob": side + "logps", "ref_log_prob": "ref_" + side + "logps",
        "length": side + "lengths", "reward": side + "rewards",
        "token_log_probs": side + "token_logps", "mask": side + "mask",
        "ref_token_log_probs": "ref_" + side + "token_logps",
    }
    return names.get(field, side + field)


def function_of(case, library):
    name = case["name"]
    if name.startswith("op_"):
        return load(f"{name}_{library}").loss_of_rows
    file = name.removesuffix("_score") if not (folder / f"{name}_{library}.py").exists() else name
    return getattr(load(f"{file}_{library}"), name)


def parameters_of(case, accepted):
    """The parameters under their Python names; lambda is a keyword there."""
    named = {"lambda_" if k == "lambda" else k: v for k, v in dict(case["parameters"]).items()}
    return {name: value for name, value in named.items() if name in accepted}


def inputs_of(case, accepted):
    """The fields that the function takes, under their names there; parameters go before."""
    inputs = {argument(path): (path, value) for path, value in case["inputs"].items()}
    accepted = accepted - set(parameters_of(case, accepted))
    return [(path, value) for name, (path, value) in inputs.items() if name in accepted]


def taken(function):
    return set(inspect.signature(function).parameters)


def run_torch(case):
    import torch
    kind = getattr(torch, case["dtype"])
    function = function_of(case, "torch")
    accepted = taken(function)
    leaves = {
        path: torch.tensor(value, dtype=kind, requires_grad=path in case["gradients"])
        for path, value in inputs_of(case, accepted)
    }
    arguments = {argument(path): leaf for path, leaf in leaves.items()}
    parameters = parameters_of(case, accepted)
    result = function(**arguments, **parameters)
    loss = result[0] if isinstance(result, tuple) else result
    assert loss.dtype == kind, f"{case['name']}: the loss is {loss.dtype}"
    if loss.requires_grad:
        loss.sum().backward()
    gradients = {
        path: leaf.grad.numpy() if leaf.grad is not None else np.zeros(leaf.shape)
        for path, leaf in leaves.items() if path in case["gradients"]
    }
    return loss.detach().numpy(), gradients


def run_jax(case):
    import jax
    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp
    function = function_of(case, "jax")
    accepted = taken(function)
    arrays = {
        path: jnp.array(value, dtype=case["dtype"])
        for path, value in inputs_of(case, accepted)
    }
    parameters = parameters_of(case, accepted)
    moving = {path: array for path, array in arrays.items() if path in case["gradients"]}

    def total(moving):
        values = {argument(path): array for path, array in (arrays | moving).items()}
        result = function(**values, **parameters)
        loss = result[0] if isinstance(result, tuple) else result
        return loss.sum(), loss

    (_, loss), gradients = jax.value_and_grad(total, has_aux=True)(moving)
    assert str(loss.dtype) == case["dtype"], f"{case['name']}: the loss is {loss.dtype}"
    return np.asarray(loss), {path: np.asarray(g) for path, g in gradients.items()}


def gap(actual, expected):
    expected = np.asarray(expected, dtype=np.float64)
    actual = np.asarray(actual, dtype=np.float64).reshape(expected.shape)
    same = (actual == expected) | (np.isnan(actual) & np.isnan(expected))
    scale = max(1.0, np.max(np.abs(expected), initial=0.0, where=np.isfinite(expected)))
    return float(np.max(np.where(same, 0.0, np.abs(actual - expected) / scale), initial=0.0))


def main():
    failures = 0
    worst = {}
    cases = [json.loads(line) for line in (folder / "cases.jsonl").read_text().splitlines()]
    for case in cases:
        for library in libraries:
            try:
                loss, gradients = (run_torch if library == "torch" else run_jax)(case)
                gaps = [gap(loss, case["loss"])]
                gaps += [gap(gradients[path], case["gradients"][path]) for path in gradients]
                largest = max(gaps)
            except Exception as error:  # any failure of an exported file is a finding
                largest, loss = float("inf"), repr(error)
            key = (library, case["dtype"])
            if largest <= tolerances[case["dtype"]]:
                worst[key] = max(worst.get(key, 0.0), largest)
            else:
                failures += 1
                print(f"{library} {case['name']} {case['dtype']} {case['parameters']}: {largest} {loss}")
    for (library, dtype), largest in sorted(worst.items()):
        count = sum(case["dtype"] == dtype for case in cases)
        print(f"{library} {dtype}: {count} cases, greatest gap {largest:.2g}")
    print(f"{failures} failed" if failures else "all agree")
    sys.exit(1 if failures else 0)


main()
