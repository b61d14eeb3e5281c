import { gzipSync } from 'node:zlib';
import type { ColdStart } from './built-checkout.ts';
import type { Finding } from './measure.ts';

/** Routes by a path, or by the list and the pattern of the first row's link on it. */
const routes: readonly { readonly name: string; readonly from: string; readonly row?: RegExp }[] = [
  { name: '/sign-in', from: '/sign-in' },
  { name: '/', from: '/' },
  { name: '/models', from: '/models' },
  { name: '/models/[name]', from: '/models', row: /href="(\/models\/(?!new)[^"/]+)"/ },
  {
    name: '/models/[name]/versions/[number]',
    from: '/models/fraud-detector',
    row: /href="(\/models\/[^"/]+\/versions\/\d+)"/,
  },
  { name: '/promotions', from: '/promotions' },
  { name: '/promotions/new', from: '/promotions/new' },
  { name: '/promotions/[id]', from: '/promotions', row: /href="(\/promotions\/[0-9a-f-]{36})"/ },
  { name: '/services', from: '/services' },
  { name: '/services/new', from: '/services/new' },
  { name: '/services/[id]', from: '/services', row: /href="(\/services\/[0-9a-f-]{36})"/ },
  { name: '/rollouts', from: '/rollouts' },
  { name: '/rollouts/[id]', from: '/rollouts', row: /href="(\/rollouts\/[0-9a-f-]{36})"/ },
  { name: '/costs', from: '/costs' },
  { name: '/prices', from: '/prices' },
  { name: '/prices/bills', from: '/prices/bills' },
  { name: '/audit', from: '/audit' },
  { name: '/settings/policies', from: '/settings/policies' },
  { name: '/settings/environments', from: '/settings/environments' },
];

type Weight = { readonly route: string; readonly initial: number; readonly charts: number };

/** Gzipped JavaScript that the HTML of each main route names, in tags and in its data; files with the chart library count apart. */
export async function measurePageWeight({ url, cookie }: ColdStart): Promise<Finding> {
  const page = async (path: string) => {
    const answer = await fetch(`${url}${path}`, { headers: { cookie } });
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}.`);
    return await answer.text();
  };
  const files = new Map<string, { bytes: number; charts: boolean }>();
  const weights: Weight[] = [];
  for (const { name, from, row } of routes) {
    const list = await page(from);
    const path = row === undefined ? from : row.exec(list)?.[1];
    if (path === undefined) throw new Error(`${from} has no row that leads to ${name}.`);
    const html = row === undefined ? list : await page(path);
    let [initial, charts] = [0, 0];
    for (const file of scriptsOf(html)) {
      const known = files.get(file) ?? (await weigh(`${url}${file}`));
      files.set(file, known);
      if (known.charts) charts += known.bytes;
      else initial += known.bytes;
    }
    if (initial === 0) throw new Error(`${name} names no scripts.`);
    weights.push({ route: name, initial, charts });
  }
  const heaviest = weights.toSorted((left, right) => right.initial - left.initial);
  const inKilobytes = (bytes: number) => (bytes / 1_000).toFixed(0);
  return {
    name: 'Initial JavaScript of the heaviest route, gzipped',
    value: (heaviest[0]?.initial ?? Number.NaN) / 1_000,
    limit: 260,
    unit: ' kB',
    detail: heaviest
      .map(
        ({ route, initial, charts }) =>
          `${route} ${inKilobytes(initial)}${charts === 0 ? '' : ` + ${inKilobytes(charts)} charts`}`,
      )
      .join(', '),
  };
}

/** Files for browsers without modules are left out: none that runs the console loads them. */
function scriptsOf(html: string): Set<string> {
  const modern = html.replace(/<script[^>]*\bnomodule\b[^>]*>/gi, '');
  const found = [...modern.matchAll(/static\/chunks\/[\w./~-]+?\.js/g)];
  return new Set(found.map((match) => `/_next/${match[0]}`));
}

async function weigh(address: string): Promise<{ bytes: number; charts: boolean }> {
  const answer = await fetch(address);
  if (answer.status !== 200) throw new Error(`${address} answered ${answer.status}.`);
  const text = await answer.text();
  return { bytes: gzipSync(text).length, charts: text.includes('recharts-') };
}
