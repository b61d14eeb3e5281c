import { ArrowRight } from 'lucide-react';
import { AdoptedBadge } from '../models/adopted-badge.tsx';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { ButtonLink } from '../ui/button-link.tsx';
import { classNames } from '../ui/class-names.ts';
import { Link, TextLink } from '../ui/link.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { Status } from '../ui/status.tsx';
import { behindText, createHref, promoteHref, splitOf } from './matrix-words.ts';
import type { MatrixCell, MatrixEnvironment } from './service-answers.ts';
import { serviceStanding } from './service-words.ts';
import { WatchedBadge } from './watched-badge.tsx';

type Props = {
  readonly cell: MatrixCell;
  /** The environments before this one, for how far behind it is. */
  readonly before: readonly MatrixEnvironment[];
  readonly nameOf: (environmentId: string) => string;
};

/** What one service does in one environment: version, share, health, age, how far behind, and the way on. */
export function MatrixCellContent({ cell, before, nameOf }: Props) {
  const { state, rollout, stable } = cell;
  const standing = serviceStanding({
    status: state === null ? null : { state },
    activeRollout: rollout,
  });
  const behind = behindText(cell, before);
  return (
    <div className="flex flex-col items-start gap-1">
      <Running cell={cell} />
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Status tone={standing.tone} label={standing.label} />
        {cell.mode === 'watched' && <WatchedBadge />}
        {stable?.adopted === true && <AdoptedBadge />}
      </span>
      {(cell.servesSince !== null || behind !== null) && (
        <span className="text-ink-muted text-xs">
          {cell.servesSince !== null && (
            <>
              since <RelativeTime at={cell.servesSince} />
              {behind !== null && ' · '}
            </>
          )}
          {behind !== null && (
            <span className={classNames(cell.behind.newest > 0 && 'text-ink')}>{behind}</span>
          )}
        </span>
      )}
      <Promote cell={cell} nameOf={nameOf} />
    </div>
  );
}

function Running({ cell }: { cell: MatrixCell }) {
  const split = splitOf(cell);
  const href = `/services/${cell.serviceId}`;
  if (split.length === 0)
    return (
      <span>
        <Link href={href} className="font-medium hover:underline">
          Nothing runs yet
        </Link>
        <span className="block text-ink-muted text-xs">Promote a version onto it.</span>
      </span>
    );
  return (
    <Link href={href} className="font-medium hover:underline">
      {split.map((part) => (
        <span key={`${part.label} ${part.isNew}`} className="block whitespace-nowrap tabular-nums">
          {part.label}
          <span className="font-normal text-ink-muted text-xs">
            {' '}
            {part.weightPercent} %{part.isNew && ' rolling out'}
          </span>
        </span>
      ))}
    </Link>
  );
}

function Promote({ cell, nameOf }: Pick<Props, 'cell' | 'nameOf'>) {
  const { stable, promote } = cell;
  if (stable === null) return null;
  return promote.map((choice) => (
    <ButtonLink
      key={choice.environmentId}
      size="small"
      icon={ArrowRight}
      href={choice.serviceId === null ? '/services' : promoteHref(choice.serviceId, stable.modelVersionId)}
      disabledReason={reasonOf(choice.refusal)}
    >
      Promote to {nameOf(choice.environmentId)}
    </ButtonLink>
  ));
}

/** A service of this name is missing here; says what to do about it. */
export function EmptyCell({ environment, name }: { environment: MatrixEnvironment; name: string }) {
  return (
    <span className="text-ink-muted text-xs">
      Not in {environment.name}.{' '}
      <TextLink
        href={createHref(environment.id, name)}
        aria-label={`Create it: ${name} in ${environment.name}`}
      >
        Create it
      </TextLink>
    </span>
  );
}
