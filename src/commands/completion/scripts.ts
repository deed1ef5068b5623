/** Each script asks `zato-ts __complete` what may follow; where it knows nothing, the shell offers files. */

export const bashScript = `# bash completion of zato-ts
_zato_ts() {
  local IFS=$'\\n'
  COMPREPLY=($("\${COMP_WORDS[0]}" __complete --line "\${COMP_LINE:0:COMP_POINT}" 2>/dev/null))
  [[ \${COMPREPLY[0]-} == *= ]] && compopt -o nospace
  return 0
}
complete -o bashdefault -o default -F _zato_ts zato-ts
`

export const zshScript = `#compdef zato-ts
# zsh completion of zato-ts
_zato_ts() {
  local -a found
  local typed=$PREFIX
  # In an open quote nothing is escaped.
  [[ -n $compstate[quote] ]] || typed=\${(Q)PREFIX}
  found=("\${(@f)$("\${words[1]}" __complete -- "\${(@Q)words[2,CURRENT-1]}" "$typed" 2>/dev/null)}")
  found=("\${(@)found:#}")
  if (( $#found )); then
    compadd -S '' -- "\${(@M)found:#*=}"
    compadd -- "\${(@)found:#*=}"
  else
    _files
  fi
}
if [[ $funcstack[1] == _zato_ts ]]; then _zato_ts "$@"; else compdef _zato_ts zato-ts; fi
`

export const fishScript = `# fish completion of zato-ts
function __zato_ts_complete
  set -l typed (commandline -ct)
  # In an open quote nothing is escaped.
  switch "$typed"
    case '"*' "'*"
      set typed (string sub -s 2 -- $typed)
    case '*'
      set typed (string unescape -- $typed)
  end
  set -l words (commandline -opc) "$typed"
  set -l found (command $words[1] __complete -- $words[2..-1] 2>/dev/null)
  if test (count $found) -gt 0
    printf '%s\\n' $found
  else
    __fish_complete_path "$typed"
  end
end
complete -c zato-ts -f -a '(__zato_ts_complete)'
`
