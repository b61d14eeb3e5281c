import { Badge } from '../ui/badge.tsx';

/** For a version that was found running and that nobody has approved since. */
export function AdoptedBadge() {
  return (
    <Badge tone="warn" title="It was found running in a watched service; nobody has approved it.">
      adopted, not approved
    </Badge>
  );
}
