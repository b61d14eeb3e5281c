import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { checkoutRoot } from '../launch/checkout.ts';

export type EmbedAsset = { readonly text: string; readonly type: string; readonly etag: string };

const files = {
  'page.js': 'embed-page.ts',
  'sdk.js': 'embed-sdk.ts',
  'page.css': 'embed-page.css',
} as const;
export type AssetName = keyof typeof files;

const made = new Map<AssetName, Promise<EmbedAsset>>();

/** What embed pages and pages that embed load; made once per process. */
export function embedAsset(name: AssetName): Promise<EmbedAsset> {
  const known = made.get(name) ?? make(name);
  made.set(name, known);
  return known;
}

async function make(name: AssetName): Promise<EmbedAsset> {
  const source = await readFile(join(checkoutRoot, 'components/embed', files[name]), 'utf8');
  const text = name.endsWith('.js') ? classicScript(source) : small(source);
  return {
    text,
    type: `${name.endsWith('.js') ? 'text/javascript' : 'text/css'}; charset=utf-8`,
    etag: `"${createHash('sha256').update(text).digest('hex').slice(0, 32)}"`,
  };
}

/** A module of ours without imports, as a script of its own scope: a sandboxed frame cannot load modules. */
function classicScript(source: string): string {
  const code = stripTypeScriptTypes(source).replace(/^export \{\};$/m, '');
  return `(() => {\n'use strict';\n${small(code)}\n})();\n`;
}

/** Without indentation, empty lines and comments that stand alone. */
function small(code: string): string {
  return code
    .replaceAll(/^[ \t]*\/\*[\s\S]*?\*\/[ \t]*$/gm, '')
    .split('\n')
    .map((line) => line.trim().replaceAll(/ {2,}/g, ' '))
    .filter((line) => line !== '' && !line.startsWith('//'))
    .join('\n');
}
