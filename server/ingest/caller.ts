import type { Database } from '../../db/client.ts';
import type { Principal } from '../../domain/principal.ts';
import { DomainError } from '../../domain/refusal.ts';
import { tokenPrincipal } from '../principals.ts';
import { ingestTokenPrefix, secretHash, tokenPrefix } from '../secret.ts';

/** Who sends rows: a token of one service, or one of a project, whose roles decide. */
export type Caller =
  | { readonly kind: 'service'; readonly serviceId: string }
  | { readonly kind: 'project'; readonly principal: Principal };

const serviceTokenStatement = {
  name: 'ingest-token',
  text: `
    select t.service_id from api_token t join principal p on p.id = t.principal_id
      join account a on a.user_id = p.owner_user_id
      join membership m on m.user_id = p.owner_user_id and m.project_id = t.project_id
    where t.secret_hash = $1 and t.service_id is not null and t.revoked_at is null and a.disabled_at is null
      and (t.expires_at is null or t.expires_at > clock_timestamp())`,
};

/** Whose token it is; throws unauthenticated. Cookies are never asked, so that no page can make a browser send rows. */
export async function callerOf(db: Database, token: string | null): Promise<Caller> {
  if (token?.startsWith(ingestTokenPrefix)) {
    const { rows } = await db.$client.query<{ service_id: string }>({
      ...serviceTokenStatement,
      values: [secretHash(token)],
    });
    const serviceId = rows[0]?.service_id;
    if (serviceId !== undefined) return { kind: 'service', serviceId };
  } else if (token?.startsWith(tokenPrefix)) {
    const principal = await tokenPrincipal(db, token);
    if (principal !== null) return { kind: 'project', principal };
  }
  throw new DomainError({
    code: 'unauthenticated',
    message: 'Rows are sent with a token, and this is none or it has ended.',
    fix: 'Send "authorization: Bearer fli_…" with the token from the Connect page of the service.',
  });
}

/** The token in an authorization header, or null. */
export const bearerToken = (header: string | undefined): string | null =>
  /^Bearer\s+(\S+)$/i.exec(header ?? '')?.[1] ?? null;
