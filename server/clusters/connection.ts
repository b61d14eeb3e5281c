import * as z from 'zod';
import { tokenClaims } from '../../domain/service-account-token.ts';
import { sealToken } from '../cluster/seal.ts';

const serverUrlSchema = z.url({ protocol: /^https$/, message: 'The API server needs an https:// address.' });
const caPemSchema = z
  .string()
  .max(100_000)
  .startsWith(
    '-----BEGIN CERTIFICATE-----',
    'Paste the CA certificate in PEM form ("-----BEGIN CERTIFICATE-----").',
  );

export const connectionSchema = z.discriminatedUnion('credential', [
  z.object({ credential: z.literal('inCluster') }),
  z.object({
    credential: z.literal('token'),
    serverUrl: serverUrlSchema,
    caPem: caPemSchema,
    token: z.string().trim().min(1, 'Paste the service account token.').max(20_000),
  }),
]);
type Connection = z.output<typeof connectionSchema>;

/** The connection as the worker alone can use it: the token sealed to its key and to the row of this id. */
export function sealedConnection(connection: Connection, id: string, workerPublicKey: string) {
  if (connection.credential === 'inCluster') return { credential: 'inCluster' as const };
  const { serverUrl, caPem, token } = connection;
  return {
    credential: 'token' as const,
    serverUrl,
    caPem,
    sealedToken: sealToken(workerPublicKey, token, id),
  };
}

/** Columns of a cluster's row; a new token is a new start for what was known about the old one. */
export function storedConnection(connection: Connection, clusterId: string, workerPublicKey: string) {
  const claims = connection.credential === 'token' ? tokenClaims(connection.token) : null;
  return {
    serverUrl: null,
    caPem: null,
    sealedToken: null,
    ...sealedConnection(connection, clusterId, workerPublicKey),
    tokenExpiresAt: claims?.expiresAt ?? null,
    tokenProblem: null,
  };
}

/** What the trail may know of a connection. */
export function auditedConnection(connection: Connection) {
  const serverUrl = connection.credential === 'token' ? connection.serverUrl : null;
  return { credential: connection.credential, serverUrl };
}
