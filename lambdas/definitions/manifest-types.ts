import type * as z from 'zod';
import type { Manifest } from '../contracts/manifest.ts';

type CapabilitiesOf<M> = M extends { readonly capabilities: infer C } ? C : never;

/** The task types that agents with these manifests can do. */
export type TypesOf<M extends Manifest> = M extends unknown ? Extract<keyof CapabilitiesOf<M>, string> : never;

/** What whoever gives out a task of this type writes as its input. */
export type InputOf<M extends Manifest, T> = M extends unknown
  ? CapabilitiesOf<M> extends infer C
    ? T extends keyof C
      ? C[T] extends { readonly input: infer S extends z.ZodType }
        ? z.input<S>
        : never
      : never
    : never
  : never;

/** What a task of this type answers. */
export type OutputOf<M extends Manifest, T> = M extends unknown
  ? CapabilitiesOf<M> extends infer C
    ? T extends keyof C
      ? C[T] extends { readonly output: infer S extends z.ZodType }
        ? z.output<S>
        : never
      : never
    : never
  : never;
