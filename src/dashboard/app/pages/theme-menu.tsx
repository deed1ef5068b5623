import { type Theme, setTheme, theme, themes } from '../core/theme-choice.js'
import { Icon, type IconName } from '../ui/icon.js'
import { Menu } from '../ui/menu.js'

const looks: Readonly<Record<Theme, { readonly label: string; readonly icon: IconName }>> = {
  system: { label: 'As the system', icon: 'system' },
  light: { label: 'Light', icon: 'sun' },
  dark: { label: 'Dark', icon: 'moon' },
}

export function ThemeMenu() {
  const items = themes.map((one) => ({
    label: looks[one].label,
    hint: one === theme.value ? '✓' : undefined,
    run: () => setTheme(one),
  }))
  return (
    <Menu label={`Theme: ${looks[theme.value].label}`} items={items} class="quiet icon-only">
      <Icon name={looks[theme.value].icon} />
    </Menu>
  )
}
