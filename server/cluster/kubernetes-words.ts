import { type Blocker, blocker, DomainError, type RefusalCode } from '../../domain/refusal.ts';
import { EgressError } from '../egress/egress-error.ts';
import { KubernetesApiError } from './kubernetes-api-error.ts';

type Said = { readonly code: RefusalCode; readonly message: string; readonly fix: string | null };

const gatewayFix = 'Install the Gateway API (kubectl apply the standard CRDs) and a gateway controller.';

const rightsFix =
  'Apply the manifest that the page of the cluster prints; its check list names every verb that lacks.';

/** The sentence about an API server that said no for reasons of the connection, not of the object. */
function refusedBy(error: KubernetesApiError, serverUrl: string): Said | null {
  if (error.status === 401)
    return {
      code: 'clusterUnauthorized',
      message: `The API server at ${serverUrl} does not accept the token (${error.words}).`,
      fix: 'Store a new token by "Change connection" on the page of the cluster.',
    };
  // Admission says 403 too; only the authorizer's own wording is about the token.
  if (error.status === 403 && /\bcannot \w+ (resource|path)\b/.test(error.words))
    return {
      code: 'clusterUnauthorized',
      message: `The API server does not allow it: ${error.words}`,
      fix: rightsFix,
    };
  if (error.status === 429 || error.status >= 500)
    return {
      code: 'clusterUnreachable',
      message: `The API server at ${serverUrl} answers ${error.status}: ${error.words}`,
      fix: null,
    };
  return null;
}

function connectionFix(error: EgressError): string {
  switch (error.reason) {
    case 'tls':
      return "Register the cluster with the CA certificate that signed its API server's certificate.";
    case 'badUrl':
    case 'schemeRefused':
    case 'portRefused':
    case 'originRefused':
    case 'addressRefused':
    case 'redirect':
      return 'Register the cluster with the https URL of its API server.';
    case 'nameUnknown':
    case 'timeout':
    case 'tooLarge':
    case 'unreachable':
      return 'Check the server URL and the network between the worker and the cluster.';
  }
}

/** Why the cluster cannot be used at all, in one sentence; null when the failure is about one object. */
export function connectionFailure(error: unknown, serverUrl: string): Said | null {
  if (error instanceof KubernetesApiError) return refusedBy(error, serverUrl);
  if (error instanceof EgressError)
    return {
      code: 'clusterUnreachable',
      message: `The API server at ${serverUrl} cannot be reached: ${error.message}`,
      fix: connectionFix(error),
    };
  return {
    code: 'clusterUnreachable',
    message: `What answers at ${serverUrl} does not speak the Kubernetes API.`,
    fix: 'Check that the server URL is that of a Kubernetes API server.',
  };
}

/** What keeps one kind from being read. */
export function watchBlocker(
  error: unknown,
  { kind, namespace, serverUrl }: { kind: string; namespace: string; serverUrl: string },
): Blocker {
  if (error instanceof KubernetesApiError && error.status === 404) return missingKind(kind);
  const said = connectionFailure(error, serverUrl);
  if (said !== null) return blocker({ ...said, owner: 'an instance admin' });
  const words = error instanceof Error ? error.message : String(error);
  return blocker({
    code: 'clusterUnreachable',
    message: `${kind} objects in ${namespace} cannot be read: ${words}`,
  });
}

/** The cluster does not know a kind that is needed. */
export function missingKind(kind: string): Blocker {
  const gateway = kind === 'HTTPRoute';
  return blocker({
    code: 'crdMissing',
    message: gateway
      ? 'The cluster does not know HTTPRoute: the Gateway API is not installed, so no traffic can be routed.'
      : `The cluster does not know ${kind} objects.`,
    params: { kind },
    fix: gateway ? gatewayFix : 'Use a cluster of a version that serves it.',
    owner: "the cluster's owner",
  });
}

type Wanted = { readonly what: string; readonly serverUrl: string; readonly fix?: string };

/** The error of a read that somebody asked for: `what` is what could not be read, as a sentence calls it. */
export function readFailure(error: unknown, { what, serverUrl, fix = rightsFix }: Wanted): DomainError {
  if (error instanceof DomainError) return error;
  if (!(error instanceof KubernetesApiError))
    return new DomainError(
      connectionFailure(error, serverUrl) ?? { code: 'clusterUnreachable', message: what },
    );
  if (error.status === 403)
    return new DomainError({
      code: 'rightsMissing',
      message: `The token may not read ${what}: ${error.words}`,
      fix,
    });
  const said = connectionFailure(error, serverUrl);
  if (said !== null) return new DomainError(said);
  const code = error.status === 404 ? 'notFound' : 'wrongState';
  return new DomainError({ code, message: `The cluster does not give ${what}: ${error.words}` });
}

/** Objects and managers of a server-side apply that was refused because other managers own the fields. */
function ownersIn(error: KubernetesApiError): { managers: string; fields: string } {
  const conflicts = error.causes.filter((cause) => cause.reason === 'FieldManagerConflict');
  const managers = new Set(conflicts.map((cause) => /"([^"]+)"/.exec(cause.message)?.[1] ?? cause.message));
  return { managers: [...managers].join(', '), fields: conflicts.map((cause) => cause.field).join(', ') };
}

/** The error of a write, in the API server's own words. */
export function writeFailure(error: unknown, object: string, serverUrl: string): DomainError {
  if (error instanceof DomainError) return error;
  if (error instanceof KubernetesApiError && error.status === 409) {
    const { managers, fields } = ownersIn(error);
    const message =
      managers === ''
        ? `${object} changed since it was read, so nothing was written: ${error.words}`
        : `${managers} owns ${fields} of ${object}, so nothing was written.`;
    return new DomainError({ code: 'conflict', message, params: { object, manager: managers, fields } });
  }
  if (
    error instanceof KubernetesApiError &&
    error.status === 404 &&
    /^404 page not found|the server could not find the requested resource/.test(error.words)
  )
    return new DomainError(missingKind(object.split(' ')[0] ?? object));
  if (error instanceof KubernetesApiError && /exceeded quota/.test(error.words))
    return new DomainError({ code: 'quotaExceeded', message: error.words, params: { object } });
  const said = connectionFailure(error, serverUrl);
  if (said !== null) return new DomainError({ ...said, params: { object } });
  const words = error instanceof KubernetesApiError ? error.words : String(error);
  return new DomainError({ code: 'dryRunRefused', message: words, params: { object } });
}
