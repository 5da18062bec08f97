import type * as z from 'zod';
import type { Action, Resource } from '../access.ts';

/** What a route answers with one status. */
export interface AnswerSpec {
  readonly description: string;
  readonly body: z.ZodType;
}

/** One operation of the API. Router, OpenAPI document, typed client and the tests of access are made from these alone. */
export interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Such as `/api/v1/workflows/{workflow_id}`; each name in braces is a field of `params`. */
  readonly path: `/${string}`;
  /** The group that documents show it in. */
  readonly group: string;
  /** One line. */
  readonly summary: string;
  readonly description?: string;
  /** What one must be allowed to, as access.ts has it; `public`: nobody is asked who they are. */
  readonly access: { readonly resource: Resource; readonly action: Action } | 'public';
  /** `platform`: about what all tenants share, so no tenant has to be named. Default: `tenant`. */
  readonly scope?: 'tenant' | 'platform';
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  /** By status; what else can happen is told by a problem (problem.ts). */
  readonly answers: Readonly<Record<number, AnswerSpec>>;
  /** How errors are told. Default: `problem` (RFC 9457); `envelope`: inside the seed documents' own answer. */
  readonly errors?: 'problem' | 'envelope';
}

/** Keeps the exact types of what a route takes and answers. */
export const route = <const R extends ApiRoute>(spec: R): R => spec;

type Read<R, K extends string> = R extends { readonly [key in K]: infer S extends z.ZodType } ? z.output<S> : undefined;
type Said<R, K extends string> = R extends { readonly [key in K]: infer S extends z.ZodType }
  ? { readonly [key in K]: z.input<S> }
  : unknown;

/** A request as the handler of a route sees it, checked. */
export interface RequestOf<R extends ApiRoute> {
  readonly params: Read<R, 'params'>;
  readonly query: Read<R, 'query'>;
  readonly headers: Read<R, 'headers'>;
  readonly body: Read<R, 'body'>;
}

/** What a client hands over for a route: only the parts that it has, and without what has a default. */
export type CallOf<R extends ApiRoute> = Said<R, 'params'> &
  PartlyOptional<R, 'query'> &
  PartlyOptional<R, 'headers'> &
  Said<R, 'body'>;
type PartlyOptional<R, K extends string> = R extends { readonly [key in K]: infer S extends z.ZodType }
  ? Record<never, never> extends z.input<S>
    ? { readonly [key in K]?: z.input<S> }
    : { readonly [key in K]: z.input<S> }
  : unknown;

/** What the handler of a route answers: one of its statuses, with the body of that one. */
export type AnswerOf<R extends ApiRoute> = {
  [S in keyof R['answers'] & number]: {
    readonly status: S;
    readonly body: z.input<R['answers'][S]['body']>;
    readonly headers?: Readonly<Record<string, string>>;
  };
}[keyof R['answers'] & number];

/** The same as a client gets it. */
export type ReplyOf<R extends ApiRoute> = {
  [S in keyof R['answers'] & number]: {
    readonly status: S;
    readonly body: z.output<R['answers'][S]['body']>;
    readonly headers: Readonly<Record<string, string>>;
  };
}[keyof R['answers'] & number];
