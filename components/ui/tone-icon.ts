import {
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleDot,
  Info,
  type LucideIcon,
  TriangleAlert,
} from 'lucide-react';
import type { Tone } from './tone.ts';

export type Icon = LucideIcon;

/** The shape that carries a tone for people who do not see its colour. */
export const toneIcon: Record<Tone, Icon> = {
  neutral: CircleDashed,
  info: Info,
  progress: CircleDot,
  ok: CircleCheck,
  warn: TriangleAlert,
  bad: CircleAlert,
};
