import { Principal } from '../../contracts/principal.ts';
import type { Item } from '../items/attributes.ts';

/** The tables in which something of tenants lies, beside those of memories. */
export type OwnedTable = 'state' | 'registry' | 'claims' | 'ledger' | 'budgets' | 'streams' | 'behaviour';

/**
 * Whose a row is. `run`, `flow`: of the tenant whose that is · `shared`: nobody's, or everybody's · `unknown`: whoever has
 * added such rows has to say so here.
 */
export type Owner =
  | { readonly tenant: string }
  | { readonly run: string }
  | { readonly flow: string }
  | 'shared'
  | 'unknown';

const RUN_ID = /run_[0-9a-f]{40}/;
const second = (pk: string): string => pk.split('#')[1] ?? '';
const ofTenant = (pk: string): Owner => ({ tenant: second(pk) });

function ofRun(text: string): Owner {
  const run = RUN_ID.exec(text)?.[0];
  return run === undefined ? 'unknown' : { run };
}

type Rule = (pk: string, sk: string, item: Item) => Owner;
const shared: Rule = () => 'shared';

/** By the beginning of the partition key. */
const FAMILIES: Readonly<Record<OwnedTable, Readonly<Record<string, Rule>>>> = {
  state: {
    'RUN#': (pk) => (pk.startsWith('RUN#flow_') ? { flow: pk.slice('RUN#'.length) } : ofRun(pk)),
    'OPEN#': ofTenant,
    'EARLY#': ofTenant,
    'FLOWS#': (pk) => (second(pk) === '*' ? 'shared' : ofTenant(pk)),
    'RESULT#': ofTenant,
    'PARKED-DAY#': (_pk, _sk, item) => ({ tenant: item.tenant_id?.S ?? '' }),
    'PARKED-OF#': ofTenant,
    // Marks hold a number and a time; that of a message that is removed goes with it.
    'PARKED#': shared,
    'PARKED-DAYS': shared,
    'MEMORY-PASSES': shared,
  },
  registry: {
    HOLD: (_pk, sk) => (sk === '*' ? 'shared' : { tenant: sk }),
    '': shared,
  },
  claims: { '': ofRun },
  ledger: {
    '': (pk, sk) => (pk.endsWith('#cache') ? { tenant: sk.split('/')[0] ?? '' } : ofRun(pk)),
  },
  budgets: {
    'ACCOUNT#': ofTenant,
    'RATE#': ofTenant,
    'LIMIT#': ofTenant,
    'STOP#': ofRun,
    'LEASE#': shared,
  },
  behaviour: { 'BASELINES#': ofTenant, 'ALERTS#': ofTenant },
  streams: {
    'LOG#': ofTenant,
    'SUBS#': ofTenant,
    'WATCH#': ofTenant,
    WATCHES: shared,
    'CONN#': (_pk, _sk, item) => ofConnection(item),
    OPEN: (_pk, _sk, item) => ofConnection(item),
  },
};

function ofConnection({ tenant, principal }: Item): Owner {
  if (tenant?.S !== undefined) return { tenant: tenant.S };
  // Who has not said who it is belongs to nobody.
  return principal?.S === undefined ? 'shared' : { tenant: Principal.parse(JSON.parse(principal.S)).tenant };
}

/** Whose a row of a table is, as far as the row itself says. */
export function ownerOf(table: OwnedTable, item: Item): Owner {
  const [pk, sk] = [item.pk?.S ?? '', item.sk?.S ?? ''];
  const families = Object.entries(FAMILIES[table]);
  // The longest beginning that fits.
  const [, rule] =
    families.filter(([start]) => pk.startsWith(start)).sort(([one], [other]) => other.length - one.length)[0] ?? [];
  return rule ? rule(pk, sk, item) : 'unknown';
}
