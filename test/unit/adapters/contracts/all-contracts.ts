import { blobsContract } from './blobs-contract.ts';
import { breakersContract } from './breakers-contract.ts';
import { budgetsContract } from './budgets-contract.ts';
import { claimsContract } from './claims-contract.ts';
import { controlContract } from './control-contract.ts';
import { flowDirectoryContract } from './flow-directory-contract.ts';
import { heartbeatsContract } from './heartbeats-contract.ts';
import { journalContract } from './journal-contract.ts';
import { ledgerContract } from './ledger-contract.ts';
import { memoriesContract } from './memories-contract.ts';
import { messagingContract } from './messaging-contract.ts';
import { objectStoreContract } from './object-store-contract.ts';
import { parkingLotContract } from './parking-lot-contract.ts';
import type { World } from './ports-under-test.ts';
import { queuesContract } from './queues-contract.ts';
import { registryContract } from './registry-contract.ts';
import { resultCacheContract } from './result-cache-contract.ts';
import { runsContract } from './runs-contract.ts';
import { tenantsContract } from './tenants-contract.ts';

/** What every implementation of the ports owes, in memory and on AWS alike. */
export function allContracts(world: World): void {
  journalContract(world);
  runsContract(world);
  registryContract(world);
  controlContract(world);
  breakersContract(world);
  flowDirectoryContract(world);
  heartbeatsContract(world);
  resultCacheContract(world);
  claimsContract(world);
  ledgerContract(world);
  budgetsContract(world);
  memoriesContract(world);
  tenantsContract(world);
  parkingLotContract(world);
  queuesContract(world);
  blobsContract(world);
  objectStoreContract(world);
  messagingContract(world);
}
