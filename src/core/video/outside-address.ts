// Result files come from wherever PixVerse says. Nothing it says may make us call into our own network.

import { lookup as dnsLookup, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { PixverseError } from './pixverse-errors.js';

const INNER = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  INNER.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['::', 128],
  ['::1', 128],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  INNER.addSubnet(network, prefix, 'ipv6');
}

/** Loopback, private, link-local, multicast and the like; IPv4 inside IPv6 included. */
export function isInnerAddress(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return INNER.check(mapped, 'ipv4');
  return INNER.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Refuses a result address that is not http(s), that carries a name and password, or that is written as an inner IP.
 * The API's own host is trusted: it is the operator's setting.
 * @throws PixverseError
 */
export function refuseInnerAddress(url: string, apiBaseUrl: string): void {
  const refuse = (code: string): never => {
    throw new PixverseError('download', { kind: 'unknown', isAmbiguous: false, code });
  };
  if (!URL.canParse(url)) refuse('no address');
  const { protocol, hostname, username, password } = new URL(url);
  const api = new URL(apiBaseUrl);
  if (protocol !== 'https:' && protocol !== api.protocol) refuse('not https');
  if (username !== '' || password !== '') refuse('address with a password');
  if (hostname === api.hostname) return;
  const bare = hostname.replace(/^\[|\]$/g, '');
  if (isIP(bare) !== 0 && isInnerAddress(bare)) refuse('inner address');
}

/** A DNS lookup for agents that answers public addresses only, except for the API's own host. */
export function lookupOutside(apiHost: string): LookupFunction {
  return (hostname, options, callback) => {
    dnsLookup(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
      if (error !== null) {
        callback(error, '', 0);
        return;
      }
      const allowed =
        hostname === apiHost ? found : found.filter((entry) => !isInnerAddress(entry.address));
      const first = allowed[0];
      if (first === undefined) {
        callback(Object.assign(new Error('inner address'), { code: 'EINNER' }), '', 0);
      } else if (options.all === true) {
        callback(null, allowed);
      } else {
        callback(null, first.address, first.family);
      }
    });
  };
}
