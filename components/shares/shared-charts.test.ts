import { describe, expect, it } from 'vitest';
import type { BoardChart } from '../../domain/board.ts';
import { templateSubject } from '../../domain/template-chart-name.ts';
import { boardProblem, kindTitle, outsideTitles, ownerOf, sharedRange } from './shared-charts.ts';

const serviceId = '0199f3c0-0000-7000-8000-000000000001';
const errors = { kind: 'errorShare', serviceId } as const;
const chart: BoardChart = { spec: errors, title: 'fraud-detector of acme', size: 'half' };

describe('a board that is shared', () => {
  it('has one to twelve charts', () => {
    expect(boardProblem([])).toContain('no chart');
    expect(boardProblem(Array.from({ length: 12 }, () => chart))).toBeUndefined();
    expect(boardProblem(Array.from({ length: 13 }, () => chart))).toContain('has 13');
  });

  it('tells its charts apart by labels, never by titles that members gave', () => {
    const labels = { [`service ${serviceId}`]: 'Service A' };
    const specs = [errors, { kind: 'gpuUse' } as const];
    expect(outsideTitles(specs, { title: 'Health', labels })).toEqual([
      'Error share: Service A',
      'GPUs held',
    ]);
    const template = { kind: 'template', templateId: serviceId } as const;
    const metrics = ['/pay', '/refund'].map((route) => ({ ...template, values: { route } }));
    const own = { [templateSubject({ templateId: serviceId, values: { route: '/pay' } })]: 'Group A' };
    expect(outsideTitles(metrics, { title: 'Health', labels: own })).toEqual(['Group A', 'Metric']);
    expect(outsideTitles([errors], { title: 'Health', labels })).toEqual(['Health']);
  });

  it('is of the project, and a chart over all projects of the instance, under the same title', () => {
    const budgetId = serviceId;
    const own = [{ kind: 'cost', groupBy: 'service' } as const, { kind: 'budget', budgetId } as const];
    const all = [
      { kind: 'instanceCost', groupBy: 'project' } as const,
      { kind: 'instanceBudget', budgetId } as const,
    ];
    expect([ownerOf({ specs: own }), ownerOf({ specs: all })]).toEqual(['project', 'instance']);
    expect(all.map(kindTitle)).toEqual(own.map(kindTitle));
  });

  it('goes on with the time when it shows now, and stands still when it shows the past', () => {
    const hour = 3_600_000;
    expect(sharedRange({ from: 0, to: hour }, hour + 60_000)).toEqual({ kind: 'relative', ms: hour });
    expect(sharedRange({ from: 0, to: hour }, 2 * hour)).toEqual({ kind: 'fixed', from: 0, to: hour });
  });
});
