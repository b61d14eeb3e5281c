type Section = { readonly href: string; readonly label: string };
type Group = { readonly label: string; readonly sections: readonly Section[] };

/** Sections by whom they belong to; users are only for admins of the instance. */
export function settingsGroups(isInstanceAdmin: boolean): readonly Group[] {
  return [
    {
      label: 'Project',
      sections: [
        { href: '/settings/project', label: 'General' },
        { href: '/settings/members', label: 'Members' },
        { href: '/settings/environments', label: 'Environments' },
        { href: '/settings/policies', label: 'Policies' },
        { href: '/settings/channels', label: 'Channels' },
        { href: '/settings/reports', label: 'Weekly report' },
        { href: '/settings/metrics', label: 'Metric templates' },
        { href: '/settings/links', label: 'Links' },
        { href: '/settings/tokens', label: 'API tokens' },
        { href: '/settings/shared', label: 'Shared outside' },
      ],
    },
    {
      label: 'Instance',
      sections: [
        { href: '/settings/clusters', label: 'Clusters' },
        ...(isInstanceAdmin
          ? [
              { href: '/settings/hosts', label: 'Private hosts' },
              { href: '/settings/training', label: 'Training templates' },
              { href: '/settings/heartbeat', label: 'Heartbeat' },
              { href: '/settings/users', label: 'Users' },
              { href: '/settings/sign-in', label: 'Sign-in' },
            ]
          : []),
      ],
    },
    { label: 'You', sections: [{ href: '/settings/account', label: 'Account' }] },
  ];
}

/** Whether an address lies in a section or below it. */
export function isInSection(pathname: string, href: string): boolean {
  return pathname === href || pathname.startsWith(`${href}/`);
}
