import { Banner } from '../ui/banner.tsx';
import { TextLink } from '../ui/link.tsx';
import type { AdoptAnswer } from './workload-answers.ts';

/** What became of each ticked workload; nothing before the first batch. */
export function AdoptAnswers({ answers }: { answers: readonly AdoptAnswer[] }) {
  const watched = answers.filter(({ serviceId }) => serviceId !== null);
  const refused = answers.filter(({ refusal }) => refusal !== null);
  if (answers.length === 0) return null;
  return (
    <Banner
      tone={refused.length === 0 ? 'ok' : 'warn'}
      title={`${watched.length} of ${answers.length} are watched now`}
      action={<TextLink href="/services">Services</TextLink>}
    >
      {refused.length > 0 && (
        <ul className="flex flex-col gap-0.5">
          {refused.map(({ kind, name, refusal }) => (
            <li key={`${kind}/${name}`}>
              {kind} {name}: {refusal?.message} {refusal?.fix}
            </li>
          ))}
        </ul>
      )}
    </Banner>
  );
}
