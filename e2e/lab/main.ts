import { buildLab } from './build.ts';
import { labFolder } from './folders.ts';
import { networkName, ownNetwork, removeStaleLabs, runInNetwork } from './network.ts';
import { publishInside, publishOutside } from './publish.ts';
import { demandRequirements } from './requirements.ts';
import { startLab } from './start.ts';
import { untilAskedToStop } from './stop-signal.ts';

/** What a person, or a Fairlead started on the machine itself, wants to reach in the lab. */
const published = { 'API server': 6443, gateway: 8888, Prometheus: 9090 };

async function outside(): Promise<number> {
  demandRequirements();
  // The build needs the registries, which cannot be reached from inside.
  await buildLab();
  await removeStaleLabs();
  const name = networkName();
  const folder = labFolder(name);
  const ports = await Promise.all(
    Object.entries(published).map(async ([part, port]) => ({
      part,
      port: await publishOutside(folder.path, port),
    })),
  );
  const scheme = (part: string): string => (part === 'API server' ? 'https' : 'http');
  const urls = ports.map(({ part, port }) => `  ${part.padEnd(12)} ${scheme(part)}://127.0.0.1:${port}`);
  return runInNetwork(import.meta.filename, [urls.join('\n')]);
}

async function inside(urls: string): Promise<number> {
  const stopAsked = untilAskedToStop();
  const lab = await startLab();
  await Promise.all(Object.values(published).map((port) => publishInside(lab.folder.path, port)));
  console.log(`
The lab is up, in a network of its own. From this machine:
${urls}
  kubeconfig   ${lab.kubeconfigPath} (server ${lab.serverUrl}, as seen inside)
  token        ${lab.folder.adminToken}
  CA           ${lab.folder.certificates}/ca.crt
  audit log    ${lab.auditLogPath}
  logs         ${lab.folder.logs}
Its Gateway is ${lab.gateway.namespace}/${lab.gateway.name}. Enter its network with: ip netns exec ${lab.name} bash
Ctrl-C stops it.`);
  await stopAsked;
  console.log('lab: stopping …');
  await lab.stop();
  return 0;
}

if (ownNetwork() === null) process.exitCode = await outside();
// The published sockets would keep the process; everything is stopped here.
else process.exit(await inside(process.argv[2] ?? ''));
