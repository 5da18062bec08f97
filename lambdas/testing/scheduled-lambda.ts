/** Lambdas that a schedule calls. */
export type ScheduledLambda = 'sweeper' | 'monitor-schedule' | 'archiver' | 'audit-checkpoint' | 'behaviour-schedule';
