import { routeSchema, type ServiceRoute } from '../../domain/service-spec.ts';

export type RouteDraft = { readonly hostnames: string; readonly pathPrefix: string };

export function draftOfRoute(route: ServiceRoute): RouteDraft {
  return { hostnames: route.hostnames.join(', '), pathPrefix: route.pathPrefix };
}

/** The route that a draft describes, or what is wrong with it; no hostname means the environment's. */
export function routeOfDraft(draft: RouteDraft): { route: ServiceRoute } | { problem: string } {
  const hostnames = draft.hostnames.split(/[\s,]+/).filter((name) => name !== '');
  const parsed = routeSchema.safeParse({ hostnames, pathPrefix: draft.pathPrefix.trim() });
  if (parsed.success) return { route: parsed.data };
  const isPath = parsed.error.issues[0]?.path[0] === 'pathPrefix';
  return {
    problem: isPath
      ? 'The path prefix starts with "/".'
      : 'Hostnames are lowercase names like "fraud.example.com", at most 16.',
  };
}
