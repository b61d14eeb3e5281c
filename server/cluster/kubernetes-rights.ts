import * as z from 'zod';
import type { LackingRight } from '../../domain/cluster-check.ts';
import type { Right } from '../../domain/cluster-rights.ts';
import type { KubernetesApi } from './kubernetes-api.ts';

const reviewPath = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
const reviewSchema = z.looseObject({ status: z.looseObject({ allowed: z.boolean() }) });

type Asked = LackingRight & { readonly name: string | undefined };

/** Many reviews at once would queue behind the API server's own fairness. */
const atOnce = 12;

async function isAllowed(api: KubernetesApi, asked: Asked, namespace: string | null): Promise<boolean> {
  const { right, verb, name } = asked;
  const [resource, subresource] = right.resource.split('/');
  const resourceAttributes = {
    group: right.group,
    resource,
    verb,
    ...(subresource === undefined ? {} : { subresource }),
    ...(name === undefined ? {} : { name }),
    ...(namespace === null ? {} : { namespace }),
  };
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes },
  };
  return reviewSchema.parse(await api.post(reviewPath, body)).status.allowed;
}

/**
 * Which verbs of the rights the token lacks, asked one by one by SelfSubjectAccessReview in a namespace or (null) for the
 * whole cluster; empty when all are granted. Throws what the API throws when it cannot be asked.
 */
export async function lackingRights(
  api: KubernetesApi,
  rights: readonly Right[],
  namespace: string | null,
): Promise<LackingRight[]> {
  const asked: Asked[] = rights.flatMap((right) =>
    right.verbs.flatMap((verb) => (right.names ?? [undefined]).map((name) => ({ right, verb, name }))),
  );
  const lacking: LackingRight[] = [];
  for (let start = 0; start < asked.length; start += atOnce) {
    const part = asked.slice(start, start + atOnce);
    const allowed = await Promise.all(part.map((one) => isAllowed(api, one, namespace)));
    for (const [index, { right, verb }] of part.entries())
      if (allowed[index] !== true) lacking.push({ right, verb });
  }
  return lacking;
}
