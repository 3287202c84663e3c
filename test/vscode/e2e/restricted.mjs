// A folder that is not trusted yet.

export const options = {
  trust: true,
  settings: { 'security.workspace.trust.startupPrompt': 'never', 'security.workspace.trust.banner': 'always' },
};

export const steps = {
  async 'the extension works in Restricted Mode'(window) {
    await window.page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor();
    await window.open('sample.nibble');
    await window.command('Nibble: Show Output');
    await window.panelLine('Starting the language server in Restricted Mode').waitFor();
    await window.shot('restricted');
  },

  async 'the server learns of trust without a restart'(window) {
    await window.command('Workspaces: Manage Workspace Trust');
    const trust = window.page.locator('.workspace-trust-editor .monaco-button', { hasText: /^Trust$/ }).first();
    await trust.waitFor();
    await window.shot('manage-trust');
    await trust.click();
    await window.panelLine('The workspace is trusted now').waitFor();
    await window.shot('trusted');
  },
};
