import { AuthCard } from '../components/shell/auth-card.tsx';
import { ButtonLink } from '../components/ui/button-link.tsx';

/** An address that no room has; Next's own page for it brings inline styles, which the content security policy refuses. */
export default function NotFound() {
  return (
    <AuthCard title="Not found" description="There is no page under this address. It may be old or mistyped.">
      <ButtonLink href="/">Go to the overview</ButtonLink>
    </AuthCard>
  );
}
