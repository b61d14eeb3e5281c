'use client';

import { EditorCell } from '../rollouts/editor-cell.tsx';
import { NativeSelect } from '../ui/native-select.tsx';
import type { VolumeDraft } from './container-draft.ts';
import { RowsEditor } from './rows-editor.tsx';

type Props = {
  readonly volumes: readonly VolumeDraft[];
  readonly onChange: (volumes: readonly VolumeDraft[]) => void;
};

const kinds = [
  { value: 'emptyDir', label: 'Empty directory' },
  { value: 'persistentVolumeClaim', label: 'Volume claim' },
  { value: 'configMap', label: 'ConfigMap' },
  { value: 'secret', label: 'Secret' },
] as const;

const fresh: Omit<VolumeDraft, 'key'> = {
  name: '',
  kind: 'emptyDir',
  refName: '',
  mountPath: '',
  readOnly: false,
};

export function VolumeEditor({ volumes, onChange }: Props) {
  return (
    <RowsEditor noun="volume" rows={volumes} fresh={fresh} onChange={onChange}>
      {(volume, set, number) => (
        <>
          <EditorCell
            label={`Name of volume ${number}`}
            placeholder="name"
            value={volume.name}
            onText={(name) => set({ name })}
          />
          <NativeSelect
            aria-label={`Kind of volume ${number}`}
            options={kinds}
            value={volume.kind}
            onChange={(event) => {
              const value = event.currentTarget.value;
              const found = kinds.find((kind) => kind.value === value);
              if (found !== undefined) set({ kind: found.value });
            }}
          />
          <EditorCell
            label={`Mount path of volume ${number}`}
            placeholder="/path"
            className="font-mono"
            value={volume.mountPath}
            onText={(mountPath) => set({ mountPath })}
          />
          {volume.kind !== 'emptyDir' && (
            <EditorCell
              label={`Object of volume ${number}`}
              placeholder="object name"
              value={volume.refName}
              onText={(refName) => set({ refName })}
            />
          )}
        </>
      )}
    </RowsEditor>
  );
}
