const NAME = /"((?:[^"]|"")*)"|[^\s,()"]+/g

/**
 * Whether `synchronous_standby_names` would make a synchronous standby of a session with this application name. Any session that acknowledges a
 * stream can be one, also one that keeps nothing (manual, section 20.6.2).
 */
export function namesStandby(setting: string, applicationName: string): boolean {
  const wanted = applicationName.toLowerCase()
  return Array.from(setting.matchAll(NAME), ([bare, quoted]) => quoted?.replaceAll('""', '"') ?? bare).some(
    (name) => name === '*' || name.toLowerCase() === wanted,
  )
}
