import { bashScript, fishScript, zshScript } from './completion/scripts.js'
import type { CommandSpec } from './command.js'
import { sayMore } from './say.js'

const shells = {
  bash: { script: bashScript, install: 'echo \'eval "$(zato-ts completion bash)"\' >> ~/.bashrc' },
  zsh: { script: zshScript, install: 'echo \'eval "$(zato-ts completion zsh)"\' >> ~/.zshrc' },
  fish: { script: fishScript, install: 'zato-ts completion fish > ~/.config/fish/completions/zato-ts.fish' },
} as const

export const command: CommandSpec<{ readonly shell: keyof typeof shells }> = {
  args: [{ name: '<shell>', doc: 'The shell', choices: Object.keys(shells) }],
  examples: () => Object.values(shells).map(({ install }) => install),
  run(context, { shell }) {
    context.out.write(shells[shell].script)
    if (context.out.isTTY) sayMore(context, `To install it: ${shells[shell].install}`)
    return Promise.resolve(0)
  },
}
