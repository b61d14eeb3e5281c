/** First segments of the query paths that a hint about a topic makes stale. */
const stalePaths: Record<string, readonly string[]> = {
  rollout: ['rollouts', 'services', 'overview', 'promotions'],
  service: ['services', 'rollouts', 'overview', 'promotions', 'models', 'modelVersions', 'retrains'],
  serviceRevision: ['services', 'modelVersions'],
  promotion: ['promotions', 'overview', 'services', 'modelVersions'],
  model: ['models', 'modelVersions', 'overview'],
  modelVersion: ['models', 'modelVersions'],
  evidence: ['models', 'modelVersions', 'promotions'],
  policy: ['policies', 'promotions', 'environments'],
  environment: ['environments', 'services', 'policies'],
  egressAllowance: ['egress'],
  price: ['prices'],
  attributionRule: ['attribution'],
  ledgerMonth: ['ledger', 'statements'],
  budget: ['budgets', 'instanceBudgets', 'overview'],
  board: ['boards'],
  annotation: ['boards', 'charts'],
  bill: ['bills'],
  share: ['shares', 'instanceShares'],
  identityProvider: ['identityProvider'],
  cluster: ['clusters', 'environments', 'retrainTemplates', 'retrains'],
  membership: ['members', 'sessions', 'projects', 'promotions'],
  project: ['projects'],
  linkTemplate: ['linkTemplates'],
  metricTemplate: ['metricTemplates', 'boards', 'charts'],
  token: ['tokens'],
  user: ['users', 'members'],
  notice: ['notices', 'channels'],
  channel: ['channels'],
  heartbeat: ['heartbeat'],
  sandbox: ['sandbox'],
  drift: ['monitoring', 'driftAlerts'],
  session: ['sessions'],
  driftMonitor: ['monitoring'],
  driftAlert: ['driftAlerts', 'monitoring', 'overview'],
  retrain: ['retrains', 'driftAlerts', 'overview'],
};

/** Whether a cached query (its tRPC key) became stale by a hint; every hint but a session's adds to the audit page. */
export function isStaleBy(topic: string, queryKey: readonly unknown[]): boolean {
  const path = queryKey[0];
  const head: unknown = Array.isArray(path) ? path[0] : undefined;
  if (typeof head !== 'string') return false;
  if (head === 'audit' || head === 'instanceAudit') return true;
  return stalePaths[topic]?.includes(head) ?? false;
}
