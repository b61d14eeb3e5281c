import { Boxes, FileSignature, type LucideIcon, Server } from 'lucide-react';
import { Link } from '../ui/link.tsx';
import { Panel } from '../ui/panel.tsx';
import { Status } from '../ui/status.tsx';
import type { Overview } from './overview-answers.ts';

type Props = { readonly counts: Overview['counts'] };
type Step = {
  readonly title: string;
  readonly text: string;
  readonly href: string;
  readonly icon: LucideIcon;
  readonly done: boolean;
};

/** The way from nothing to a running version, with what is done already. */
export function FirstSteps({ counts }: Props) {
  const steps: readonly Step[] = [
    {
      title: 'Create a service',
      text: 'The endpoint that models run behind: pod template, route and rollout plan, by form or YAML.',
      href: '/services/new',
      icon: Server,
      done: counts.services > 0,
    },
    {
      title: 'Register a model version',
      text: 'From CI, MLflow or here: where the artefact lies, its digest and its serving image.',
      href: '/models',
      icon: Boxes,
      done: counts.versions > 0,
    },
    {
      title: 'Ask for promotion',
      text: 'Others sign what you ask for; then traffic moves step by step while the evidence is good.',
      href: '/promotions',
      icon: FileSignature,
      done: counts.openPromotions > 0 || counts.activeRollouts > 0,
    },
  ];
  return (
    <Panel title="From nothing to production in three steps">
      <ol className="grid grid-cols-1 gap-3 md:grid-cols-3">
        {steps.map((step, index) => (
          <li
            key={step.title}
            className="relative flex gap-3 rounded-md border border-line p-3 hover:bg-hover"
          >
            <step.icon aria-hidden className="mt-0.5 size-5 shrink-0 text-ink-faint" />
            <div className="flex min-w-0 flex-col gap-1">
              <Link href={step.href} className="font-medium after:absolute after:inset-0">
                {index + 1}. {step.title}
              </Link>
              <p className="text-ink-muted">{step.text}</p>
              {step.done && <Status tone="ok" label="Done" />}
            </div>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
