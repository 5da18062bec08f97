import type { Json } from '../contracts/json.ts';
import { Expr } from './expression.ts';

/** A `T` in which every value, however deep, may be an expression that yields it; one that yields nothing fails the task. */
export type Template<T> = Expr<Exclude<T, undefined>> | Literal<T>;
type Literal<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly unknown[]
    ? { [K in keyof T]: Template<T[K]> }
    : T extends object
      ? { [K in keyof T]: Template<T[K]> }
      : T;

/** What a template comes to once its expressions are evaluated. */
export type Filled<V> =
  V extends Expr<infer T>
    ? T
    : V extends string | number | boolean | null | undefined
      ? V
      : { -readonly [K in keyof V]: Filled<V[K]> };

type AllKeys<X> = X extends unknown ? keyof X : never;
type At<X, K> = X extends unknown ? (K extends keyof X ? X[K] : never) : never;
type Item<X> = X extends readonly (infer E)[] ? E : never;

/** `V`, where it has no field that `X` does not know: the compiler does not look for those in what a function returns. */
export type Strict<V, X> = unknown extends X
  ? V
  : V extends Expr<unknown>
    ? V
    : V extends readonly (infer E)[]
      ? readonly Strict<E, Item<X>>[]
      : V extends object
        ? { [K in keyof V]: K extends AllKeys<X> ? Strict<V[K], At<X, K>> : never }
        : V;

/** A template as it stands in a definition: its expressions as strings, fields that are undefined left out. */
export function written(template: unknown): Json {
  const text = JSON.stringify(template);
  if (text === undefined) throw new Error('a template is undefined; give it a value');
  const json: Json = JSON.parse(text);
  return json;
}

/** True when an expression stands anywhere in it. */
export function isConstant(template: unknown): boolean {
  if (template instanceof Expr) return false;
  if (typeof template === 'object' && template !== null) return Object.values(template).every(isConstant);
  return typeof template !== 'string' || !/^\{%[\s\S]*%\}$/.test(template);
}
