import { ALL_TENANTS } from './control.ts';
import { mayBeSame, type Principal, Role } from './principal.ts';

/**
 * How far a role reaches:
 * `tenant`: everything of its own tenant · `own`: what it asked for itself · `others`: what somebody else of its tenant asked
 * for, because nobody approves for himself · `platform`: what all tenants share, so only with a token of the platform ("*").
 */
export type Reach = 'tenant' | 'own' | 'others' | 'platform';

const T = 'tenant';
const O = 'own';
const X = 'others';
const P = 'platform';
const _ = undefined;

/**
 * Who may do what: the one table. What is not in it, nobody may.
 * The columns are the roles as `Role` lists them.
 */
// biome-ignore format: it is read as a table
const TABLE = [
  //                           viewer operator approver admin agent orchestrator
  ['workflow',    'read',      T,     T,       T,       T,    O,    T],
  ['workflow',    'create',    _,     T,       _,       T,    _,    T],
  ['workflow',    'control',   _,     T,       _,       T,    _,    O],
  ['workflow',    'repair',    _,     T,       _,       T,    _,    _],
  ['workflow',    'signal',    _,     T,       _,       T,    _,    O],
  ['definition',  'read',      T,     T,       T,       T,    T,    T],
  ['task',        'read',      T,     T,       T,       T,    O,    T],
  ['task',        'create',    _,     T,       _,       T,    _,    T],
  ['decision',    'read',      T,     T,       T,       T,    _,    O],
  ['decision',    'decide',    _,     _,       X,       X,    _,    _],
  ['agent',       'read',      T,     T,       T,       T,    T,    T],
  ['agent',       'control',   _,     P,       _,       P,    _,    _],
  ['agent',       'configure', _,     _,       _,       P,    _,    _],
  ['dead_letter', 'read',      T,     T,       _,       T,    _,    _],
  ['dead_letter', 'repair',    _,     T,       _,       T,    _,    _],
  ['message_log', 'read',      T,     T,       _,       T,    _,    _],
  ['memory',      'read',      _,     T,       _,       T,    _,    _],
  ['memory',      'erase',     _,     _,       _,       T,    _,    _],
  ['queue',       'read',      T,     T,       _,       T,    _,    T],
  ['system',      'read',      T,     T,       T,       T,    T,    T],
  ['system',      'control',   _,     P,       _,       P,    _,    _],
  ['stream',      'read',      T,     T,       T,       T,    _,    T],
  ['audit',       'read',      _,     _,       _,       T,    _,    _],
  ['audit',       'export',    _,     _,       _,       T,    _,    _],
  ['tenant',      'read',      _,     T,       _,       T,    _,    _],
  ['tenant',      'control',   _,     T,       _,       T,    _,    _],
  ['tenant',      'export',    _,     _,       _,       T,    _,    _],
  ['tenant',      'create',    _,     _,       _,       P,    _,    _],
  ['tenant',      'configure', _,     _,       _,       P,    _,    _],
  ['tenant',      'erase',     _,     _,       _,       P,    _,    _],
  ['token',       'read',      O,     O,       O,       T,    _,    _],
  ['token',       'create',    _,     _,       _,       T,    _,    _],
  ['token',       'revoke',    O,     O,       O,       T,    _,    _],
] as const;

export type Resource = (typeof TABLE)[number][0];
export type Action = (typeof TABLE)[number][1];

const GRANTS: ReadonlyMap<string, ReadonlyMap<Role, Reach>> = new Map(
  TABLE.map(([resource, action, ...reaches]) => [
    `${resource}/${action}`,
    new Map(Role.options.flatMap((role, column) => reachOf(role, reaches[column]))),
  ]),
);

function reachOf(role: Role, reach: Reach | undefined): [Role, Reach][] {
  return reach === undefined ? [] : [[role, reach]];
}

/** Everything that can be asked for, for whoever lists, documents or tests all of it. */
export const ACCESS: readonly { readonly resource: Resource; readonly action: Action }[] = TABLE.map(
  ([resource, action]) => ({ resource, action }),
);

/** How far a role reaches; undefined: not at all. */
export const reach = (role: Role, resource: Resource, action: Action): Reach | undefined =>
  GRANTS.get(`${resource}/${action}`)?.get(role);

