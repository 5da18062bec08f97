import type { QuarantinePolicy } from '../contracts/behaviour.ts';
import type { Tenancy } from '../contracts/tenants.ts';
import type { ExpressionEvaluator } from '../runtime/expressions-port.ts';
import type { Embedder } from '../runtime/memory/embedder.ts';
import type { Clock, Ids, Logger } from '../runtime/ports.ts';
import type { SignatureMode } from '../runtime/signing/message-security.ts';
import type { HttpFetch, Tool } from '../runtime/tool.ts';
import type { Hooks } from './hooks.ts';
import type { ScriptedModel } from './scripted-model.ts';

export interface InProcessOptions {
  /** Default: a new virtual one. On any other clock the platform runs by itself until it is stopped. */
  readonly clock?: Clock;
  readonly ids?: Ids;
  /** In [0, 1): for jitter and choices. Default: always the middle. */
  readonly random?: () => number;
  /** Default: silent. */
  readonly logger?: Logger;
  /** Takes lines of embedded metrics. Default: they are dropped. */
  readonly write?: (line: string) => void;
  /** Default: the production expressions without their thread, see adapters/expressions/in-process-evaluator.ts. */
  readonly evaluator?: ExpressionEvaluator;
  readonly hooks?: Hooks;
  /** Ms between the scheduled calls; 0: never. Default: a minute, as deployed. */
  readonly sweepEveryMs?: number;
  readonly measureEveryMs?: number;
  /** Default: never; deployed, it is an hour. */
  readonly archiveEveryMs?: number;
  /** How long ago a run must have ended for its journal to be archived. Default: the configuration's 30 days. */
  readonly archiveAfterDays?: number;
  /** How old the registry's answers may be in a container, ms. Default: ten seconds, as deployed. */
  readonly registryAgeMs?: number;
  /** The plans of tenants. Default: nobody is bounded. */
  readonly tenancy?: Tenancy;
  /** How messages are signed. Default: required, as deployed. */
  readonly signatures?: SignatureMode;
  /** Tenants whose messages are encrypted; `*`: everybody's. Default: none. */
  readonly encryptFor?: readonly string[];
  /** What takes an agent out by itself. Default: as deployed. */
  readonly quarantine?: QuarantinePolicy;
  /** What the agents' manifests reach, by the names they give. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, string>>;
  /** The models that manifests name in `uses.models`. */
  readonly models?: Readonly<Record<string, ScriptedModel>>;
  /** The tools that manifests name in `uses.tools`. */
  readonly tools?: readonly Tool[];
  /** What answers the requests of tools. Default: they go out for real, guarded as deployed, to this machine as well. */
  readonly http?: HttpFetch;
  /** What memories are searched by beside their words. Default: nothing. */
  readonly embedder?: Embedder;
  /** Whether clients can follow runs: see in-process-stream.ts. Default: false, which spares every run the way there. */
  readonly stream?: boolean;
  /**
   * Virtual time: awaited before time moves on, for work that takes real time. What it does next may need the platform, so it
   * is asked again when there are `news`.
   */
  readonly beforeTimePasses?: (news: () => Promise<void>) => Promise<void> | undefined;
}
