import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { nameOfSegment, numberOfSegment } from '../../../../../../components/models/model-links.ts';
import { VersionPage } from '../../../../../../components/models/version-page.tsx';
import { currentProjectId, Hydrate, trpc } from '../../../../../trpc.tsx';
import { found } from '../../../../found.ts';

type Props = { params: Promise<{ name: string; number: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { name, number } = await params;
  return { title: `${nameOfSegment(name)} ${number}` };
}

export default async function OneVersionPage({ params }: Props) {
  const segments = await params;
  const modelName = nameOfSegment(segments.name);
  const number = numberOfSegment(segments.number);
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  if (number === null) notFound();
  await found(trpc().modelVersions.get.queryOptions({ projectId, modelName, number }));
  return (
    <Hydrate>
      <VersionPage modelName={modelName} number={number} />
    </Hydrate>
  );
}
