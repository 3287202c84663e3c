// The pictures of the panel, for scripts/screenshots.mjs: a spec that is evaluated and synthesised, and the panel beside it.

/** One scale, so that each format is one point; one format of its own, whose level has a handle. */
export const panelSpec = `use std.paper

/// The matrices of a small language model.
weights tiny = "tiny-lm/tiny.safetensors" {
  include = ["*_proj.weight"]
}

scale block128 {
  block  = 128
  axis   = last
  anchor = max_level
  type   = fp32
}

/// Weight and activation in the format.
hardware asic {
  cells    = nangate45
  datapath = both
  terms    = 256
}

/// E2M1 whose code of -0 decodes to 5.
format Mine extends E2M1 {
  negative_zero = 5
}

compare frontier {
  formats  = [INT4, E2M1, Mine, APoT4, APoT4_SP, NF4, SF4]
  on       = tiny
  scale    = block128
  hardware = asic
}

assert overhead(Mine, on: asic) < 4%
`;

/** Half of it is the panel. */
const wide = { width: 1400, height: 752 };

/** By name: how large the window is, what is in the picture, and what is done before it is taken. */
export const panelScenes = {
  'panel-pareto': {
    size: wide,
    of: ({ page }) => page.locator('.part.editor'),
    act: (window) => openTab(window, 'Pareto', 'canvas'),
  },
  'panel-distribution': {
    size: { width: 1800, height: 770 },
    of: frame,
    act: (window) => openTab(window, 'Distribution', 'svg'),
  },
  'panel-formats': {
    size: { width: 1800, height: 720 },
    of: frame,
    act: (window) => openTab(window, 'Formats', 'svg'),
  },
  'panel-tensors': {
    size: { width: 1980, height: 700 },
    of: frame,
    act: (window) => openTab(window, 'Tensors', '[role=grid]'),
  },
  'panel-results': {
    size: { width: 1800, height: 900 },
    of: frame,
    act: (window) => openTab(window, 'Results', 'canvas'),
  },
};

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
