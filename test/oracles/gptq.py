"""Golden results for core/model/gptq, computed with numpy's linear algebra alone.

Written from algorithm 1 of Frantar et al., GPTQ (arXiv 2210.17323), without its lazy batches: the inverse of the damped Hessian by
numpy.linalg.inv, its upper Cholesky factor, one column after the other. A block of a row gets its scale, absmax over the largest magnitude of a
level in float32, from the weights as they are when its first column is due. Damping is 1 % of the mean of the diagonal.

Usage: python3 test/oracles/gptq.py > test/oracles/gptq.json && npx biome format --write test/oracles/gptq.json
"""

import json

import numpy as np

f32 = np.float32
E2M1 = [-6, -4, -3, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3, 4, 6]
NF4 = [-1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0,
       0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941,
       0.7229568362236023, 1]


def rounded(column, scales, levels):
    """Each weight as the nearest level times its scale, in float32."""
    levels = np.array(levels, dtype=f32)
    x = column.astype(f32) / scales
    return levels[np.argmin(np.abs(x[:, None].astype(np.float64) - levels[None, :]), axis=1)] * scales


def gptq(weights, inputs, levels, block):
    w = weights.astype(np.float64)
    h = inputs.astype(np.float64).T @ inputs.astype(np.float64)
    n = h.shape[0]
    h += 0.01 * np.mean(np.diag(h)) * np.eye(n)
    upper = np.linalg.cholesky(np.linalg.inv(h)).T
    out = np.zeros_like(w)
    for j in range(n):
        if j % block == 0:
            scales = np.max(np.abs(w[:, j : j + block]), axis=1).astype(f32) / f32(np.max(np.abs(levels)))
        out[:, j] = rounded(w[:, j], scales, levels)
        error = (w[:, j] - out[:, j]) / upper[j, j]
        w[:, j:] -= np.outer(error, upper[j, j:])
    return out


def case(name, seed, levels, block, n_out, n_in, n_tokens):
    random = np.random.default_rng(seed)
    weights = np.round(random.standard_normal((n_out, n_in)), 3).astype(f32)
    # Inputs that share a part, as those of a network do; one channel stands out, and one is always 0.
    inputs = random.standard_normal((n_tokens, n_in)) + 1.5 * random.standard_normal((n_tokens, 1))
    inputs[:, 2] *= 6
    inputs[:, n_in - 3] = 0
    inputs = np.round(inputs, 3).astype(f32)
    return {
        "name": name,
        "levels": levels,
        "block": block,
        "weights": [[float(str(x)) for x in row] for row in weights],
        "inputs": [[float(str(x)) for x in row] for row in inputs],
        "reconstruct": [[float(str(f32(x))) for x in row] for row in gptq(weights, inputs, levels, block)],
    }


print(json.dumps([
    case("NF4, blocks of 8", 1, NF4, 8, 3, 20, 30),
    case("E2M1, one scale a row", 2, E2M1, 20, 3, 20, 30),
    case("E2M1, blocks of 16, fewer tokens than inputs", 3, E2M1, 16, 2, 24, 10),
]))
