import type { Claimant, Gate } from '../contracts/flow-control.ts';
import type { AskFlow } from '../contracts/messages.ts';

/** What a run brings to a batch: its input, or where that lies. */
export type BatchItem = NonNullable<AskFlow['input']>;

/** Why a run will not get in. */
export interface Refusal {
  readonly code: string;
  readonly reason: string;
  /** The run that goes on instead. */
  readonly by?: string;
}

/** What has happened in a flow, past tense. Its journal is a list of these; its state is nothing but their fold. */
export type FlowEvent =
  /** What the flow lets through from here on; the first event of every flow. */
  | { type: 'rule_set'; gate: Gate }
  /** What a run has said of itself. Numbers count from its beginning. */
  | {
      type: 'permits_asked';
      run: string;
      claimant: Claimant;
      asked: number;
      returned: number;
      /** Of those asked for, how many it will not wait for any more. */
      withdrawn?: number;
      since: number;
      expires: number;
      input?: BatchItem;
      /** It answers a check: what the flow last told it is told again. */
      answer?: true;
    }
  /** So many more permits for each of these. */
  | {
      type: 'permits_granted';
      grants: Array<[run: string, permits: number]>;
      /** Rate: the theoretical arrival time of the next one, ms. */
      tat?: number;
      /** Where tenants share: where the flow's virtual time stands now, and the turns of those who got some. */
      turns?: { virtual: number; finish: Array<[tenant: string, at: number]> };
    }
  | { type: 'claim_refused'; run: string; refusal: Refusal }
  /** The leader does the work of all of them. */
  | { type: 'batch_gathered'; leader: string; members: string[] }
  /** Singleton: it is told to end, so that the other can take its place. */
  | { type: 'holder_cancelled'; run: string; by: string }
  /** What this run asks for may be old: it is asked whether it wants it still. */
  | { type: 'claim_doubted'; run: string; claimant: Claimant; since: number; expires: number }
  /** They want nothing more and hold nothing. */
  | { type: 'claims_ended'; runs: string[] }
  /** Nothing was heard of these for long: they are asked what they hold. */
  | { type: 'claims_checked'; runs: string[] }
  /** These did not answer, and their time is long over: what they held is free. */
  | { type: 'claims_expired'; runs: string[] }
  | { type: 'timer_armed'; at: number }
  /** When the sweeper is to look at the flow; without a time: it is idle. */
  | { type: 'wake_set'; at?: number }
  | { type: 'message_refused'; messageId: string; code: string; reason: string };
