import { eq, max } from 'drizzle-orm';
import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { environment } from '../../db/schema/environments.ts';
import { project } from '../../db/schema/identity.ts';
import { attributionRule } from '../../db/schema/ledger.ts';
import { idSchema } from '../../domain/name.ts';
import { DomainError } from '../../domain/refusal.ts';
import { command } from '../command.ts';
import { newId } from '../id.ts';
import { onlyRow } from '../rows/row-project.ts';
import { ruleMatchFields } from './rule-fields.ts';

const longestBackMs = 400 * 86_400_000;

type Match = { readonly namespace: string; readonly ownerKind: string; readonly ownerName: string };

const words = ({ namespace, ownerKind, ownerName }: Match): string =>
  `${namespace === '*' ? 'any namespace' : namespace}${ownerKind === '*' && ownerName === '*' ? '' : `, ${ownerKind} ${ownerName}`}`;

/**
 * Gives pods of namespaces without an Environment to a project from a moment on, also of the past: sealed hours from there
 * are looked at again. With `replacesId` the rule takes the place of another one, which ends at that moment.
 */
export const createRule = command(
  {
    permission: 'attribution.create',
    schema: z.object({ ...ruleMatchFields, replacesId: idSchema.optional() }),
    project: 'instance',
  },
  async ({ tx, input, principal, now }) => {
    await refuseRule(tx, input, now);
    const { replacesId, ...rule } = input;
    const owner = onlyRow(await tx.select().from(project).where(eq(project.id, rule.projectId)));
    // Numbers are given in a row, so that two rules never share one.
    await tx.select({ id: attributionRule.id }).from(attributionRule).for('update');
    const [last] = await tx.select({ number: max(attributionRule.number) }).from(attributionRule);
    const id = newId();
    if (replacesId !== undefined) await end(tx, replacesId, rule.validFrom);
    await tx.insert(attributionRule).values({
      ...rule,
      id,
      number: (last?.number ?? 0) + 1,
      replacesId: replacesId ?? null,
      createdAt: now,
      createdBy: principal.id,
    });
    return {
      result: { ruleId: id },
      audit: [
        {
          object: { kind: 'attributionRule', id, name: words(rule) },
          sentence: `gave pods of ${words(rule)} to ${owner.name}`,
          after: { ...rule, replacesId: replacesId ?? null },
          related: [
            { kind: 'project', id: rule.projectId },
            ...(replacesId === undefined ? [] : [{ kind: 'attributionRule' as const, id: replacesId }]),
          ],
        },
      ],
    };
  },
);

async function refuseRule(
  tx: Transaction,
  input: Match & { clusterId: string | null; validFrom: Date },
  now: Date,
): Promise<void> {
  const invalid = (field: string, message: string) =>
    new DomainError({ code: 'invalidInput', message: `${field}: ${message}`, params: { field } });
  if (input.namespace === '*' && input.ownerName === '*')
    throw invalid('namespace', 'A rule names a namespace or an owner; this one would take everything.');
  if (now.getTime() - input.validFrom.getTime() > longestBackMs)
    throw invalid('validFrom', 'A rule begins at most 400 days ago.');
  const taken = await tx.select().from(environment).where(eq(environment.namespace, input.namespace));
  if (taken.some(({ clusterId }) => clusterId === input.clusterId))
    throw invalid(
      'namespace',
      'This namespace belongs to an Environment, which alone decides who pays for it.',
    );
}

/** Ends a rule, from now on or from an earlier moment on; set once. */
export const endRule = command(
  {
    permission: 'attribution.end',
    schema: z.object({ ruleId: idSchema, validTo: z.date().optional() }),
    project: 'instance',
  },
  async ({ tx, input, now }) => {
    const validTo = input.validTo ?? now;
    const rule = await end(tx, input.ruleId, validTo);
    return {
      result: { ruleId: rule.id },
      audit: [
        {
          object: { kind: 'attributionRule', id: rule.id, name: words(rule) },
          sentence: `ended the rule for ${words(rule)}`,
          before: { validTo: null },
          after: { validTo },
        },
      ],
    };
  },
);

async function end(tx: Transaction, ruleId: string, validTo: Date) {
  const rows = await tx.select().from(attributionRule).where(eq(attributionRule.id, ruleId)).for('update');
  const rule = onlyRow(rows);
  if (rule.validTo !== null)
    throw new DomainError({
      code: 'wrongState',
      message: 'This rule was ended already.',
      fix: 'Make a new one.',
    });
  if (validTo <= rule.validFrom)
    throw new DomainError({
      code: 'invalidInput',
      message: 'validTo: A rule ends after it began.',
      params: { field: 'validTo' },
    });
  await tx.update(attributionRule).set({ validTo }).where(eq(attributionRule.id, ruleId));
  return rule;
}
