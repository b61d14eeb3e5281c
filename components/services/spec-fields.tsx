import { Panel } from '../ui/panel.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { ArtefactFields } from './artefact-fields.tsx';
import { ContainerFields } from './container-fields.tsx';
import type { Problems, ServiceDraft } from './service-draft.ts';
import { YamlFields } from './yaml-fields.tsx';

type Props = {
  readonly draft: ServiceDraft;
  readonly problems: Problems;
  readonly onChange: (change: Partial<ServiceDraft>) => void;
};

/** What runs: a form for the usual, YAML for everything. */
export function SpecFields({ draft, problems, onChange }: Props) {
  return (
    <>
      <Panel
        title="What runs"
        description="The image is replaced by the serving image of the version that is promoted."
        actions={
          <Segmented
            label="How it is described"
            value={draft.way}
            onChange={(way) => onChange({ way })}
            options={[
              { value: 'form', label: 'Form' },
              { value: 'yaml', label: 'YAML' },
            ]}
          />
        }
      >
        {draft.way === 'form' ? (
          <ContainerFields
            draft={draft.container}
            imageProblem={problems.image}
            onChange={(container) => onChange({ container })}
          />
        ) : (
          <YamlFields draft={draft.yaml} problem={problems.spec} onChange={(yaml) => onChange({ yaml })} />
        )}
        {draft.way === 'form' && problems.spec !== undefined && (
          <p className="mt-3 text-bad text-xs">{problems.spec}</p>
        )}
      </Panel>
      <Panel title="Artefact" description="How the trained files reach the pod.">
        <ArtefactFields
          draft={draft.artefact}
          problem={problems.artefact}
          onChange={(artefact) => onChange({ artefact })}
        />
      </Panel>
    </>
  );
}
