import type { Metadata } from 'next';
import { RegisterPage } from '../../../../components/models/register-page.tsx';
import { oneParam, type SearchParams } from '../../../../components/rollouts/list-params.ts';

export const metadata: Metadata = { title: 'Register a version' };

export default async function NewVersionPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  return <RegisterPage modelName={oneParam(await searchParams, 'model') ?? ''} />;
}
