import { FlaskConical } from 'lucide-react';
import { Badge } from '../ui/badge.tsx';

type Environment = {
  readonly name: string;
  readonly production: boolean;
  readonly clusterKind: 'sandbox' | 'kubernetes';
};

/** Where something runs: production is marked by word and colour, a sandbox always says what it is. */
export function EnvironmentLabel({ environment }: { environment: Environment }) {
  return (
    <span className="inline-flex items-center gap-x-1.5 gap-y-0.5 whitespace-nowrap max-sm:flex-wrap">
      <span className="text-ink">{environment.name}</span>
      {environment.production && <Badge tone="bad">PROD</Badge>}
      {environment.clusterKind === 'sandbox' && (
        <Badge tone="info" icon={FlaskConical} title="Pods, traffic and answers are simulated.">
          Sandbox cluster
        </Badge>
      )}
    </span>
  );
}
