export const overlayLook = 'fixed inset-0 z-40 bg-scrim animate-appear';

/** Centred on a desk, a sheet at the lower edge on a phone. */
export const sheetLook = [
  'fixed z-50 flex max-h-[90dvh] w-full flex-col overflow-hidden bg-raised shadow-raised outline-none',
  'inset-x-0 bottom-0 rounded-t-xl sm:inset-auto sm:top-[10vh] sm:left-1/2 sm:max-h-[80dvh] sm:-translate-x-1/2 sm:rounded-xl',
].join(' ');
