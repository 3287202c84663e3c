import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { PictureFeed } from '../../../client/pictureFeed.ts';
import type { PictureAnswer, PictureWish } from '../../../protocol/pictures.ts';

const wish = (picture: PictureWish['picture']): PictureWish => ({ picture, group: null, tensor: null, backdrop: null });

/** A question that waits for its answer. */
interface Asked {
  readonly wish: PictureWish;
  readonly stamp: number | undefined;
  readonly token: vscode.CancellationToken;
  readonly answer: (version: number, stamp?: number) => Promise<void>;
  readonly leave: () => Promise<void>;
  readonly refuse: () => Promise<void>;
}

/** A feed, with what it asks and what it shows. */
function feedOf() {
  const asked: Asked[] = [];
  const shown: string[] = [];
  const failed: unknown[] = [];
  const left: string[] = [];
  const feed = new PictureFeed({
    ask: (uri, wanted, stamp, token) =>
      new Promise((resolve, reject) => {
        const settled = () => new Promise<void>((done) => setTimeout(done));
        const answer = (version: number, made?: number): Promise<void> => {
          const told: PictureAnswer = { uri, version, wish: wanted, groups: [], data: null, notes: [] };
          resolve(made === undefined ? told : { ...told, stamp: made });
          return settled();
        };
        const leave = (): Promise<void> => {
          resolve('unchanged');
          return settled();
        };
        const refuse = (): Promise<void> => {
          reject(new Error('refused'));
          return settled();
        };
        asked.push({ wish: wanted, stamp, token, answer, leave, refuse });
      }),
    leave: (uri) => left.push(uri),
    show: (answer) => shown.push(`${answer.wish.picture} ${answer.version}`),
    fail: (error) => failed.push(error),
  });
  return { feed, asked, shown, failed, left };
}

describe('a feed of pictures', () => {
  it('asks once while it waits, and once more for all that has changed meanwhile', async () => {
    const { feed, asked, shown } = feedOf();
    feed.want('a', wish('pareto'));
    for (let i = 0; i < 5; i++) feed.changed('a');
    assert.equal(asked.length, 1);
    await asked[0]!.answer(1);
    assert.equal(asked.length, 2);
    await asked[1]!.answer(2);
    assert.deepEqual(shown, ['pareto 1', 'pareto 2']);
    assert.equal(asked.length, 2);
  });

  it('cancels and drops what is no longer wanted', async () => {
    const { feed, asked, shown, failed } = feedOf();
    feed.want('a', wish('distribution'));
    feed.want('a', wish('formats'));
    assert.ok(asked[0]!.token.isCancellationRequested);
    await asked[1]!.answer(2);
    await asked[0]!.answer(1);
    assert.deepEqual(shown, ['formats 2']);
    feed.want('b', wish('formats'));
    feed.stop();
    await asked[2]!.refuse();
    assert.deepEqual(failed, []);
    assert.deepEqual(shown, ['formats 2']);
  });

  it('says what went wrong, and goes on with the next change', async () => {
    const { feed, asked, shown, failed } = feedOf();
    feed.want('a', wish('tensors'));
    await asked[0]!.refuse();
    assert.equal(failed.length, 1);
    feed.changed('another');
    assert.equal(asked.length, 1);
    feed.changed('a');
    await asked[1]!.answer(3);
    assert.deepEqual(shown, ['tensors 3']);
  });

  it('asks with the stamp of what it has shown, and shows nothing where that still holds', async () => {
    const { feed, asked, shown } = feedOf();
    feed.want('a', wish('tensors'));
    await asked[0]!.answer(1, 7);
    feed.changed('a');
    await asked[1]!.leave();
    feed.changed('a');
    await asked[2]!.answer(3, 8);
    feed.changed('a');
    assert.deepEqual(shown, ['tensors 1', 'tensors 3']);
    // What is wanted anew may be shown by a page that has nothing of it.
    feed.want('a', wish('tensors'));
    assert.deepEqual(
      asked.map(({ stamp }) => stamp),
      [undefined, 7, 7, 8, undefined],
    );
  });

  it('asks anew, without a stamp, where versions and stamps begin anew', async () => {
    const { feed, asked, shown, left } = feedOf();
    feed.renew();
    assert.equal(asked.length, 0, 'nothing is wanted yet');
    feed.want('a', wish('tensors'));
    await asked[0]!.answer(7, 1);
    feed.changed('a');
    feed.renew();
    assert.ok(asked[1]!.token.isCancellationRequested);
    await asked[1]!.answer(8, 2);
    assert.deepEqual(asked[2]!.wish, wish('tensors'));
    await asked[2]!.answer(1, 1);
    assert.deepEqual(shown, ['tensors 7', 'tensors 1']);
    assert.deepEqual(
      asked.map(({ stamp }) => stamp),
      [undefined, 1, undefined],
    );
    assert.deepEqual(left, [], 'it is wanted all the time');
  });

  it('says of which document nothing is wanted any more', () => {
    const { feed, left } = feedOf();
    feed.stop();
    feed.want('a', wish('pareto'));
    feed.want('a', wish('formats'));
    assert.deepEqual(left, []);
    feed.want('b', wish('formats'));
    assert.deepEqual(left, ['a']);
    feed.want('b', null);
    assert.deepEqual(left, ['a', 'b']);
    feed.stop();
    feed.want('a', wish('pareto'));
    feed.stop();
    feed.stop();
    assert.deepEqual(left, ['a', 'b', 'a']);
  });
});
