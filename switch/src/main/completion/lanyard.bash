# shellcheck shell=bash
# bash completion for lanyard: the program itself knows what can come next.
_lanyard() {
    local line=${COMP_LINE:0:COMP_POINT} words current candidate breaks='' done=''
    read -ra words <<< "$line"
    case $line in *[[:space:]]) words+=('') ;; esac
    current=${words[${#words[@]} - 1]}
    # Readline replaces only what stands behind the last of these.
    [[ $COMP_WORDBREAKS != *=* ]] || breaks+='='
    [[ $COMP_WORDBREAKS != *:* ]] || breaks+=':'
    [ -z "$breaks" ] || done=${current%"${current##*["$breaks"]}"}
    COMPREPLY=()
    while IFS=$'\t' read -r candidate _; do
        if [ "$candidate" = :files ]; then
            compopt -o filenames 2> /dev/null
            mapfile -t COMPREPLY < <(compgen -f -- "${current#"$done"}")
        else
            COMPREPLY+=("${candidate#"$done"}")
        fi
    done < <("${words[0]/#\~/$HOME}" complete -- "${words[@]:1}" 2> /dev/null)
}
complete -o nosort -F _lanyard lanyard