/** What is asked for, as far as it matters who may. */
export interface Target {
  readonly tenant: string;
  /** Who asked for it: the run's `requested_by`, for a token its subject. */
  readonly createdBy?: string | undefined;
  /** Others for whom it would be decided: the agent that asks, who asked for the runs above it. */
  readonly decidedFor?: readonly string[] | undefined;
  /** The definition says so: who asked for it may answer, as it approves nothing. */
  readonly selfAllowed?: boolean | undefined;
}

export type DenialCode = 'role_forbidden' | 'other_tenant' | 'platform_only' | 'not_owner' | 'self_approval';

export type Permission =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly code: DenialCode;
      readonly reason: string;
      /** Answer as if there were nothing (404): who asks may not even know of it. */
      readonly hide: boolean;
    };

const ALLOWED: Permission = { ok: true };
const denied = (code: DenialCode, reason: string, hide = false): Permission => ({ ok: false, code, reason, hide });

/** May they ask at all, whatever for? Asked before anything is looked up, so that a refusal tells nothing of what there is. */
export function mayAsk(principal: Principal, resource: Resource, action: Action): Permission {
  if (reachesOf(principal, resource, action).length > 0) return ALLOWED;
  return denied('role_forbidden', `${rolesOf(principal)} may not ${action} ${named(resource)}`);
}

/** Who may do what to this. Pure, and the only place where it is decided; everything that is not allowed is denied. */
export function mayDo(principal: Principal, resource: Resource, action: Action, target: Target): Permission {
  const reaches = reachesOf(principal, resource, action);
  if (reaches.length === 0) return mayAsk(principal, resource, action);
  const platform = principal.tenant === ALL_TENANTS;
  if (!platform && target.tenant !== principal.tenant)
    return denied('other_tenant', `there is no such ${named(resource)}`, true);
  const refusals = reaches.map((far) => refusal(far, principal, resource, action, target));
  return refusals.find(({ ok }) => ok) ?? refusals[0] ?? denied('role_forbidden', 'nobody may');
}

function refusal(far: Reach, principal: Principal, resource: Resource, action: Action, target: Target): Permission {
  const mine = target.createdBy === principal.sub;
  switch (far) {
    case 'tenant':
      return ALLOWED;
    case 'platform':
      if (principal.tenant === ALL_TENANTS) return ALLOWED;
      return denied('platform_only', `all tenants share this: to ${action} it takes a token of the tenant "*"`);
    case 'own':
      if (mine) return ALLOWED;
      return denied('not_owner', `only who asked for it may ${action} this ${named(resource)}`, action === 'read');
    case 'others':
      if (target.selfAllowed) return ALLOWED;
      // When nobody is known to have asked, it may have been oneself.
      if (target.createdBy !== undefined && !isFor(principal, target)) return ALLOWED;
      return denied('self_approval', `somebody else has to ${action} this: nobody approves what he asked for himself`);
  }
}

const isFor = ({ sub }: Principal, { createdBy = '', decidedFor = [] }: Target): boolean =>
  [createdBy, ...decidedFor].some((one) => mayBeSame(one, sub));

function reachesOf(principal: Principal, resource: Resource, action: Action): Reach[] {
  // An agent that was given more roles than agents have is still an agent.
  const roles =
    principal.kind === 'agent'
      ? principal.roles.filter((role) => role === 'agent' || role === 'orchestrator')
      : principal.roles;
  return roles.map((role) => reach(role, resource, action)).filter((far) => far !== undefined);
}

/**
 * The tenant that a request is for: its principal's own. Only a token of the platform may name another, and has to.
 * @param asked what the request says, if it says anything
 */
export function tenantOf(
  principal: Principal,
  asked?: string,
): { readonly tenant: string } | { readonly denied: Permission } {
  if (principal.tenant === ALL_TENANTS) return { tenant: asked ?? ALL_TENANTS };
  if (asked === undefined || asked === principal.tenant) return { tenant: principal.tenant };
  return { denied: denied('other_tenant', 'there is no such tenant', true) };
}

const named = (resource: Resource): string => resource.replaceAll('_', ' ');
const rolesOf = ({ roles, kind, sub }: Principal): string =>
  roles.length === 0 ? `${kind} "${sub}", who has no role,` : `${kind} "${sub}" (${roles.join(', ')})`;
