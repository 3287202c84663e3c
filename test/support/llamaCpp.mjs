// Runs a GGUF model in llama.cpp, as node-llama-cpp brings it: a process of its own, so that a crash of native code is a failed test.
// Reads { modelPath, sequences, texts } from standard input, and writes the logits of each position of each sequence, and the tokens of the
// texts.
import { readFileSync } from 'node:fs';
import { getLlama } from '../../tools/llama/node_modules/node-llama-cpp/dist/index.js';

const { modelPath, sequences, texts } = JSON.parse(readFileSync(0, 'utf8'));

const llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, logLevel: 'error', maxThreads: 1 });
const model = await llama.loadModel({ modelPath });
const context = await model.createContext({
  contextSize: Math.max(...sequences.map(({ length }) => length)) + 1,
  flashAttention: false,
  // Keys and values would be rounded to float16 otherwise.
  experimentalKvCacheKeyType: 'F32',
  experimentalKvCacheValueType: 'F32',
  threads: 1,
});
// Nothing that a sampler would leave out is left out.
const options = { temperature: 1, minP: 0, topK: 0, topP: 1 };
const logits = [];
const sequence = context.getSequence();
for (const tokens of sequences) {
  await sequence.clearHistory();
  const found = await sequence.controlledEvaluate(tokens.map((token) => [token, { generateNext: { logits: true, options } }]));
  logits.push(
    found.map(({ next }) => {
      const row = [];
      for (const [token, logit] of next.logits) row[token] = logit;
      return row;
    }),
  );
}
process.stdout.write(JSON.stringify({ logits, tokens: texts.map((text) => model.tokenize(text)) }));
await llama.dispose();
