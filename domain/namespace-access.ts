import * as z from 'zod';
import type { NamespaceAccess } from './cluster-rights.ts';
import { dnsLabelSchema } from './name.ts';

export const namespaceAccessSchema: z.ZodType<NamespaceAccess, { name: string; access: 'watch' | 'manage' }> =
  z.object({ name: dnsLabelSchema, access: z.enum(['watch', 'manage']) });

/** Namespaces of a cluster, each named once. */
export const namespacesSchema = z
  .array(namespaceAccessSchema)
  .max(100)
  .refine(
    (all) => new Set(all.map(({ name }) => name)).size === all.length,
    'Name each namespace only once.',
  );
