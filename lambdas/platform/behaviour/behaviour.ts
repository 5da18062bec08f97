import * as z from 'zod';
import { AuditChain } from '../../contracts/audit.ts';
import type { BatchWork } from '../../runtime/queue-handler.ts';
import type { BehaviourPorts } from './behaviour-ports.ts';
import { followChain, type Kept } from './follow-chain.ts';

/** What lies in the queue: a tenant's audit has something new, or an hour has passed. The group is the chain. */
export const BehaviourNote = z.object({ chain: AuditChain });

/**
 * Reads what is new in the audit and tells who behaves out of the ordinary. A note only says where to look, so one that is
 * lost or comes twice changes nothing: the audit's own numbers say what is new.
 */
export function createBehaviour(ports: BehaviourPorts): BatchWork {
  const kept = new Map<string, Kept>();
  return async (records, invocation) => {
    const failed: string[] = [];
    const chains = new Map<string, string[]>();
    for (const { id, body } of records) {
      try {
        const { chain } = BehaviourNote.parse(JSON.parse(body));
        chains.set(chain, [...(chains.get(chain) ?? []), id]);
      } catch (error) {
        ports.logger.error('note on behaviour can not be read', { record: id, error });
        failed.push(id);
      }
    }
    let alerts = 0;
    for (const [chain, ids] of chains) {
      try {
        alerts += await followChain(chain, kept, ports);
      } catch (error) {
        kept.delete(chain);
        ports.logger.error('behaviour could not be followed; its notes go back to the queue', { chain, error });
        failed.push(...ids);
      }
    }
    await ports.securityLog.flush();
    invocation.note({ chains: chains.size, alerts });
    return failed;
  };
}
