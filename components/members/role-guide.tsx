import { KeyValueList } from '../ui/key-value-list.tsx';
import { Panel } from '../ui/panel.tsx';
import { roleWords } from './role-words.ts';

/** What each role may do. */
export function RoleGuide() {
  return (
    <Panel title="What the roles may do">
      <KeyValueList items={Object.entries(roleWords).map(([role, text]) => ({ label: role, value: text }))} />
    </Panel>
  );
}
