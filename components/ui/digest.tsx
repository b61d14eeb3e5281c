import { CopyButton } from './copy-button.tsx';

type DigestProps = { value: string; length?: number | undefined };

/** The start of a digest, enough to tell two apart by eye; the whole of it on hover and in the copy. */
export function Digest({ value, length = 12 }: DigestProps) {
  const bare = value.replace(/^sha256:/, '');
  return (
    <span className="relative inline-flex items-center gap-0.5 align-middle">
      <code title={value} className="font-mono text-xs">
        {bare.slice(0, length)}
      </code>
      <CopyButton text={value} label="Copy digest" />
    </span>
  );
}
