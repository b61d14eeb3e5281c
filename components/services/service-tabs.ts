export const serviceTabs = [
  { key: 'overview', label: 'Overview' },
  { key: 'revisions', label: 'Revisions and rollouts' },
  { key: 'pods', label: 'Pods and logs' },
  { key: 'specification', label: 'Specification' },
  { key: 'settings', label: 'Settings' },
] as const;
export type ServiceTab = (typeof serviceTabs)[number]['key'];

/** The tab that an address asks for; anything else is the overview. */
export function serviceTab(asked: string | undefined): ServiceTab {
  return serviceTabs.find(({ key }) => key === asked)?.key ?? 'overview';
}
