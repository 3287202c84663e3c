"""Golden quantiles and distribution functions at 70 digits, for test/core/numeric. Run: python3 test/oracles/distributions.py (needs mpmath, scipy)."""

import json
import pathlib

import mpmath as mp
from scipy import stats

mp.mp.dps = 70

NUS = [0.5, 1.0, 1.66, 2.0, 2.5, 3.0, 4.0, 5.0, 7.0, 10.0, 17.3, 30.0, 100.0, 333.3, 1000.0, 20000.0, 3e6]
PS = [1e-10, 1e-7, 1e-4, 0.0065, 31 / 960, 0.1, 0.2499, 0.25, 0.3, 0.45, 0.499, 0.499999, 0.4999999999, 0.5000003, 0.51, 0.7, 0.7501,
      1 - 31 / 960, 0.9677083, 0.999, 1 - 1e-6, 1 - 1e-10]
XS = [-1e6, -300.0, -40.0, -12.0, -6.3, -3.0, -2.0, -1.5, -1.0, -0.3, -1e-3, 1e-7, 0.1, 0.9, 1.6, 2.5, 5.0, 9.0]


def t_cdf(x, nu):
    x, nu = mp.mpf(x), mp.mpf(nu)
    y = x * x / (nu + x * x)
    if y > 0.5:
        tail = mp.betainc(nu / 2, mp.mpf(1) / 2, 0, 1 - y, regularized=True) / 2
    else:
        # The density times a series of positive terms (DLMF 15.8.1): the tail is what it leaves of 1/2, so digits go, of which there are enough.
        terms = mp.hyp2f1(1, (nu + 1) / 2, mp.mpf(3) / 2, y, maxterms=10**6)
        tail = mp.mpf(1) / 2 - t_pdf_at_0(nu) * abs(x) * (1 + x * x / nu) ** (-(nu + 1) / 2) * terms
    if abs(tail) < 1e-45:
        return mp.mpf(0)
    return tail if x < 0 else 1 - tail


def t_pdf_at_0(nu):
    nu = mp.mpf(nu)
    return mp.gamma((nu + 1) / 2) / (mp.sqrt(nu * mp.pi) * mp.gamma(nu / 2))


def normal_cdf(x):
    return mp.erfc(-mp.mpf(x) / mp.sqrt(2)) / 2


def root(cdf, pdf_at_0, p, start):
    """A bracketing search in 70 digits about scipy's value, or about the tangent at the median, where scipy can answer 0."""
    p = mp.mpf(p)
    start = (p - 0.5) / pdf_at_0 if abs(p - 0.5) < 1e-3 else mp.mpf(start)
    width = abs(start) * mp.mpf("1e-3")
    low, high = start - width, start + width
    assert cdf(low) < p < cdf(high), (p, start)
    x = mp.findroot(lambda x: cdf(x) - p, (low, high), solver="anderson", tol=mp.mpf("1e-120"), verify=False)
    error = abs(cdf(x) - p) / min(p, 1 - p, abs(p - 0.5))
    assert error < 1e-20, (p, start, error)
    return x


def number(x):
    return float(mp.nstr(x, 25))


golden = {
    "source": f"mpmath {mp.__version__}, {mp.mp.dps} digits",
    "p": PS,
    "x": XS,
    "normal": {
        "quantile": [number(root(normal_cdf, 1 / mp.sqrt(2 * mp.pi), p, stats.norm.ppf(p))) for p in PS],
        "cdf": [number(normal_cdf(x)) for x in XS],
    },
    "student_t": [
        {
            "nu": nu,
            "quantile": [number(root(lambda x: t_cdf(x, nu), t_pdf_at_0(nu), p, stats.t.ppf(p, nu))) for p in PS],
            "cdf": [number(t_cdf(x, nu)) for x in XS],  # 0: below what this oracle resolves
        }
        for nu in NUS
    ],
}

path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden, indent=1) + "\n")
