'use client';

/** The one place that knows Next's navigation hooks. */
export { usePathname, useRouter } from 'next/navigation';
