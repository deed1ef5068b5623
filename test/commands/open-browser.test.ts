import { expect, test } from 'vitest'
import { browserCommand, openBrowser } from '../../src/commands/open-browser.js'

const url = 'http://localhost:8183/#t=abc'

test('BROWSER names the browser, with its arguments, and where the address goes', () => {
  expect(browserCommand(url, { BROWSER: 'firefox' }, 'linux')).toEqual(['firefox', url])
  expect(browserCommand(url, { BROWSER: ' chromium --app=%s ' }, 'linux')).toEqual(['chromium', `--app=${url}`])
  expect(browserCommand(url, { BROWSER: 'none' }, 'darwin')).toEqual([])
})

test('without it, it is that of the system', () => {
  expect(browserCommand(url, {}, 'linux')).toEqual(['xdg-open', url])
  expect(browserCommand(url, { BROWSER: '' }, 'darwin')).toEqual(['open', url])
  expect(browserCommand(url, {}, 'win32')).toEqual(['rundll32', 'url.dll,FileProtocolHandler', url])
  expect(browserCommand(url, { WSL_DISTRO_NAME: 'Debian' }, 'linux')[0]).toBe('rundll32.exe')
})

test('one that cannot be started is no error', async () => {
  expect(await openBrowser(url, { BROWSER: '/nowhere/browser' })).toBe(false)
  expect(await openBrowser(url, { BROWSER: 'none' })).toBe(false)
})
