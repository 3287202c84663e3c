import { paperTable } from '../hardware/paperTable.ts';
import { axisKinds, type DesignAxis } from '../view/designAxes.ts';
import { type Design, pareto } from '../view/pareto.ts';
import { paretoSvg } from '../view/svg/paretoSvg.ts';
import type { Claim } from './claim.ts';

/** What lies on the front of the paper, from the least area, by name in `std.paper`. */
const publishedFront = ['INT4', 'E2M1', 'E2M1_SP'] as const;

/** Formats over area and something that is worse or better, with the paper's front beside. */
export interface MeasuredFront {
  readonly subject: string;
  readonly x: DesignAxis;
  readonly y: DesignAxis;
  readonly designs: readonly Design[];
}

/** The front among the four-bit formats that the paper synthesised: those of look-up tables have no area there. */
export function frontClaim(fronts: readonly MeasuredFront[]): Claim {
  const views = fronts.map((front) => {
    const synthesised = front.designs.filter(
      ({ name, origin }) => origin === 'measured' && paperTable.some(({ format, bits }) => format === name && bits === 4),
    );
    return { front, view: pareto(synthesised, front.x, front.y, front.subject) };
  });
  const onFront = views.map(({ view }) =>
    [...view.points.filter(({ status }) => status === 'front')].sort((a, b) => a.x - b.x).map(({ name }) => name),
  );
  const nSame = onFront.filter((names) => publishedFront.every((name) => names.includes(name))).length;
  const nSome = onFront.filter((names) => publishedFront.some((name) => names.includes(name))).length;
  return {
    id: 'front',
    title: 'The Pareto front of quality and area',
    where: 'Figure 3, Section 5.3',
    published:
      'INT4 is smallest, then E2M1, then E2M1 with super-precision, the most accurate; APoT4 lies beside E2M1; E2M1-I, E2M1-B and E3M0 are strictly worse',
    measured: views.length === 0 ? 'Nothing' : views.map(({ front }, i) => `${front.subject}: ${onFront[i]!.join(', ')}`).join('; '),
    verdict: views.length === 0 ? 'not measured' : nSame === views.length ? 'agrees' : nSome > 0 ? 'agrees in part' : 'differs',
    why: 'The paper’s vertical axis is accuracy with weights and activations quantized, over six tasks and seven models; a small difference in area between INT4, E2M1 and APoT4 decides who is on the front, and it is within what tools and libraries differ by',
    tables: views.map(({ view }) => view.table),
    pictures: views.map(({ front, view }) => {
      const title = `${axisKinds[front.y].title} against ${axisKinds[front.x].title}, ${front.subject}`;
      return { title, draw: (drawing) => paretoSvg(view, title, drawing) };
    }),
  };
}
