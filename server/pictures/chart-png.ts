import { fileURLToPath } from 'node:url';
import type { ChartAnswer } from '../../domain/chart/chart-answer.ts';
import { pictureSizeProblem } from '../../domain/chart/picture-size.ts';
import { useFonts } from '../env.ts';
import { chartSvg, type PictureOptions } from './chart-svg.ts';

type PngOptions = PictureOptions & { scale: number };

/** The same picture as `chartSvg`, in pixels. Throws the sentence of `pictureSizeProblem` for a size beyond the limits. */
export async function chartPng(answer: ChartAnswer, { scale, ...options }: PngOptions): Promise<Buffer> {
  const problem = pictureSizeProblem({ ...options, scale });
  if (problem !== null) throw new RangeError(problem);
  return svgToPng(chartSvg(answer, options), scale);
}

/** Sharp is loaded with the first picture, after fontconfig was told where the shipped fonts are. */
export async function svgToPng(svg: string, scale: number): Promise<Buffer> {
  useFonts(fileURLToPath(new URL('./fonts/fonts.conf', import.meta.url)));
  const { default: sharp } = await import('sharp');
  return sharp(Buffer.from(svg), { density: 72 * scale })
    .png({ compressionLevel: 6 })
    .toBuffer();
}
