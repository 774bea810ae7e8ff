// Programs that tests need and npm does not bring. `node scripts/system-dependencies.mjs` finds each or installs it; nothing is skipped.
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { run } from './lib/run.mjs'

/**
 * What is needed: a program, the folders besides the PATH where it may be, the argument that makes it print its version and what that
 * has to look like, the Debian package with it, and for what it is needed.
 */
const DEPENDENCIES = {
  bash: {
    program: 'bash',
    version: /./,
    package: 'bash',
    neededFor: 'running the commands of README and guides',
  },
  curl: {
    program: 'curl',
    version: /./,
    package: 'curl',
    neededFor: 'running the commands of README and guides',
  },
  git: { program: 'git', version: /./, package: 'git', neededFor: 'the list of files that tests go through' },
  'redis-server': {
    program: 'redis-server',
    version: /^Redis server v=/,
    package: 'redis-server',
    neededFor: 'tests of the cache that instances share',
    beforeInstall: keepServicesOff,
  },
  'nats-server': {
    program: 'nats-server',
    folders: ['/usr/sbin'],
    version: /^nats-server: v/,
    package: 'nats-server',
    neededFor: 'tests of events between applications',
    beforeInstall: keepServicesOff,
  },
  chromium: {
    program: 'chromium',
    version: /^Chromium \d/m,
    package: 'chromium',
    neededFor: 'tests of the documentation page in a browser',
  },
  pgbouncer: {
    program: 'pgbouncer',
    folders: ['/usr/sbin'],
    version: /^PgBouncer 1\./,
    package: 'pgbouncer',
    neededFor: 'tests of what is refused: a proxy that pools transactions',
  },
  'postgresql-15': {
    program: 'postgres',
    folders: ['/usr/lib/postgresql/15/bin'],
    version: /^postgres \(PostgreSQL\) 15\./,
    package: 'postgresql-15',
    neededFor: 'tests against a PostgreSQL that Fulcrum did not start',
    beforeInstall: keepClustersOff,
  },
}

// Debian's package creates and starts a cluster of its own when it is installed. Tests start theirs, and the machine is not ours.
function keepClustersOff() {
  const file = '/etc/postgresql-common/createcluster.conf'
  if (existsSync(file)) return
  mkdirSync('/etc/postgresql-common', { recursive: true })
  writeFileSync(file, 'create_main_cluster = false\n')
}

// Debian's package starts a server of its own when it is installed, unless this file says that services are somebody else's business
// (Debian policy, section 9.3.3.2).
function keepServicesOff() {
  const file = '/usr/sbin/policy-rc.d'
  if (existsSync(file)) return () => {}
  writeFileSync(file, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  return () => rmSync(file)
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The folder with the program of a dependency, in the version that is needed, or undefined. */
export async function locate(name) {
  const { program, folders = [], version } = DEPENDENCIES[name]
  for (const folder of [...folders, ...(process.env.PATH ?? '').split(delimiter)]) {
    const path = join(folder, program)
    if (folder === '' || !isProgram(path)) continue
    const { output } = await run(path, ['--version'], { show: false })
    if (version.test(output)) return folder
  }
  return undefined
}

const isDebian = () =>
  existsSync('/etc/os-release') && /^ID(_LIKE)?=.*debian/m.test(readFileSync('/etc/os-release', 'utf8'))

async function install(name) {
  const { package: packageName, beforeInstall } = DEPENDENCIES[name]
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  console.log(`installing ${packageName} with apt-get`)
  const afterInstall = beforeInstall?.()
  const update = await run('apt-get', ['-qq', 'update'], { env, show: false })
  const options = ['-qq', '-y', '--no-install-recommends', '-o', 'Dpkg::Options::=--force-confold']
  const installed = await run('apt-get', [...options, 'install', packageName], { env, show: false })
  afterInstall?.()
  if (installed.code !== 0) console.error(`${update.output}\n${installed.output}`)
}

/** Finds or installs every dependency; gives a sentence for each that is still missing. */
export async function requireSystemDependencies() {
  const missing = []
  for (const [name, { package: packageName, neededFor }] of Object.entries(DEPENDENCIES)) {
    if ((await locate(name)) !== undefined) continue
    if (process.getuid?.() === 0 && isDebian()) await install(name)
    if ((await locate(name)) !== undefined) continue
    missing.push(
      `${name} is missing; it is needed for ${neededFor}. On Debian: apt-get install ${packageName}`,
    )
  }
  return missing
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const missing = await requireSystemDependencies()
  for (const sentence of missing) console.error(sentence)
  process.exit(missing.length === 0 ? 0 : 1)
}
