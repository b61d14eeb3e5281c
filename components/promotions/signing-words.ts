import type { PolicyRule } from '../../domain/policy.ts';

/** "2 people with the role approver or admin". */
export function ruleText({ minimum, roles }: Pick<PolicyRule, 'minimum' | 'roles'>): string {
  return `${minimum === 1 ? '1 person' : `${minimum} people`} with the role ${roles.join(' or ')}`;
}
