import { decodeObject } from '../../../../lambdas/audit/audit-object.ts';
import { verifyAudit } from '../../../../lambdas/audit/verify.ts';
import type { AuditRecord } from '../../../../lambdas/contracts/audit.ts';
import { fakeAgent } from '../../../../lambdas/testing/fake-agent.ts';
import type { InProcessWorld } from '../../../../lambdas/testing/in-process-world.ts';
import { createTestFleet, type TestFleet, type TestFleetOptions } from '../../../../lambdas/testing/test-fleet.ts';
import { workflow } from '../../../support/factories.ts';

export const echo = fakeAgent('echo', { 'echo.say': (input) => input });

/** Two tasks, one after the other: three journal entries. */
export const twice = workflow([
  { id: 'first', type: 'echo.say', input: 'one' },
  { id: 'second', type: 'echo.say', input: 'two', dependsOn: ['first'] },
]);

export const fleetOf = (options: Partial<TestFleetOptions> = {}): Promise<TestFleet> =>
  createTestFleet({ agents: [echo], ...options });

/** Every object of the audit as it lies there, by key. */
export const objectsIn = ({ auditStore }: InProcessWorld): ReadonlyMap<string, string> =>
  new Map([...auditStore.objects].map(([key, { text }]) => [key, text]));

export const recordsIn = (world: InProcessWorld): AuditRecord[] =>
  [...objectsIn(world).values()].flatMap((text) => decodeObject(text).records);

export const verified = ({ auditStore, journal, blobs }: InProcessWorld) => verifyAudit({ auditStore, journal, blobs });

/** The codes of what a verification finds. */
export const faultsOf = async (world: InProcessWorld): Promise<string[]> =>
  (await verified(world)).findings.map(({ code }) => code);
