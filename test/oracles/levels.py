"""Golden level tables of the quantile construction (arXiv 2405.03103, Algorithm 1) at 30 digits, for test/core/format.
Run: python3 test/oracles/levels.py (needs mpmath, scipy)."""

import json
import pathlib

import mpmath as mp
from scipy import stats

mp.mp.dps = 30


def upper_t(p, nu):
    """Quantile of Student's t above the median, from the incomplete beta function."""
    if p == mp.mpf(1) / 2:
        return mp.mpf(0)
    cdf = lambda x: 1 - mp.betainc(mp.mpf(nu) / 2, mp.mpf(1) / 2, 0, nu / (nu + x * x), regularized=True) / 2
    return mp.findroot(lambda x: cdf(x) - p, float(stats.t.ppf(float(p), nu)))


def upper_normal(p):
    return mp.sqrt(2) * mp.erfinv(2 * p - 1)


def linspace(a, b, n):
    return [a + (b - a) * i / (n - 1) for i in range(n)]


def normalised(levels):
    top = max(abs(level) for level in levels)
    return [float(mp.nstr(level / top, 20)) for level in levels]


def with_zero(upper, bits, delta):
    half = mp.mpf(1) / 2
    below = [-upper(p) for p in linspace(1 - delta, half, 2 ** (bits - 1))[:-1]]
    above = [upper(p) for p in linspace(half, 1 - delta, 2 ** (bits - 1) + 1)[1:]]
    return normalised([*below, mp.mpf(0), *above])


def without_zero(upper, bits, delta):
    above = [upper(p) for p in linspace(delta, 1 - delta, 2**bits)[2 ** (bits - 1) :]]
    return normalised([*[-level for level in reversed(above)], *above])


d4, d3 = mp.mpf(31) / 960, mp.mpf(15) / 224
t = lambda nu: lambda p: upper_t(p, nu)

golden = {
    "source": f"mpmath {mp.__version__}, {mp.mp.dps} digits",
    "SF4": {nu: with_zero(t(nu), 4, d4) for nu in (3, 4, 5, 6, 7)},
    "SF3": {nu: with_zero(t(nu), 3, d4) for nu in (3, 4, 5, 6)},
    "SF3_NZ": {nu: without_zero(t(nu), 3, d3) for nu in (3, 4, 5, 6)},
    "NF4_exact": with_zero(upper_normal, 4, d4),
    "NF3": with_zero(upper_normal, 3, d3),
    "NF3_NZ": without_zero(upper_normal, 3, d3),
}

path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden, indent=1) + "\n")
