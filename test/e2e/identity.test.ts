import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import * as z from 'zod';
import { apiUrlOf } from '../../bin/cloud/api-url.ts';
import { AuditRecord } from '../../lambdas/contracts/audit.ts';
import { IdentitySettings } from '../../lambdas/contracts/identity-settings.ts';
import { DEFAULT_TENANT } from '../../lambdas/contracts/names.ts';
import { runIdOf } from '../../lambdas/workflow/run-identity.ts';
import { muster, musterJson, refusedBy } from '../support/local-cloud/muster.ts';
import { ProbeRuns } from '../support/probe/probe-runs.ts';

const Token = z.object({ token: z.string(), id: z.string() });
const Call = z.object({ status: z.number(), body: z.looseObject({ workflow_id: z.string().optional() }) });
const Agents = z.array(
  z.object({
    name: z.string(),
    load: z.looseObject({ health: z.looseObject({ state: z.string() }).optional() }).optional(),
  }),
);
const KeySet = z.object({ keys: z.array(z.record(z.string(), z.string())) });
let probe: ProbeRuns;
let url: string;

beforeAll(async () => {
  probe = await ProbeRuns.listeningTo('workflow_rejected');
  url = apiUrlOf(probe.cloud.session.target) ?? '';
});
afterAll(() => probe?.close());

const issue = (role: string, ...more: string[]) => musterJson(Token, 'token', '--role', role, ...more);
const statusFor = async (token: string | undefined, path = '/api/v1/workflows', init: RequestInit = {}) => {
  const headers = {
    'content-type': 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...Object.fromEntries(new Headers(init.headers)),
  };
  return (await fetch(url + path, { ...init, headers })).status;
};
const keysOf = async () => KeySet.parse(await (await fetch(`${url}/.well-known/jwks.json`)).json()).keys;

describe('a token on the local cloud', () => {
  test('comes from the command line and is checked by keys that the API publishes, without their private half', async () => {
    const { token } = await issue('viewer', '--as', 'ann');
    expect(await statusFor(token)).toBe(200);
    const keys = await keysOf();
    expect(keys.map(({ kid }) => kid)).toContain(decodeProtectedHeader(token).kid);
    expect(keys.flatMap((key) => Object.keys(key))).not.toContain('d');
  });

  test('is needed, and no other will do', async () => {
    const { token } = await issue('viewer', '--as', 'ann');
    const [head, body, signature] = token.split('.');
    const claims = { ...JSON.parse(Buffer.from(body ?? '', 'base64url').toString()), roles: ['admin'] };
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt' })).toString('base64url');
    const other = Buffer.from(JSON.stringify(claims)).toString('base64url');
    for (const forged of [undefined, 'x', `${head}.${other}.${signature}`, `${none}.${other}.`])
      expect(await statusFor(forged)).toBe(401);
  });

  test('lets its role do what it may, and no more', async () => {
    const request = { method: 'POST', body: JSON.stringify({ workflow: 'probe.child', input: {} }) };
    expect(await statusFor((await issue('viewer')).token, '/api/v1/workflows', request)).toBe(403);
    expect(await statusFor((await issue('approver')).token, '/api/v1/workflows', request)).toBe(403);
    expect(await refusedBy('token', '--role', 'root')).toContain('there is no role "root"');
    expect(await refusedBy('token', '--role', 'admin', '--as', 'agent:probe-herald')).toContain('nothing else');
  });

  test('opens its own tenant alone: a run of another one is not there', async () => {
    const runId = await probe.start([{ id: 'a', type: 'probe.noop' }]);
    await probe.ended(runId);
    const path = `/api/v1/workflows/${runId}`;
    expect(await statusFor((await issue('admin')).token, path)).toBe(200);
    expect(await statusFor((await issue('admin', '--tenant', 'globex')).token, path)).toBe(404);
    const { token: everywhere } = await issue('admin', '--tenant', '*');
    const named = (tenant: string) => statusFor(everywhere, path, { headers: { 'x-tenant': tenant } });
    expect([await named('default'), await named('globex'), await statusFor(everywhere, path)]).toEqual([200, 404, 400]);
  });

  test('counts no longer when it was taken back, by its id or with all that its holder had', async () => {
    const lost = await issue('viewer', '--as', 'bob');
    const also = await issue('viewer', '--as', 'bob');
    expect([await statusFor(lost.token), await statusFor(also.token)]).toEqual([200, 200]);
    await muster('token', 'revoke', '--id', lost.id, '--reason', 'lost');
    await probe.cloud.eventually(async () => (await statusFor(lost.token)) === 401 || undefined);
    expect(await statusFor(also.token)).toBe(200);
    await muster('token', 'revoke', '--sub', 'bob', '--reason', 'left');
    await probe.cloud.eventually(async () => (await statusFor(also.token)) === 401 || undefined);
  });

  test('counts on while its key is followed by another', async () => {
    const { token } = await issue('viewer', '--as', 'ann');
    await muster('token', 'rotate');
    const { token: next } = await issue('viewer', '--as', 'ann');
    expect(decodeProtectedHeader(next).kid).toBe(decodeProtectedHeader(token).kid);
    expect([await statusFor(token), await statusFor(next)]).toEqual([200, 200]);
  });
});

