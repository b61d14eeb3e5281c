import { driftAlert } from '../../db/schema/drift.ts';
import { markDriftAlert } from '../drift-alerts/mark.ts';
import { newId } from '../id.ts';
import { configureRetraining } from '../retrains/commands.ts';
import type { ProjectFixture } from '../test-fixture.ts';

/** For tests: the request of a service of its own whose alert was called real. */
export async function retrainOf(of: ProjectFixture): Promise<string> {
  const { projectId } = of;
  const serviceId = await of.service(`rest-${newId().slice(-8)}`, of.stagingId);
  await of.live(serviceId);
  await configureRetraining(of.as('operator'), { serviceId, settings: { policy: 'notify' } });
  const [alertId, at] = [newId(), new Date()];
  const times = { fromAt: at, openedAt: at, stateAt: at };
  await of.db
    .insert(driftAlert)
    .values({ id: alertId, projectId, serviceId, kind: 'volume', state: 'open', facts: {}, ...times });
  const { retrainId } = await markDriftAlert(of.as('engineer'), { alertId, mark: { kind: 'real' } });
  return retrainId ?? '';
}
