import { resolve } from 'node:path';
import { readFileSync } from 'node:fs';
import { evaluationsOf } from '../core/ide/known.ts';
import { analyse } from '../core/lang/analysis.ts';
import { Evaluator } from '../node/evaluator.ts';
import { specFiles } from '../node/specFiles.ts';
const twelve = process.argv[3] ?? '[INT4, E2M1_I, E2M1_B, E2M1, E2M1_SR, E2M1_SP, E3M0, APoT4, APoT4_SP, NF4, SF4, SF(7)]';
const spec = (f: string) => `use std.paper
weights w = "${f}"
scale s { block = 128, axis = last, anchor = absmax, type = fp16 }
compare c { formats = ${twelve}, on = w, scale = s }
`;
const ev = new Evaluator(resolve('dist/worker.cjs'), 1, { folder: '', limit: 0 });
async function go(f: string, limit: number) {
  const analysis = analyse('file:///bench.nibble', spec(f), specFiles({ open: () => undefined, root: () => undefined }));
  const evaluations = evaluationsOf(analysis);
  const t = performance.now();
  let est = 0;
  const o = await ev.evaluate(evaluations, analysis.weights.values(), { place: () => ({ base: '/tmp' }), signal: new AbortController().signal, onProgress: () => undefined, limit, depth: () => 'sums', onEstimates: () => { est = performance.now() - t; } });
  console.log(f, 'estimate', est.toFixed(1), 'ms; done', (performance.now() - t).toFixed(0), 'ms', o.results.size, 'left out', o.nLeftOut, /VmHWM.*|VmRSS.*/g.exec(readFileSync('/proc/self/status','utf8'))?.[0]);
}
await go('t45f32.safetensors', Infinity);
await go('t45bf16.safetensors', 0);
await go('sparse14.safetensors', 0);
await go('sparse14.safetensors', 0);
if (process.argv[2]) { const c=process.cpuUsage(); const iv=setInterval(()=>{const m=process.memoryUsage(); console.log(Object.entries(m).map(([k,v])=>k+' '+(v/2**20).toFixed(0)).join(' '))},1500); await go('sparse14.safetensors', Infinity); const d=process.cpuUsage(c); console.log('cpu',(d.user+d.system)/1e6); clearInterval(iv);}
console.log(readFileSync('/proc/self/status','utf8').match(/Vm(HWM|RSS).*/g));
await ev.close();
