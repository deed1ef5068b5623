import { signal } from '@preact/signals'
import { remember, remembered } from './storage.js'

export type Theme = 'system' | 'light' | 'dark'

const key = 'zato-theme'

export const themes: readonly Theme[] = ['system', 'light', 'dark']

export const theme = signal<Theme>(themes.find((one) => one === remembered(key)) ?? 'system')

export function setTheme(value: Theme): void {
  theme.value = value
  remember(key, value === 'system' ? undefined : value)
  if (value === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = value
}
