import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { virtualWorld } from '../../lambdas/adapters/memory/memory-world.ts';
import type { Claims } from '../../lambdas/runtime/ports.ts';
import { pairOf } from '../support/conformance/answers.ts';
import { campaign } from '../support/conformance/campaign.ts';
import { type LocalServices, localServices } from '../support/conformance/local-services.ts';
import type { Conformance } from '../support/conformance/operations.ts';
import { blobsConformance } from '../support/conformance/ports/blobs.ts';
import { breakersConformance } from '../support/conformance/ports/breakers.ts';
import { accountsConformance, ratesConformance, stopsConformance } from '../support/conformance/ports/budgets.ts';
import { claimsConformance } from '../support/conformance/ports/claims.ts';
import { holdsConformance, parametersConformance } from '../support/conformance/ports/control.ts';
import { flowDirectoryConformance } from '../support/conformance/ports/flow-directory.ts';
import { journalConformance } from '../support/conformance/ports/journal.ts';
import { ledgerConformance } from '../support/conformance/ports/ledger.ts';
import { parkingLotConformance } from '../support/conformance/ports/parking-lot.ts';
import { registryConformance } from '../support/conformance/ports/registry.ts';
import {
  heartbeatsConformance,
  progressBoardConformance,
  resultCacheConformance,
} from '../support/conformance/ports/run-notes.ts';
import { runsConformance } from '../support/conformance/ports/runs.ts';
import {
  connectionsConformance,
  streamLogConformance,
  watchesConformance,
} from '../support/conformance/ports/stream.ts';
import { QUEUE_SETUPS, queueConformance } from '../support/conformance/queues/queues.ts';

/*
 * The ports in memory against the adapters on the local cloud: a seed makes sequences of operations, each is played on
 * both, and the answers must be the same. What simulations and the in-process fleet show holds on AWS only as far as
 * this does. The usual 40 sequences of a port take less than a minute in all; more, and others:
 *
 *   MUSTER_CONFORMANCE_RUNS=400 FC_SEED=$RANDOM npm run test:e2e -- conformance
 */

const seed = Number(process.env.FC_SEED ?? 20_261_121);
const runs = Number(process.env.MUSTER_CONFORMANCE_RUNS ?? 40);
const TIMEOUT_MS = 240_000 * Math.max(1, runs / 40);

let services: LocalServices;
beforeAll(async () => {
  const endpoint = process.env.MUSTER_TEST_ENDPOINT;
  if (!endpoint) throw new Error('MUSTER_TEST_ENDPOINT is not set: it names a running local cloud');
  services = await localServices(endpoint);
});
afterAll(() => services.close());

async function agrees<P>(conformance: Conformance<P>): Promise<void> {
  const report = await campaign(conformance, { seed, runs });
  expect(report.difference).toBeUndefined();
  expect(report.sequences).toBe(runs);
}

describe('a comparison', () => {
  test('finds a planted difference, and shrinks it to what it takes', async () => {
    // Forgets that a settled claim is never taken again.
    const forgetful = (claims: Claims): Claims => {
      const attempts = new Map<string, number>();
      return {
        ...claims,
        claim: async (key, attempt, holder, expiresAt) => {
          const taken = await claims.claim(key, attempt, holder, expiresAt);
          const later = attempt > (attempts.get(key) ?? 0);
          attempts.set(key, Math.max(attempt, attempts.get(key) ?? 0));
          return taken || later;
        },
      };
    };
    const planted: Conformance<Claims> = {
      ...claimsConformance(services),
      open: async () => pairOf(virtualWorld().claims, forgetful(virtualWorld().claims)),
    };
    const { difference = '' } = await campaign(planted, { seed, runs: 40 });
    expect(difference.match(/^(claim|settle|outcome)\(/gm)).toEqual(['claim(', 'settle(', 'claim(']);
    expect(difference).toContain(`claims, seed ${seed}, sequence `);
  });
});

describe('in memory and on the local cloud the same happens to', () => {
  const ports: Record<string, () => Promise<void>> = {
    'a journal': () => agrees(journalConformance(services)),
    runs: () => agrees(runsConformance(services)),
    claims: () => agrees(claimsConformance(services)),
    'logs of streams': () => agrees(streamLogConformance(services)),
    'who follows streams': () => agrees(connectionsConformance(services)),
    'what is followed': () => agrees(watchesConformance(services)),
    'the ledger of steps': () => agrees(ledgerConformance(services)),
    'accounts of budgets': () => agrees(accountsConformance(services)),
    'rates of models': () => agrees(ratesConformance(services)),
    stops: () => agrees(stopsConformance(services)),
    breakers: () => agrees(breakersConformance(services)),
    'the directory of flows': () => agrees(flowDirectoryConformance(services)),
    holds: () => agrees(holdsConformance(services)),
    'parameters of agents': () => agrees(parametersConformance(services)),
    heartbeats: () => agrees(heartbeatsConformance(services)),
    'kept results': () => agrees(resultCacheConformance(services)),
    'the parking lot': () => agrees(parkingLotConformance(services)),
    'the progress board': () => agrees(progressBoardConformance(services)),
    'the registry': () => agrees(registryConformance(services)),
    blobs: () => agrees(blobsConformance(services)),
  };
  test.each(Object.entries(ports))('%s', (_name, compare) => compare(), TIMEOUT_MS);

  // They mostly wait, so all kinds wait together; half as many sequences of each.
  test(
    'queues',
    async () => {
      const options = { seed, runs: Math.ceil(runs / 2) };
      const reports = QUEUE_SETUPS.map((setup) => campaign(queueConformance(services, setup), options));
      const differences = (await Promise.all(reports)).map(({ difference }) => difference);
      expect(differences.filter((difference) => difference !== undefined)).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
