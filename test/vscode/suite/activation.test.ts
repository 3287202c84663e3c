import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { id, open, until } from './nibble.ts';

describe('activation', () => {
  it('waits until a Nibble document is opened', async () => {
    const extension = vscode.extensions.getExtension(id);
    assert.ok(extension, `${id} is not installed`);
    assert.equal(extension.isActive, false);
    await open('sample.nibble');
    await until('activation', () => extension.isActive);
  });
});
