import type { Metadata } from 'next';
import { AccountPage } from '../../../../components/users/account-page.tsx';

export const metadata: Metadata = { title: 'Account' };

export default function AccountSettingsPage() {
  return <AccountPage />;
}
