import type { Gate } from './netlist.ts';

/** The gates so that each comes after all that drive its inputs, otherwise in the order given; undefined where they form a loop. */
export function inOrder(gates: readonly Gate[], nNets: number): readonly Gate[] | undefined {
  const driver = new Int32Array(nNets).fill(-1);
  for (const [i, { outputs }] of gates.entries()) for (const net of outputs) driver[net] = i;
  const waiting = new Int32Array(gates.length);
  const readers: number[][] = gates.map(() => []);
  for (const [i, { inputs }] of gates.entries())
    for (const net of inputs) {
      const from = driver[net]!;
      if (from < 0) continue;
      readers[from]!.push(i);
      waiting[i]!++;
    }
  const ready = [...gates.keys()].filter((i) => waiting[i] === 0);
  for (let done = 0; done < ready.length; done++)
    for (const reader of readers[ready[done]!]!) if (--waiting[reader]! === 0) ready.push(reader);
  return ready.length === gates.length ? ready.map((i) => gates[i]!) : undefined;
}
