import * as z from 'zod';
import { sha256Schema } from '../../domain/digest.ts';
import { evaluationReportSchema } from '../../domain/evidence-report.ts';
import { registrationSchema } from '../../domain/model-version.ts';
import { idSchema, modelNameSchema } from '../../domain/name.ts';
import { rolloutPlanSchema } from '../../domain/rollout-plan.ts';
import { listFiles } from '../models/files.ts';
import { getVersion } from '../models/get-version.ts';
import { registerVersion } from '../models/register.ts';
import { attachEvidence, setDigest } from '../models/version-commands.ts';
import { listProjects } from '../projects/commands.ts';
import { getPromotion } from '../promotions/get.ts';
import { requestPromotion } from '../promotions/request.ts';
import { abortRollout, pauseRollout, promoteRollout, resumeRollout } from '../rollouts/commands.ts';
import { getRollout } from '../rollouts/get.ts';
import { getRecord } from '../rollouts/record.ts';
import { getObjectives } from '../services/get-objectives.ts';
import { listServices } from '../services/list.ts';
import { serviceMatrix } from '../services/matrix.ts';
import { costRoutes } from './cost-routes.ts';
import { driftRoutes } from './drift-routes.ts';
import { type RestRoute, restRoute } from './route.ts';
import {
  actedResponse,
  evidenceResponse,
  filesResponse,
  matrixResponse,
  objectivesResponse,
  projectsResponse,
  promotionResponse,
  recordResponse,
  registeredResponse,
  requestedResponse,
  rolloutResponse,
  servicesResponse,
  versionResponse,
} from './schemas.ts';
import { unitCostRoutes } from './unit-cost-routes.ts';

const none = z.object({});
const ofVersion = z.object({ modelVersionId: idSchema });
const ofRollout = z.object({ rolloutId: idSchema });
const reasonBody = z.object({ reason: z.string().max(2_000).optional() });

const verbs = {
  pause: pauseRollout,
  resume: resumeRollout,
  promote: promoteRollout,
  abort: abortRollout,
} as const;

const verbRoutes = (Object.keys(verbs) as (keyof typeof verbs)[]).map((verb) =>
  restRoute({
    method: 'post',
    path: `/rollouts/{rolloutId}/${verb}`,
    operationId: `${verb}Rollout`,
    summary: `${verb[0]?.toUpperCase() ?? ''}${verb.slice(1)} a rollout`,
    permission: `rollouts.${verb}`,
    params: ofRollout,
    body: reasonBody,
    response: actedResponse,
    run: (ctx, { params, body }) => verbs[verb](ctx, { ...params, ...body }),
  }),
);

