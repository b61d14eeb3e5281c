/** What a link may be told about; times are of the shown range. */
export const linkPlaceholders = [
  'service',
  'namespace',
  'revision',
  'model',
  'version',
  'pod',
  'from',
  'to',
  'fromIso',
  'toIso',
] as const;
type LinkPlaceholder = (typeof linkPlaceholders)[number];

/** Null for what a page does not have: a link that needs it is not shown there. */
export type LinkValues = Readonly<
  Record<Exclude<LinkPlaceholder, 'from' | 'to' | 'fromIso' | 'toIso'>, string | null>
> & {
  readonly fromMs: number;
  readonly toMs: number;
};

const placeholder = new RegExp(`\\{(${linkPlaceholders.join('|')})\\}`, 'g');
const brace = /\{([^{}]{0,40})\}/g;
const longestUrl = 2_000;

function isPlaceholder(name: string): name is LinkPlaceholder {
  return linkPlaceholders.some((known) => known === name);
}

/** The scheme, host and port of a template, before any placeholder could stand. */
const origin = /^https?:\/\/[^/?#{}\\@\s]+(?=[/?#]|$)/i;

/**
 * Why a template cannot be used, in a sentence for the field, or null. Its origin holds no placeholder and no sign-in, so that
 * no value can lead elsewhere; only http and https are opened.
 */
export function linkTemplateProblem(url: string): string | null {
  if (url.length > longestUrl) return `Use at most ${longestUrl} characters.`;
  if (!/^https?:\/\//i.test(url)) return 'Begin with https:// or http://; nothing else is opened.';
  if (!origin.test(url))
    return 'Write the host without placeholders, user names or blanks: https://grafana.example.com/…';
  if (/[\s"'<>`\\^|]/.test(url)) return 'Write blanks and quotes encoded: %20, %22.';
  const unknown = [...url.matchAll(brace)].map(([, name = '']) => name).find((name) => !isPlaceholder(name));
  if (unknown !== undefined)
    return `There is no placeholder {${unknown}}; braces of the address itself are written %7B and %7D.`;
  if (/[{}]/.test(url.replaceAll(placeholder, '')))
    return 'A brace has no partner; braces of the address itself are written %7B and %7D.';
  return URL.canParse(url.replaceAll(placeholder, 'x')) ? null : 'This is not an address.';
}

/** Whether a link is about one pod, so that it stands beside pods and nowhere else. */
export function isPodLink(url: string): boolean {
  return url.includes('{pod}');
}

function valueOf(name: LinkPlaceholder, values: LinkValues): string | null {
  switch (name) {
    case 'from':
      return String(Math.floor(values.fromMs));
    case 'to':
      return String(Math.floor(values.toMs));
    case 'fromIso':
      return new Date(values.fromMs).toISOString();
    case 'toIso':
      return new Date(values.toMs).toISOString();
    default:
      return values[name];
  }
}

/** encodeURIComponent leaves quotes and brackets that end a string in Kibana's or a hash's own syntax. */
function encoded(value: string): string {
  return encodeURIComponent(value).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The address with every value encoded; null when the template is none of ours or needs what is not there. */
export function linkFor(url: string, values: LinkValues): string | null {
  if (linkTemplateProblem(url) !== null) return null;
  let isWhole = true;
  const filled = url.replaceAll(placeholder, (_whole, name: LinkPlaceholder) => {
    const value = valueOf(name, values);
    if (value === null) isWhole = false;
    return encoded(value ?? '');
  });
  return isWhole ? filled : null;
}

const loki = encodeURIComponent(
  JSON.stringify({
    logs: {
      datasource: 'loki',
      queries: [{ refId: 'A', expr: '{namespace="<namespace>", pod="<pod>"}' }],
      range: { from: '<from>', to: '<to>' },
    },
  }),
).replaceAll(/%3C(\w+)%3E/g, '{$1}');

/** Beginnings to fill in: the host, and what is named differently on one's own side. */
export const linkPresets: readonly { readonly name: string; readonly url: string }[] = [
  {
    name: 'Grafana dashboard',
    url: 'https://grafana.example.com/d/models/models?var-namespace={namespace}&var-service={service}&from={from}&to={to}',
  },
  {
    name: 'Grafana Explore, Loki',
    url: `https://grafana.example.com/explore?schemaVersion=1&orgId=1&panes=${loki}`,
  },
  {
    name: 'Kibana',
    url: 'https://kibana.example.com/app/discover#/?_g=(time:(from:%27{fromIso}%27,to:%27{toIso}%27))&_a=(query:(language:kuery,query:%27kubernetes.namespace:%22{namespace}%22%20and%20kubernetes.pod.name:{service}-r{revision}-*%27))',
  },
];
