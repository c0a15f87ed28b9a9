# fish completion for lanyard: the program itself knows what can come next.
function __lanyard_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in (command $words[1] complete -- $words[2..-1] "$current" 2> /dev/null)
        if test "$line" = :files
            __fish_complete_path "$current"
        else
            echo $line
        end
    end
end
complete -c lanyard -f -a '(__lanyard_complete)'
