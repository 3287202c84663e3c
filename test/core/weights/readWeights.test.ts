import { describe, expect, test } from 'vitest';
import { readWeights } from '../../../core/weights/readWeights.ts';
import { bytesOf, join, memorySource, namesOf, noSibling, npy, safetensors, utf8, zip } from './files.ts';

const model = safetensors({ w: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }, new Uint8Array(4));
const array = npy('<f4', [1], bytesOf(Float32Array.of(1)));

const read = (name: string, bytes: Uint8Array) => readWeights(memorySource(bytes, name), noSibling);

describe('a file is read as what it is', () => {
  const files: readonly (readonly [string, Uint8Array, string])[] = [
    ['model.safetensors', model, 'w'],
    ['MODEL.SAFETENSORS', model, 'w'],
    ['blobs/3f2a9c', model, 'w'],
    ['bias.npy', array, 'bias'],
    ['bias.dat', array, 'bias.dat'],
    ['all.npz', zip([{ name: 'a.npy', data: array }]), 'a'],
  ];
  test.for(files)('%s', async ([name, bytes, tensor]) => {
    const file = await read(name, bytes);
    expect(file.problems).toEqual([]);
    expect(namesOf(file.tensors)).toEqual([tensor]);
  });

  test('model.safetensors.index.json', async () => {
    const index = memorySource(utf8('{"weight_map":{"w":"a.safetensors"}}'), 'model.safetensors.index.json');
    const file = await readWeights(index, async (name) => memorySource(model, name));
    expect(file.tensors.map((tensor) => [tensor.name, tensor.file])).toEqual([['w', 'a.safetensors']]);
  });
});

describe('a file that cannot be read yet says what can', () => {
  const readable = 'readable are .safetensors, .index.json of a sharded checkpoint, .npy and .npz';
  const files: readonly (readonly [string, Uint8Array, string])[] = [
    ['m.gguf', utf8('GGUF....'), 'GGUF files are not readable yet'],
    ['renamed.safetensors', utf8('GGUF............'), 'GGUF files are not readable yet'],
    ['m.PT', zip([]), 'PyTorch files are not readable yet'],
    ['pytorch_model.bin', new Uint8Array(20), 'PyTorch files are not readable yet'],
    ['m.onnx', new Uint8Array(20), 'ONNX files are not readable yet'],
    ['m.h5', new Uint8Array(20), 'HDF5 and Keras files are not readable yet'],
    ['m.weights', join(Uint8Array.of(0x89), utf8('HDF\r\n\x1a\n')), 'HDF5 files are not readable yet'],
    ['notes.txt', utf8('hello'), '"notes.txt" is not a known weight file'],
    ['\u202etxt', new Uint8Array(0), '"\\u{202e}txt" is not a known weight file'],
  ];
  test.for(files)('%s', async ([name, bytes, message]) => {
    expect(await read(name, bytes)).toEqual({
      tensors: [],
      problems: [{ code: 'weights.unreadable', file: name, tensor: undefined, message: `${message}; ${readable}` }],
    });
  });
});

test.for(['a.safetensors', 'a.npy', 'a.npz', 'a.index.json', 'a'])('a failing disk is a problem of %s, not an exception', async (name) => {
  const file = await readWeights({ name, size: 1000, read: () => Promise.reject(new Error('EIO: i/o error')) }, noSibling);
  expect(file.tensors).toEqual([]);
  expect(file.problems.map(({ message }) => message)).toEqual([`Cannot read "${name}": EIO: i/o error`]);
});

test('a source that gives fewer bytes than asked for is a problem', async () => {
  const file = await readWeights({ name: 'a.safetensors', size: 1000, read: async () => new Uint8Array(3) }, noSibling);
  expect(file.problems.map(({ message }) => message)).toEqual([
    'Cannot read "a.safetensors": Got 3 of 16 bytes at 0; the file is shorter than it was',
  ]);
});
