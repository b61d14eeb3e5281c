import { gpuHour } from '../../domain/budget/budget-words.ts';
import { everything } from '../../domain/channel.ts';
import { createBoard } from '../../server/boards/commands.ts';
import { createBudget } from '../../server/budgets/commands.ts';
import { createChannel, sendTest, updateChannel } from '../../server/channels/commands.ts';
import { markDriftAlert } from '../../server/drift-alerts/mark.ts';
import { evaluateBudgets } from '../../server/jobs/budgets/evaluate-due.ts';
import { listNotices } from '../../server/notices/queries.ts';
import { configureRetraining } from '../../server/retrains/commands.ts';
import { setObjectives } from '../../server/services/set-objectives.ts';
import type { ProjectFixture } from '../../server/test-fixture.ts';
import { createToken } from '../../server/tokens/commands.ts';
import { showCosts } from './costs-to-show.ts';
import { type ShownDrift, showDrift } from './drift-to-show.ts';
import { type FilledProject, planOf } from './filled-project.ts';

/** Every route of the console with something to show; a folder of `app` that is missing here fails a test. */
export type Routes = Readonly<Record<string, string>>;

/** Fills a project so that every page has content and something is under way, and returns one address per route. */
export async function showEveryRoute(project: FilledProject): Promise<Routes> {
  const { fixture } = project;
  await project.live();
  const version = await project.version();
  await fixture.evidence(version.modelVersionId, 0.95);
  const asked = await fixture.ask({
    serviceId: fixture.serviceId,
    modelVersionId: version.modelVersionId,
    plan: planOf([10, 50, 100], 3_600_000),
    note: 'Fewer false alarms on travel bookings.',
  });
  await project.sign(asked);
  const rolloutId = await project.rolloutOf(asked.promotionId);
  const waiting = await fixture.request(fixture.serviceId);
  await setObjectives(fixture.as('operator'), {
    serviceId: fixture.serviceId,
    objectives: { errors: { targetPercent: 99.9 } },
  });
  await createToken(fixture.as('admin'), {
    projectId: fixture.projectId,
    name: 'training pipeline',
    roles: ['engineer'],
    expiresInDays: 90,
  });
  const { budgetId } = await createBudget(fixture.as('admin'), exampleBudget(fixture.projectId));
  await evaluateBudgets(fixture.db);
  const { boardId } = await createBoard(fixture.as('engineer'), {
    projectId: fixture.projectId,
    name: 'What changed?',
    from: { kind: 'template', template: 'changed' },
  });
  const costs = await showCosts(fixture);
  const drift = await showDrift(fixture);
  const retrainId = await showRetrain(fixture, drift);
  const channelId = await idleChannel(fixture);
  const { rows } = await listNotices(fixture.as('viewer'), { projectId: fixture.projectId });
  return {
    '/': '/',
    '/models': '/models',
    '/models/new': '/models/new',
    '/models/[name]': '/models/fraud-detector',
    '/models/[name]/versions/[number]': `/models/fraud-detector/versions/${version.number}`,
    '/promotions': '/promotions',
    '/promotions/new': `/promotions/new?service=${fixture.serviceId}&modelVersion=${waiting.modelVersionId}`,
    '/promotions/[id]': `/promotions/${waiting.promotionId}`,
    '/services': '/services',
    '/services list': '/services?view=list',
    '/services/discover': '/services/discover',
    '/services/new': '/services/new',
    '/services/[id]': `/services/${fixture.serviceId}`,
    '/monitoring/[service]/connect': `/monitoring/${fixture.serviceId}/connect`,
    '/monitoring/[service]/references': `/monitoring/${drift.serviceId}/references`,
    '/services/[id] revisions': `/services/${fixture.serviceId}?tab=revisions`,
    '/services/[id] pods': `/services/${fixture.serviceId}?tab=pods`,
    '/services/[id] specification': `/services/${fixture.serviceId}?tab=specification`,
    '/services/[id] settings': `/services/${fixture.serviceId}?tab=settings`,
    '/rollouts': '/rollouts',
    '/rollouts/[id]': `/rollouts/${rolloutId}`,
    '/notices': '/notices',
    '/notices/[id]': `/notices/${rows[0]?.id ?? ''}`,
    '/budgets': '/budgets',
    '/budgets/new': '/budgets/new',
    '/budgets/[id]': `/budgets/${budgetId}`,
    '/boards': '/boards',
    '/boards/[id]': `/boards/${boardId}`,
    '/costs': '/costs',
    '/costs instance': '/costs?scope=instance&by=bucket',
    '/costs/pods': costs.pods,
    '/costs/pod': costs.pod,
    '/costs/unallocated': '/costs/unallocated',
    '/costs/statements': '/costs/statements',
    '/costs/statements/[id]': costs.statement,
    '/monitoring': '/monitoring',
    '/monitoring/[service]': `/monitoring/${drift.serviceId}`,
    '/monitoring/[service]/[feature]': `/monitoring/${drift.serviceId}/${drift.featureId}`,
    '/monitoring/[service]/[feature] week': `/monitoring/${drift.serviceId}/${drift.featureId}?range=7d`,
    '/monitoring/alerts': '/monitoring/alerts',
    '/monitoring/alerts/[id]': `/monitoring/alerts/${drift.alertId}`,
    '/monitoring/retrains/[id]': `/monitoring/retrains/${retrainId}`,
    '/gpus': '/gpus',
    '/prices': '/prices',
    '/prices/bills': '/prices/bills',
    '/audit': '/audit',
    '/settings': '/settings',
    '/settings/account': '/settings/account',
    '/settings/channels': '/settings/channels',
    '/settings/channels/new': '/settings/channels/new',
    '/settings/channels/[id]': `/settings/channels/${channelId}`,
    '/settings/clusters': '/settings/clusters',
    '/settings/clusters/new': '/settings/clusters/new',
    '/settings/clusters/[id]': `/settings/clusters/${fixture.clusterId}`,
    '/settings/environments': '/settings/environments',
    '/settings/environments/new': '/settings/environments/new',
    '/settings/environments/[id]': `/settings/environments/${fixture.productionId}`,
    '/settings/heartbeat': '/settings/heartbeat',
    '/settings/hosts': '/settings/hosts',
    '/settings/links': '/settings/links',
    '/settings/metrics': '/settings/metrics',
    '/settings/members': '/settings/members',
    '/settings/policies': '/settings/policies',
    '/settings/policies/new': '/settings/policies/new',
    '/settings/policies/[id]': `/settings/policies/${fixture.policyId}`,
    '/settings/project': '/settings/project',
    '/settings/reports': '/settings/reports',
    '/settings/shared': '/settings/shared',
    '/settings/sign-in': '/settings/sign-in',
    '/settings/tokens': '/settings/tokens',
    '/settings/training': '/settings/training',
    '/settings/users': '/settings/users',
    'not found': '/no-such-page',
  };
}

