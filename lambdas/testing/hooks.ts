import type { AgentPorts } from '../runtime/agent-ports.ts';
import type { BatchWork } from '../runtime/queue-handler.ts';
import type { QueueRecord } from '../runtime/queue-record.ts';
import type { PlatformPorts } from './platform-ports.ts';

/** Which container of which Lambda: "coordinator" 2, or an agent's name. */
export interface ContainerId {
  readonly process: string;
  /** From 1, counted per process: each cold start has the next. */
  readonly container: number;
}

/** One call of a port by a container, before it is made. */
export interface PortCall extends ContainerId {
  /** The field of its ports, such as "journal". */
  readonly port: string;
  /** Such as "append". */
  readonly method: string;
  readonly args: readonly unknown[];
}

/** What befalls a port call. */
export interface CallFault {
  /** Passes before the call is made. */
  readonly delayMs?: number;
  /** The call is refused (before), or made and its answer lost (after): `error` is thrown. */
  readonly fail?: 'before' | 'after';
  /** Default: a SystemError `injected`. */
  readonly error?: unknown;
  /** The process dies at this await: before the call, or when its answer would have come. */
  readonly kill?: 'before' | 'after';
}

/** A batch that an event source has received and is about to hand to its Lambda. */
export interface Delivery {
  readonly process: string;
  readonly queue: string;
  readonly records: readonly QueueRecord[];
  /** 1 for a batch as it comes; more for the copies of {@link DeliveryFault.copies}. */
  readonly copy: number;
}

/** What befalls a delivery. */
export interface DeliveryFault {
  /** Between receiving and invoking; the messages are hidden meanwhile. */
  readonly delayMs?: number;
  /** Delivered again, at the same time and to other containers, each so many ms later. Not asked for copies. */
  readonly copies?: readonly number[];
  /** The Lambda is throttled: it is not invoked, the receive counts, and the messages come back when they are visible. */
  readonly throttled?: boolean;
  /** The work is done but Lambda's answer is lost or malformed: no message is deleted. */
  readonly losesAnswer?: boolean;
  /** At its timeout Lambda gives the invocation up, but the process is not stopped: it goes on beside its successor. */
  readonly zombie?: boolean;
}

/** What happened in the platform, in order: the same seed gives the same steps. */
export interface Step {
  readonly at: number;
  readonly kind: 'invoked' | 'done' | 'failed' | 'timed_out' | 'killed' | 'throttled' | 'answer_lost';
  readonly process: string;
  readonly container: number;
  readonly queue: string;
  /** Ids of the messages in the batch; none for a scheduled call. */
  readonly messages: readonly string[];
}

/** Where a test puts its hand in. Without any, nothing goes wrong and nothing takes time. */
export interface Hooks {
  /** What a new container gets instead of its ports; called at each cold start. */
  ports?<P extends PlatformPorts | AgentPorts>(ports: P, container: ContainerId): P;
  /** What a new container does instead of its work, such as its work and a measurement. */
  work?(work: BatchWork, container: ContainerId): BatchWork;
  call?(call: PortCall): CallFault | undefined;
  deliver?(delivery: Delivery): DeliveryFault | undefined;
  /** Ms that a message is on its way to a queue. Order within a group of a FIFO queue is kept. Default 0. */
  hopMs?(queue: string, sender: string): number;
  /** What becomes of an event between the bus and one of its targets. Default `deliver`. */
  route?(detailType: string, queue: string): 'deliver' | 'twice' | 'undelivered';
  /** How far a container's clock is ahead, ms; asked at its cold start. */
  skewMs?(container: ContainerId): number;
  step?(step: Step): void;
}