/** Everything under /api/v1; each route is a command or a query of the console under a stable name. */
export const restRoutes: readonly RestRoute[] = [
  restRoute({
    method: 'get',
    path: '/projects',
    operationId: 'listProjects',
    summary: 'Projects of the caller',
    permission: 'projects.list',
    params: none,
    response: projectsResponse,
    run: async (ctx) => ({ projects: await listProjects(ctx, undefined) }),
  }),
  restRoute({
    method: 'post',
    path: '/projects/{projectId}/models/{modelName}/versions',
    operationId: 'registerModelVersion',
    summary:
      'Register the next version of a model, which is created when it is new; the same digest and serving image answer the same version',
    permission: 'modelVersions.register',
    params: z.object({ projectId: idSchema, modelName: modelNameSchema }),
    body: registrationSchema.omit({ modelName: true }),
    status: 201,
    found: ({ created }) => !created,
    response: registeredResponse,
    run: (ctx, { params, body }) => registerVersion(ctx, { ...params, ...body }),
  }),
  restRoute({
    method: 'get',
    path: '/model-versions/{modelVersionId}',
    operationId: 'getModelVersion',
    summary: 'A version with its evidence',
    permission: 'modelVersions.get',
    params: ofVersion,
    response: versionResponse,
    run: (ctx, { params }) => getVersion(ctx, params),
  }),
  restRoute({
    method: 'get',
    path: '/projects/{projectId}/models/{modelName}/versions/{number}',
    operationId: 'findModelVersion',
    summary: 'A version by its number',
    permission: 'modelVersions.get',
    params: z.object({
      projectId: idSchema,
      modelName: modelNameSchema,
      number: z.coerce.number().int().min(1).max(2_147_483_647),
    }),
    response: versionResponse,
    run: (ctx, { params }) => getVersion(ctx, params),
  }),
  restRoute({
    method: 'get',
    path: '/model-versions/{modelVersionId}/files',
    operationId: 'listModelVersionFiles',
    summary: 'The files that the artefact digest is over, by path',
    permission: 'modelVersions.files',
    params: ofVersion,
    query: z.object({
      page: z.coerce.number().int().min(1).max(100_000).default(1),
      pageSize: z.coerce.number().int().min(1).max(200).default(50),
    }),
    response: filesResponse,
    run: async (ctx, { params, query }) => {
      const { rows, total, totalBytes } = await listFiles(ctx, { ...params, ...query });
      return { files: rows, total, totalBytes };
    },
  }),
  restRoute({
    method: 'put',
    path: '/model-versions/{modelVersionId}/artefact-digest',
    operationId: 'setArtefactDigest',
    summary: 'Set the artefact digest, once',
    permission: 'modelVersions.setDigest',
    params: ofVersion,
    body: z.object({ artefactDigest: sha256Schema }),
    response: ofVersion,
    run: (ctx, { params, body }) => setDigest(ctx, { ...params, ...body }),
  }),
  restRoute({
    method: 'post',
    path: '/model-versions/{modelVersionId}/evidence',
    operationId: 'attachEvidence',
    summary: 'Attach an evaluation report; its verdict follows from its own thresholds',
    permission: 'evidence.attach',
    params: ofVersion,
    body: evaluationReportSchema,
    status: 201,
    response: evidenceResponse,
    run: (ctx, { params, body }) => attachEvidence(ctx, { ...params, report: body }),
  }),
  restRoute({
    method: 'get',
    path: '/projects/{projectId}/services',
    operationId: 'listServices',
    summary: 'Services of a project, by name',
    permission: 'services.list',
    params: z.object({ projectId: idSchema }),
    query: z.object({
      search: z.string().max(200).optional(),
      page: z.coerce.number().int().min(1).default(1),
    }),
    response: servicesResponse,
    run: async (ctx, { params, query }) => {
      const { rows, total } = await listServices(ctx, { ...params, ...query });
      return { services: rows, total };
    },
  }),
  restRoute({
    method: 'get',
    path: '/services/{serviceId}/objectives',
    operationId: 'getServiceObjectives',
    summary:
      'What a service promises over 28 days, what is left of its error budgets, and how fast they burn',
    permission: 'services.objectives',
    params: z.object({ serviceId: idSchema }),
    response: objectivesResponse,
    run: (ctx, { params }) => getObjectives(ctx, params),
  }),
  restRoute({
    method: 'get',
    path: '/projects/{projectId}/services/matrix',
    operationId: 'serviceMatrix',
    summary:
      'Services by environment: what runs where, how far behind, and whether it can be promoted further',
    permission: 'services.matrix',
    params: z.object({ projectId: idSchema }),
    query: z.object({
      search: z.string().max(200).optional(),
      modelName: modelNameSchema.optional(),
      page: z.coerce.number().int().min(1).default(1),
    }),
    response: matrixResponse,
    run: (ctx, { params, query }) => serviceMatrix(ctx, { ...params, ...query }),
  }),
  restRoute({
    method: 'post',
    path: '/services/{serviceId}/promotions',
    operationId: 'requestPromotion',
    summary: 'Ask for promotion of a version onto a service',
    permission: 'promotions.request',
    params: z.object({ serviceId: idSchema }),
    body: z.object({
      modelVersionId: idSchema,
      plan: rolloutPlanSchema.optional(),
      note: z.string().max(5_000).optional(),
    }),
    status: 201,
    response: requestedResponse,
    run: (ctx, { params, body }) => requestPromotion(ctx, { ...params, ...body }),
  }),
  restRoute({
    method: 'get',
    path: '/promotions/{promotionId}',
    operationId: 'getPromotion',
    summary: 'State, signatures and blockers of a request',
    permission: 'promotions.get',
    params: z.object({ promotionId: idSchema }),
    response: promotionResponse,
    run: (ctx, { params }) => getPromotion(ctx, params),
  }),
  restRoute({
    method: 'get',
    path: '/rollouts/{rolloutId}',
    operationId: 'getRollout',
    summary: 'Phase, weights and blockers of a rollout',
    permission: 'rollouts.get',
    params: ofRollout,
    response: rolloutResponse,
    run: (ctx, { params }) => getRollout(ctx, params),
  }),
  restRoute({
    method: 'get',
    path: '/rollouts/{rolloutId}/record',
    operationId: 'getRolloutRecord',
    summary: 'What was frozen before a rollout that went back took anything away',
    permission: 'rollouts.record',
    params: ofRollout,
    response: recordResponse,
    run: (ctx, { params }) => getRecord(ctx, params),
  }),
  ...verbRoutes,
  ...driftRoutes,
  ...costRoutes,
  ...unitCostRoutes,
];
