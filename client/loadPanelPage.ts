import { Uri, type WebviewPanel } from 'vscode';
import { panelPage } from './panelPage.ts';

/** Gives a panel its icon and its page, which may load what is bundled and nothing else. Its script begins by sending a message: listen first. */
export function loadPanelPage(panel: WebviewPanel, extensionUri: Uri): void {
  const { webview } = panel;
  const dist = Uri.joinPath(extensionUri, 'dist');
  const address = (file: string): string => webview.asWebviewUri(Uri.joinPath(dist, file)).toString();
  panel.iconPath = {
    light: Uri.joinPath(extensionUri, 'media', 'nibble-light.svg'),
    dark: Uri.joinPath(extensionUri, 'media', 'nibble-dark.svg'),
  };
  webview.options = { enableScripts: true, localResourceRoots: [dist] };
  webview.html = panelPage({ source: webview.cspSource, script: address('webview.js'), style: address('webview.css') });
}
