import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import oniguruma from 'vscode-oniguruma';
import textmate from 'vscode-textmate';

/** A piece of text and the innermost scope it has. */
export interface Scoped {
  readonly text: string;
  readonly scope: string;
}

/** Tokenizes as VS Code does, and leaves out white space. One list per line. */
export async function scopes(text: string, scopeName = 'source.nibble'): Promise<readonly (readonly Scoped[])[]> {
  const grammar = await registry.loadGrammar(scopeName);
  if (grammar === null) throw new Error(`No grammar ${scopeName}`);
  let stack = textmate.INITIAL;
  return text.split('\n').map((line) => {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, stack);
    stack = ruleStack;
    return tokens.map((t) => ({ text: line.slice(t.startIndex, t.endIndex).trim(), scope: t.scopes.at(-1)! })).filter((t) => t.text !== '');
  });
}

const files: Record<string, string> = {
  'source.nibble': 'syntaxes/nibble.tmLanguage.json',
  'markdown.nibble.codeblock': 'syntaxes/nibble.markdown.tmLanguage.json',
};

const registry = new textmate.Registry({ onigLib: onigLib(), loadGrammar: async (name) => rawGrammar(name) });

/** A Markdown grammar that is nothing but the injection: enough to see what the fence does. */
function rawGrammar(name: string) {
  if (name === 'text.html.markdown') {
    const markdown = { scopeName: name, patterns: [{ include: 'markdown.nibble.codeblock' }] };
    return textmate.parseRawGrammar(JSON.stringify(markdown), 'markdown.json');
  }
  const file = files[name];
  return file === undefined ? null : textmate.parseRawGrammar(readFileSync(file, 'utf8'), file);
}

async function onigLib() {
  const wasm = createRequire(import.meta.url).resolve('vscode-oniguruma/release/onig.wasm');
  await oniguruma.loadWASM(readFileSync(wasm));
  return {
    createOnigScanner: (patterns: string[]) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text: string) => new oniguruma.OnigString(text),
  };
}