/** The shown alert was called real, and people were told to train again. */
async function showRetrain(fixture: ProjectFixture, { serviceId, alertId }: ShownDrift): Promise<string> {
  await configureRetraining(fixture.as('operator'), { serviceId, settings: { policy: 'notify' } });
  const { retrainId } = await markDriftAlert(fixture.as('engineer'), { alertId, mark: { kind: 'real' } });
  return retrainId ?? '';
}

/** A mail channel that is off, so that a run of tests writes to nobody. */
async function idleChannel(fixture: ProjectFixture): Promise<string> {
  const admin = fixture.as('admin');
  const { channelId } = await createChannel(admin, {
    projectId: fixture.projectId,
    name: 'mail to owners',
    target: {
      kind: 'smtp',
      host: '127.0.0.1.invalid',
      port: 587,
      security: 'startTls',
      username: '',
      from: 'fairlead@example.test',
      to: ['team@example.test'],
    },
    rules: everything,
  });
  await updateChannel(admin, { channelId, enabled: false });
  await sendTest(admin, { channelId });
  return channelId;
}

function exampleBudget(projectId: string) {
  return {
    projectId,
    name: 'Serving',
    scope: { projectId, environmentId: null, modelId: null, gpuProduct: null },
    unit: 'gpuHours' as const,
    period: { kind: 'calendar', every: 'month', timeZone: 'UTC', rolloverCapPercent: 10 } as const,
    amount: (1_200n * gpuHour).toString(),
  };
}
