/** A fairlead: the ring that a rope runs through, so that it goes where it should. */
export function BrandMark({ className = 'size-6' }: { className?: string | undefined }) {
  return (
    <svg aria-hidden viewBox="0 0 24 24" className={className}>
      <rect width={24} height={24} rx={6} fill="var(--accent-fill)" />
      <path
        d="M4.5 15.5c3.2 0 3.4-7 7.5-7s4.300 7 7.500 7"
        fill="none"
        stroke="var(--accent-ink)"
        strokeOpacity={0.55}
        strokeWidth={1.75}
        strokeLinecap="round"
      />
      <circle cx={12} cy={9.5} r={3.6} fill="none" stroke="var(--accent-ink)" strokeWidth={2} />
    </svg>
  );
}
