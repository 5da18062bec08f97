/*
 * Stands in for ajv and ajv-formats in every bundle: the MCP SDK imports them by default, 134 KB, and is given another
 * validator, which compiles no code.
 */
class NoAjv {
  constructor() {
    throw new Error('ajv is not in this bundle: hand the MCP client a validator');
  }
}
// biome-ignore lint/style/noDefaultExport: that is how it is imported
export default NoAjv;
