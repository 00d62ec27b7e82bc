// SPDX-License-Identifier: Apache-2.0

/** Shells that a script can be made for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

// Each asks the program itself, with the words up to the cursor; what it prints is split, and never evaluated.
const BASH = String.raw`_countersign() {
  local line out
  COMPREPLY=()
  out=$("${'$'}{COMP_WORDS[0]}" completion bash --candidates -- "${'$'}{COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null) || return
  [ "$out" = ":files" ] && return
  compopt +o default 2>/dev/null
  [ "$out" = ":unknown" ] && return
  while IFS= read -r line; do
    [ -n "$line" ] && COMPREPLY+=("${'$'}{line%%$'\t'*}")
  done <<< "$out"
}
complete -o default -F _countersign countersign
`;

const ZSH = String.raw`#compdef countersign
_countersign() {
  local line tab=$'\t'
  local -a lines described
  lines=("${'$'}{(@f)$("${'$'}{words[1]}" completion zsh --candidates -- "${'$'}{(@)words[2,CURRENT]}" 2>/dev/null)}")
  case "${'$'}{lines[1]}" in
    :files) _files; return ;;
    :unknown|'') return 1 ;;
  esac
  for line in "${'$'}{lines[@]}"; do
    described+=("${'$'}{${'$'}{line%%$tab*}//:/\\:}:${'$'}{line#*$tab}")
  done
  _describe countersign described
}
compdef _countersign countersign
`;

const FISH = String.raw`function __countersign_complete
    set -l tokens (commandline -opc)
    set -l current (commandline -ct)
    set -e tokens[1]
    set -l found (countersign completion fish --candidates -- $tokens "$current" 2>/dev/null)
    switch "$found[1]"
        case :files
            __fish_complete_path "$current"
        case :unknown
            return
        case '*'
            printf '%s\n' $found
    end
end
complete -c countersign -f -a '(__countersign_complete)'
`;

/** The script by which a shell completes command lines of ours. */
export const COMPLETION_SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
