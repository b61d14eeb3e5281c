import type { ShareFormat, ShareKind } from '../../domain/share/share-content.ts';
import { longestPictureDays, usualExpiryDays } from '../../domain/share/share-expiry.ts';

/** What is chosen in the dialog so far. */
export type ShareDraft = {
  readonly kind: ShareKind;
  readonly title: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly days: number;
  readonly origins: readonly string[];
  readonly format: ShareFormat;
  readonly allowTimeRange: boolean;
  readonly allowFiles: boolean;
};

/** The title is proposed without names, which only labels may bring outside. */
export function emptyDraft(title: string): ShareDraft {
  return {
    kind: 'share',
    title,
    labels: {},
    days: usualExpiryDays,
    origins: [],
    format: 'png',
    allowTimeRange: false,
    allowFiles: false,
  };
}

/** Lines and commas part origins. */
export function originsIn(text: string): string[] {
  return text.split(/[\s,]+/).filter((each) => each !== '');
}

/** The end that counts: pictures end sooner. */
export function daysOf({ kind, days }: Pick<ShareDraft, 'kind' | 'days'>): number {
  return kind === 'picture' ? Math.min(days, longestPictureDays) : days;
}
