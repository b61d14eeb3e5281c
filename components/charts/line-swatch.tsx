import { markerPath } from '../../domain/chart/chart-look.ts';
import type { LineLook } from '../../domain/chart/line-look.ts';

type MarkerShapeProps = { x: number; y: number; look: LineLook; isOpen?: boolean | undefined };

export function MarkerShape({ x, y, look, isOpen = false }: MarkerShapeProps) {
  return (
    <path
      d={markerPath[look.marker]}
      transform={`translate(${x} ${y})`}
      fill={isOpen ? 'var(--surface)' : look.color}
      stroke={isOpen ? look.color : 'var(--surface)'}
      strokeWidth={1.5}
    />
  );
}

/** The line as it is drawn, in small, for legends and tooltips. */
export function LineSwatch({ look }: { look: LineLook }) {
  return (
    <svg aria-hidden width={22} height={10} viewBox="0 0 22 10" className="shrink-0">
      <line x1={0} x2={22} y1={5} y2={5} stroke={look.color} strokeWidth={2} strokeDasharray={look.dash} />
      <MarkerShape x={11} y={5} look={look} />
    </svg>
  );
}
