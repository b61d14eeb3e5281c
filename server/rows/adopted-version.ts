import { sql } from 'drizzle-orm';

/** Whether a version was found running and nobody has approved it since; for statements that read model_version by its own name. */
export const isAdopted = sql<boolean>`(model_version.adopted_image_digest is not null and not exists (
  select from promotion p join service_revision r on r.id = p.to_revision_id
  where r.model_version_id = model_version.id and p.state in ('approved', 'started')))`;
