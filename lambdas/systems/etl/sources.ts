import * as z from 'zod';
import { isOwnKey, OWN_KEY } from '../../runtime/tenant-objects.ts';

/** Secrets that hold the connection URL of a database one may extract from; the extractor's role reaches these alone. */
export const SOURCE_SECRETS = ['etl-source-database'] as const;
/** Secrets that hold the connection URL of a database one may load into. */
export const TARGET_SECRETS = ['etl-target-database'] as const;

/** A key in the data bucket, as people write it: relative, without tricks. Other tenants' keys can't be named. */
export const ObjectKey = z
  .string()
  .min(1)
  .max(512)
  .regex(
    /^[A-Za-z0-9_.=-][A-Za-z0-9_.=/ -]*$/,
    'a key is letters, digits, "_", "-", ".", "=", " " and "/" between them',
  )
  .refine(
    (key) => !key.split('/').some((part) => part === '' || part === '.' || part === '..'),
    'no empty, "." or ".." parts',
  )
  .refine(isOwnKey, OWN_KEY);

/** `table` or `schema.table`; quoted before it reaches SQL. */
const TableName = z.string().regex(/^[^".\0]{1,63}(\.[^".\0]{1,63})?$/, 'a table is named "table" or "schema.table"');

export const CsvSource = z.strictObject({
  kind: z.literal('csv'),
  key: ObjectKey.describe('Object in the data bucket; UTF-8, the first line names the columns'),
  delimiter: z.enum([',', ';', '\t', '|']).default(','),
});

export const PostgresSource = z
  .strictObject({
    kind: z.literal('postgres'),
    secret: z.enum(SOURCE_SECRETS).default('etl-source-database').describe('Holds the connection URL'),
    table: TableName.optional(),
    query: z.string().min(1).max(20_000).optional().describe('One SELECT, run in a read-only transaction'),
  })
  .refine((source) => (source.table === undefined) !== (source.query === undefined), {
    path: ['table'],
    message: 'give either "table" or "query"',
  });

export const RestSource = z.strictObject({
  kind: z.literal('rest'),
  url: z
    .url({ protocol: /^https?$/, error: 'an http or https URL' })
    .describe('Answers { items: [...], next: URL or null, total } for ?page=n&size=m'),
  pageSize: z.number().int().min(1).max(5_000).default(500),
});

/** Where rows come from. */
export const Source = z.discriminatedUnion('kind', [CsvSource, PostgresSource, RestSource]);
export type Source = z.infer<typeof Source>;
export type SourceOf<K extends Source['kind']> = Extract<Source, { kind: K }>;

/** A source's name inside a run: part of task ids and keys. */
export const SourceName = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/);
/** A table's name inside a run: an identifier that needs no quotes anywhere. */
export const MartTable = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/);
/** A schema in a target database. */
export const SchemaName = z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/, 'a schema is lower case letters, digits and "_"');
