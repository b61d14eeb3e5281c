import { TRPCClientError } from '@trpc/client';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { refusal } from '../domain/refusal.ts';
import { NotReadable } from './not-readable.tsx';

const shown = (error: unknown) =>
  renderToStaticMarkup(
    <NotReadable title="The costs could not be read" error={error} onAgain={() => null} />,
  );

it('says in words what could not be read, and offers to ask again', () => {
  const markup = shown(new Error('fetch failed'));
  expect(markup).toContain('The costs could not be read');
  expect(markup).toContain('Fairlead could not be reached.');
  expect(markup).toMatch(/<button[^>]*>.*Try again.*<\/button>/);
});

it('says why something is refused, which asking again would not change', () => {
  const no = refusal({ code: 'notFound', message: 'There is no such project.', fix: 'Choose another.' });
  const answer = { error: { message: 'x', code: -32_004, data: { refusal: no } } };
  const markup = shown(TRPCClientError.from(answer));
  expect(markup).toContain('There is no such project. Choose another.');
  expect(markup).not.toContain('Try again');
});
