import type { Metadata } from 'next';
import { AddClusterForm } from '../../../../../components/clusters/add-cluster-form.tsx';
import { currentProjectId } from '../../../../trpc.tsx';

export const metadata: Metadata = { title: 'Add a cluster' };

export default async function NewClusterPage() {
  if ((await currentProjectId()) === null) return null;
  return <AddClusterForm />;
}
