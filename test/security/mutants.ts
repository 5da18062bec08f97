import type { AttackMutant } from './attack-mutant.ts';
import { API_MUTANTS } from './mutants/api.ts';
import { AUDIT_MUTANTS } from './mutants/audit.ts';
import { BEHAVIOUR_MUTANTS } from './mutants/behaviour.ts';
import { ENGINE_MUTANTS } from './mutants/engine.ts';
import { IDENTITY_MUTANTS } from './mutants/identity.ts';
import { CIPHER_MUTANTS, MESSAGE_MUTANTS } from './mutants/messages.ts';
import { SOURCE_MUTANTS } from './mutants/sources.ts';
import { STACK_MUTANTS } from './mutants/stacks.ts';
import { STREAM_MUTANTS } from './mutants/streams.ts';
import { TENANCY_MUTANTS } from './mutants/tenancy.ts';
import { TOOL_MUTANTS } from './mutants/tools.ts';

/** Every defence of docs/security.md that one line takes away: `npm run test:attacks` does, and the test beside it fails. */
export const ATTACK_MUTANTS: readonly AttackMutant[] = [
  ...API_MUTANTS,
  ...AUDIT_MUTANTS,
  ...BEHAVIOUR_MUTANTS,
  ...CIPHER_MUTANTS,
  ...ENGINE_MUTANTS,
  ...IDENTITY_MUTANTS,
  ...MESSAGE_MUTANTS,
  ...SOURCE_MUTANTS,
  ...STACK_MUTANTS,
  ...STREAM_MUTANTS,
  ...TENANCY_MUTANTS,
  ...TOOL_MUTANTS,
];
