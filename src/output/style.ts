import kleur from 'kleur'

// kleur looks at stdout once, when it is loaded. Each terminal takes the colours out that its own stream does not want.
kleur.enabled = true

export const style = {
  bold: (text: string) => kleur.bold(text),
  dim: (text: string) => kleur.dim(text),
  red: (text: string) => kleur.red(text),
  green: (text: string) => kleur.green(text),
  yellow: (text: string) => kleur.yellow(text),
  cyan: (text: string) => kleur.cyan(text),
}

export type Style = (text: string) => string

/** Colour of an HTTP status. */
export function statusStyle(statusCode: number | undefined): Style {
  if (statusCode === undefined || statusCode >= 500) return style.red
  if (statusCode >= 400) return style.yellow
  return statusCode >= 300 ? style.cyan : style.green
}
