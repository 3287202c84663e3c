import { type QuickPickItem, window, workspace } from 'vscode';
import type { Server } from './server.ts';
import blank from './templates/blank.nibble';
import mxfp4 from './templates/mxfp4.nibble';
import paper from './templates/paper.nibble';
import { evaluateWeightFile } from './weightFile.ts';

/** Lets the user pick a template and opens it as a new document, to be saved where they like. */
export async function newFromTemplate(server: Server): Promise<void> {
  const choice = await window.showQuickPick(templates, { title: 'New Format from Template', matchOnDescription: true });
  await choice?.open(server);
}

interface Template extends QuickPickItem {
  open(server: Server): Promise<unknown>;
}

const templates: readonly Template[] = [
  { label: 'Blank format', description: 'sixteen levels, written out', open: () => openNew(blank) },
  { label: 'From a format of the paper', description: 'E2M1 with a supernormal value, SF with another ν', open: () => openNew(paper) },
  { label: 'MXFP4-like', description: 'E2M1 elements, blocks of 32, a power of two as scale', open: () => openNew(mxfp4) },
  {
    label: 'Comparison on my weights...',
    description: 'the formats of the paper on a file you choose',
    open: (server) => evaluateWeightFile(server),
  },
];

async function openNew(content: string): Promise<void> {
  await window.showTextDocument(await workspace.openTextDocument({ language: 'nibble', content }));
}
