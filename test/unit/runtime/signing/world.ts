import { memoryBlobs } from '../../../../lambdas/adapters/memory/memory-blobs.ts';
import { memoryKeyService } from '../../../../lambdas/adapters/memory/memory-key-service.ts';
import { memoryMessageKeys } from '../../../../lambdas/adapters/memory/memory-message-keys.ts';
import { memoryTable } from '../../../../lambdas/adapters/memory/memory-table.ts';
import { createMeter } from '../../../../lambdas/adapters/memory/meter.ts';
import { countingIds, virtualClock } from '../../../../lambdas/adapters/memory/virtual-clock.ts';
import type { Header } from '../../../../lambdas/contracts/envelope.ts';
import type { MessageKeys } from '../../../../lambdas/runtime/signing/message-keys.ts';
import {
  createMessageSecurity,
  type MessageSecurity,
  type SecuritySettings,
} from '../../../../lambdas/runtime/signing/message-security.ts';

/** Containers that share a registry of keys, a key service and a blob store. */
export function signingWorld() {
  const clock = virtualClock();
  const ids = countingIds();
  const blobs = memoryBlobs(createMeter());
  const stored = memoryMessageKeys(memoryTable(createMeter()));
  const keyService = memoryKeyService();
  const asked = { published: 0, looked: 0 };
  const keys: MessageKeys = {
    publish(key) {
      asked.published += 1;
      return stored.publish(key);
    },
    find(sender, kid) {
      asked.looked += 1;
      return stored.find(sender, kid);
    },
  };
  /** A container of its own. */
  function container(name: string, more: Partial<SecuritySettings> = {}) {
    const messageSecurity: MessageSecurity = createMessageSecurity({ name, clock, ids, keys, keyService, ...more });
    return { blobs, messageSecurity };
  }
  function header(more: Partial<Header> = {}): Header {
    return {
      ...{ message_id: ids.uuid(), correlation_id: 'c', timestamp: new Date(clock.now()).toISOString() },
      ...{ sender: 'coordinator', receiver: 'worker', message_type: 'task_assignment', priority: 2, ttl: 300 },
      ...{ tenant: 'acme', schema_version: 1 },
      ...more,
    };
  }
  return { clock, ids, blobs, keys, keyService, asked, container, header };
}

/** The code of what a promise is rejected with; "accepted" when it is not. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'accepted';
  } catch (error) {
    return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : String(error);
  }
}
