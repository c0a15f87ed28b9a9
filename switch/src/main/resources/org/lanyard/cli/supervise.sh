# Runs a switch, and again when it ends otherwise than it was asked to. What `lanyard start` leaves in
# the background, by sh -c: a shell costs a megabyte, and outlives whatever ends a JVM.
#
#   MARK LOG FORMAT COMMAND...
#
# MARK is a file with the pid of the shell whose switch is to run. A switch writes it when guests can
# connect, so that one which never came up is not tried again; whoever removes it, or writes another
# pid, has the next try left out. LOG gets a line, of FORMAT text or json, when this gives up.
mark=$1 log=$2 format=$3
shift 3
export LANYARD_SUPERVISOR=$$

# Who started us hears the switch until that is ready, and then goes; the shell's own word about a
# child that was killed is not to end the shell.
trap '' PIPE

# However short the PATH is that the switch is to have.
tool() (
    PATH=$PATH:/usr/bin:/bin
    exec "$@"
)

is_ours() {
    read -r owner 2> /dev/null < "$mark" && [ "$owner" = $$ ]
}

# What a shell's $? says of how the switch ended.
how() {
    if [ "$1" -gt 128 ]; then
        echo "it was ended by SIG$(kill -l "$1" 2> /dev/null || echo " $(($1 - 128))")"
    else
        echo "it ended with exit code $1"
    fi
}

give_up() {
    tool rm -f "$mark"
    now=$(tool date -u +%Y-%m-%dT%H:%M:%SZ)
    said="the switch has ended $again times within a minute of its start, the last time $1; it is not started again: see above, then lanyard start"
    case $format in
        json) printf '{"time":"%s","level":"ERROR","message":"%s"}\n' "$now" "$said" ;;
        *) printf '%s ERROR %s\n' "$now" "$said" ;;
    esac >> "$log"
    exit 1
}

again=0
while :; do
    since=$(tool date +%s)
    (
        trap - PIPE
        exec "$@"
    )
    status=$?
    if [ "$status" -eq 0 ] || ! is_ours; then
        exit "$status"
    fi
    exec > /dev/null 2>&1
    [ $(($(tool date +%s) - since)) -lt 60 ] || again=0
    again=$((again + 1))
    [ "$again" -le 5 ] || give_up "$(how "$status")"
    tool sleep "$again"
    is_ours || exit "$status"
    LANYARD_STARTED_AFTER=$(how "$status")
    export LANYARD_STARTED_AFTER
done
