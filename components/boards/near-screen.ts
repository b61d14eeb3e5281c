'use client';

import { useCallback, useState } from 'react';

const margin = '400px';

/** External system: the layout, through an IntersectionObserver. True once the element came near the screen, and from then on. */
export function useNearScreen(): [
  ref: (element: HTMLElement | null) => (() => void) | undefined,
  near: boolean,
] {
  const [near, setNear] = useState(false);
  const ref = useCallback((element: HTMLElement | null) => {
    if (element === null) return undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        setNear(true);
        observer.disconnect();
      },
      { rootMargin: margin },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, near];
}
