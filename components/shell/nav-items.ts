import {
  Activity,
  Bell,
  Boxes,
  ChartColumn,
  ChartLine,
  Cpu,
  FileSignature,
  LayoutDashboard,
  type LucideIcon,
  PiggyBank,
  ScrollText,
  Server,
  Settings,
  Tag,
  Waypoints,
} from 'lucide-react';

export type NavCounts = { promotions?: number | undefined; rollouts?: number | undefined };

export type NavItem = {
  href: string;
  label: string;
  icon: LucideIcon;
  /** The second key after `g`. */
  goKey: string;
  count?: keyof NavCounts;
};

export const navItems: readonly NavItem[] = [
  { href: '/', label: 'Overview', icon: LayoutDashboard, goKey: 'o' },
  { href: '/models', label: 'Models', icon: Boxes, goKey: 'm' },
  { href: '/promotions', label: 'Promotions', icon: FileSignature, goKey: 'p', count: 'promotions' },
  { href: '/services', label: 'Services', icon: Server, goKey: 's' },
  { href: '/rollouts', label: 'Rollouts', icon: Waypoints, goKey: 'r', count: 'rollouts' },
  { href: '/monitoring', label: 'Monitoring', icon: Activity, goKey: 'd' },
  { href: '/gpus', label: 'GPUs', icon: Cpu, goKey: 'u' },
  { href: '/costs', label: 'Costs', icon: ChartColumn, goKey: 'c' },
  { href: '/budgets', label: 'Budgets', icon: PiggyBank, goKey: 'b' },
  { href: '/prices', label: 'Prices', icon: Tag, goKey: 'i' },
  { href: '/notices', label: 'Notices', icon: Bell, goKey: 'n' },
  { href: '/boards', label: 'Boards', icon: ChartLine, goKey: 'h' },
  { href: '/audit', label: 'Audit', icon: ScrollText, goKey: 'a' },
];

export const settingsItem: NavItem = {
  href: '/settings/project',
  label: 'Settings',
  icon: Settings,
  goKey: 'e',
};

/** The room that a path lies in; `/` is only itself. */
export function isInRoom(pathname: string, item: NavItem): boolean {
  if (item.href === '/') return pathname === '/';
  const root = `/${item.href.split('/')[1]}`;
  return pathname === root || pathname.startsWith(`${root}/`);
}
