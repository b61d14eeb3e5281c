import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { SetUpForm } from '../../components/sessions/set-up-form.tsx';
import { needsSetUp } from '../trpc.tsx';

export const metadata: Metadata = { title: 'Set up' };

export default async function SetUpPage() {
  if (!(await needsSetUp())) redirect('/sign-in');
  return <SetUpForm />;
}
