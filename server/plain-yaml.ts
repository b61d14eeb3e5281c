import { type Document, isMap, parseAllDocuments, visit } from 'yaml';
import { DomainError } from '../domain/refusal.ts';

const yamlBytesLimit = 200_000;
const aliasLimit = 50;
const depthLimit = 40;

/**
 * Reads one object from YAML or JSON text as plain values; throws invalidInput for the field `yaml`. Bytes, aliases and
 * depth are capped, because a short text can unfold into gigabytes. `what` says which document is meant where there are more.
 */
export function plainYaml(text: string, what: string): unknown {
  if (Buffer.byteLength(text) > yamlBytesLimit)
    throw invalidYaml(`The text is longer than ${yamlBytesLimit / 1_000} kB.`);
  const documents = parseAllDocuments(text);
  const found = (Array.isArray(documents) ? documents : []).filter((entry) => entry.contents !== null);
  const first = found[0];
  if (first === undefined) throw invalidYaml('The text is empty.');
  if (found.length > 1) throw invalidYaml(`The text holds several documents; give the one with ${what}.`);
  const problem = first.errors[0];
  if (problem !== undefined) throw invalidYaml(`The text is no YAML: ${firstLine(problem.message)}`);
  if (!isMap(first.contents)) throw invalidYaml('The text is not an object with fields.');
  refuseDeep(first);
  return plainOf(first);
}

function plainOf(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: aliasLimit });
  } catch {
    throw invalidYaml(`The text repeats itself by more than ${aliasLimit} aliases.`);
  }
}

function refuseDeep(document: Document): void {
  visit(document, {
    Collection: (_key, _node, path) => {
      if (path.length > depthLimit * 2)
        throw invalidYaml(`The text is nested deeper than ${depthLimit} levels.`);
    },
  });
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

export function invalidYaml(message: string): DomainError {
  return new DomainError({ code: 'invalidInput', message: `yaml: ${message}`, params: { field: 'yaml' } });
}
