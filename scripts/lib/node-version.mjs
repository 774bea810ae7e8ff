/** The oldest Node that runs Fulcrum: the first whose type stripping prints no warning. Keep in step with `engines`. */
export const OLDEST = Object.freeze([22, 19])

/** Whether a version such as `v24.21.0` can run Fulcrum. */
export function suffices(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])
}
