import type { GroupRule } from '../../domain/identity-provider.ts';
import { instanceRoles, type Role, roles } from '../../domain/permission.ts';

/** Stands for the instance where a rule's project is chosen. */
export const wholeInstance = 'instance';

export type RuleDraft = {
  readonly key: number;
  readonly group: string;
  /** A project's id, or `wholeInstance`. */
  readonly where: string;
  readonly roles: readonly string[];
};

export function rulesDraft(rules: readonly GroupRule[]): readonly RuleDraft[] {
  return rules.map((rule, key) => ({
    key,
    group: rule.group,
    where: rule.kind === 'project' ? rule.projectId : wholeInstance,
    roles: rule.roles,
  }));
}

/** Roles that can be given there. */
export function rolesAt(where: string): readonly Role[] {
  return where === wholeInstance ? (instanceRoles as readonly string[] as readonly Role[]) : roles;
}

/** The rules to send; roles that do not exist at the chosen place are left out. */
export function rulesOf(drafts: readonly RuleDraft[]): GroupRule[] {
  return drafts.map((draft) =>
    draft.where === wholeInstance
      ? {
          kind: 'instance',
          group: draft.group.trim(),
          roles: instanceRoles.filter((role) => draft.roles.includes(role)),
        }
      : {
          kind: 'project',
          group: draft.group.trim(),
          projectId: draft.where,
          roles: roles.filter((role) => draft.roles.includes(role)),
        },
  );
}

/** Why the rules cannot be saved yet, or undefined. */
export function unfinishedRule(drafts: readonly RuleDraft[]): string | undefined {
  const rules = rulesOf(drafts);
  const nameless = rules.findIndex((rule) => rule.group === '');
  if (nameless >= 0) return `Name the group of rule ${nameless + 1}.`;
  const empty = rules.findIndex((rule) => rule.roles.length === 0);
  return empty >= 0 ? `Choose a role in rule ${empty + 1}.` : undefined;
}
