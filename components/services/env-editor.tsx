'use client';

import { EditorCell } from '../rollouts/editor-cell.tsx';
import { NativeSelect } from '../ui/native-select.tsx';
import type { EnvDraft } from './container-draft.ts';
import { RowsEditor } from './rows-editor.tsx';

type Props = {
  readonly entries: readonly EnvDraft[];
  readonly onChange: (entries: readonly EnvDraft[]) => void;
};

const sources = [
  { value: 'value', label: 'Value' },
  { value: 'secret', label: 'Secret key' },
  { value: 'configMap', label: 'ConfigMap key' },
] as const;

const fresh: Omit<EnvDraft, 'key'> = { name: '', source: 'value', value: '', refName: '', refKey: '' };

export function EnvEditor({ entries, onChange }: Props) {
  return (
    <RowsEditor noun="variable" rows={entries} fresh={fresh} onChange={onChange}>
      {(entry, set, number) => (
        <>
          <EditorCell
            label={`Name of variable ${number}`}
            placeholder="NAME"
            className="font-mono"
            value={entry.name}
            onText={(name) => set({ name })}
          />
          <NativeSelect
            aria-label={`Source of variable ${number}`}
            options={sources}
            value={entry.source}
            onChange={(event) => {
              const value = event.currentTarget.value;
              const found = sources.find((source) => source.value === value);
              if (found !== undefined) set({ source: found.value });
            }}
          />
          {entry.source === 'value' ? (
            <EditorCell
              label={`Value of variable ${number}`}
              placeholder="value"
              className="sm:col-span-2"
              value={entry.value}
              onText={(value) => set({ value })}
            />
          ) : (
            <>
              <EditorCell
                label={`${entry.source === 'secret' ? 'Secret' : 'ConfigMap'} of variable ${number}`}
                placeholder={entry.source === 'secret' ? 'Secret name' : 'ConfigMap name'}
                value={entry.refName}
                onText={(refName) => set({ refName })}
              />
              <EditorCell
                label={`Key of variable ${number}`}
                placeholder="key"
                value={entry.refKey}
                onText={(refKey) => set({ refKey })}
              />
            </>
          )}
        </>
      )}
    </RowsEditor>
  );
}
