import type { CostRole, PodBucket, PodFacts } from '../metering/facts.ts';
import { type LedgerOwner, nobody, ownerKey } from './owner.ts';

/** A rule of the instance for namespaces without an Environment, valid over [validFrom, validTo); "*" is any. */
export type AttributionRule = {
  readonly number: number;
  readonly namespace: string;
  readonly ownerKind: string;
  readonly ownerName: string;
  readonly projectId: string;
  readonly role: CostRole | null;
  readonly validFrom: Date;
  readonly validTo: Date | null;
};

export type KnownService = {
  readonly id: string;
  readonly name: string;
  readonly mode: 'managed' | 'watched';
  /** From then on pods are its own; before, they were the Environment's. */
  readonly createdAtMs: number;
  /** What a watched service looks at, and one that was taken over looked at. */
  readonly workload: { readonly kind: string; readonly name: string } | null;
  readonly revisions: readonly KnownRevision[];
};

export type KnownRevision = {
  readonly id: string;
  readonly number: number;
  readonly modelId: string;
  readonly modelVersionId: string;
  readonly imageDigest: string;
  readonly roles: readonly {
    readonly role: CostRole;
    readonly fromMs: number;
    readonly toMs: number | null;
  }[];
};

/** An Environment with the services in it; it decides the project of its namespace from `createdAtMs` on. */
export type KnownEnvironment = {
  readonly id: string;
  readonly projectId: string;
  readonly createdAtMs: number;
  readonly services: readonly KnownService[];
};

/** What of one cluster decides who pays. */
export type KnownOwners = {
  readonly environments: ReadonlyMap<string, KnownEnvironment>;
  /** Ascending by number. */
  readonly rules: readonly AttributionRule[];
  /** ModelVersion by `<projectId> <runId>`. */
  readonly runs: ReadonlyMap<string, { readonly modelId: string; readonly modelVersionId: string }>;
};

export type OwnedPiece = { readonly fromMs: number; readonly toMs: number; readonly owner: LedgerOwner };

type Asked = {
  readonly facts: PodFacts;
  readonly bucket: PodBucket;
  readonly fromMs: number;
  readonly toMs: number;
};

/**
 * Who pays for a pod over [fromMs, toMs), cut where that changes. The namespace's Environment decides the project and no
 * label overrides it; inside it the owner chain decides the service, our label or the running image the revision, and its
 * role intervals the role. Rules serve only namespaces without an Environment; the rest, and the cluster's own pods, are
 * nobody's.
 */
export function ownersOf(asked: Asked, known: KnownOwners): OwnedPiece[] {
  if (asked.bucket === 'system') return [{ fromMs: asked.fromMs, toMs: asked.toMs, owner: nobody }];
  const environment = known.environments.get(asked.facts.namespace);
  const placed = environment === undefined ? null : placeOf(asked.facts, environment);
  const rules = known.rules.filter((rule) => matches(rule, asked.facts));
  const cuts = [
    ...(environment === undefined ? [] : [environment.createdAtMs]),
    ...(placed?.service == null ? [] : [placed.service.createdAtMs]),
    ...(placed?.revision?.roles ?? []).flatMap(({ fromMs, toMs }) => [fromMs, toMs ?? asked.toMs]),
    ...rules.flatMap((rule) => [rule.validFrom.getTime(), rule.validTo?.getTime() ?? asked.toMs]),
  ];
  const ownerAt = (atMs: number): LedgerOwner => {
    if (environment !== undefined && placed !== null && environment.createdAtMs <= atMs)
      return ownerIn(environment, placed, { facts: asked.facts, known, atMs });
    const rule = rules.find((each) => isValid(each, atMs));
    return rule === undefined ? nobody : ownerByRule(rule, asked.facts, known);
  };
  return pieces(asked, cuts, ownerAt);
}

function pieces(
  { fromMs, toMs }: Asked,
  cuts: readonly number[],
  ownerAt: (atMs: number) => LedgerOwner,
): OwnedPiece[] {
  const inside = cuts.filter((cut) => cut > fromMs && cut < toMs);
  const edges = [...new Set([fromMs, ...inside, toMs])].sort((left, right) => left - right);
  const found: OwnedPiece[] = [];
  for (const [index, edge] of edges.entries()) {
    const end = edges[index + 1];
    if (end === undefined) break;
    const owner = ownerAt(edge);
    const before = found.at(-1);
    if (before !== undefined && ownerKey(before.owner) === ownerKey(owner))
      found[found.length - 1] = { ...before, toMs: end };
    else found.push({ fromMs: edge, toMs: end, owner });
  }
  return found;
}

