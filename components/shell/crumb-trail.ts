export type Crumb = { label: string; href: string | null };

const words: Record<string, string> = {
  models: 'Models',
  versions: 'Versions',
  promotions: 'Promotions',
  services: 'Services',
  rollouts: 'Rollouts',
  monitoring: 'Monitoring',
  alerts: 'Alerts',
  notices: 'Notices',
  budgets: 'Budgets',
  boards: 'Boards',
  retrains: 'Retrainings',
  prices: 'Prices',
  costs: 'Costs',
  pods: 'Pods',
  unallocated: 'Unallocated',
  bills: 'Bill check',
  statements: 'Statements',
  audit: 'Audit',
  settings: 'Settings',
  policies: 'Policies',
  environments: 'Environments',
  channels: 'Channels',
  heartbeat: 'Heartbeat',
  clusters: 'Clusters',
  new: 'New',
};

/** Segments that are no page of their own, so nobody is sent to a 404. */
const notPages = new Set(['/settings']);

const isId = (segment: string) => /^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(segment);

/** The way down to this page; the leaf is what the page calls itself, and a bare id is never shown as a word. */
export function crumbTrail(pathname: string, leaf: string | null): Crumb[] {
  const segments = pathname.split('/').filter(Boolean);
  if (segments.length === 0) return [{ label: leaf ?? 'Overview', href: null }];
  const crumbs: Crumb[] = [];
  let href = '';
  segments.forEach((segment, index) => {
    href += `/${segment}`;
    const isLast = index === segments.length - 1;
    const word = words[segment] ?? (isId(segment) ? null : decodeSegment(segment));
    const label = isLast ? (leaf ?? word) : word;
    if (label === null || (segment === 'versions' && !isLast)) return;
    crumbs.push({ label, href: isLast || notPages.has(href) ? null : href });
  });
  return crumbs;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
