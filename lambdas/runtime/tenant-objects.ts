import { DEFAULT_TENANT } from '../contracts/names.ts';
import type { ObjectStore } from './ports.ts';

const TENANTS = 'tenants/';

/** Whether a key that somebody gives can't lead the default tenant to what is another's. */
export const isOwnKey = (key: string): boolean => !key.startsWith(TENANTS);
export const OWN_KEY = '"tenants/" is where the platform keeps tenants apart';

/** A bucket as one tenant sees it: the default tenant at its root, every other one below `tenants/<tenant>/`. */
export function tenantObjects(store: ObjectStore, tenant: string): ObjectStore {
  if (tenant === DEFAULT_TENANT) return store;
  const root = `${TENANTS}${tenant}/`;
  return {
    read: (key) => store.read(root + key),
    readToFile: (key, path) => store.readToFile(root + key, path),
    write: (key, body, contentType) => store.write(root + key, body, contentType),
    writeFile: (key, path, contentType) => store.writeFile(root + key, path, contentType),
    list: async (prefix) =>
      (await store.list(root + prefix)).map((object) => ({ ...object, key: object.key.slice(root.length) })),
    readVersion: (key) => store.readVersion(root + key),
    replace: (key, body, version) => store.replace(root + key, body, version),
  };
}
