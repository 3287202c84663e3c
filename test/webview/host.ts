import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { panelPage } from '../../client/panelPage.ts';
import type { FromPanel, ToPanel } from '../../protocol/panel.ts';
import { findChromium } from '../vscode/harness.mjs';
import themes from './themes.json' with { type: 'json' };

/** The class of the body in each kind of theme; the variables are those of VS Code's own themes of that kind. */
export type Theme = keyof typeof themes;
export const themeNames = Object.keys(themes) as Theme[];

/** Starts a browser. Fails, saying what to do, where there is no Chromium. */
export const startChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: findChromium(),
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  });

/** A panel in a page, and what it has said. */
export interface Panel {
  readonly page: Page;
  /** Gives the panel a message, of whatever shape. */
  tell(message: ToPanel | unknown): Promise<void>;
  /** What the panel has posted. */
  heard(): Promise<FromPanel[]>;
  state(): Promise<unknown>;
  /** What its content security policy refused, and what went wrong in it. */
  readonly troubles: string[];
  /** What VS Code does when the panel is hidden and shown again: the page is gone and comes anew, with the state that it saved. */
  hideAndShow(): Promise<void>;
  /** What VS Code does to a webview when the theme changes. */
  theme(name: Theme): Promise<void>;
}

/**
 * The panel in a page that stands in for VS Code's webview: the page that the client makes, and the bundle that ships, under the same content
 * security policy. Only the three functions of `acquireVsCodeApi` and the theme's variables are ours. The real webview takes part in
 * test/vscode/e2e/results.mjs; here a test takes milliseconds and can say what no server would.
 */
export async function openPanel(browser: Browser, { theme = 'vscode-dark', width = 700, zoom = 1 }: Options = {}): Promise<Panel> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, deviceScaleFactor: zoom });
  const troubles: string[] = [];
  await context.route('**', (route) => {
    const { pathname, origin: asked } = new URL(route.request().url());
    const file = asked === origin ? files[pathname] : undefined;
    if (file === undefined) troubles.push(`asked for ${route.request().url()}`);
    return file === undefined ? route.abort() : route.fulfill({ contentType: file.type, body: file.body() });
  });
  await context.exposeBinding('trouble', (_source, text: string) => troubles.push(text));
  await context.addInitScript(standIn, { theme, variables: themes[theme] });
  const page = await context.newPage();
  page.setDefaultTimeout(5000);
  page.on('pageerror', (error) => troubles.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));
  await page.goto(origin);
  return {
    page,
    troubles,
    tell: async (message) => {
      await page.evaluate((data) => window.postMessage(data), message);
      // A message is a task of its own, after which the page may draw.
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
    },
    heard: () => page.evaluate(() => JSON.parse(sessionStorage.getItem('heard') ?? '[]') as FromPanel[]),
    state: () => page.evaluate(() => JSON.parse(sessionStorage.getItem('state') ?? 'null') as unknown),
    hideAndShow: async () => {
      await page.reload();
    },
    theme: async (name) => {
      await page.evaluate(putOn, { theme: name, variables: themes[name] });
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
    },
  };
}

interface Options {
  readonly theme?: Theme;
  readonly width?: number;
  readonly zoom?: number;
}

const origin = 'http://webview.test';
const dist = (name: string) => (): string => readFileSync(join('dist', name), 'utf8');
const files: Readonly<Record<string, { readonly type: string; readonly body: () => string }>> = {
  '/': { type: 'text/html', body: () => panelPage({ source: origin, script: `${origin}/webview.js`, style: `${origin}/webview.css` }) },
  '/webview.js': { type: 'text/javascript', body: dist('webview.js') },
  '/webview.css': { type: 'text/css', body: dist('webview.css') },
  '/favicon.ico': { type: 'image/png', body: () => '' },
};

type Clothes = { readonly theme: string; readonly variables: Readonly<Record<string, string>> };

/** Runs in the page, before its own script. */
function standIn({ theme, variables }: Clothes): void {
  const report = (text: string): void => void (window as unknown as { trouble(text: string): void }).trouble(text);
  addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => report(`${violatedDirective} refused ${blockedURI}`));
  // When all is parsed and the panel's script, which is deferred, has not run yet.
  const dress = (): void => {
    for (const [name, value] of Object.entries(variables)) document.documentElement.style.setProperty(name, value);
    document.body.className = theme;
  };
  document.addEventListener('readystatechange', dress, { once: true });
  let isAcquired = false;
  Object.assign(window, {
    acquireVsCodeApi() {
      if (isAcquired) throw new Error('VS Code lends its API once');
      isAcquired = true;
      return {
        postMessage(message: unknown) {
          const heard = JSON.parse(sessionStorage.getItem('heard') ?? '[]') as unknown[];
          sessionStorage.setItem('heard', JSON.stringify([...heard, message]));
        },
        getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
        setState: (state: unknown) => sessionStorage.setItem('state', JSON.stringify(state)),
      };
    },
  });
}

/** Runs in the page. */
function putOn({ theme, variables }: Clothes): void {
  document.documentElement.removeAttribute('style');
  for (const [name, value] of Object.entries(variables)) document.documentElement.style.setProperty(name, value);
  document.body.className = theme;
}
