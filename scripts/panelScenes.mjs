// The pictures of the panel, for scripts/screenshots.mjs. Each begins from examples/paper.nibble, evaluated, with the panel beside it.

/** Half of it is the panel. */
const wide = { width: 1600, height: 800 };

/** By name: how large the window is, what is in the picture, and what is done before it is taken. */
export const panelScenes = {
  'panel-pareto': {
    size: wide,
    of: ({ page }) => page.locator('.part.editor'),
    act: (window) => openTab(window, 'Pareto', 'canvas'),
  },
  'panel-distribution': {
    size: { width: 1800, height: 900 },
    of: frame,
    act: (window) => openTab(window, 'Distribution', 'svg'),
  },
  'panel-formats': {
    size: { width: 1800, height: 880 },
    of: frame,
    act: (window) => openTab(window, 'Formats', 'svg'),
  },
  'panel-tensors': {
    size: { width: 1900, height: 860 },
    of: frame,
    act: (window) => openTab(window, 'Tensors', '[role=grid]'),
  },
  'panel-results': {
    size: { width: 1800, height: 900 },
    of: frame,
    act: (window) => openTab(window, 'Results', 'canvas'),
  },
};

/** The file of the scenes. */
export const panelSpec = 'paper.nibble';

/** Opens the panel, and waits until everything in the document is measured and synthesised. */
export async function openPanel(window) {
  await window.command('Nibble: Open Pictures and Results');
  const panel = window.webview();
  await panel
    .getByText(/^\d+ rows evaluated$/)
    .first()
    .waitFor({ timeout: 120_000 });
  await openTab(window, 'Formats', 'svg');
  // An area that is only estimated says so.
  await panel
    .locator('.figures', { hasText: /^(?!.*≈).* x INT4/ })
    .last()
    .waitFor({ timeout: 300_000 });
}

async function openTab(window, name, drawing) {
  const panel = window.webview();
  await panel.getByRole('tab', { name }).click();
  await panel.getByRole('tabpanel', { name }).locator(`${drawing}:visible`).first().waitFor({ timeout: 60_000 });
  // Neither a focus mark nor a hover in the picture.
  await window.page.mouse.move(4, 4);
}

function frame({ page }) {
  return page.locator('iframe.webview.ready');
}
