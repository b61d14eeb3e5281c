import type { Database } from '../../db/client.ts';
import { learnCategoricalBinning, learnNumericBinning } from '../../domain/drift/learn-binning.ts';
import { IngestFixture } from '../../server/ingest/ingest-fixture.ts';
import { createToken } from '../../server/tokens/commands.ts';

/** Every fourth feature is a category; the others are numbers with 20 bins. */
const isCategory = (feature: number) => feature % 4 === 3;
const countries = ['DE', 'FR', 'IT', 'ES', 'PL', 'NL', 'BE', 'AT', 'SE', 'DK'];

const numbers = learnNumericBinning(
  Array.from({ length: 10_000 }, (_, index) => ((index * 7_919) % 10_000) / 37),
);
const categories = learnCategoricalBinning(new Map(countries.map((name, index) => [name, 1_000 - index])));

/** A service whose rows of so many features are counted, with a token that sends them. */
export type CountedService = {
  readonly fixture: IngestFixture;
  readonly token: string;
  readonly featureIds: readonly string[];
};

export async function countedService(db: Database, features: number): Promise<CountedService> {
  const fixture = await IngestFixture.create(db);
  await fixture.bin(
    Array.from({ length: features }, (_, feature) => ({
      name: `f${feature}`,
      binning: isCategory(feature) ? categories : numbers,
    })),
  );
  const { secret } = await createToken(fixture.project.as('admin'), {
    projectId: fixture.project.projectId,
    name: 'bench',
    serviceId: fixture.serviceId,
    expiresInDays: null,
  });
  return { fixture, token: secret, featureIds: [...fixture.featureIds.values()] };
}

/** A row with values that differ from row to row. */
export function rowOf(features: number, seed: number): Record<string, number | string> {
  return Object.fromEntries(
    Array.from({ length: features }, (_, feature) => {
      const mixed = (seed * 7_919 + feature * 104_729) % 10_000;
      return [
        `f${feature}`,
        isCategory(feature) ? (countries[mixed % 10] ?? 'DE') : Math.round(mixed / 0.37) / 100,
      ];
    }),
  );
}
