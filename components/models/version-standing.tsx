import { Radio } from 'lucide-react';
import { Badge } from '../ui/badge.tsx';
import { Status } from '../ui/status.tsx';
import type { Tone } from '../ui/tone.ts';
import { AdoptedBadge } from './adopted-badge.tsx';
import type { VersionDetail } from './model-answers.ts';

const tones: Record<'stable' | 'canary' | 'shadow', Tone> = { stable: 'ok', canary: 'warn', shadow: 'info' };

/** Where the version takes traffic now, and a registration that is not finished or failed. */
export function VersionStanding({ version }: { version: VersionDetail }) {
  const live = version.runs.filter((run) => run.role !== null);
  return (
    <>
      {version.adopted && <AdoptedBadge />}
      {version.status === 'PENDING_REGISTRATION' && <Status tone="progress" label="Registration pending" />}
      {version.status === 'FAILED_REGISTRATION' && <Status tone="bad" label="Registration failed" />}
      {live.map((run) => (
        <Badge key={`${run.revisionId} ${run.role}`} tone={tones[run.role ?? 'shadow']} icon={Radio}>
          {run.role} · {run.serviceName} in {run.environmentName}
        </Badge>
      ))}
    </>
  );
}
