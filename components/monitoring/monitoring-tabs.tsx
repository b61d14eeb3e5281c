import { LinkTabs } from '../ui/tabs.tsx';

/** Services and alerts of monitoring, each with an address. */
export function MonitoringTabs({ current }: { current: 'services' | 'alerts' }) {
  return (
    <LinkTabs
      label="Monitoring"
      current={current}
      items={[
        { key: 'services', label: 'Services', href: '/monitoring' },
        { key: 'alerts', label: 'Alerts', href: '/monitoring/alerts' },
      ]}
    />
  );
}
