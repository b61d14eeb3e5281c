import { CopyButton } from '../ui/copy-button.tsx';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { Panel } from '../ui/panel.tsx';
import { Person } from '../ui/person.tsx';
import { ExactTime } from '../ui/relative-time.tsx';
import type { VersionDetail } from './model-answers.ts';

/** What the version is made of, in full and to copy: two digests are compared by eye and by machine. */
export function VersionFacts({ version }: { version: VersionDetail }) {
  return (
    <Panel title="What it is made of">
      <KeyValueList
        items={[
          { label: 'Source', value: <Copied text={version.sourceUri} label="Copy source" /> },
          {
            label: 'Artefact digest',
            value:
              version.artefactDigest === null ? (
                <span className="text-warn">not known yet</span>
              ) : (
                <Copied text={version.artefactDigest} label="Copy artefact digest" />
              ),
          },
          ...(version.adoptedImageDigest === null
            ? []
            : [
                {
                  label: 'Image that was found running',
                  value: <Copied text={version.adoptedImageDigest} label="Copy image digest" />,
                },
              ]),
          {
            label: 'Serving image',
            value:
              version.servingImage === null ? (
                <span className="text-ink-muted">the one that the service's pod template names</span>
              ) : (
                <Copied text={version.servingImage} label="Copy serving image" />
              ),
          },
          {
            label: 'Framework',
            value: version.framework ?? <span className="text-ink-faint">not given</span>,
          },
          {
            label: 'Registered',
            value: (
              <span className="inline-flex flex-wrap items-center gap-x-3">
                <Person name={version.createdBy.name} />
                <ExactTime at={version.createdAt} />
              </span>
            ),
          },
          { label: 'Version id', value: <Copied text={version.id} label="Copy version id" /> },
          ...(version.statusMessage === null || version.statusMessage === ''
            ? []
            : [{ label: 'Message', value: version.statusMessage }]),
        ]}
      />
    </Panel>
  );
}

function Copied({ text, label }: { text: string; label: string }) {
  return (
    <span className="relative inline-flex max-w-full items-start gap-1">
      <code className="min-w-0 font-mono text-xs leading-5 [overflow-wrap:anywhere]">{text}</code>
      <CopyButton text={text} label={label} />
    </span>
  );
}
