import type { MatrixCell, MatrixEnvironment } from './service-answers.ts';

/** "newest", "2 behind the newest, 1 behind staging"; what is not behind is not told twice. */
export function behindText(
  { stable, behind }: Pick<MatrixCell, 'stable' | 'behind'>,
  before: readonly Pick<MatrixEnvironment, 'name' | 'groupName'>[],
): string | null {
  if (stable === null) return null;
  const parts = [behind.newest === 0 ? 'newest version' : `${behind.newest} behind the newest`];
  const [first] = before;
  if (behind.previous !== null && behind.previous > 0 && first !== undefined)
    parts.push(`${behind.previous} behind ${first.groupName ?? first.name}`);
  return parts.join(', ');
}

type Split = { readonly label: string; readonly weightPercent: number; readonly isNew: boolean };

/** Who takes how much traffic: one version alone, or both while a rollout is under way; empty when nothing serves. */
export function splitOf({ stable, rollout }: Pick<MatrixCell, 'stable' | 'rollout'>): Split[] {
  if (rollout === null)
    return stable === null ? [] : [{ label: versionText(stable), weightPercent: 100, isNew: false }];
  const { to, weightPercent } = rollout;
  const coming = { label: versionText(to), weightPercent, isNew: true };
  if (stable === null) return [coming];
  return [{ label: versionText(stable), weightPercent: 100 - weightPercent, isNew: false }, coming];
}

/** "fraud-detector 7". */
function versionText(revision: { readonly modelName: string; readonly versionNumber: number }): string {
  return `${revision.modelName} ${revision.versionNumber}`;
}

/** Where a request that moves the cell's version on is filled in. */
export function promoteHref(serviceId: string, modelVersionId: string): string {
  return `/promotions/new?service=${serviceId}&modelVersion=${modelVersionId}`;
}

/** Where a service of this name is made in this environment. */
export function createHref(environmentId: string, name: string): string {
  return `/services/new?environment=${environmentId}&name=${encodeURIComponent(name)}`;
}
