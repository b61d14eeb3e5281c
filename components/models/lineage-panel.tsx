import { Code } from '../ui/code.tsx';
import { Digest } from '../ui/digest.tsx';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { TextLink } from '../ui/link.tsx';
import { Panel } from '../ui/panel.tsx';
import type { VersionDetail } from './model-answers.ts';

type Lineage = VersionDetail['lineage'];

/** From which run, commit and data the version came. */
export function LineagePanel({ lineage }: { lineage: Lineage }) {
  const items = lineageItems(lineage);
  return (
    <Panel title="Lineage">
      {items.length === 0 ? (
        <p className="text-ink-muted">
          Nothing is known of its run, commit or data. Pipelines send them with the registration.
        </p>
      ) : (
        <KeyValueList items={items} />
      )}
    </Panel>
  );
}

function lineageItems({ runId, runLink, gitCommit, datasets = [] }: Lineage) {
  const run = runId ?? runLink;
  return [
    ...(run === undefined
      ? []
      : [
          {
            label: 'Run',
            value: runLink === undefined ? <Code>{run}</Code> : <TextLink href={runLink}>{run}</TextLink>,
          },
        ]),
    ...(gitCommit === undefined ? [] : [{ label: 'Commit', value: <Digest value={gitCommit} /> }]),
    ...datasets.map((dataset, index) => ({
      key: `dataset ${index}`,
      label: index === 0 ? 'Data' : '',
      value: <DatasetName dataset={dataset} />,
    })),
  ];
}

function DatasetName({ dataset }: { dataset: NonNullable<Lineage['datasets']>[number] }) {
  const { name, digest, uri } = dataset;
  const isWeb = uri !== undefined && /^https?:/.test(uri);
  return (
    <span className="flex flex-col">
      <span>{isWeb ? <TextLink href={uri}>{name}</TextLink> : name}</span>
      {uri !== undefined && !isWeb && <span className="font-mono text-ink-muted text-xs">{uri}</span>}
      {digest !== undefined && <Digest value={digest} />}
    </span>
  );
}
