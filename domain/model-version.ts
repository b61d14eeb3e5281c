import * as z from 'zod';
import { fileListProblem, maxArtefactFiles } from './artefact-files.ts';
import { canonicalJson } from './canonical-json.ts';
import { imageByDigestSchema, sha256Schema } from './digest.ts';
import { modelNameSchema } from './name.ts';

/** Where a version came from; all parts optional because CI systems know different ones. */
export const lineageSchema = z.object({
  runId: z.string().max(256).optional(),
  runLink: z.url({ protocol: /^https?$/ }).optional(),
  gitCommit: z
    .string()
    .regex(/^[0-9a-f]{7,64}$/, 'A git commit is 7 to 64 hex digits.')
    .optional(),
  datasets: z
    .array(
      z.object({
        name: z.string().min(1).max(256),
        digest: z.string().max(256).optional(),
        uri: z.string().max(2_000).optional(),
      }),
    )
    .max(50)
    .optional(),
});

export const tagsSchema = z
  .record(z.string().min(1).max(250), z.string().max(5_000))
  .refine((tags) => Object.keys(tags).length <= 100, 'At most 100 tags.');

const sourceUriSchema = z
  .string()
  .min(1, 'Say where the artefact is.')
  .max(2_000)
  .regex(
    /^[A-Za-z][A-Za-z0-9+.-]*:\S+$/,
    'A source is a URI such as "s3://bucket/path", "oci://registry/name" or "models:/name/7".',
  );

export const metricsSchema = z.record(z.string().min(1).max(250), z.number());

export const modelCardSchema = z.string().max(100_000);

const artefactFilesSchema = z
  .array(
    z.object({
      path: z.string(),
      size: z.int().min(0),
      sha256: z.string().regex(/^[0-9a-f]{64}$/, 'The sha256 of a file is 64 lowercase hex digits.'),
    }),
  )
  .max(maxArtefactFiles, `At most ${maxArtefactFiles} files: pack the folder into an archive.`)
  .superRefine((files, ctx) => {
    const message = fileListProblem(files);
    if (message !== null) ctx.addIssue({ code: 'custom', message });
  });

/** What a register call carries. */
export const registrationSchema = z.object({
  modelName: modelNameSchema,
  sourceUri: sourceUriSchema,
  artefactDigest: sha256Schema.nullish(),
  /** Of a folder: the files that its digest is over; the digest is computed from them again. */
  files: artefactFilesSchema.nullish(),
  servingImage: imageByDigestSchema.nullish(),
  framework: z.string().max(100).nullish(),
  metrics: metricsSchema.default({}),
  tags: tagsSchema.default({}),
  lineage: lineageSchema.default({}),
  modelCard: modelCardSchema.default(''),
  /** The request for a retraining that it came of; a tag of that name or the run id of its lineage does as well. */
  retrainId: z.uuid().nullish(),
});
export type Registration = z.infer<typeof registrationSchema>;

const describing = ['sourceUri', 'framework', 'metrics', 'tags', 'lineage', 'modelCard'] as const;
export type DescribingField = (typeof describing)[number];

/**
 * What a repeated registration says otherwise than the version that is there. A field that the call leaves out or leaves
 * empty says nothing.
 */
export function unlikeFields(
  stored: Readonly<Record<DescribingField, unknown>>,
  registration: Registration,
): DescribingField[] {
  return describing.filter((field) => {
    const said = registration[field];
    return !isEmpty(said) && canonicalJson(said) !== canonicalJson(stored[field]);
  });
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
