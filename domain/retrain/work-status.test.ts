import { expect, it } from 'vitest';
import { workStatusOf } from './work-status.ts';

const condition = (type: string, status = 'True', rest: object = {}) => ({
  status: { conditions: [{ type, status, ...rest }] },
});

it.each([
  ['a Job that was only made', {}, 'waiting'],
  ['a Job with a pod', { status: { active: 1 } }, 'running'],
  ['a Job whose pod has no node yet', { status: { active: 1, ready: 0 } }, 'waiting'],
  ['a Job whose pod is ready', { status: { active: 1, ready: 1 } }, 'running'],
  ['a Job that is suspended by a queue', condition('Suspended'), 'waiting'],
  ['a Job that is done', condition('Complete'), 'succeeded'],
  ['a Job that gave up', condition('Failed'), 'failed'],
  ['an Argo Workflow that runs', { status: { phase: 'Running' } }, 'running'],
  ['an Argo Workflow with an error', { status: { phase: 'Error' } }, 'failed'],
  ['a training job of Kubeflow that is done', condition('Succeeded'), 'succeeded'],
  ['a run of Tekton that failed', condition('Succeeded', 'False'), 'failed'],
])('reads %s', (_of, object, phase) => {
  expect(workStatusOf(object).phase).toBe(phase);
});

it('keeps the words of the cluster', () => {
  const failed = condition('Failed', 'True', {
    reason: 'DeadlineExceeded',
    message: 'Job was active too long',
  });
  expect(workStatusOf(failed).message).toBe('DeadlineExceeded: Job was active too long');
});
