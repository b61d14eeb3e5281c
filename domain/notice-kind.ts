/** Kinds that a channel tells or not, in the order in which people think of them; a test goes to its channel alone. */
export const noticeKinds = [
  'approvalNeeded',
  'budgetRequest',
  'rebaseRequest',
  'held',
  'aborted',
  'rolledBack',
  'finished',
  'railBroken',
  'objectiveBurn',
  'fight',
  'clusterUnreachable',
  'metricsUnreachable',
  'budgetThreshold',
  'budgetFreeze',
  'costAnomaly',
  'drift',
  'rowsUnusual',
  'badData',
  'queriesUnusual',
  'retrainRequest',
  'retrainFailed',
  'weeklyReport',
] as const;

/** What a notice is about; its page is one click from the notice's. References are those of the Service with that id. */
export type NoticeObject = {
  readonly kind:
    | 'promotion'
    | 'rollout'
    | 'service'
    | 'environment'
    | 'cluster'
    | 'channel'
    | 'budget'
    | 'driftAlert'
    | 'retrain'
    | 'references'
    | 'project';
  readonly id: string;
};

/** Path of the object's own page in the console. */
export function noticeObjectPath({ kind, id }: NoticeObject): string {
  switch (kind) {
    case 'promotion':
      return `/promotions/${id}`;
    case 'rollout':
      return `/rollouts/${id}`;
    case 'service':
      return `/services/${id}`;
    case 'environment':
      return `/settings/environments/${id}`;
    case 'cluster':
      return `/settings/clusters/${id}`;
    case 'budget':
      return `/budgets/${id}`;
    case 'driftAlert':
      return `/monitoring/alerts/${id}`;
    case 'retrain':
      return `/monitoring/retrains/${id}`;
    case 'references':
      return `/monitoring/${id}/references`;
    case 'project':
      return '/costs';
    case 'channel':
      return `/settings/channels/${id}`;
  }
}
