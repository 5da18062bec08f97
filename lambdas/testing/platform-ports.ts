import type { ArchivePorts } from '../platform/archiver/archive-runs.ts';
import type { AuditPorts } from '../platform/audit/audit-ports.ts';
import type { CheckpointPorts } from '../platform/audit/checkpoint.ts';
import type { BehaviourPorts, TickPorts } from '../platform/behaviour/behaviour-ports.ts';
import type { CoordinatorPorts } from '../platform/coordinator/coordinator-ports.ts';
import type { DeadLetterPorts } from '../platform/dead-letters/dead-letters.ts';
import type { IntakePorts } from '../platform/intake/intake.ts';
import type { MeasurePorts } from '../platform/monitor/measure.ts';
import type { MonitorPorts } from '../platform/monitor/monitor.ts';
import type { SweepPorts } from '../platform/timers/sweep.ts';
import type { TimersPorts } from '../platform/timers/timers.ts';
import type { Visibility } from '../runtime/ports.ts';

/** What the platform's Lambdas touch, all of them together: each takes of it what it knows. */
export type PlatformPorts = CoordinatorPorts &
  ArchivePorts &
  AuditPorts &
  CheckpointPorts &
  BehaviourPorts &
  TickPorts &
  IntakePorts &
  TimersPorts &
  SweepPorts &
  DeadLetterPorts &
  MonitorPorts &
  MeasurePorts & { readonly visibility: Visibility };
