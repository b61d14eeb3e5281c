'use client';
import { useEffect, useRef, useState } from 'react';
import { postJson } from './post-json.ts';

/** Uses a one-time link whose secret stands in the fragment and so reaches no log; the sentence when it did not work. */
export function useLinkSignIn(returnTo: string): string | null {
  const [problem, setProblem] = useState<string | null>(null);
  const linkUsed = useRef(false);
  // External system: the address bar, which holds the secret of a sign-in link.
  useEffect(() => {
    const link = new URLSearchParams(window.location.hash.slice(1)).get('link');
    if (link === null || linkUsed.current) return;
    linkUsed.current = true;
    window.history.replaceState(null, '', '/sign-in');
    void postJson('/api/session/link', { link }).then((answer) =>
      answer === null ? window.location.assign(returnTo) : setProblem(answer),
    );
  });
  return problem;
}
