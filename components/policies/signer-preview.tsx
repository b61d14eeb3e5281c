import { Banner } from '../ui/banner.tsx';
import { Person } from '../ui/person.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { Status } from '../ui/status.tsx';
import type { Signers } from './use-signers.ts';

type Props = { readonly signers: Signers | null; readonly asksNobody: boolean };

/** Who could sign with today's members, and whether that is enough. */
export function SignerPreview({ signers, asksNobody }: Props) {
  if (signers === null) return <Skeleton className="h-12 w-full" />;
  const { able, refusal } = signers;
  return (
    <div className="flex flex-col gap-3">
      {refusal === null ? (
        <Status tone="ok" label="Today's members can satisfy it." />
      ) : (
        <Banner tone="bad" title={refusal.message}>
          {refusal.fix}
        </Banner>
      )}
      <div className="flex flex-col gap-1">
        <p className="text-ink-muted text-xs">
          Who could sign: members with the role approver and one of the roles of a rule
        </p>
        {able.length === 0 ? (
          <p>{asksNobody ? 'Nobody has to.' : 'Nobody.'}</p>
        ) : (
          <ul className="flex flex-wrap gap-x-4 gap-y-1">
            {able.map((member) => (
              <li key={member.userId}>
                <Person name={member.name} />
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
