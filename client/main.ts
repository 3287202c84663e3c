import type { ExtensionContext } from 'vscode';
import { registerCommands } from './commands.ts';
import { registerLibrary } from './library.ts';
import { type PanelView, ResultsPanel } from './panel.ts';
import { Server } from './server.ts';
import { type StatusView, showStatus } from './status.ts';
import { registerVerilog } from './verilog.ts';

/** What the extension hands to other extensions: enough to wait for it and to see what it shows. */
export interface Api {
  /** Resolves when the language server answers. */
  ready(): Promise<void>;
  /** What the language status item says now. */
  status(): StatusView;
  readonly panel: {
    view(): PanelView;
    /** Says something to the extension as the panel's script does. What is no message of the panel does nothing. */
    take(message: unknown): Promise<void>;
  };
}

let server: Server | undefined;

/** Called by VS Code when a Nibble document is opened or one of our commands is run. */
export function activate(context: ExtensionContext): Api {
  const running = new Server(context);
  server = running;
  const status = showStatus(context, running);
  registerLibrary(context, running);
  registerVerilog(context, running);
  const panel = new ResultsPanel(context, running);
  registerCommands(context, running, panel);
  // Activation does not wait for the server; whoever needs an answer does.
  running.startInBackground();
  return {
    ready: async () => void (await running.ready()),
    status,
    panel: { view: () => panel.view(), take: (message) => panel.take(message) },
  };
}

/** VS Code waits for this promise, so that no server outlives its window. */
export function deactivate(): Promise<void> | undefined {
  return server?.stop();
}
