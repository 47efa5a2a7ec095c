"""NumPy with derivatives written out by hand: what a careful person does without autograd."""

import numpy

from protocol import case, serve


def batch(size):
    draws = numpy.random.default_rng(1)
    return [(draws.standard_normal(size) * 4 - 20).astype("float32") for _ in range(4)]


@case("loss/dpo/*/jit")
def dpo(*name):
    size = int(name[2])
    chosen, rejected, ref_chosen, ref_rejected = batch(size)
    beta = numpy.float32(0.1)

    def call():
        z = beta * ((chosen - ref_chosen) - (rejected - ref_rejected))
        t = numpy.exp(-numpy.abs(z))
        value = (numpy.log1p(t) - numpy.minimum(z, 0)).mean()
        slope = numpy.where(z < 0, numpy.float32(1), t) / (1 + t) * (-beta / size)
        return value, slope, -slope

    return [("numpy", "handwritten", call)]


@case("loss/lrml/*/jit")
def lrml(*name):
    size = int(name[2])
    chosen, rejected, ref_chosen, ref_rejected = batch(size)
    beta, tau = numpy.float32(0.05), numpy.float32(0.05)

    def call():
        u = beta * ((chosen - ref_chosen) - (rejected - ref_rejected))
        z = u / tau
        t = numpy.exp(-numpy.abs(z))
        total = 1 + t
        share = numpy.where(z < 0, t, numpy.float32(1)) / total
        rest = numpy.where(z < 0, numpy.float32(1), t) / total
        e = numpy.exp(-numpy.abs(u))
        soft = numpy.log1p(e) - numpy.minimum(u, 0)
        falling = numpy.where(u < 0, numpy.float32(1), e) / (1 + e)
        powers = numpy.exp(numpy.minimum(z, 0) - numpy.log1p(t) - u)
        value = (rest * soft + powers).mean()
        blend = share * rest / tau
        slope = -blend * soft - rest * falling + powers * (rest / tau - 1)
        slope *= beta / size
        return value, slope, -slope

    return [("numpy", "handwritten", call)]


if __name__ == "__main__":
    serve()
