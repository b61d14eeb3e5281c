import type { ByteCheck } from '../../domain/byte-check.ts';
import { versionPath } from '../models/model-links.ts';
import { ByteCheckStatus } from '../services/byte-check-status.tsx';
import { byteCheckWords } from '../services/byte-check-words.ts';
import { Code } from '../ui/code.tsx';
import { Digest } from '../ui/digest.tsx';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { TextLink } from '../ui/link.tsx';
import { Panel } from '../ui/panel.tsx';
import { Person } from '../ui/person.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import type { PromotionDetail } from './promotion-answers.ts';

type Props = {
  readonly version: PromotionDetail['version'];
  /** How the bytes are checked under the specification that is asked for. */
  readonly byteCheck: ByteCheck;
};

/** The version that is to go live, in short. */
export function CandidatePanel({ version, byteCheck }: Props) {
  const { lineage } = version;
  const run = lineage.runId ?? lineage.runLink;
  return (
    <Panel title="The version">
      <KeyValueList
        items={[
          {
            label: 'Version',
            value: (
              <TextLink href={versionPath(version.modelName, version.number)}>
                {version.modelName} {version.number}
              </TextLink>
            ),
          },
          {
            label: 'Registered',
            value: <Person name={version.createdBy.name} />,
            hint: <RelativeTime at={version.createdAt} />,
          },
          { label: 'Framework', value: version.framework ?? '–' },
          { label: 'Source', value: <span className="font-mono text-xs">{version.sourceUri}</span> },
          ...(version.artefactDigest === null
            ? []
            : [{ label: 'Artefact', value: <Digest value={version.artefactDigest} /> }]),
          {
            label: 'Bytes checked by',
            value: <ByteCheckStatus check={byteCheck} />,
            hint: byteCheckWords[byteCheck].sentence,
          },
          ...(lineage.gitCommit === undefined
            ? []
            : [{ label: 'Commit', value: <Digest value={lineage.gitCommit} /> }]),
          ...(run === undefined
            ? []
            : [
                {
                  label: 'Run',
                  value:
                    lineage.runLink === undefined ? (
                      <Code>{run}</Code>
                    ) : (
                      <TextLink href={lineage.runLink}>{run}</TextLink>
                    ),
                },
              ]),
        ]}
      />
    </Panel>
  );
}
