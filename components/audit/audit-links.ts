import { type AuditObjectKind, auditObjectKinds } from '../../domain/audit.ts';
import type { AuditItem } from './audit-answers.ts';

type Named = { readonly objectKind: string; readonly objectId: string; readonly objectName: string | null };

/** Where the object of an entry is seen; null without a page of its own, or for a kind that an older or newer release wrote. */
export function entryHref({ objectKind, objectId, objectName }: Named): string | null {
  const kind = auditObjectKinds.find((each) => each === objectKind);
  return kind === undefined ? null : (objectHref(kind, objectId) ?? namedHref(kind, objectName));
}

function objectHref(kind: AuditObjectKind, id: string): string | null {
  switch (kind) {
    case 'service':
    case 'sandbox':
      return `/services/${id}`;
    case 'rollout':
      return `/rollouts/${id}`;
    case 'promotion':
      return `/promotions/${id}`;
    case 'policy':
      return `/settings/policies/${id}`;
    case 'environment':
      return `/settings/environments/${id}`;
    case 'membership':
      return '/settings/members';
    case 'token':
      return '/settings/tokens';
    case 'share':
      return '/settings/shared';
    case 'cluster':
      return `/settings/clusters/${id}`;
    case 'egressAllowance':
      return '/settings/hosts';
    case 'price':
      return '/prices';
    case 'attributionRule':
      return '/costs/unallocated';
    case 'ledgerMonth':
      return '/costs/statements';
    case 'bill':
      return '/prices/bills';
    case 'notice':
      return `/notices/${id}`;
    case 'channel':
      return `/settings/channels/${id}`;
    case 'driftAlert':
      return `/monitoring/alerts/${id}`;
    case 'retrain':
      return `/monitoring/retrains/${id}`;
    case 'budget':
      return `/budgets/${id}`;
    case 'board':
      return `/boards/${id}`;
    case 'annotation':
      return '/boards';
    case 'heartbeat':
      return '/settings/heartbeat';
    case 'metricTemplate':
      return '/settings/metrics';
    case 'linkTemplate':
      return '/settings/links';
    case 'identityProvider':
      return '/settings/sign-in';
    case 'project':
      return '/settings/project';
    case 'user':
      return '/settings/users';
    case 'model':
    case 'modelVersion':
    case 'evidence':
    case 'serviceRevision':
    case 'session':
    case 'driftMonitor':
      return null;
  }
}

const kindWords: Record<string, string> & Record<AuditObjectKind, string> = {
  project: 'project',
  user: 'user',
  linkTemplate: 'link',
  metricTemplate: 'metric template',
  budget: 'budget',
  board: 'board',
  annotation: 'note',
  membership: 'membership',
  token: 'token',
  session: 'session',
  cluster: 'cluster',
  egressAllowance: 'host',
  price: 'price',
  bill: 'bill',
  identityProvider: 'provider',
  environment: 'environment',
  policy: 'policy',
  model: 'model',
  modelVersion: 'version',
  evidence: 'evidence',
  service: 'service',
  serviceRevision: 'revision',
  promotion: 'promotion',
  rollout: 'rollout',
  notice: 'notice',
  channel: 'channel',
  heartbeat: 'heartbeat',
  sandbox: 'simulation',
  attributionRule: 'rule',
  ledgerMonth: 'month',
  driftMonitor: 'monitor',
  driftAlert: 'alert',
  share: 'share',
  retrain: 'retraining',
};

/** The word for a kind; an unknown one is shown as it was written. */
export function kindWord(kind: string): string {
  return kindWords[kind] ?? kind;
}

/** Names of models and versions lead to their pages although the trail keeps only their ids: "fraud-detector 7". */
function namedHref(kind: AuditObjectKind, name: string | null): string | null {
  if (name === null) return null;
  if (kind === 'model') return `/models/${encodeURIComponent(name)}`;
  const version = kind === 'modelVersion' ? /^(.+) (\d+)$/.exec(name) : null;
  return version?.[1] === undefined
    ? null
    : `/models/${encodeURIComponent(version[1])}/versions/${version[2]}`;
}

/** The object's name when the act's sentence does not say it ("Revision 2 is ready …"), else null. */
export function unspokenName(item: Pick<AuditItem, 'objectKind' | 'objectName' | 'sentence'>): string | null {
  const { objectKind, objectName, sentence } = item;
  if (objectKind !== 'rollout' || objectName === null || sentence === null) return null;
  return sentence.includes(objectName.split(' ')[0] ?? objectName) ? null : objectName;
}
