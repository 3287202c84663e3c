import { resultColumns } from '../core/view/resultColumns.ts';
import type { ResultRow, Sort } from '../core/view/resultsView.ts';
import type { Results, Status } from '../protocol/messages.ts';
import type { PanelDocument, PanelProtocol, ToPanel } from '../protocol/panel.ts';
import { pictureAnswer, pictureNames } from './pictureShapes.ts';
import { fields, isCode, isCount, isNumberOrNull, isText, isTextOrNull, listOf, oneOf } from './values.ts';

/** The version of the messages and of the saved state that this panel reads and writes. */
export const protocol: PanelProtocol = 2;

/** A message of the client; undefined for anything else. What is read is copied, so that nothing comes along that was not asked for. */
export function toPanel(data: unknown): ToPanel | undefined {
  const message = fields(data);
  if (message?.['protocol'] !== protocol) return undefined;
  switch (message['kind']) {
    case 'document': {
      const document = panelDocument(message['document']);
      return document && { protocol, kind: 'document', document };
    }
    case 'results': {
      const results = resultsFrom(message['results']);
      return results && { protocol, kind: 'results', results };
    }
    case 'status': {
      const status = statusFrom(message['status']);
      return status && { protocol, kind: 'status', status };
    }
    case 'picture': {
      const answer = pictureAnswer(message['answer']);
      return answer && { protocol, kind: 'picture', answer };
    }
    case 'open': {
      const picture = oneOf(message['picture'], pictureNames);
      return picture && { protocol, kind: 'open', picture };
    }
    case 'select': {
      const { uri, format, code } = message;
      if (!isText(uri) || !isTextOrNull(format) || !(code === null || isCode(code))) return undefined;
      return { protocol, kind: 'select', uri, format, code };
    }
    case 'pinned': {
      const { isPinned } = message;
      return typeof isPinned === 'boolean' ? { protocol, kind: 'pinned', isPinned } : undefined;
    }
    default:
      return undefined;
  }
}

export function panelDocument(data: unknown): PanelDocument | undefined {
  const { uri, name, version } = fields(data) ?? {};
  return isText(uri) && isText(name) && isCount(version) ? { uri, name, version } : undefined;
}

/** Results are taken whole or not at all: a table with rows left out would be a lie. */
export function resultsFrom(data: unknown): Results | undefined {
  const { uri, version, nRows, rows } = fields(data) ?? {};
  if (!isText(uri) || !isCount(version) || !isCount(nRows)) return undefined;
  const read = listOf(rows, rowFrom);
  return read && { uri, version, nRows, rows: read };
}

export function sortFrom(data: unknown): Sort {
  const { by, direction } = fields(data) ?? {};
  const name = by === 'format' ? by : resultColumns.find((column) => column.name === by)?.name;
  return name !== undefined && (direction === 'ascending' || direction === 'descending') ? { by: name, direction } : null;
}

function rowFrom(data: unknown): ResultRow | undefined {
  const { compare, format, weights, scale, sqnr, sqnrWithin, nsr, relativeMae, bitsPerWeight, clipped, entropy } = fields(data) ?? {};
  if (!(compare === null || isText(compare)) || !isText(format) || !isText(weights) || !isText(scale)) return undefined;
  if (
    !isNumberOrNull(sqnr) ||
    !isNumberOrNull(sqnrWithin) ||
    !isNumberOrNull(nsr) ||
    !isNumberOrNull(relativeMae) ||
    !isNumberOrNull(bitsPerWeight)
  )
    return undefined;
  if (!isNumberOrNull(clipped) || !isNumberOrNull(entropy)) return undefined;
  return { compare, format, weights, scale, sqnr, sqnrWithin, nsr, relativeMae, bitsPerWeight, clipped, entropy };
}

function statusFrom(data: unknown): Status | undefined {
  const { uri, state, message, done, total } = fields(data) ?? {};
  if (state !== 'idle' && state !== 'evaluating' && state !== 'error') return undefined;
  return isText(uri) && isText(message) && isCount(done) && isCount(total) ? { uri, state, message, done, total } : undefined;
}
