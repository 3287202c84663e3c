import type { Severity } from '../core/lang/finding.ts';

/** The settings of the server, under `nibble.` in the editor. */
export interface Settings {
  /** When formats are evaluated without being asked for. */
  readonly automatic: 'onType' | 'onSave' | 'off';
  /** Weights times formats up to which that happens. */
  readonly limit: number;
  /** Threads that evaluate; 0 leaves it to the machine. */
  readonly workers: number;
  /** What the cache on disk may take, in bytes; 0 keeps nothing. */
  readonly cacheLimit: number;
  /** An installed Yosys; undefined for the one that comes along. */
  readonly yosys: string | undefined;
  readonly severity: Readonly<Record<string, Severity | 'off'>>;
  readonly lenses: 'shown' | 'hidden';
  readonly pictures: 'shown' | 'hidden';
  /** Pictures of levels within the lines of formats. */
  readonly inlays: 'shown' | 'hidden';
}

export const defaultSettings: Settings = {
  automatic: 'onType',
  limit: 50_000_000,
  workers: 0,
  cacheLimit: 512 * 2 ** 20,
  yosys: undefined,
  severity: {},
  lenses: 'shown',
  pictures: 'shown',
  inlays: 'hidden',
};

const severities = new Set(['error', 'warning', 'information', 'hint', 'off']);

/** Settings from what the editor sends; a value of the wrong type counts as not set. */
export function settingsFrom(sent: unknown): Settings {
  const at = (...path: string[]): unknown => path.reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), sent);
  const automatic = at('evaluate', 'automatic');
  const limit = at('evaluate', 'limit');
  const workers = at('evaluate', 'workers');
  const megabytes = at('cache', 'limit');
  const yosys = at('hardware', 'yosys');
  const severity = at('diagnostics', 'severity');
  return {
    automatic: automatic === 'onSave' || automatic === 'off' ? automatic : 'onType',
    limit: typeof limit === 'number' && limit >= 0 ? limit : defaultSettings.limit,
    workers: typeof workers === 'number' && workers >= 0 ? Math.floor(workers) : defaultSettings.workers,
    cacheLimit: typeof megabytes === 'number' && megabytes >= 0 ? megabytes * 2 ** 20 : defaultSettings.cacheLimit,
    yosys: typeof yosys === 'string' && yosys !== '' ? yosys : undefined,
    severity: isRecord(severity)
      ? Object.fromEntries(
          Object.entries(severity).filter((entry): entry is [string, Severity | 'off'] => severities.has(String(entry[1]))),
        )
      : {},
    lenses: at('lens', 'enable') === false ? 'hidden' : 'shown',
    pictures: at('hover', 'numberLine') === false ? 'hidden' : 'shown',
    inlays: at('inlay', 'picture') === true ? 'shown' : 'hidden',
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
