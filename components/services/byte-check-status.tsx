import type { ByteCheck } from '../../domain/byte-check.ts';
import { Status } from '../ui/status.tsx';
import { byteCheckWords } from './byte-check-words.ts';

export function ByteCheckStatus({ check }: { check: ByteCheck }) {
  const { tone, label, sentence } = byteCheckWords[check];
  return (
    <span title={sentence}>
      <Status tone={tone} label={label} />
    </span>
  );
}
