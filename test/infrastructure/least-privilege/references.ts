import * as z from 'zod';
import type { Templates } from '../support/templates.ts';

const Reference = z.union([
  z.strictObject({ Ref: z.string() }).transform(({ Ref }) => ({ kind: 'ref' as const, id: Ref })),
  z
    .strictObject({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) })
    .transform(({ 'Fn::GetAtt': [id, attribute] }) => ({ kind: 'attribute' as const, id, attribute })),
  z
    .strictObject({ 'Fn::ImportValue': z.string() })
    .transform(({ 'Fn::ImportValue': name }) => ({ kind: 'import' as const, name })),
  z
    .strictObject({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) })
    .transform(({ 'Fn::Join': [by, parts] }) => ({ kind: 'join' as const, by, parts })),
]);

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'REGION',
  'AWS::AccountId': 'ACCOUNT',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** A logical id without CDK's hash, and without the kind of thing at its end where CDK puts that twice. */
export const plainId = (id: string): string =>
  id.replace(/[0-9A-F]{8}$/, '').replace(/(?<=.)(Queue|Bucket|Table|Bus|Log|Topic|Function|StateMachine)$/, '');

/** Reads the texts of one stack's template, whatever they are put together from. */
export interface Reader {
  (value: unknown): string;
  /** The name of a resource of this stack. */
  nameOf(id: string): string;
}

/** Where a deployment is, as far as its configuration says so. */
export interface Place {
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

/**
 * Texts of templates in the words of the tables of needs: `StoresState` for a thing of the platform or its ARN,
 * `StoresState/index/by_wake`, `StoresBlobs/*`, `Etl/EtlLoaderExpress` for one of a system. Imports of other stacks are
 * followed to what they are. Accounts and regions that are not the deployment's own stay what they are.
 * @returns a reader for each stack, which throws for what it does not understand: nothing is skipped
 */
export function readersOf(templates: Templates, { account, region }: Place): (stack: string) => Reader {
  const exported = new Map<string, { readonly stack: string; readonly value: unknown }>();
  for (const [stack, { Outputs }] of Object.entries(templates))
    for (const { Value, Export } of Object.values(Outputs)) {
      const name = z.object({ Name: z.string() }).safeParse(Export);
      if (name.success) exported.set(name.data.Name, { stack, value: Value });
    }
  const here = (text: string): string => {
    const own = account === undefined ? text : text.replaceAll(account, 'ACCOUNT');
    return region === undefined ? own : own.replaceAll(region, 'REGION');
  };

  const known = new Map<string, Reader>();
  const readerIn = (stack: string): Reader => {
    const reader = known.get(stack) ?? makeReader(stack);
    known.set(stack, reader);
    return reader;
  };
  return readerIn;

  function makeReader(stack: string): Reader {
    const prefix = stack.endsWith('-Platform') ? '' : `${stack.split('-').at(-1)}/`;
    const nameOf = (id: string): string => prefix + plainId(id);
    const read = (value: unknown): string => {
      if (typeof value === 'string') return value;
      const parsed = Reference.safeParse(value);
      if (!parsed.success) throw new Error(`nobody knows how to read ${JSON.stringify(value)} of a template`);
      const found = parsed.data;
      switch (found.kind) {
        case 'ref':
          return PSEUDO[found.id] ?? nameOf(found.id);
        case 'attribute':
          return found.attribute === 'Arn' ? nameOf(found.id) : `${nameOf(found.id)}.${found.attribute}`;
        case 'import': {
          const known = exported.get(found.name);
          if (!known) throw new Error(`no stack exports ${found.name}`);
          return readerIn(known.stack)(known.value);
        }
        case 'join':
          return found.parts.map(read).join(found.by);
      }
    };
    return Object.assign((value: unknown) => here(read(value)).replace(/^arn:aws:/, 'arn:'), { nameOf });
  }
}
