import { Tooltip } from 'radix-ui';
import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { Button } from './button.tsx';
import { ButtonLink } from './button-link.tsx';
import { DataTable } from './data-table.tsx';

const html = (node: ReactNode) => renderToStaticMarkup(<Tooltip.Provider>{node}</Tooltip.Provider>);

describe('a blocked button', () => {
  const blocked = html(<Button disabledReason="Two approvals are missing.">Promote</Button>);

  test('stays in the tab order and says why to assistive technology', () => {
    expect(blocked).not.toMatch(/ disabled(=|>| )/);
    expect(blocked).toContain('aria-disabled="true"');
    expect(blocked).toContain('aria-description="Two approvals are missing."');
  });

  test('leads nowhere when it was a link', () => {
    expect(
      html(
        <ButtonLink href="/x" disabledReason="No.">
          Go
        </ButtonLink>,
      ),
    ).not.toContain('href');
  });
});

test('a busy button cannot be sent twice and says that it works', () => {
  expect(html(<Button busy>Save</Button>)).toMatch(/aria-disabled="true".*aria-busy="true"/);
});

describe('a table', () => {
  const columns = [
    { key: 'name', header: 'Name', cell: (row: { id: string }) => row.id },
    { key: 'more', header: 'More', cell: () => 'x' },
  ];
  const table = (rows: { id: string }[]) =>
    html(
      <DataTable
        caption="Things"
        columns={columns}
        rows={rows}
        rowKey={(row) => row.id}
        rowHref={(row) => `/things/${row.id}`}
        empty={<p>None yet</p>}
      />,
    );

  test('has one real link per row, in its row header', () => {
    const result = table([{ id: 'a' }, { id: 'b' }]);
    expect(result.match(/<a /g)).toHaveLength(2);
    expect(result).toMatch(/<th scope="row"[^>]*><a [^>]*href="\/things\/a"/);
  });

  test('teaches instead of showing an empty grid', () => {
    expect(table([])).toContain('None yet');
    expect(table([])).not.toContain('<table');
  });
});
