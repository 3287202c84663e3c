import { expect, test } from 'vitest';
import { codebookError } from '../../../core/fit/codebookError.ts';
import { momentsOfProfile } from '../../../core/profile/momentsOfProfile.ts';
import { profileOf } from '../../support/profileOf.ts';
import { draws, toBf16, withOutliers } from './draws.ts';
import { books, fromProfile, relative, ruleOf } from './rules.ts';

const n = 2 ** 17;
const weights = withOutliers(draws(n, 5, 8), 4, 1000);

test.each([
  ['F32', { kind: 'absmax' }, weights],
  ['BF16', 'bf16', toBf16(weights)],
] as const)('fits see the error that formats have, on a %s profile', (type, over, x) => {
  const profile = profileOf(x, [n], { block: 64, axis: 'last', over });
  for (const name of ['nf4', 'sf4']) {
    const { sums } = fromProfile(x, [n], books[name]!, ruleOf({ block: 64 }), type);
    for (const [measure, expected] of [
      ['mse', sums.noise],
      ['mae', sums.absNoise],
    ] as const) {
      const error = codebookError(momentsOfProfile(profile, measure), measure);
      if ('problem' in error) throw new Error(error.problem);
      expect(relative(error(books[name]!.ascending), expected)).toBeLessThan(1e-4);
    }
  }
});
