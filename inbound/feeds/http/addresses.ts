// Which addresses a feed may come from: those that everybody on the internet can reach. Private, local and reserved ones
// are somebody's inside, and an address that an operator enters must not open it.
import { BlockList, isIP } from 'node:net';

const inside = new BlockList();
const v4 = [
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24',
  '192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4',
];
const v6 = [
  '::/127 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 fc00::/7 fe80::/10 ff00::/8',
];
for (const [family, lists] of [
  ['ipv4', v4],
  ['ipv6', v6],
] as const) {
  for (const subnet of lists.join(' ').split(' ')) {
    const [network = '', prefix] = subnet.split('/');
    inside.addSubnet(network, Number(prefix), family);
  }
}

/** Whether anybody on the internet could reach it, too. */
export function isPublicAddress(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  const family = isIP(mapped ?? address);
  if (family === 0 || /^::ffff:/i.test(mapped === undefined ? address : '')) return false;
  return !inside.check(mapped ?? address, family === 4 ? 'ipv4' : 'ipv6');
}
