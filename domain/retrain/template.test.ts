import { describe, expect, it } from 'vitest';
import {
  filledTemplate,
  templateProblem,
  workDemand,
  workName,
  workObject,
  workTemplateSchema,
} from './template.ts';

const job = (change: object = {}, container: object = {}) =>
  workTemplateSchema.parse({
    apiVersion: 'batch/v1',
    kind: 'Job',
    spec: {
      activeDeadlineSeconds: 3600,
      parallelism: 2,
      template: { spec: { containers: [{ name: 'train', image: 'train:1', ...container }] } },
      ...change,
    },
  });
const values = {
  retrainId: 'r',
  model: '$(rm -rf /); {{service}}',
  modelVersion: '7',
  service: 'scoring',
  environment: 'production',
  alert: 'a: [b',
  windowFrom: 'from',
  windowTo: 'to',
  reference: '',
};

describe('a template', () => {
  it('keeps what it is filled in with as text, and fills in nothing twice', () => {
    const template = job({}, { args: ['{{model}}'], env: [{ name: 'WHY', value: 'why: {{alert}}' }] });
    expect(templateProblem(template)).toBeNull();
    const { spec } = filledTemplate(template, values);
    expect(spec).toMatchObject({
      template: {
        spec: {
          containers: [{ args: ['$(rm -rf /); {{service}}'], env: [{ name: 'WHY', value: 'why: a: [b' }] }],
        },
      },
    });
  });

  it('takes all its pods until its deadline; another kind says what it takes', () => {
    expect(workDemand(job())).toMatchObject({ pods: 2, mostSeconds: 3600 });
    const workflow = (annotations: object) =>
      workTemplateSchema.parse({
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Workflow',
        metadata: { annotations },
        spec: {},
      });
    const said = { 'fairlead.dev/gpus': '4', 'fairlead.dev/most-seconds': '600' };
    expect(workDemand(workflow(said))).toEqual({
      pods: 1,
      mostSeconds: 600,
      podTemplate: null,
      declared: { gpus: 4, product: null },
    });
    expect(() => workDemand(workflow({ ...said, 'fairlead.dev/most-seconds': '604801' }))).toThrow(/7 days/);
  });

  it('starts work only: an object that gives rights is refused', () => {
    const role = workTemplateSchema.parse({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      spec: {},
    });
    expect(templateProblem(role)).toContain('do not');
  });

  it('makes pods that are metered as training, are no pods of a service, and have one name for one request', () => {
    const name = workName('scoring', '01a21af1-c8c4-736a-928f-4a2327a1237f');
    expect(name).toBe('retrain-scoring-4a2327a1237f');
    const made = workObject(job(), { name, namespace: 'ml', retrainId: 'r', projectId: 'p' });
    const labels = { 'fairlead.dev/project': 'p', 'fairlead.dev/run-id': 'r' };
    expect(made).toMatchObject({
      metadata: { name, namespace: 'ml' },
      spec: { template: { metadata: { labels }, spec: { restartPolicy: 'Never' } } },
    });
    expect(JSON.stringify(made)).not.toContain('fairlead.dev/service');
  });
});
