import type { FromPanel, PanelProtocol } from '../protocol/panel.ts';

/** The version of the messages that this client reads and writes. */
export const protocol: PanelProtocol = 1;

/** A message of the panel; undefined for anything else. */
export function fromPanel(data: unknown): FromPanel | undefined {
  const { protocol: version, kind, uri, format } = fields(data);
  if (version !== protocol) return undefined;
  if (kind === 'ready') return { protocol, kind };
  if (typeof uri !== 'string') return undefined;
  if (kind === 'evaluate') return { protocol, kind, uri };
  return kind === 'reveal' && typeof format === 'string' ? { protocol, kind, uri, format } : undefined;
}

/** The document that a panel showed when its state was saved; undefined where it cannot be told. */
export function documentOfState(state: unknown): string | undefined {
  const { protocol: version, document } = fields(state);
  const { uri } = fields(document);
  return version === protocol && typeof uri === 'string' ? uri : undefined;
}

/** The fields of an object; none of what is no object. */
const fields = (data: unknown): Readonly<Record<string, unknown>> =>
  typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
