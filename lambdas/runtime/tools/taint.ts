import { hash } from 'node:crypto';
import type { Json } from '../../contracts/json.ts';
import type { Taint } from '../abilities.ts';

/** Shorter texts are everywhere. */
const SHORTEST = 8;
/** Characters that are kept of an attempt. What comes from outside after that makes everything count as tainted. */
const MOST_KEPT = 8 * 1024 * 1024;
/** Nothing that is meant well is nested deeper. */
const DEEPEST = 200;

/**
 * What came from outside, by its texts and by its objects. A value is tainted when it holds such an object or text, a text
 * that is part of one, one that has such a text in it, or a name in common with one: an address, an account, a link. Plain
 * words count as a whole only, since they are everywhere. Code that computes something new from it is not seen through.
 */
export function createTaint(): Taint {
  const texts = new Set<string>();
  /** By their first characters, so that a long text is searched for all of them in one pass. */
  const byHead = new Map<string, string[]>();
  const documents = new Set<string>();
  const names = new Set<string>();
  let kept = 0;

  function keep(text: string): void {
    if (text.length < SHORTEST || texts.has(text) || kept > MOST_KEPT) return;
    kept += text.length;
    texts.add(text);
    for (const name of namesIn(text)) names.add(name);
    if (!isParticular(text)) return;
    const head = text.slice(0, SHORTEST);
    byHead.set(head, [...(byHead.get(head) ?? []), text]);
  }

  const isPart = (text: string): boolean => {
    if (texts.has(text)) return true;
    if (!isParticular(text)) return false;
    for (const whole of texts) if (whole.length > text.length && whole.includes(text)) return true;
    return false;
  };

  function hasPart(text: string): boolean {
    for (let at = 0; at + SHORTEST <= text.length; at += 1)
      for (const part of byHead.get(text.slice(at, at + SHORTEST)) ?? []) if (text.startsWith(part, at)) return true;
    return false;
  }

  function isTaintedText(text: string): boolean {
    if (text.length < SHORTEST) return false;
    return isPart(text) || hasPart(text) || namesIn(text).some((name) => names.has(name));
  }

  return {
    mark(value) {
      const { texts: found, documents: digests, isDeep } = partsOf(value);
      for (const text of found) keep(plain(text));
      for (const digest of digests) documents.add(digest);
      if (isDeep) kept = Number.POSITIVE_INFINITY;
    },
    isTainted(value) {
      if (kept > MOST_KEPT) return true;
      if (kept === 0 && documents.size === 0) return false;
      const { texts: found, documents: digests, isDeep } = partsOf(value);
      return (
        isDeep || digests.some((digest) => documents.has(digest)) || found.some((text) => isTaintedText(plain(text)))
      );
    },
  };
}

/** Where in a value the tainted texts are, as paths such as "$.to[0].address"; "$" is all of it. */
export function taintedPaths(value: Json, taint: Pick<Taint, 'isTainted'>, path = '$'): string[] {
  if (!taint.isTainted(value)) return [];
  if (typeof value !== 'object' || value === null) return [path];
  const inside = Array.isArray(value)
    ? value.flatMap((item, index) => taintedPaths(item, taint, `${path}[${index}]`))
    : Object.entries(value).flatMap(([key, item]) => taintedPaths(item, taint, `${path}.${key}`));
  return inside.length > 0 ? inside : [path];
}

const plain = (text: string): string => text.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim();

/** More than a plain word. */
const isParticular = (text: string): boolean => text.length >= 20 || /[^\p{L}_-]/u.test(text);

/** What stands for something in particular: a word with a digit in it, or with a sign as addresses have it. */
const namesIn = (text: string): string[] =>
  text
    .split(/[\s"'<>(){}[\],;|]+/)
    .map((word) => word.replace(/[.:!?]+$/, ''))
    .filter((word) => word.length >= SHORTEST && /[\d@:/]/.test(word));

/** All texts of a value, and a digest of each object and list in it, from the inside out. */
function partsOf(value: unknown): { texts: string[]; documents: string[]; isDeep: boolean } {
  const found = { texts: [] as string[], documents: [] as string[], isDeep: false };

  /** @returns what stands for the value, and how long it is */
  function visit(node: unknown, depth: number): readonly [string, number] {
    if (typeof node === 'string') {
      found.texts.push(node);
      return [JSON.stringify(node), node.length];
    }
    if (typeof node !== 'object' || node === null) return [String(node), String(node).length];
    if (depth > DEEPEST) {
      found.isDeep = true;
      return ['', 0];
    }
    const parts = Array.isArray(node) ? node.map((item) => visit(item, depth + 1)) : fieldsOf(node, depth);
    const length = parts.reduce((sum, [, one]) => sum + one, 0);
    const kind = Array.isArray(node) ? 'list' : 'object';
    const digest = hash('sha256', `${kind} ${parts.map(([part]) => part).join(' ')}`, 'hex');
    if (length >= SHORTEST) found.documents.push(digest);
    return [digest, length];
  }

  function fieldsOf(node: object, depth: number): Array<readonly [string, number]> {
    const fields = Object.entries(node).filter(([, item]) => item !== undefined);
    return fields
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => {
        const [standsFor, length] = visit(item, depth + 1);
        return [`${JSON.stringify(key)}:${standsFor}`, key.length + length] as const;
      });
  }

  visit(value, 0);
  return found;
}
