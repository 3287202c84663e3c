import type { Json } from '../weights/json.ts';
import { quoted } from '../weights/problem.ts';
import { isObject, listOf, TokenizerFault, textOf } from './tokenizerShape.ts';

type Members = ReadonlyMap<string, Json>;

/**
 * The token that a tokenizer.json puts before a text. `add_bos_token` of its config has the last word, as in transformers; else it is what stands
 * before the text in the template. Throws {@link TokenizerFault}.
 */
export function beginOf(file: Members, config: Members, names: ReadonlyMap<number, string>): number | undefined {
  const adds = config.get('add_bos_token') ?? null;
  const named = config.get('bos_token') ?? null;
  if (adds === false) return undefined;
  if (adds === true && named !== null) {
    const name = isObject(named) ? named.get('content') : named;
    for (const [id, of] of names) if (of === name) return id;
    throw new TokenizerFault(
      `its config names the token ${typeof name === 'string' ? quoted(name) : 'of the beginning'}, which is no token`,
    );
  }
  return beginOfTemplate(file.get('post_processor') ?? null, names);
}

function beginOfTemplate(processor: Json, names: ReadonlyMap<number, string>): number | undefined {
  if (processor === null) return undefined;
  if (!isObject(processor)) throw new TokenizerFault('`post_processor` is no object');
  const type = processor.get('type');
  if (type === 'ByteLevel') return undefined;
  if (type === 'Sequence') {
    for (const one of listOf(processor, 'processors')) {
      const begin = beginOfTemplate(one, names);
      if (begin !== undefined) return begin;
    }
    return undefined;
  }
  if (type !== 'TemplateProcessing')
    throw new TokenizerFault(`\`post_processor\` is of type ${typeof type === 'string' ? quoted(type) : 'nothing'}, which is not read`);
  const before: string[] = [];
  for (const item of listOf(processor, 'single')) {
    const special = isObject(item) ? item.get('SpecialToken') : undefined;
    if (!isObject(special)) break;
    before.push(textOf(special, 'id'));
  }
  if (before.length > 1) throw new TokenizerFault(`\`post_processor\` puts ${before.length} tokens before a text; one is the most`);
  if (before.length === 0) return undefined;
  const listed = processor.get('special_tokens') ?? null;
  const entry = isObject(listed) ? listed.get(before[0]!) : undefined;
  const [id, ...more] = isObject(entry) ? listOf(entry, 'ids') : [];
  if (typeof id !== 'number' || !names.has(id) || more.length > 0)
    throw new TokenizerFault(`\`post_processor\` puts ${quoted(before[0]!)} before a text, which is no token`);
  return id;
}
