'use client';

import { useQuery } from '@tanstack/react-query';
import { rolesHolding } from '../../domain/permission.ts';
import { eligibleMembers, type Member, type PolicyRules, satisfiableRefusal } from '../../domain/policy.ts';
import type { Refusal } from '../../domain/refusal.ts';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { signingMembers } from './signing-members.ts';

const nobody = { requesterUserId: null, authorUserIds: [] };

export type Signers = { readonly able: readonly Member[]; readonly refusal: Refusal | null };

/** Who could sign under these rules with today's members, judged as the server does; null while it is not known. */
export function useSigners(rules: PolicyRules | null): Signers | null {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const { data } = useQuery(trpc.members.list.queryOptions({ projectId }));
  if (data === undefined || rules === null) return null;
  const members = signingMembers(data, rolesHolding('promotions.approve'));
  return {
    able: eligibleMembers(rules, members, nobody),
    refusal: satisfiableRefusal(rules, members, nobody),
  };
}
