import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import type { Principal } from '../../domain/principal.ts';
import { listInstanceAudit } from '../audit/queries.ts';
import type { Context } from '../context.ts';
import { egressAllowances, userEgressRules } from '../rows/egress-allowances.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { allowEgress, revokeEgress } from './commands.ts';
import { listEgress } from './queries.ts';

let test: TestDatabase;
let fixture: ProjectFixture;
let ada: Context;
const purpose = 'Prometheus of the EU cluster';

beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
  const principal: Principal = { ...fixture.people.admin, instanceRoles: ['admin'] };
  ada = fixture.as(principal);
});
afterAll(() => test.drop());

describe('the list of private hosts', () => {
  it('takes a host from an instance admin, says who and when, and is read by outbound requests at once', async () => {
    await allowEgress(ada, { target: ' Prometheus.Monitoring. ', purpose });
    await allowEgress(ada, { target: '10.20.0.0/16', purpose });
    const rows = await listEgress(ada, undefined);
    expect(rows.map(({ target }) => target)).toEqual(['10.20.0.0/16', 'prometheus.monitoring']);
    expect(rows[1]).toMatchObject({ purpose, addedBy: { id: fixture.people.admin.id } });
    expect(await userEgressRules(test.db)).toMatchObject({
      egressClass: 'user',
      allowances: ['10.20.0.0/16', 'prometheus.monitoring'],
    });
  });

  it('no longer holds what was revoked, and both acts are in the audit of the instance', async () => {
    const { allowanceId } = await allowEgress(ada, { target: 'mimir.inside', purpose });
    await revokeEgress(ada, { allowanceId });
    expect(await egressAllowances(test.db)).not.toContain('mimir.inside');
    expect((await refusalOf(revokeEgress(ada, { allowanceId }))).code).toBe('notFound');
    const { items } = await listInstanceAudit(ada, {
      objectKind: 'egressAllowance',
      objectId: allowanceId,
    });
    expect(items.map(({ action }) => action).sort()).toEqual(['egress.allow', 'egress.revoke']);
  });

  it.each(['169.254.169.254', '0.0.0.0/0', 'http://prometheus', 'a b', 'host:9090', ''])(
    'refuses %s',
    async (target) => {
      expect(await refusalOf(allowEgress(ada, { target, purpose }))).toMatchObject({
        code: 'invalidInput',
        params: { field: 'target' },
      });
    },
  );

  it('holds a host once', async () => {
    await allowEgress(ada, { target: 'twice.inside', purpose });
    expect((await refusalOf(allowEgress(ada, { target: 'TWICE.inside', purpose }))).code).toBe('nameTaken');
  });

  it('is closed to admins of a project', async () => {
    const project = fixture.as('admin');
    const mine = allowEgress(project, { target: 'mine.inside', purpose });
    expect((await refusalOf(mine)).code).toBe('forbidden');
    expect((await refusalOf(listEgress(project, undefined))).code).toBe('forbidden');
  });
});
