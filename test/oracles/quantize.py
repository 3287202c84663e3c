"""Golden results for core/quantize, computed with numpy alone.

Written from the publications' definitions, not from our code: one plain loop per scheme, float32 where the kernels have float32.
    int, codebooks   the reference code of arXiv 2405.03103 (LLM-datatypes): 4-bit codebooks, int sym, full range, asym
    MXFP4            OCP Microscaling v1.0 (floor), torchao's RCEIL, CEIL and EVEN, ml_dtypes' nearest
    NVFP4            E4M3 scale per 16 and a float32 scale per tensor, as torchao
    QLoRA            NF4, block 64, scales less their mean in int8 per 256
Two decisions of ours on inputs where the publications give 0/0 or infinity: a scale that is not 0 stays within the finite non-zero numbers of
its type, and a reconstruct saturates at the largest float32.

Usage: python3 test/oracles/quantize.py > test/oracles/quantize.json && npx biome format --write test/oracles/quantize.json
"""

import base64
import json
import math

import numpy as np

f32 = np.float32
MAX = f32(np.finfo(f32).max)
TINY = f32(2.0**-149)

E2M1 = [0, 0.5, 1, 1.5, 2, 3, 4, 6, -0.0, -0.5, -1, -1.5, -2, -3, -4, -6]
NF4 = [-1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0,
       0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941,
       0.7229568362236023, 1]
SUPER_RANGE = [-6, -4, -3, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3, 4, 6, 8]
EN_25 = [-.787862, -.609476, -.459471, -.333333, -.227264, -.138071, -.063069, 0, .063069, .138071, .227264, .333333, .459471, .609476, .787862, 1]


def keep(scale):
    """A scale that is not 0 stays finite and not 0 in float32."""
    return f32(np.clip(f32(scale), TINY, MAX))


def absmax(group):
    return f32(np.max(np.abs(group)))


def reconstruct(level, scale):
    with np.errstate(over="ignore", under="ignore"):
        return f32(np.clip(f32(level) * f32(scale), -MAX, MAX))


# --- 4-bit codebooks: scale = absmax / max(codebook), a tie goes to the lower level ------------------------------------------------------


def codebook_group(group, levels):
    if absmax(group) == 0:
        return f32(0), np.zeros_like(group)
    scale = keep(absmax(group) / f32(max(levels)))
    middles = [f32((a + b) / 2) for a, b in zip(levels[:-1], levels[1:])]
    out = np.zeros_like(group)
    for i, w in enumerate(group):
        x = f32(w / scale)
        q = levels[-1]
        for middle, level in zip(middles, levels):
            if x <= middle:
                q = level
                break
        out[i] = reconstruct(q, scale)
    return scale, out


# --- integers ----------------------------------------------------------------------------------------------------------------------------


def int_sym(group):
    if absmax(group) == 0:
        return f32(0), np.zeros_like(group)
    scale = keep(absmax(group) / f32(7))
    q = np.clip(np.round(group / scale), -8, 7)
    return scale, np.array([reconstruct(v, scale) for v in q], f32)


def int_full(group):
    if absmax(group) == 0:
        return f32(0), np.zeros_like(group)
    scale = keep(absmax(group) / f32(8))
    if np.max(group) > abs(np.min(group)):
        scale = -scale
    q = np.clip(np.round(group / scale), -8, 7)
    return scale, np.array([reconstruct(v, scale) for v in q], f32)


def int_asym(group):
    low, high = f32(min(np.min(group), 0)), f32(max(np.max(group), 0))
    if low == high:
        return f32(0), np.zeros_like(group)
    with np.errstate(over="ignore"):
        span = high - low
    scale = keep(span / f32(15) if np.isfinite(span) else (float(high) - float(low)) / 15)
    zero = np.round(-low / scale)
    q = np.clip(np.round(group / scale) + zero, 0, 15)
    return scale, np.array([reconstruct(v - zero, scale) for v in q], f32)


# --- E2M1, ties to the even code ---------------------------------------------------------------------------------------------------------


def e2m1(x):
    best = min(abs(float(x) - level) for level in E2M1)
    nearest = [code for code, level in enumerate(E2M1) if abs(float(x) - level) == best]
    return E2M1[next((code for code in nearest if code % 2 == 0), nearest[0])]


def e2m1_group(group, scale):
    return np.array([reconstruct(e2m1(f32(w / scale)), scale) for w in group], f32) if scale > 0 else np.zeros_like(group)


def mxfp4(rule):
    def group_of(group):
        top = float(absmax(group))
        if top == 0:
            return f32(0), np.zeros_like(group)
        significand, exponent = math.frexp(top)  # top = significand * 2^exponent, significand in [1/2, 1)
        significand, exponent = significand * 2, exponent - 1
        if rule == "floor":
            power = exponent - 2
        elif rule == "ceil":
            power = (exponent if significand == 1 else exponent + 1) - 2
        elif rule == "even":  # absmax rounded to one bit of mantissa; a carry goes to the exponent
            power = (exponent + 1 if significand >= 1.75 else exponent) - 2
        elif rule == "nearest":
            power = (exponent + 1 if significand >= 1.5 else exponent) - 2
        elif rule == "rceil":
            m, e = math.frexp(float(keep(f32(top) / f32(6))))
            power = e - 1 if m == 0.5 else e
        scale = f32(math.ldexp(1.0, min(max(power, -127), 127)))
        return scale, e2m1_group(group, scale)

    return group_of


# --- E4M3 --------------------------------------------------------------------------------------------------------------------------------


def e4m3_values():
    values = []
    for code in range(127):  # 127 is NaN
        exponent, mantissa = code >> 3, code & 7
        values.append(mantissa * 2.0**-9 if exponent == 0 else (1 + mantissa / 8) * 2.0 ** (exponent - 7))
    return values


