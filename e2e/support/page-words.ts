import { expect, type Locator, type Page } from '@playwright/test';

/** The alert that says this; Next keeps an empty alert of its own on every page. */
export function alertWith(page: Page, text: string | RegExp): Locator {
  return page.getByRole('alert').filter({ hasText: text });
}

/** A blocked button stays, takes the focus, and says why. */
export async function expectBlocked(button: Locator, reason: string | RegExp): Promise<void> {
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  await expect(button).toHaveAttribute('aria-description', reason);
  await button.focus();
  await expect(button).toBeFocused();
}

export async function expectOffered(button: Locator): Promise<void> {
  await expect(button).not.toHaveAttribute('aria-disabled', 'true');
}

/** The section under this heading. */
export function panel(page: Page, title: string | RegExp): Locator {
  return page.getByRole('region', { name: title });
}

/** The badge of the page's header, beside its heading. */
export function header(page: Page): Locator {
  return page.getByRole('main').locator('header').first();
}
