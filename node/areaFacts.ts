import { resolve } from 'node:path';
import type { Problem } from '../core/fit/moments.ts';
import type { AreaReport } from '../core/hardware/areaReport.ts';
import { type AreaRequest, type Fact, factKey } from '../core/lang/facts.ts';
import type { Linked } from '../core/lang/spec.ts';
import type { Areas } from './areas.ts';
import type { Place } from './expandPattern.ts';

/** What a search for areas needs to be told. */
export interface AreaFactOptions {
  /** Where the paths of Liberty files start, and what they may not leave. */
  readonly place: (linked: Linked) => Place;
  readonly signal: AbortSignal;
  /** Told how many are synthesised, and of how many. */
  readonly onProgress: (done: number, total: number) => void;
}

/** Synthesises what is asked for, and gives it by `factKey`. Rejects with the signal's reason. */
export async function findAreas(
  requests: readonly AreaRequest[],
  areas: Areas,
  options: AreaFactOptions,
): Promise<ReadonlyMap<string, Fact>> {
  let done = 0;
  const found = await Promise.all(
    requests.map(async (request) => {
      const area = await areaOf(request, areas, options);
      options.onProgress(++done, requests.length);
      return [factKey(request), area] as const;
    }),
  );
  return new Map(found);
}

function areaOf(
  { codebook, hardware: { spec, libertyFrom }, effort }: AreaRequest,
  areas: Areas,
  { place, signal }: AreaFactOptions,
): Promise<AreaReport | Problem> {
  if (!libertyFrom) return areas.report(codebook, spec, { signal, effort });
  const { base, root } = place({ symbol: { module: libertyFrom } });
  return areas.report(codebook, { ...spec, cells: resolve(base, spec.cells) }, { signal, effort, root });
}