E4M3 = e4m3_values()


def e4m3(x):
    best = min(abs(float(x) - value) for value in E4M3)
    nearest = [code for code, value in enumerate(E4M3) if abs(float(x) - value) == best]
    value = E4M3[next((code for code in nearest if code % 2 == 0), nearest[0])]
    return max(value, 2.0**-9) if x > 0 else 0.0


# --- whole tensors -----------------------------------------------------------------------------------------------------------------------


def by_group(weights, block, group_of):
    """Blocks inside rows; a shorter last one has its own scale."""
    scales, out = [], np.zeros_like(weights)
    for row in range(weights.shape[0]):
        for start in range(0, weights.shape[1], block):
            scale, out[row, start:start + block] = group_of(weights[row, start:start + block])
            scales.append(scale)
    return np.array(scales, f32), out


def nvfp4(weights, block=16):
    first = by_group(weights, block, lambda g: (f32(0) if absmax(g) == 0 else keep(absmax(g) / f32(6)), g))[0]
    tensor_scale = keep(np.max(first) / f32(448)) if np.max(first) > 0 else f32(0)
    scales = iter(f32(0) if s == 0 else keep(f32(e4m3(f32(s / tensor_scale))) * tensor_scale) for s in first)

    def group_of(group):
        scale = next(scales)
        return scale, e2m1_group(group, scale)

    return by_group(weights, block, group_of)


def qlora(weights, block=64, second=256):
    flat = weights.reshape(1, -1)
    first = by_group(flat, block, lambda g: (absmax(g), g))[0]
    mean = f32(np.float64(sum(float(s) for s in first)) / len(first))
    stored = []
    for start in range(0, len(first), second):
        centred = [f32(s - mean) for s in first[start:start + second]]
        top = max(abs(c) for c in centred)
        scale = keep(top / f32(127)) if top > 0 else f32(0)
        for c in centred:
            q = np.clip(np.round(f32(c / scale)), -127, 127) if scale > 0 else f32(0)
            stored.append(f32(f32(q) * scale) + mean)
    scales = iter(f32(0) if s == 0 else f32(v) for s, v in zip(first, stored))
    middles = [f32((a + b) / 2) for a, b in zip(NF4[:-1], NF4[1:])]

    def group_of(group):
        scale = next(scales)
        if scale == 0:
            return scale, np.zeros_like(group)
        return scale, np.array([reconstruct(NF4[sum(bool(f32(w / scale) > m) for m in middles)], scale) for w in group], f32)

    scales_used, out = by_group(flat, block, group_of)
    return scales_used, out.reshape(weights.shape)


# --- inputs ------------------------------------------------------------------------------------------------------------------------------


def inputs():
    rng = np.random.default_rng(42)
    student = rng.standard_t(5, (2, 70)) * 0.02
    yield "student t, last block short", student
    quarters = np.concatenate([np.arange(-32, 33) / 4, [6, 8, -8, 7, -7]])
    yield "on thresholds", np.stack([quarters, quarters[::-1] * 3 * 2.0**-10])
    outliers = student.copy()
    outliers[:, ::17] *= 1000
    yield "outliers x1000", outliers
    zeros = student.copy()
    zeros[0, :] = -0.0
    zeros[1, 16:48] = 0
    yield "blocks of zeros", zeros
    yield "subnormal", rng.integers(-40, 41, (2, 40)) * 2.0**-149
    yield "near the end of float32", rng.uniform(-3.4028234e38, 3.4028234e38, (2, 40))
    yield "from subnormal to huge", np.exp2(rng.uniform(-149, 127, (2, 40))) * rng.choice([-1, 1], (2, 40))
    yield "one sign", np.abs(rng.standard_normal((1, 50)))
    yield "bfloat16 values", (rng.standard_normal((1, 64)).astype(f32).view(np.uint32) & 0xFFFF0000).view(f32)


def schemes():
    for name, levels in (("nf4", NF4), ("e2m1", sorted(set(E2M1))), ("super-range", SUPER_RANGE), ("en_25", EN_25)):
        yield f"codebook {name}", 32, lambda w, b, levels=levels: by_group(w, b, lambda g: codebook_group(g, levels))
    for name, group_of in (("sym", int_sym), ("full", int_full), ("asym", int_asym)):
        yield f"int {name}", 32, lambda w, b, group_of=group_of: by_group(w, b, group_of)
    for rule in ("floor", "ceil", "even", "nearest", "rceil"):
        yield f"mxfp4 {rule}", 32, lambda w, b, rule=rule: by_group(w, b, mxfp4(rule))
    yield "nvfp4", 16, nvfp4
    yield "qlora", 8, lambda w, b: qlora(w, b, 4)


def packed(array):
    """Little-endian float32 in base64."""
    return base64.b64encode(np.ascontiguousarray(array, "<f4").tobytes()).decode()


def main():
    with np.errstate(over="ignore", under="ignore"):
        tensors = {name: np.clip(np.asarray(values, dtype=f32), -MAX, MAX) for name, values in inputs()}
        row = tensors["student t, last block short"][:1]
        cases = []
        for scheme, block, run in schemes():
            # Every width from 1 to 70, so every length of a short last block.
            widths = [("student t, last block short", row[:, :width]) for width in range(1, 70)] if scheme == "codebook nf4" else []
            for name, weights in [*tensors.items(), *widths]:
                scales, out = run(weights, block)
                case = {"scheme": scheme, "input": name, "shape": list(weights.shape), "block": block}
                cases.append({**case, "scales": packed(scales), "reconstruct": packed(out)})
    print(json.dumps({"inputs": {name: packed(w) for name, w in tensors.items()}, "cases": cases}, indent=2))


main()
