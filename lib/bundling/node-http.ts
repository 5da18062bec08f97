/*
 * Stands in for node:http in every bundle. To import it as an ES module, Node fills in all of its exports, the lazy ones
 * too, and one of those loads undici: 25 ms of a cold start for classes that no Lambda uses. Who imports a name that is
 * not here gets an error from the bundler: add it.
 */
export const { Agent, request, STATUS_CODES } = process.getBuiltinModule('node:http');
