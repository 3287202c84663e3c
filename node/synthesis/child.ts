import { setFlagsFromString } from 'node:v8';
import type { Tree } from '@yowasp/yosys';
import { reasonOf } from '../../core/weights/visibleName.ts';
import { type ChildReply, type ChildRequest, memoryVariable } from './childMessages.ts';
import { endOf } from './yosys.ts';

// The process in which Yosys runs as WebAssembly. It has no life of its own: it ends with whoever forked it.

// Set before Yosys is loaded, as a memory takes its limit when it is made. A page has 64 KiB.
const nPages = Math.floor(Number(process.env[memoryVariable]) / 65_536);
setFlagsFromString(`--wasm-max-mem-pages=${nPages}`);
// V8 optimises a function of WebAssembly when it has run for a while. At its usual budget it optimises thousands that run in the first synthesis and
// hardly again, which takes longer than the synthesis; with a larger one the first takes half the time, and later ones as long as ever.
setFlagsFromString('--wasm-tiering-budget=200000000');

process.on('disconnect', () => process.exit());
process.on('message', (request: ChildRequest) => {
  void run(request).then((reply) => process.send!(reply));
});

async function run({ script, files, results }: ChildRequest): Promise<ChildReply> {
  let log = '';
  const write = (bytes: Uint8Array | null): void => {
    if (bytes) log = endOf(log + Buffer.from(bytes).toString());
  };
  // Imported when first needed: a Yosys that is not installed is an answer like any other.
  const yosys = await import('@yowasp/yosys').catch((error: unknown) => reasonOf(error));
  if (typeof yosys === 'string') return { kind: 'missing', reason: yosys };
  try {
    const tree =
      (await yosys.runYosys(['-q', '-s', 'script.ys'], { ...files, 'script.ys': script }, { stdout: write, stderr: write })) ?? {};
    const lacking = results.find((name) => !Object.hasOwn(tree, name));
    if (lacking !== undefined) return { kind: 'refused', log: `${log}\nERROR: It came to its end and wrote no ${lacking}` };
    return { kind: 'done', files: Object.fromEntries(results.map((name) => [name, textOf(tree[name])])), log };
  } catch (error) {
    // An exit is Yosys' own way to say what it does not accept; everything else leaves it in pieces, and the parent ends this process.
    return error instanceof yosys.Exit ? { kind: 'refused', log } : { kind: 'crashed', reason: reasonOf(error), log };
  }
}

function textOf(file: Tree[string] | undefined): string {
  if (typeof file === 'string') return file;
  return file instanceof Uint8Array ? Buffer.from(file).toString('utf8') : '';
}