type Placed = { readonly service: KnownService | null; readonly revision: KnownRevision | null };

function placeOf(facts: PodFacts, { services }: KnownEnvironment): Placed {
  const service = services.find((each) => facts.owners.some((owner) => runs(each, owner))) ?? null;
  if (service === null) return { service, revision: null };
  const labelled = service.revisions.find(({ id }) => id === facts.revisionId);
  return { service, revision: labelled ?? byImage(facts, service) };
}

/** Of several revisions with the image that runs, the one whose name the owner carries, else the newest. */
function byImage(facts: PodFacts, service: KnownService): KnownRevision | null {
  const running = service.revisions.filter(({ imageDigest }) => facts.imageDigests.includes(imageDigest));
  const named = running.find(({ number }) =>
    facts.owners.some(({ name }) => name === `${service.name}-r${number}`),
  );
  return named ?? running.toSorted((left, right) => right.number - left.number)[0] ?? null;
}

/** Objects of a managed service are named `<service>-r<number>`; a watched one is the workload itself. */
function runs(service: KnownService, owner: { readonly kind: string; readonly name: string }): boolean {
  if (service.workload?.kind === owner.kind && service.workload.name === owner.name) return true;
  if (service.mode !== 'managed' || owner.kind !== 'Deployment') return false;
  return (
    owner.name.startsWith(`${service.name}-r`) && /^\d+$/.test(owner.name.slice(service.name.length + 2))
  );
}

type At = { readonly facts: PodFacts; readonly known: KnownOwners; readonly atMs: number };

function ownerIn(
  environment: KnownEnvironment,
  { service, revision }: Placed,
  { facts, known, atMs }: At,
): LedgerOwner {
  const { id: environmentId, projectId } = environment;
  if (service === null || atMs < service.createdAtMs)
    return { ...loose(projectId, null, { facts, known }), environmentId };
  return {
    projectId,
    environmentId,
    serviceId: service.id,
    revisionId: revision?.id ?? null,
    modelId: revision?.modelId ?? null,
    modelVersionId: revision?.modelVersionId ?? null,
    role: roleAt(service, revision, atMs),
    runId: null,
  };
}

function roleAt({ mode }: KnownService, revision: KnownRevision | null, atMs: number): CostRole {
  const interval = revision?.roles.find(
    ({ fromMs, toMs }) => fromMs <= atMs && (toMs === null || atMs < toMs),
  );
  if (interval !== undefined) return interval.role;
  return mode === 'watched' ? 'stable' : 'retiring';
}

const jobKinds: readonly string[] = [
  'Job',
  'CronJob',
  'TrainJob',
  'PyTorchJob',
  'RayJob',
  'RayCluster',
  'JobSet',
  'Workflow',
];

/** A pod that belongs to no service: a training run by its id, other jobs, everything else. */
function loose(
  projectId: string,
  role: CostRole | null,
  { facts, known }: Pick<At, 'facts' | 'known'>,
): LedgerOwner {
  const { runId } = facts;
  const version = runId === null ? undefined : known.runs.get(`${projectId} ${runId}`);
  const job = facts.owners.some(({ kind }) => jobKinds.includes(kind));
  return {
    ...nobody,
    projectId,
    modelId: version?.modelId ?? null,
    modelVersionId: version?.modelVersionId ?? null,
    role: runId === null ? (role ?? (job ? 'batch' : 'dev')) : 'training',
    runId,
  };
}

const ownerByRule = (rule: AttributionRule, facts: PodFacts, known: KnownOwners): LedgerOwner =>
  loose(rule.projectId, rule.role, { facts, known });

/** Whether the rule is about such a pod at all, whenever. */
export function matches(
  rule: Pick<AttributionRule, 'namespace' | 'ownerKind' | 'ownerName'>,
  facts: PodFacts,
): boolean {
  if (rule.namespace !== '*' && rule.namespace !== facts.namespace) return false;
  if (rule.ownerKind === '*' && rule.ownerName === '*') return true;
  return facts.owners.some(
    ({ kind, name }) =>
      (rule.ownerKind === '*' || rule.ownerKind === kind) &&
      (rule.ownerName === '*' || rule.ownerName === name),
  );
}

function isValid({ validFrom, validTo }: AttributionRule, atMs: number): boolean {
  return validFrom.getTime() <= atMs && (validTo === null || atMs < validTo.getTime());
}