describe('an agent', () => {
  const audience = 'urn:muster:local:api';
  const call = async (inputs: object) => {
    const run = await probe.run([{ id: 'a', type: 'probe.call', input: { audience, ...inputs } }]);
    return Call.parse(run.result);
  };

  test('asks the API for a workflow with a token of its own, if it orchestrates; the run is its own', async () => {
    const settings = IdentitySettings.parse(JSON.parse(probe.cloud.output('IdentitySettings')));
    expect(settings.audience).toEqual([audience]);
    const definition = { name: 'probe.asked', lifecycle: 'queue', tasks: [{ id: 'a', type: 'probe.noop' }] };
    const body = { workflow: 'probe.asked', definition };
    const asked = await call({ url: `${url}/api/v1/workflows`, method: 'POST', body });
    expect(asked.status).toBe(202);
    await probe.ended(asked.body.workflow_id ?? '');
    const { token } = await issue('viewer');
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${url}/api/v1/workflows/${asked.body.workflow_id}`, { headers });
    expect(await answer.json()).toMatchObject({ requested_by: 'agent:probe-herald', status: 'completed' });
  });

  test('may not read the audit or the message log, nor use its token elsewhere', async () => {
    expect((await call({ url: `${url}/api/v1/messages?correlation_id=x` })).status).toBe(403);
    expect((await call({ url: `${url}/api/v1/workflows`, audience: 'urn:other' })).status).toBe(401);
  });

  test('in whose name something unsigned was said on the bus is out of the pool with that, and is not heard', async () => {
    const stateOf = async () =>
      (await musterJson(Agents, 'agents')).find(({ name }) => name === 'probe-herald')?.load?.health?.state ?? 'none';
    expect(await stateOf()).not.toBe('quarantined');
    const request_id = randomUUID();
    await probe.cloud.publish(
      'workflow_requested',
      { workflow: 'probe.child', request_id, correlation_id: request_id },
      'muster.agent.probe-herald',
    );
    try {
      await probe.cloud.eventually(async () => (await stateOf()) === 'quarantined');
      await expect(probe.cloud.read(runIdOf(DEFAULT_TENANT, request_id))).rejects.toThrow();
      const noted = () => musterJson(z.array(AuditRecord), 'audit', 'search', '--correlation', request_id);
      const [said] = await probe.cloud.eventually(async () => {
        const records = await noted();
        return records.length > 0 && records;
      });
      expect(said).toMatchObject({ kind: 'message', action: 'refused', code: 'signature_missing' });
    } finally {
      await muster('agents', 'set', 'probe-herald', 'ready', '--reason', 'it was the test');
    }
    expect((await call({ url: `${url}/api/v1/workflows` })).status).toBe(200);
  });
});
