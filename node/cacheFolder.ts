import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where the results of long work are kept between sessions, and how much of them. */
export interface CachePlace {
  readonly folder: string;
  /** In bytes; 0 keeps nothing. */
  readonly limit: number;
}

/** What is kept unless a setting says otherwise, in bytes. */
export const DEFAULT_CACHE_LIMIT = 2 ** 29;

/** The place of the cache by the customs of the system. `NIBBLE_CACHE` names another folder; `off` keeps nothing. */
export function cachePlace(limit = DEFAULT_CACHE_LIMIT): CachePlace {
  const { NIBBLE_CACHE: named, XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = process.env;
  if (named === 'off') return { folder: '', limit: 0 };
  if (named) return { folder: named, limit };
  if (process.platform === 'win32') return { folder: join(local ?? join(homedir(), 'AppData', 'Local'), 'nibble', 'cache'), limit };
  if (process.platform === 'darwin') return { folder: join(homedir(), 'Library', 'Caches', 'nibble'), limit };
  // Relative paths in this variable are to be ignored, as its specification has it.
  return { folder: join(xdg?.startsWith('/') ? xdg : join(homedir(), '.cache'), 'nibble'), limit };
}
