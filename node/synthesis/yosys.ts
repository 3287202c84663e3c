import { visible } from '../../core/weights/visibleName.ts';

/** Yosys, wherever it runs. One job at a time; those that come meanwhile wait. */
export interface Yosys {
  /** What results of this Yosys are told apart by. Fails with {@link YosysError} where there is none. */
  readonly version: () => Promise<string>;
  /** Runs a script on files of its own. Stops at once, and rejects with the signal's reason, when the signal comes. */
  readonly run: (job: YosysJob, signal: AbortSignal) => Promise<YosysOutput>;
  /** Makes ready for a run that is likely to come soon. */
  readonly warm: () => void;
  /** Ends whatever runs. */
  readonly close: () => void;
}

/** Names are those of files beside the script, without folders. */
export interface YosysJob {
  /** The commands, one a line. */
  readonly script: string;
  readonly files: Readonly<Record<string, string>>;
  /** The files that the script writes. */
  readonly results: readonly string[];
}

export interface YosysOutput {
  /** The results, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** What Yosys said, its end where that was much. */
  readonly log: string;
}

export interface YosysLimits {
  /** A run that takes longer is stopped. */
  readonly runMs: number;
  /** A process that has had nothing to do for this long is ended, as it holds some 300 MB. */
  readonly idleMs: number;
  /**
   * A run that nobody waits for any more may come to its end within this long, as the process is worth more than the run: a new one takes three
   * times as long for its first synthesis. Then it is stopped.
   */
  readonly abandonedMs: number;
  /** Memory that Yosys may fill. */
  readonly memoryBytes: number;
}

/** Enough for every design of a format: a synthesis takes less than two seconds and 400 MB. */
export const usualLimits: YosysLimits = { runMs: 60_000, idleMs: 60_000, abandonedMs: 600, memoryBytes: 2 ** 30 };

/** Why there is no result, and what can be done about it. */
export class YosysError extends Error {
  /** `missing`: not installed; `refused`: it reported an error; `crashed`, `timeout`: it did not come to an end. The next run starts anew. */
  readonly code: 'missing' | 'refused' | 'crashed' | 'timeout';

  constructor(code: YosysError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

export const timedOut = ({ runMs }: YosysLimits): YosysError =>
  new YosysError('timeout', `Yosys was stopped after ${runMs / 1000} s; the design is too large, or its cells do not suit it`);

/** Of a log, the error that ended the run: the last of its kind, with the file and line that it names. */
export function refusal(log: string): YosysError {
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  const error = lines.findLast((line) => line.includes('ERROR:')) ?? lines.at(-1) ?? 'nothing';
  return new YosysError('refused', `Yosys reported: ${visible(error.replace('ERROR: ', '').trim())}`);
}

/** Keeps the end of a text that grows. */
export const endOf = (log: string): string => (log.length > maxLog ? log.slice(-maxLog) : log);

const maxLog = 65_536;
