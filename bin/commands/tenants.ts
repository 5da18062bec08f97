import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { Counts, TenantExport, TenantLimits, TenantRecord, TenantStanding } from '../../lambdas/contracts/tenants.ts';
import { CliError } from '../cli-error.ts';
import { askTenants } from '../cloud/ask-tenants.ts';
import { type Session, withSession } from '../cloud/session.ts';
import { outputOf } from '../cloud/target.ts';
import { countsTable, erasureText, standingText, tenantsTable } from '../views/tenants.ts';
import { actor } from './json-argument.ts';
import { type GlobalOptions, type JsonOption, print, printJson } from './options.ts';

interface AskedOptions extends JsonOption {
  readonly as?: string;
  readonly reason: string;
}
export interface SetTenantOptions extends AskedOptions {
  readonly plan?: string;
  readonly status?: string;
  readonly limit?: readonly string[];
}

const Page = z.object({ tenants: z.array(TenantRecord), next: z.string().optional() });
/** Between two looks at how far an erasure has come. */
const LOOK_AGAIN_MS = 3_000;

/** `muster tenants`: those of whom something is written. */
export function tenants({ json }: JsonOption, globals: GlobalOptions): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const all: TenantRecord[] = [];
    for (let after: string | undefined; ; ) {
      const page = Page.parse(await askTenants(session, { op: 'list', ...(after !== undefined && { after }) }));
      all.push(...page.tenants);
      after = page.next;
      if (after === undefined) break;
    }
    if (json) return printJson(all);
    print(tenantsTable(all));
  });
}

/** `muster tenants show T`: what counts for a tenant, and how much there is of it. */
export function showTenant(tenant: string, { json, look }: JsonOption & { look?: boolean }, globals: GlobalOptions) {
  return withSession(globals.stage, async (session) => {
    const Standing = TenantStanding.extend({ record: TenantRecord.optional() });
    const standing = Standing.parse(await askTenants(session, { op: 'show', tenant }));
    const counts = look
      ? z.object({ counts: Counts }).parse(await askTenants(session, { op: 'look', tenant })).counts
      : undefined;
    if (json) return printJson({ ...standing, ...(counts && { counts }) });
    print(standingText(standing));
    if (counts) print(countsTable(counts));
  });
}

/** `muster tenants set T`: its plan, its own limits, or whether it may do anything. */
export function setTenant(tenant: string, options: SetTenantOptions, globals: GlobalOptions): Promise<void> {
  const { plan, status, limit, reason, as, json } = options;
  return withSession(globals.stage, async (session) => {
    const record = TenantRecord.parse(
      await askTenants(session, {
        ...{ op: 'set', tenant, by: actor(as), reason },
        ...(plan !== undefined && { plan }),
        ...(status !== undefined && { status: z.enum(['active', 'suspended']).parse(status) }),
        ...(limit && { limits: limitsOf(limit) }),
      }),
    );
    if (json) return printJson(record);
    print(tenantsTable([record]));
  });
}

/** `name=value`, each replacing all that was set before; "none" alone takes them back. */
function limitsOf(given: readonly string[]): TenantLimits {
  if (given.length === 1 && given[0] === 'none') return {};
  const fields = given.map((one) => {
    const [name = '', value = ''] = one.split('=');
    return [name, Number(value)] as const;
  });
  const parsed = TenantLimits.safeParse(Object.fromEntries(fields));
  if (parsed.success) return parsed.data;
  const names = Object.keys(TenantLimits.shape).join(', ');
  throw new CliError(`"${given.join(' ')}" are no limits`, `give each as name=number, or "none"; there are ${names}`);
}

/** `muster tenants erase T --yes`: everything that there is of a tenant, for good, and shows that nothing is left. */
export function eraseTenant(
  tenant: string,
  { yes, as, reason, json }: AskedOptions & { readonly yes?: boolean },
  globals: GlobalOptions,
): Promise<void> {
  return withSession(globals.stage, async (session) => {
    if (!yes) {
      const { counts } = z.object({ counts: Counts }).parse(await askTenants(session, { op: 'look', tenant }));
      throw new CliError(
        `this erases ${tenant} for good, and nobody can be called so again:\n${countsTable(counts)}`,
        `muster tenants export ${tenant} FILE, then muster tenants erase ${tenant} --yes`,
      );
    }
    for (;;) {
      const request = { op: 'erase', tenant, confirm: tenant, by: actor(as), reason } as const;
      const record = TenantRecord.parse(await askTenants(session, request));
      if (record.status !== 'erased') {
        process.stderr.write(`${record.erasure?.phase ?? record.status} …\n`);
        await sleep(LOOK_AGAIN_MS);
        continue;
      }
      if (json) printJson(record);
      else print(erasureText(record));
      return;
    }
  });
}

/** `muster tenants export T FILE`: everything that there is of a tenant, as gzipped lines of JSON. */
export function exportTenant(
  tenant: string,
  file: string,
  options: AskedOptions,
  globals: GlobalOptions,
): Promise<void> {
  const { as, reason, json } = options;
  return withSession(globals.stage, async (session) => {
    const request = { op: 'export', tenant, by: actor(as), reason } as const;
    const made = TenantExport.parse(await askTenants(session, request));
    await pipeline(partsOf(made, session), createWriteStream(file, { mode: 0o600 }));
    if (json) return printJson({ ...made, file });
    print(`${countsTable(made.counts)}\n${made.bytes} bytes in ${file}`);
  });
}

async function* partsOf({ keys }: TenantExport, { aws, target }: Session): AsyncGenerator<Uint8Array> {
  const bucket = outputOf(target, 'BlobBucketName');
  for (const key of keys) {
    const { Body } = await aws.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    if (Body) yield await Body.transformToByteArray();
  }
}
