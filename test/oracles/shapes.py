"""Golden location-scale fits for test/core/measure/fit/fitShape.test.ts. Run: python3 test/oracles/shapes.py (needs scipy 1.17 and numpy).

The samples are those of fits.py. A shape is held and location and scale are searched in scipy's own density, by simplex until nothing changes.
The quantiles are NumPy's (its default, type 7) of the same samples.
"""

import json
import pathlib

import numpy as np
import scipy
from scipy import optimize, stats

source = pathlib.Path(__file__).with_name("fits.py").read_text().split("\nARGUMENTS =")[0]
exec(source)  # The samples, without the fits.

SHAPES = {
    "normal": stats.norm,
    "laplace": stats.laplace,
    "logistic": stats.logistic,
    "t 1": stats.t(1),
    "t 2.5": stats.t(2.5),
    "t 5": stats.t(5),
    "t 30": stats.t(30),
}


def fitted(dist, x):
    centre, spread = np.median(x), x.std()
    values, counts = np.unique((x - centre) / spread, return_counts=True)
    cost = lambda v: -(counts * (dist.logpdf((values - v[0]) / np.exp(v[1])) - v[1])).sum() / len(x)
    v = np.array([0.0, -0.3])
    for _ in range(6):
        v = optimize.minimize(cost, v, method="Nelder-Mead", options={"xatol": 1e-12, "fatol": 1e-16, "maxiter": 4000}).x
    mu, sigma = centre + spread * v[0], spread * np.exp(v[1])
    ks = stats.kstest((x - mu) / sigma, dist.cdf).statistic
    return {"mu": float(mu), "sigma": float(sigma), "ks": float(ks), "loglik": float(-cost(v) - np.log(spread))}


def golden_shapes(name, seed, shift, scale):
    x = sample(name, seed, shift, scale)
    found = {shape: fitted(dist, x) for shape, dist in SHAPES.items()}
    probabilities = [0, 0.01, 0.1, 0.25, 0.5, 0.7, 0.9, 0.99, 1]
    return {"name": name, "seed": seed, "shift": shift, "scale": scale, "shapes": found,
            "quantiles": [[p, float(q)] for p, q in zip(probabilities, np.quantile(x, probabilities))]}


pathlib.Path(__file__).with_suffix(".json").write_text(
    json.dumps({"source": f"scipy {scipy.__version__}, numpy {np.__version__}", "n": N,
                "fits": [golden_shapes(*case) for case in CASES if case[0] not in ("uniform", "triangle")]}, indent=1) + "\n")
