import sharp from 'sharp';
import { expect, test } from 'vitest';
import { chartPng } from './chart-png.ts';
import { madeAnswer } from './picture-fixture.ts';

const options = { width: 600, height: 240, theme: 'light', zone: 'utc', scale: 1 } as const;

test('a picture has the size that was asked for, times its scale', async () => {
  const png = await chartPng(madeAnswer(), { ...options, scale: 2 });
  await expect(sharp(png).metadata()).resolves.toMatchObject({ format: 'png', width: 1_200, height: 480 });
});

test.each(['Share of errors', 'Доля ошибок', 'Ποσοστό', 'Größe ść'])(
  'letters of %s are drawn from the shipped fonts',
  async (title) => {
    // A font without the letters draws the same box for each of them.
    const inked = await Promise.all([title, '\u{10fffd}'.repeat(title.length)].map((each) => inkOf(each)));
    expect(inked[0]).not.toBe(inked[1]);
  },
);

async function inkOf(title: string): Promise<string> {
  const png = await chartPng(madeAnswer(2, { title, series: [], words: [], marks: [] }), options);
  const strip = await sharp(png).extract({ left: 0, top: 0, width: 300, height: 40 }).raw().toBuffer();
  return strip.toString('base64');
}

test.each([
  [{ width: 199 }, 'A picture is 200 to 2000 pixels wide'],
  [{ width: 2_001 }, 'A picture is 200 to 2000 pixels wide'],
  [{ height: 99 }, 'A picture is 100 to 1200 pixels high'],
  [{ height: 1_201 }, 'A picture is 100 to 1200 pixels high'],
  [{ width: 300.5 }, 'A picture is 200 to 2000 pixels wide'],
  [{ scale: 0.5 }, 'A picture is 1 to 3 times its size'],
  [{ scale: 4 }, 'A picture is 1 to 3 times its size'],
  [{ scale: Number.NaN }, 'A picture is 1 to 3 times its size'],
])('%o is refused in words', async (size, sentence) => {
  await expect(chartPng(madeAnswer(), { ...options, ...size })).rejects.toThrow(sentence);
});
