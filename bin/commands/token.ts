import { randomUUID } from 'node:crypto';
import { CLOCK_TOLERANCE_SECONDS } from '../../lambdas/contracts/identity-settings.ts';
import { DEFAULT_TENANT } from '../../lambdas/contracts/names.ts';
import { Role } from '../../lambdas/contracts/principal.ts';
import { CliError } from '../cli-error.ts';
import { issuerOf, noteInAudit, revocationsOf, settingsOf } from '../cloud/issuer.ts';
import { withSession } from '../cloud/session.ts';
import { actor } from './json-argument.ts';
import { type GlobalOptions, type JsonOption, print, printJson } from './options.ts';

export interface TokenOptions extends JsonOption {
  readonly role?: readonly string[];
  readonly tenant?: string;
  readonly as?: string;
  readonly hours?: string;
}

/** `muster token`: a token of the deployment's own issuer, alone on standard output: `TOKEN=$(npx muster token --role operator)`. */
export function token(options: TokenOptions, globals: GlobalOptions): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const { issue, settings } = issuerOf(session);
    const most = settings.maxTokenSeconds / 3_600;
    const hours = options.hours === undefined ? Math.min(8, most) : Number(options.hours);
    if (!(hours > 0 && hours <= most))
      throw new CliError(
        `--hours is more than 0 and at most ${most} here`,
        'identity.maxTokenHours is the configuration of it',
      );
    const issued = await issue({
      sub: actor(options.as),
      tenant: options.tenant ?? DEFAULT_TENANT,
      roles: rolesOf(options.role ?? []),
      seconds: Math.max(1, Math.round(hours * 3_600)),
      tokenId: randomUUID(),
    });
    const { sub, tenant, roles, tokenId, expiresAt } = issued.principal;
    const expires_at = new Date(expiresAt).toISOString();
    const reason = `issued by ${actor(undefined)} to ${sub} as ${roles.join(', ')} until ${expires_at}`;
    await noteInAudit(session, { kind: 'token_issued', reason, sub, tenant, token_id: tokenId });
    if (options.json) return printJson({ token: issued.token, id: tokenId, sub, tenant, roles, expires_at });
    print(issued.token);
    process.stderr.write(`${sub}, ${roles.join(' and ')} of tenant ${tenant}, until ${expires_at}; id ${tokenId}\n`);
  });
}

function rolesOf(given: readonly string[]): Role[] {
  if (given.length === 0)
    throw new CliError('which role?', `--role ${Role.options.join(', ')}; may be given several times`);
  return given.map((name) => {
    const role = Role.safeParse(name);
    if (!role.success) throw new CliError(`there is no role "${name}"`, `one of: ${Role.options.join(', ')}`);
    return role.data;
  });
}

/** `muster token rotate`: a new key. It signs in an hour, or with `--at-once` now, and then nothing from before counts. */
export function rotateTokenKeys(options: { readonly atOnce?: boolean }, globals: GlobalOptions): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const { added = 'none' } = await issuerOf(session).rotate(options.atOnce ?? false);
    const how = options.atOnce ? 'at once' : 'after an hour';
    const reason = `${actor(undefined)} has changed the key that signs tokens, ${how}`;
    await noteInAudit(session, { kind: 'signing_key_rotated', reason, target: added });
    print(
      options.atOnce
        ? `key ${added} signs from now on; tokens from before are refused within five minutes`
        : `key ${added} is published, and signs in an hour; tokens from before count until they end`,
    );
  });
}

export interface RevokeOptions {
  readonly id?: string;
  readonly sub?: string;
  readonly tenant?: string;
  readonly as?: string;
  readonly reason: string;
}

/** `muster token revoke`: takes back a token by its id, or all that somebody has had until now. */
export function revokeToken(options: RevokeOptions, globals: GlobalOptions): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const { id, sub, tenant = DEFAULT_TENANT } = options;
    if ((id === undefined) === (sub === undefined))
      throw new CliError('which token?', '--id with the id of one, or --sub with whose tokens are taken back');
    const at = Date.now();
    const until = at + (settingsOf(session).maxTokenSeconds + 2 * CLOCK_TOLERANCE_SECONDS) * 1_000;
    const revoked = { at, by: actor(options.as), reason: options.reason };
    await revocationsOf(session).revoke(
      id !== undefined ? { tokenId: id } : { tenant, sub: sub ?? '' },
      revoked,
      until,
    );
    const whose = id !== undefined ? { token_id: id } : { tenant, target: `tokens of ${sub}`.slice(0, 256) };
    const said = `${revoked.by}: ${options.reason}`.slice(0, 500);
    await noteInAudit(session, { kind: 'token_revoked', reason: said, ...whose });
    print(`${id ?? `all tokens of ${sub} (tenant ${tenant})`} taken back; nobody gets in with it after five seconds`);
  });
}
