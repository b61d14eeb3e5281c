import { Eye } from 'lucide-react';
import { Badge } from '../ui/badge.tsx';

export function WatchedBadge() {
  return (
    <Badge tone="info" icon={Eye} title="Fairlead only reads it; somebody else writes its objects.">
      watched
    </Badge>
  );
}
