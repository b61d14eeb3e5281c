import { gzipSync } from 'node:zlib';
import type { ColdStart } from './built-checkout.ts';
import type { Finding } from './measure.ts';

/** All that a page of somebody else loads to show a chart of the demo: page, script, style, SDK and the data with its picture. */
export async function measureEmbedWeight({ url, hostUrl }: ColdStart): Promise<Finding> {
  const host = await (await fetch(hostUrl)).text();
  const ids = [...host.matchAll(/data-fairlead="[^"]*\/embed\/([0-9a-f-]+)"/g)].map(([, id]) => id ?? '');
  if (ids.length === 0) throw new Error('The page of the demo embeds nothing.');
  const weights: { readonly bytes: number; readonly detail: string }[] = [];
  for (const id of ids) {
    const token = await (await fetch(`${hostUrl}/token/${id}`)).text();
    const authorization = `Embed ${token}`;
    const paths = [`/embed/${id}`, '/embed/page.js', '/embed/page.css', '/embed/sdk.js'];
    const parts = [...paths, `/embed/${id}/data?width=800&theme=light`].map(async (path) => {
      const answer = await fetch(`${url}${path}`, { headers: { authorization } });
      if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}.`);
      return gzipSync(await answer.text()).length;
    });
    const sizes = await Promise.all(parts);
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    const names = ['page', 'script', 'style', 'SDK', 'data'];
    weights.push({ bytes, detail: sizes.map((size, index) => `${names[index]} ${size}`).join(' + ') });
  }
  const heaviest = weights.toSorted((left, right) => right.bytes - left.bytes)[0];
  return {
    name: 'Embedded chart of the demo with all that it loads, gzipped, the heaviest',
    value: (heaviest?.bytes ?? Number.NaN) / 1_000,
    limit: 60,
    unit: ' kB',
    detail: `${heaviest?.detail} B`,
  };
}
