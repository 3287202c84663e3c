import { spawnSync } from 'node:child_process';

/**
 * Milliseconds of processor time of a peer: the loop of the paper's code (scale by absmax / largest level per block of 128, nearest of 16 levels by
 * comparison with midpoints, squared error) as a user of numpy would write it. Undefined where there is no numpy.
 */
export function numpyPeer(path: string, n: number): number | undefined {
  const { status, stdout, stderr } = spawnSync('python3', ['-c', script, path, String(n)], { encoding: 'utf8' });
  if (status === 0) return Number(stdout);
  if (!/No module named|not found/.test(stderr ?? '') && stderr) throw new Error(stderr);
  return undefined;
}

const script = `
import os, struct, sys, time
os.environ["OMP_NUM_THREADS"] = "1"
import numpy as np
path, n = sys.argv[1], int(sys.argv[2])
with open(path, "rb") as f:
    header = struct.unpack("<Q", f.read(8))[0]
w = np.fromfile(path, np.float32, n, offset=8 + header).reshape(-1, 128)
levels = np.array([-1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334,
  -0.09105003625154495, 0, 0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224, 0.44070982933044434,
  0.5626170039176941, 0.7229568362236023, 1], np.float32)
cuts = (levels[1:] + levels[:-1]) / 2
start = time.process_time()
noise = 0.0
for part in np.array_split(w, 64):
    scale = np.abs(part).max(axis=1, keepdims=True)
    code = np.searchsorted(cuts, part / scale)
    noise += float(((levels[code] * scale - part) ** 2).sum(dtype=np.float64))
print((time.process_time() - start) * 1000)
`;
