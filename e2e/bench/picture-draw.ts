import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import sharp from 'sharp';
import { chartColors } from '../../domain/chart/chart-colors.ts';
import { svgToPng } from '../../server/pictures/chart-png.ts';
import { chartSvg } from '../../server/pictures/chart-svg.ts';
import { madeAnswer } from '../../server/pictures/picture-fixture.ts';
import { type Finding, median } from './measure.ts';

const points = 2_000;
const rounds = 40;
const size = { width: 1_200, height: 400 } as const;
const options = { ...size, theme: 'light', zone: 'utc' } as const;

/** A picture of 2 × 2,000 points against a bare string of d3 of the same points, and its PNG against bare sharp. */
export async function measurePictures(): Promise<Finding[]> {
  // Both lines whole and without a band, so that the reference has as many points to write.
  const made = madeAnswer(points);
  const { from, to } = made.range;
  const lines = made.series.map(
    (_, line): Line =>
      Array.from(
        { length: points },
        (_point, step) =>
          [from + (step * (to - from)) / (points - 1), Math.sin(step / 40 + line) + 1] as const,
      ),
  );
  const series = made.series.map((each, line) => ({ ...each, band: undefined, points: lines[line] ?? [] }));
  const answer = { ...made, series };
  const svg = chartSvg(answer, options);
  // Loads sharp the way that pictures do, with the shipped fonts.
  await svgToPng(svg, 1);
  const own = { svg: [] as number[], png: [] as number[] };
  const bare = { svg: [] as number[], png: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    // By turns, so that both see the same machine.
    own.svg.push(await timed(() => chartSvg(answer, options)));
    bare.svg.push(await timed(() => bareSvg(lines)));
    own.png.push(await timed(() => svgToPng(svg, 1)));
    bare.png.push(await timed(() => sharp(Buffer.from(svg)).png().toBuffer()));
  }
  return [
    finding('SVG of 2 × 2,000 points against a bare d3 string', own.svg, bare.svg),
    finding('PNG against bare sharp on the same SVG', own.png, bare.png),
  ];
}

async function timed(run: () => unknown): Promise<number> {
  const began = performance.now();
  await run();
  return performance.now() - began;
}

function finding(name: string, own: readonly number[], bare: readonly number[]): Finding {
  const [ownMs, bareMs] = [median(own), median(bare)];
  const detail = `${ownMs.toFixed(2)} ms to ${bareMs.toFixed(2)} ms, median of ${rounds}`;
  return { name, value: ownMs / bareMs, limit: 1.5, unit: '×', detail };
}

type Line = readonly (readonly [number, number])[];

function bareSvg(lines: readonly Line[]): string {
  const first = lines[0] ?? [];
  const x = scaleLinear([first[0]?.[0] ?? 0, first.at(-1)?.[0] ?? 1], [40, size.width - 10]);
  const y = scaleLinear([0, 2], [size.height - 20, 10]);
  const shape = line<Line[number]>()
    .x(([at]) => x(at))
    .y(([, value]) => y(value));
  const paths = lines.map(
    (each) =>
      `<path d="${shape([...each]) ?? ''}" fill="none" stroke="${chartColors.light['chart-stable']}"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}">${paths.join('')}</svg>`;
}
