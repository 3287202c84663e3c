"""Golden fits for test/core/measure/fit. Run: python3 test/oracles/fits.py (needs scipy 1.17 and numpy).

The data are made here and, bit for bit the same, in test/core/measure/fit/samples.ts: a 32-bit generator and arithmetic that IEEE 754 rounds
alike everywhere (no logarithm, no sine), cut to bf16. scipy's `fit` stops at some 1e-5 of the parameters, so its answer is the start of
simplex searches in scipy's own density; both likelihoods are kept.
"""

import json
import pathlib

import numpy as np
import scipy
from scipy import optimize, stats

N = 4000


def uniforms(seed):
    state = seed
    while True:
        state = (1664525 * state + 1013904223) % 2**32
        yield (state + 0.5) / 2**32


def bell(u):
    return sum(next(u) for _ in range(12)) - 6.0


def t2(u):
    p = next(u)
    return (2.0 * p - 1.0) / np.sqrt(2.0 * p * (1.0 - p))


def ratio(u):
    """Nearly a Student t of nu 4."""
    z = bell(u)
    chi = 0.0
    for _ in range(4):
        b = bell(u)
        chi += b * b
    return z / np.sqrt(chi / 4.0)


def triangle(u):
    return next(u) + next(u) - 1.0


def uniform(u):
    return 2.0 * next(u) - 1.0


def rows(u):
    """A mixture of scales: what a tensor with rows of different size looks like."""
    scale = 0.25 + 2.0 * next(u)
    return scale * bell(u)


def skewed(u):
    b = bell(u)
    return b + 0.15 * b * b


def spiked(u):
    """A tenth of exact zeros."""
    return 0.0 if next(u) < 0.1 else t2(u)


MAKERS = {"bell": bell, "t2": t2, "ratio": ratio, "triangle": triangle, "uniform": uniform, "rows": rows, "skewed": skewed, "spiked": spiked}


def bf16(values):
    return (np.float32(values).view(np.uint32) & 0xFFFF0000).view(np.float32).astype(np.float64)


def sample(name, seed, shift, scale):
    u = uniforms(seed)
    return bf16(np.array([shift + scale * MAKERS[name](u) for _ in range(N)]))


def polished(dist, x, start, bounds):
    """The maximum of scipy's likelihood: its own fit, then simplex searches until nothing changes. Shapes in logarithms."""
    inside = lambda v: all(low <= np.exp(s) <= high for s, (low, high) in zip(v[:-2], bounds))
    spread = x.std()
    unpack = lambda v: (*np.exp(v[:-2]), v[-2] * spread, np.exp(v[-1]) * spread)
    values, counts = np.unique(x, return_counts=True)
    cost = lambda v: -(counts * dist.logpdf(values, *unpack(v))).sum() / len(x) if inside(v) else np.inf
    v = np.array([*np.log(start[:-2]), start[-2] / spread, np.log(start[-1] / spread)])
    for (low, high), i in zip(bounds, range(len(v))):
        v[i] = np.clip(v[i], np.log(low) + 1e-9, np.log(high) - 1e-9)
    for _ in range(6):
        v = optimize.minimize(cost, v, method="Nelder-Mead", options={"xatol": 1e-11, "fatol": 1e-16, "maxiter": 4000}).x
    return unpack(v)


def described(dist, x, params):
    return {
        "params": [float(p) for p in params],
        "loglik": float(dist.logpdf(x, *params).sum()),
        "ks": float(stats.kstest(x, dist.cdf, args=params).statistic),
    }


def golden(name, seed, shift, scale):
    x = sample(name, seed, shift, scale)
    return {"name": name, "seed": seed, "shift": shift, "scale": scale, **fits(x)}


def tensor(name):
    """A tensor of the model in examples."""
    file = (pathlib.Path(__file__).parents[2] / "examples/tiny-lm/tiny.safetensors").read_bytes()
    size = int.from_bytes(file[:8], "little")
    low, high = json.loads(file[8 : 8 + size])[name]["data_offsets"]
    bits = np.frombuffer(file[8 + size + low : 8 + size + high], "<u2").astype(np.uint32) << 16
    return {"name": name, **fits(bits.view(np.float32).astype(np.float64))}


def fits(x):
    found = {"n": len(x), "sum": float(x.sum()), "distinct": len(set(x))}
    found["normal"] = described(stats.norm, x, stats.norm.fit(x))
    found["laplace"] = described(stats.laplace, x, stats.laplace.fit(x))
    with np.errstate(all="ignore"):
        t = stats.t.fit(x)
        found["scipyT"] = described(stats.t, x, t)
        found["studentT"] = described(stats.t, x, polished(stats.t, x, t, [(0.2, 1e6)]))
        g = stats.gennorm.fit(x)
        found["scipyGennorm"] = described(stats.gennorm, x, g)
        found["gennorm"] = described(stats.gennorm, x, polished(stats.gennorm, x, g, [(0.1, 100.0)]))
    found["skewness"] = float(stats.skew(x))
    found["kurtosis"] = float(stats.kurtosis(x, fisher=False))
    found["excessKurtosis"] = float(stats.kurtosis(x))
    return found


CASES = [("bell", 1, 0.0, 1.0), ("t2", 2, 0.0, 1.0), ("ratio", 3, 0.0, 0.02), ("triangle", 4, 0.0, 3.0), ("uniform", 5, 0.0, 1.0),
         ("rows", 6, 0.0, 1e-3), ("skewed", 7, 0.5, 1.0), ("spiked", 8, 0.0, 1.0), ("ratio", 9, 40.0, 8.0)]

TENSORS = [f"model.layers.{i}.{name}.weight" for i, name in ((0, "self_attn.k_proj"), (2, "self_attn.q_proj"), (4, "mlp.down_proj"))]

ARGUMENTS = [(a, x) for a in (0.01, 0.3, 1.0, 2.7, 10.0) for x in (1e-9, 0.01, 0.7, 2.0, 9.0, 60.0)]

golden_fits = {
    "source": f"scipy {scipy.__version__}, numpy {np.__version__}",
    "n": N,
    "fits": [golden(*case) for case in CASES],
    "tiny": [tensor(name) for name in TENSORS],
    "gamma": [{"x": x, "log": float(scipy.special.gammaln(x)), "digamma": float(scipy.special.digamma(x))}
              for x in (0.01, 0.05, 0.5, 1.0, 1.4616321449683623, 2.0, 3.3, 9.99, 10.0, 57.0)],
    "gammaTail": [{"a": a, "x": x, "tail": float(scipy.special.gammaincc(a, x))} for a, x in ARGUMENTS],
}

pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden_fits, indent=1) + "\n")
