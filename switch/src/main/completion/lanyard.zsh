#compdef lanyard
# zsh completion for lanyard: the program itself knows what can come next.
_lanyard() {
    local line
    local -a candidates
    while IFS= read -r line; do
        if [[ $line == :files ]]; then
            _files
            return
        fi
        candidates+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
    done < <(${~words[1]} complete -- "${(@)words[2,CURRENT-1]}" "$PREFIX" 2> /dev/null)
    _describe -V lanyard candidates
}
# Autoloaded from fpath it is called; sourced it announces itself.
if [[ ${funcstack[1]} == _lanyard ]]; then
    _lanyard "$@"
else
    compdef _lanyard lanyard
fi
