/** Shared by every box one can type into; 16 px on a phone, else iOS zooms the page on focus. */
export const controlLook = [
  'w-full min-w-0 rounded-md border border-line-control bg-surface px-2.5 text-ink text-sm max-sm:text-lg',
  'placeholder:text-ink-faint hover:border-ink-faint focus:border-focus focus:outline-2 focus:outline-focus/30 focus:-outline-offset-1',
  'aria-invalid:border-bad disabled:border-line disabled:bg-sunken disabled:text-ink-faint',
].join(' ');
