'use client';

import { lazy, Suspense } from 'react';
import { useInBrowser } from '../ui/in-browser.ts';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import type { ServiceStart } from './use-new-service.ts';

/**
 * Brings the schemas of a service and a plan, which the page does not wait for. Never sent as HTML: what is typed into a
 * form before its code has come would be lost.
 */
const ServiceForm = lazy(async () => ({ default: (await import('./service-form.tsx')).ServiceForm }));

/** A new Service, by form or by YAML; nothing runs until a first version is promoted onto it. */
export function NewService({ start }: { start: ServiceStart }) {
  const inBrowser = useInBrowser();
  return (
    <Page width="narrow">
      <PageHeader
        title="New service"
        back={{ href: '/services', label: 'Services' }}
        description="Describes what will run and where requests come in. Nothing runs until a version is promoted onto it."
      />
      <Suspense fallback={<Skeleton className="h-96 w-full" />}>
        {inBrowser ? <ServiceForm start={start} /> : <Skeleton className="h-96 w-full" />}
      </Suspense>
    </Page>
  );
}
