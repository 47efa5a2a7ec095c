"""JAX: whole functions compiled by XLA. One thread means one thread of XLA's pool (NPROC)."""

import os

if os.environ.get("NPROC") == "1":
    os.environ["XLA_FLAGS"] = (
        os.environ.get("XLA_FLAGS", "") + " --xla_cpu_multi_thread_eigen=false"
    )

import jax
import jax.numpy as jnp
import numpy

from protocol import case, serve


def numbers(*shape, scale=1.0, shift=0.0):
    draws = numpy.random.default_rng(sum(shape))
    return jnp.asarray(draws.standard_normal(shape) * scale + shift, "float32")


def waited(function, *arguments):
    """A call that lasts until the results are there; compiled before it is returned."""

    def call():
        return jax.block_until_ready(function(*arguments))

    call()
    return call


def dpo(chosen, rejected, ref_chosen, ref_rejected):
    z = 0.1 * ((chosen - ref_chosen) - (rejected - ref_rejected))
    return -jax.nn.log_sigmoid(z).mean()


def lrml(chosen, rejected, ref_chosen, ref_rejected):
    u = 0.05 * ((chosen - ref_chosen) - (rejected - ref_rejected))
    z = u / 0.05
    return (
        jax.nn.sigmoid(-z) * jax.nn.softplus(-u) + jnp.exp(jax.nn.log_sigmoid(z) - u)
    ).mean()


LOSSES = {"dpo": dpo, "lrml": lrml}


@case("loss/*/*/jit")
def loss(_, name, size, *rest):
    sides = [numbers(int(size), scale=4, shift=-20) + i for i in range(4)]
    step = jax.jit(jax.value_and_grad(LOSSES[name], argnums=(0, 1)))
    return [("jax.jit(value_and_grad)", "compiled", waited(step, *sides))]


@case("cold/dpo")
def cold(*name):
    sides = [numbers(64, scale=4, shift=-20) + i for i in range(4)]

    def call():
        jax.clear_caches()
        step = jax.jit(jax.value_and_grad(lambda *s: dpo(*s), argnums=(0, 1)))
        return jax.block_until_ready(step(*sides))

    return [("jax.jit(value_and_grad)", "compiled", call)]


@case("policy/*")
def policy(_, size):
    size = int(size)
    widths = [64, 128, 128, 16]
    keys = jax.random.split(jax.random.key(1), 3)
    layers = [
        {"weight": jax.random.normal(k, (i, o)) * i**-0.5, "bias": jnp.zeros(o)}
        for k, i, o in zip(keys, widths, widths[1:])
    ]
    state, advantage = numbers(size, 64), numbers(size)
    action = jnp.arange(size) % 16

    def objective(layers):
        h = state
        for layer in layers[:-1]:
            h = jnp.tanh(h @ layer["weight"] + layer["bias"])
        scores = jax.nn.log_softmax(h @ layers[-1]["weight"] + layers[-1]["bias"])
        return -(jnp.take_along_axis(scores, action[:, None], 1)[:, 0] * advantage).mean()

    def update(layers, first, second, t):
        value, slope = jax.value_and_grad(objective)(layers)
        t = t + 1
        first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, slope)
        second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, slope)
        one, two = 1 - 0.9**t, 1 - 0.999**t
        layers = jax.tree.map(
            lambda w, m, v: w - 1e-4 * (m / one) / (jnp.sqrt(v / two) + 1e-8),
            layers, first, second)
        return layers, first, second, t, value

    step = jax.jit(update, donate_argnums=(0, 1, 2))
    zeros = lambda: jax.tree.map(jnp.zeros_like, layers)
    kept = [(layers, zeros(), zeros(), jnp.float32(0))]

    def call():
        *kept[0], value = step(*kept[0])
        return jax.block_until_ready(value)

    call()
    return [("jax.jit(step)", "compiled", call)]


ROWS = {
    "softmax": lambda x: jax.nn.softmax(x),
    "log_softmax": lambda x: jax.nn.log_softmax(x),
}


@case("rows/*")
def rows(_, function, extents):
    count, width = map(int, extents.split("x"))
    x, upstream = numbers(count, width), numbers(count, width) + 1
    if function == "layer_norm":
        weight, bias = numbers(width), numbers(width)

        def both(x, weight, bias, upstream):
            def value(x, weight, bias):
                mean = x.mean(-1, keepdims=True)
                centred = x - mean
                variance = (centred * centred).mean(-1, keepdims=True)
                return centred * jax.lax.rsqrt(variance + 1e-5) * weight + bias

            y, back = jax.vjp(value, x, weight, bias)
            return y, back(upstream)

        return [("jax.jit(vjp)", "compiled",
                 waited(jax.jit(both), x, weight, bias, upstream))]

    def both(x, upstream):
        y, back = jax.vjp(ROWS[function], x)
        return y, back(upstream)

    return [("jax.jit(vjp)", "compiled", waited(jax.jit(both), x, upstream))]


if __name__ == "__main__":
    serve()
