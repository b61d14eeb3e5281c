import * as z from 'zod';
import { metricProfileSchema } from './metric-profile.ts';
import { dnsLabelSchema } from './name.ts';

export const gatewayRefSchema = z.object({
  name: dnsLabelSchema,
  namespace: dnsLabelSchema,
  sectionName: dnsLabelSchema.optional(),
});

/** Headers that the client sets itself, or that would carry a secret in the open. */
const takenHeaders =
  /^(authorization|proxy-.*|cookie|host|connection|content-.*|transfer-encoding|te|upgrade|accept-encoding|expect|trailer|keep-alive)$/i;

/** The header by which Mimir (`X-Scope-OrgID`), Thanos (`THANOS-TENANT`) and others tell whose metrics are asked for. */
const tenantSchema = z.object({
  header: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/, 'A header has letters, digits and "-".')
    .refine((name) => !takenHeaders.test(name), 'This header cannot name a tenant.'),
  value: z.string().regex(/^[!-~]{1,200}$/, 'A tenant has no spaces and at most 200 characters.'),
});

export const metricsSourceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('sandbox') }),
  z.object({ kind: z.literal('none') }),
  z.object({
    kind: z.literal('prometheus'),
    url: z.url({ protocol: /^https?$/, message: 'The address starts with http:// or https://.' }),
    profile: metricProfileSchema,
    tenant: tenantSchema.optional(),
    /** What the source is shown; the secret itself is sealed elsewhere. */
    auth: z.enum(['none', 'bearer', 'basic']).default('none'),
  }),
]);
export type MetricsSource = z.infer<typeof metricsSourceSchema>;
export type PrometheusSource = Extract<MetricsSource, { kind: 'prometheus' }>;

/** A secret for a metrics source as it is typed in; it is sealed to the worker's key and never read back. */
export const metricsSecretSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('bearer'),
    token: z.string().regex(/^[!-~]{1,8000}$/, 'A token has no spaces; paste it whole.'),
  }),
  z.object({
    kind: z.literal('basic'),
    username: z.string().regex(/^[^:\p{Cc}]{1,200}$/u, 'A user name has no ":".'),
    password: z.string().regex(/^[^\p{Cc}]{1,1000}$/u, 'A password has 1 to 1000 characters.'),
  }),
]);
export type MetricsSecret = z.output<typeof metricsSecretSchema>;
