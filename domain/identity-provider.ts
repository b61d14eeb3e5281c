import * as z from 'zod';
import { idSchema } from './name.ts';
import { type InstanceRole, instanceRoles, type Role, roles } from './permission.ts';

const groupSchema = z.string().trim().min(1, 'Name the group as the provider sends it.').max(256);

const groupRuleSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('project'),
    group: groupSchema,
    projectId: idSchema,
    roles: z.array(z.enum(roles)).min(1, 'Choose at least one role.'),
  }),
  z.strictObject({
    kind: z.literal('instance'),
    group: groupSchema,
    roles: z.array(z.enum(instanceRoles)).min(1, 'Choose at least one role.'),
  }),
]);
/** A value of the group claim and what it gives. */
export type GroupRule = z.infer<typeof groupRuleSchema>;

export const groupRulesSchema = z.strictObject({
  schema: z.literal(1),
  rules: z.array(groupRuleSchema).max(500, 'Use at most 500 rules.'),
});

/** Longest life of a session that began at the provider, in hours: what groups give is read again at each sign-in. */
const longestSessionHours = 168;

export const identityProviderSchema = z.strictObject({
  /** On the button: "Sign in with …". */
  name: z.string().trim().min(1, 'Give the provider a name.').max(60),
  issuer: z.string().trim().min(1, 'Give the issuer.').max(500),
  clientId: z.string().trim().min(1, 'Give the client id.').max(256),
  /** A CA bundle (PEM) that alone is trusted for the provider; null trusts the system's. */
  caPem: z.string().max(100_000).nullable().default(null),
  /** Beside `openid`. */
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'A scope has no blanks.'))
    .max(20)
    .default(['profile', 'email']),
  /** Name of the claim, or a dotted path into one: `realm_access.roles`. */
  groupsClaim: z.string().trim().min(1).max(200).default('groups'),
  /** Lets the first sign-in take over a local account with the same verified address. */
  allowLinking: z.boolean().default(false),
  hideLocalForm: z.boolean().default(false),
  sessionHours: z.number().int().min(1).max(longestSessionHours).default(12),
  /** Whom to ask when groups map to nothing. */
  contact: z.string().trim().max(200).nullable().default(null),
  enabled: z.boolean().default(true),
});
/** What an instance admin says about the provider, but for its client secret. */
export type IdentityProvider = z.output<typeof identityProviderSchema>;

/** What groups give: roles with the groups that gave them, by project and on the instance. */
export type GroupGrants = {
  readonly projects: ReadonlyMap<
    string,
    { readonly roles: readonly Role[]; readonly groups: readonly string[] }
  >;
  readonly instance: { readonly roles: readonly InstanceRole[]; readonly groups: readonly string[] };
};

/** Applies the rules to the groups that a provider sent; group names are compared exactly. Roles keep the order of their list. */
export function grantsOf(groups: readonly string[], rules: readonly GroupRule[]): GroupGrants {
  const held = rules.filter((rule) => groups.includes(rule.group));
  const ofProject = held.filter((rule) => rule.kind === 'project');
  const ofInstance = held.filter((rule) => rule.kind === 'instance');
  const projects = new Map(
    [...new Set(ofProject.map((rule) => rule.projectId))].map((projectId) => {
      const mine = ofProject.filter((rule) => rule.projectId === projectId);
      return [
        projectId,
        {
          roles: roles.filter((role) => mine.some((rule) => rule.roles.includes(role))),
          groups: [...new Set(mine.map((rule) => rule.group))],
        },
      ] as const;
    }),
  );
  return {
    projects,
    instance: {
      roles: instanceRoles.filter((role) => ofInstance.some((rule) => rule.roles.includes(role))),
      groups: [...new Set(ofInstance.map((rule) => rule.group))],
    },
  };
}

const mostGroups = 1_000;

/**
 * Groups in a claim: a list of texts or one text, found by its name or by a dotted path. Null when the claim is not
 * there (userinfo may then have it), an empty list when it holds no texts.
 */
export function groupsInClaim(claims: Readonly<Record<string, unknown>>, name: string): string[] | null {
  const value = atPath(claims, [name]) ?? atPath(claims, name.split('.'));
  if (value === undefined || value === null) return null;
  const texts = [value].flat().filter((each): each is string => typeof each === 'string' && each !== '');
  return [...new Set(texts.map((text) => text.slice(0, 256)))].slice(0, mostGroups);
}

function atPath(from: unknown, path: readonly string[]): unknown {
  let value = from;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

/** True when Entra ID left the groups out because the person has more than a token takes. */
export function hasGroupOverage(claims: Readonly<Record<string, unknown>>, name: string): boolean {
  return atPath(claims, ['_claim_names', name]) !== undefined || claims['hasgroups'] === true;
}

const loopbackHost = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Whether a host is this machine; http is taken for it, and for hosts that an instance admin allowed. */
function mayBeHttp(host: string, allowedHosts: readonly string[]): boolean {
  return loopbackHost.test(host) || allowedHosts.includes(host.replace(/^\[(.*)\]$/, '$1'));
}

/** Why an address cannot be an issuer, or null; http is for loopback and for allowed hosts only. */
export function issuerRefusal(issuer: string, allowedHosts: readonly string[]): string | null {
  if (!URL.canParse(issuer)) return 'The issuer is a URL such as https://login.example.com/realms/main.';
  const url = new URL(issuer);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'The issuer begins with https://.';
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '')
    return 'An issuer has no query, fragment or password.';
  if (url.pathname.includes('/.well-known/'))
    return 'Give the issuer itself, without /.well-known/openid-configuration.';
  if (url.protocol === 'http:' && !mayBeHttp(url.hostname, allowedHosts))
    return 'The issuer must be https; http is only for this machine and for private hosts on the list.';
  if (
    url.hostname === 'login.microsoftonline.com' &&
    /^\/(common|organizations|consumers)(\/|$)/.test(url.pathname)
  )
    return 'Name your tenant in the issuer: with this one, people of every tenant could sign in.';
  return null;
}
