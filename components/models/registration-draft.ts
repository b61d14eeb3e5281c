import { type Registration, registrationSchema } from '../../domain/model-version.ts';
import { type NameValue, numbersOf, pairsOf } from './name-values.ts';

/** What the form holds: texts as they were typed. */
export type RegistrationDraft = {
  readonly modelName: string;
  readonly sourceUri: string;
  readonly artefactDigest: string;
  readonly servingImage: string;
  readonly framework: string;
  readonly metrics: readonly NameValue[];
  readonly tags: readonly NameValue[];
  readonly runId: string;
  readonly runLink: string;
  readonly gitCommit: string;
  /** One dataset a line: name, then its digest and its address if known, parted by blanks. */
  readonly datasets: string;
  readonly modelCard: string;
};

export function emptyRegistration(modelName: string): RegistrationDraft {
  return {
    modelName,
    sourceUri: '',
    artefactDigest: '',
    servingImage: '',
    framework: '',
    metrics: [{ name: '', value: '' }],
    tags: [],
    runId: '',
    runLink: '',
    gitCommit: '',
    datasets: '',
    modelCard: '',
  };
}

export type FieldErrors = Readonly<Record<string, string>>;
type Outcome = { readonly registration: Registration } | { readonly errors: FieldErrors };

/** Reads the form by the rules of the server; errors carry the name of their field. */
export function readRegistration(draft: RegistrationDraft): Outcome {
  const parsed = registrationSchema.safeParse({
    modelName: draft.modelName.trim(),
    sourceUri: draft.sourceUri.trim(),
    artefactDigest: textOrNull(draft.artefactDigest),
    servingImage: textOrNull(draft.servingImage),
    framework: textOrNull(draft.framework),
    metrics: numbersOf(draft.metrics),
    tags: pairsOf(draft.tags),
    lineage: lineageOf(draft),
    modelCard: draft.modelCard,
  });
  if (parsed.success) return { registration: parsed.data };
  const errors: Record<string, string> = {};
  for (const issue of parsed.error.issues) {
    const [first, second] = issue.path;
    const field = first === 'lineage' ? String(second) : String(first);
    errors[field] ??= field === 'metrics' ? `${String(second)} is not a number.` : issue.message;
  }
  return { errors };
}

function textOrNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}

function lineageOf({ runId, runLink, gitCommit, datasets }: RegistrationDraft): object {
  const found = datasets
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([name]) => name !== undefined && name !== '')
    .map(([name, digest, uri]) => ({ name, digest, uri }));
  return {
    runId: textOrNull(runId) ?? undefined,
    runLink: textOrNull(runLink) ?? undefined,
    gitCommit: textOrNull(gitCommit) ?? undefined,
    datasets: found.length === 0 ? undefined : found,
  };
}
