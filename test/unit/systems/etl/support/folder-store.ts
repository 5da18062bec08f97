import { hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DataError } from '../../../../../lambdas/contracts/errors.ts';
import type { ObjectStore } from '../../../../../lambdas/runtime/ports.ts';

/** A bucket that is a folder. */
export function folderStore(root: string): ObjectStore {
  const pathOf = async (key: string) => {
    await mkdir(dirname(join(root, key)), { recursive: true });
    return join(root, key);
  };
  const existing = async (key: string) => {
    const path = join(root, key);
    if (!(await stat(path).catch(() => undefined))?.isFile())
      throw new DataError('object_missing', `there is no object "${key}"`, { key });
    return path;
  };
  const readVersion: ObjectStore['readVersion'] = async (key) => {
    const body = await readFile(join(root, key), 'utf8').catch(() => undefined);
    return body === undefined ? undefined : { body, version: hash('sha256', body) };
  };
  return {
    read: async (key) => createReadStream(await existing(key)),
    readToFile: async (key, path) => copyFile(await existing(key), path),
    write: async (key, body) => writeFile(await pathOf(key), body),
    writeFile: async (key, path) => copyFile(path, await pathOf(key)),
    readVersion,
    replace: async (key, body, version) => {
      if ((await readVersion(key))?.version !== version) return false;
      await writeFile(await pathOf(key), body);
      return true;
    },
    list: async (prefix) => {
      const entries = await readdir(root, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
      const keys = files.map((file) => file.slice(root.length + 1)).filter((key) => key.startsWith(prefix));
      return Promise.all(keys.sort().map(async (key) => ({ key, bytes: (await stat(join(root, key))).size })));
    },
  };
}
