/** Whether one of the rules of a manifest's `reaches.hosts` names the host and the port of this URL. */
export function isNamedHost(rules: readonly string[], { hostname, port, protocol }: URL): boolean {
  const usual = protocol === 'http:' ? '80' : '443';
  const host = hostname.toLowerCase().replace(/\.$/, '');
  return rules.some((rule) => {
    // Not a port: the last part of an IPv6 address in its brackets.
    const [, name = '', own = usual] = /^(\[.*\]|[^:]*)(?::(\d+))?$/.exec(rule) ?? [];
    return (port || usual) === own && isNamed(host, name);
  });
}

function isNamed(host: string, rule: string): boolean {
  if (rule === '*') return true;
  return rule.startsWith('*.') ? host.endsWith(rule.slice(1)) && host.length >= rule.length : host === rule;
}
