import { decodeObject } from '../../audit/audit-object.ts';
import { hourOf } from '../../behaviour/calendar.ts';
import { decodeBehaviour, encodeBehaviour } from '../../behaviour/codec.ts';
import { observationsOf } from '../../behaviour/from-audit.ts';
import { noteDeploy, observe, passTo } from '../../behaviour/observe.ts';
import { noBehaviour, type TenantBehaviour } from '../../behaviour/state.ts';
import type { BehaviourAlert } from '../../contracts/behaviour.ts';
import { DataError } from '../../contracts/errors.ts';
import type { BehaviourPorts } from './behaviour-ports.ts';
import { tellAlert } from './tell-alert.ts';

/** What a container knows of a chain. */
export interface Kept {
  readonly behaviour: TenantBehaviour;
  seen: number;
  version: number;
  savedAt: number;
  /** It has learned something since. */
  isNew: boolean;
}

/** Objects that are read in one go; the next note goes on. */
const MOST_OBJECTS = 500;
/** What was learned is written down so often: after a crash, what came since is read again. */
const SAVE_EVERY_MS = 60_000;
/** An hour is over when so much time has passed since: the audit may be as late. */
const LATE_MS = 300_000;

/** Learns what a chain has to say that is new. @returns how many alerts came of it */
export async function followChain(chain: string, kept: Map<string, Kept>, ports: BehaviourPorts): Promise<number> {
  const { auditStore, clock } = ports;
  if (await isErased(chain, ports)) {
    kept.delete(chain);
    return 0;
  }
  const known = await current(chain, kept.get(chain), ports);
  kept.set(chain, known);
  const { behaviour } = known;
  await noteDeploys(behaviour, ports);
  const head = (await auditStore.head(chain))?.seq ?? 0;
  const last = Math.min(head, known.seen + MOST_OBJECTS);
  const alerts: BehaviourAlert[] = [];
  const hourBefore = behaviour.hour;
  for (let seq = known.seen + 1; seq <= last; seq++) alerts.push(...(await learnObject(behaviour, chain, seq, ports)));
  if (last === head && behaviour.hour !== undefined)
    alerts.push(...passTo(behaviour, Math.max(behaviour.hour, hourOf(clock.now() - LATE_MS))));
  known.isNew ||= last > known.seen || behaviour.hour !== hourBefore;
  known.seen = Math.max(known.seen, last);
  // Reading may have taken a while.
  if (await isErased(chain, ports)) {
    kept.delete(chain);
    return 0;
  }
  for (const alert of alerts) await tellAlert(alert, ports);
  const isDue = known.isNew && clock.now() - known.savedAt >= SAVE_EVERY_MS;
  if (alerts.length > 0 || isDue || behaviour.hour !== hourBefore) await save(chain, known, ports);
  return alerts.length;
}

/** The audit of a tenant stays when the tenant is erased, but nothing is learned from it any more. */
async function isErased(chain: string, { tenants }: BehaviourPorts): Promise<boolean> {
  const status = (await tenants.get(chain, true))?.status;
  return status === 'erasing' || status === 'erased';
}

/** What this container knows, unless another has gone on since. */
async function current(
  chain: string,
  kept: Kept | undefined,
  { behaviourStore, clock, logger }: BehaviourPorts,
): Promise<Kept> {
  if (kept && kept.version === (await behaviourStore.version(chain))) return kept;
  const stored = await behaviourStore.load(chain);
  const fresh = { seen: stored?.seen ?? 0, version: stored?.version ?? 0, savedAt: clock.now(), isNew: false };
  try {
    return { behaviour: stored ? decodeBehaviour(stored.text, chain) : noBehaviour(chain), ...fresh };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    logger.error('baselines can not be read and are learned anew', { chain, error });
    return { behaviour: noBehaviour(chain), ...fresh };
  }
}

async function learnObject(
  behaviour: TenantBehaviour,
  chain: string,
  seq: number,
  { auditStore, clock, logger, rogues }: BehaviourPorts,
): Promise<BehaviourAlert[]> {
  const text = await auditStore.read(chain, seq);
  if (text === undefined) throw new Error(`object ${seq} of the audit of ${chain} can not be read yet`);
  try {
    const { records } = decodeObject(text);
    const now = clock.now();
    const observations = records.flatMap((record, place) =>
      // Nothing happens later than now, whatever a clock has said.
      observationsOf(record, `${seq}/${place}`).map((one) => ({ ...one, at: Math.min(one.at, now) })),
    );
    return observe(behaviour, observations, (agent, peer) =>
      rogues?.accuse(agent, 'unknown_peer', `${agent} has spoken to ${peer} of ${chain}, for the first time`),
    );
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    // `muster audit verify` tells of it; here it would only stand in the way of all that follows.
    logger.error('object of the audit is left out', { chain, seq, error });
    return [];
  }
}

/** An agent that is there in another version than before was deployed. */
async function noteDeploys(behaviour: TenantBehaviour, { registry, clock }: BehaviourPorts): Promise<void> {
  const agents = await registry.agents();
  const changed = agents.filter(({ name, version }) => behaviour.versions.get(name) !== version);
  if (changed.length === 0) return;
  const isFirst = behaviour.versions.size === 0;
  for (const { name, version } of changed) behaviour.versions.set(name, version);
  // Before anything was learned there is nothing that could have changed.
  if (isFirst) return;
  const names = changed.map(({ name }) => name);
  noteDeploy(behaviour, names, clock.now());
}

async function save(chain: string, known: Kept, { behaviourStore, clock }: BehaviourPorts): Promise<void> {
  const version = known.version + 1;
  const saved = await behaviourStore.save(chain, { text: encodeBehaviour(known.behaviour), seen: known.seen, version });
  if (!saved) throw new Error(`another has followed the behaviour of ${chain} further`);
  known.version = version;
  known.savedAt = clock.now();
  known.isNew = false;
}
